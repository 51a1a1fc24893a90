"""The strip (时点条) on top of pages: year, as-of date, known-on date, all in the URL."""

from datetime import UTC, date, datetime

import streamlit as st

from pilot.domain.moment import Moment, local_day, moment

FIRST_YEAR = 2020
_KEYS = ("year", "as_of", "known")


def strip() -> Moment:
    """Draw the strip and return the view it stands for; the page's address holds it too."""
    today = local_day(datetime.now(UTC))
    years = list(range(today.year + 1, FIRST_YEAR - 1, -1))
    with st.container(horizontal=True, key="strip", vertical_alignment="bottom"):
        st.selectbox("年度", years, index=1, key="year", bind="query-params", width=110)
        _day("截至日期", "as_of", today, "只计算这一天及以前发生的事。")
        _day("知悉日期", "known", today, "只计算这一天及以前登记的事；用来重现当时报出的数。")
    return view()


def view() -> Moment:
    """The view that the page's address stands for; what it lacks means today."""
    chosen = st.query_params
    return moment(
        datetime.now(UTC),
        year=_year(chosen.get("year")),
        as_of=_date(chosen.get("as_of")),
        known_on=_date(chosen.get("known")),
    )


def past_banner(shown: Moment) -> None:
    """Say in red that the view is not today's and that nothing can be written."""
    if shown.live:
        return
    st.error(
        f"历史视图：截至 {shown.as_of:%Y-%m-%d} 发生、{shown.known_on:%Y-%m-%d} 前已登记的情况；"
        "不能修改任何内容。",
        icon=":material/history:",
    )
    st.button("回到今天", on_click=_back_to_today, key="back-to-today")


def _day(label: str, key: str, today: date, help_text: str) -> None:
    st.date_input(
        label,
        today,
        min_value=date(FIRST_YEAR, 1, 1),
        max_value=today,
        key=key,
        format="YYYY-MM-DD",
        bind="query-params",
        width=150,
        help=help_text,
    )


def _back_to_today() -> None:
    today = local_day(datetime.now(UTC))
    st.session_state["as_of"] = st.session_state["known"] = today


def _year(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) == 4 else None


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
