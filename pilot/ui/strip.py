"""The strip (时点条) on top of pages: year, as-of date, known-on date, all in the URL.

The address decides and the fields follow it. They are not bound to it (`bind`): a bound parameter
can't be handed on to the next page, and a link would lose the view.
"""

from datetime import UTC, date, datetime
from typing import Any

import streamlit as st

from pilot.domain.moment import Moment, local_day, moment

FIRST_YEAR = 2020
FIRST_DAY = date(FIRST_YEAR, 1, 1)
KEYS = ("year", "as_of", "known")  # the parameters of an address that make its view
_CARRIED = "carried-view"


def strip() -> Moment:
    """Draw the strip and return the view it stands for; the page's address holds it too."""
    today, shown = local_day(datetime.now(UTC)), view()
    years = list(range(today.year + 1, FIRST_YEAR - 1, -1))
    bottom = {"vertical_alignment": "bottom", "gap": "xxsmall"}  # one line on a phone too
    with st.container(horizontal=True, key="strip", **bottom):
        _hold("year", shown.year)
        st.selectbox("年度", years, key="strip-year", on_change=_write, args=("year",), width=84)
        _day("截至日期", "as_of", shown.as_of, today, "只计算这一天及以前发生的事。")
        help_text = "只计算这一天及以前登记的事；用来重现当时报出的数。"
        _day("知悉日期", "known", shown.known_on, today, help_text)
    return shown


def view() -> Moment:
    """The view that the page's address stands for; what it lacks means today."""
    chosen, now = dict(st.query_params), datetime.now(UTC)
    return moment(
        now,
        year=_year(chosen.get("year"), local_day(now)),
        as_of=_date(chosen.get("as_of")),
        known_on=_date(chosen.get("known")),
    )


def carry(page: str) -> None:
    """Take the view along to a page chosen in the menu, whose address says nothing of one.

    A link that is opened anew, and a reload, have no page before them: their address decides.
    """
    asked = dict(st.query_params)
    chosen = {key: asked[key] for key in KEYS if key in asked}
    before, held = st.session_state.get(_CARRIED, (page, {}))
    if before != page and held and not chosen:
        st.query_params.update(held)
        chosen = held
    st.session_state[_CARRIED] = (page, chosen)


def past_banner(shown: Moment) -> None:
    """Say in red that the view is not today's and that nothing can be written."""
    if shown.live:
        return
    st.error(
        f"历史视图：{shown.as_of:%Y-%m-%d} 及以前发生、{shown.known_on:%Y-%m-%d} 及以前登记的情况；"
        "不能修改任何内容。",
        icon=":material/history:",
    )
    st.button("回到今天", on_click=_back_to_today, key="back-to-today")


def _day(label: str, key: str, shown: date, today: date, help_text: str) -> None:
    _hold(key, shown)
    st.date_input(
        label,
        min_value=FIRST_DAY,
        max_value=today,
        key=f"strip-{key}",
        format="YYYY-MM-DD",
        on_change=_write,
        args=(key,),
        width=133,
        help=help_text,
    )


def _hold(key: str, shown: Any) -> None:
    """Let the field show what the address says, on every page anew."""
    st.session_state[f"strip-{key}"] = shown


def _write(key: str) -> None:
    """Put a choice into the address; what is plain today's stays out of it."""
    chosen = st.session_state[f"strip-{key}"]
    plain = view().as_of.year if key == "year" else local_day(datetime.now(UTC))
    if chosen is None or chosen == plain:
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = str(chosen)


def _back_to_today() -> None:
    for key in ("as_of", "known"):
        st.query_params.pop(key, None)


def _year(text: str | None, today: date) -> int | None:
    year = int(text) if text and text.isascii() and text.isdecimal() and len(text) == 4 else 0
    return year if FIRST_YEAR <= year <= today.year + 1 else None


def _date(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        return None
    return day if day and day >= FIRST_DAY else None
