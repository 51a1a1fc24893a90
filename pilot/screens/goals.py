"""The goal cards (目标卡片): number, bar with the straight line's tick, what stands beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.pace import CAUTION
from pilot.domain.vocabulary import Indicator, LandingLevel, Scope
from pilot.reports import charts
from pilot.reports.overview import Glance

PER_ROW = 3
_MARKS = (  # column, words, colour, always shown
    ("pending", "待核 {}", "gray", True),
    ("terminated", "其中已终止 {}", "gray", False),
    ("late", "补报 {}", "blue", False),
    ("deducted", "核减 {}", "orange", False),
)


@dataclass(frozen=True, slots=True)
class Card:
    """What one card shows: its figures, its bar, and its trend if there is one."""

    row: dict[str, Any]
    bar: charts.Spec
    trend: charts.Spec | None


@dataclass(frozen=True, slots=True)
class Goals:
    """The cards of a base, the headline scope first, and the words beside them."""

    base: str
    cards: tuple[Card, ...]
    beside: str


def prepared(seen: Glance) -> list[Goals]:
    """Everything the cards show, cut out of the frames once and not on every run."""
    found = []
    for base, own in seen.cards.groupby("base_id", sort=False):
        ordered = own.sort_values("headline", ascending=False, kind="stable")
        cards = tuple(
            Card(row, _bar(ordered.loc[[number]]), _months(row, seen))
            for number, row in ordered.to_dict("index").items()
        )
        beside = _beside(seen.beside[seen.beside["base_id"] == base])
        found.append(Goals(own["base"].iloc[0], cards, beside))
    return found


def goal_cards(bases: Sequence[Goals]) -> None:
    """One card per goal and scope of each base, and the counts beside them, never added."""
    for goals in bases:
        if len(bases) > 1:
            st.markdown(f"**{ui.plain(goals.base)}**")
        _row(goals.cards)
        st.caption(goals.beside)
    if len({card.row["scope"] for goals in bases for card in goals.cards}) > 1:
        st.caption("全市和基地是两个统计范围，各自成数，不能相加。")


def nation(found: Any) -> None:
    """The sums of many bases, and each base in a row."""
    st.markdown(f"**全部基地（{len(found.bases)} 个）**")
    st.dataframe(found.goals, hide_index=True, alt="各项指标的全部基地合计")
    st.caption("全市和基地是两个统计范围，各自成数，不能相加。")
    with st.expander("各基地（全市口径）", expanded=True):
        st.dataframe(found.bases, hide_index=True, alt="各基地三项指标的已计入数和目标")


def _row(cards: Sequence[Card]) -> None:
    for start in range(0, len(cards), PER_ROW):
        row = cards[start : start + PER_ROW]
        full = len(row) == PER_ROW  # an empty column has no border
        for place, card in zip(st.columns(PER_ROW, border=full), row, strict=False):
            with place if full else place.container(border=True, height="stretch"):
                _card(card)


def _bar(row: Any) -> charts.Spec:
    return charts.filled(charts.goal_bar(), row[["counted", "goal", "expected"]])


def _months(row: dict[str, Any], seen: Glance) -> charts.Spec | None:
    trend = seen.trend
    same = trend["base_id"] == row["base_id"]
    same &= (trend["indicator"] == row["indicator"]) & (trend["scope"] == row["scope"])
    if not same.any():
        return None
    return charts.filled(charts.trend(), trend.loc[same, ["month", "counted"]])


def _beside(rows: Any) -> str:
    city = rows[rows["scope"] == Scope.CITY.value]
    levels = city["code"].isin([level.value for level in LandingLevel])
    apart = " · ".join(f"{row.label} {row.counted}" for row in city[~levels].itertuples())
    steps = " · ".join(f"{row.label} {row.counted}" for row in city[levels].itertuples())
    return f"另计，不并入三项指标（全市）：{apart}  \n产业化进度（已核实项目数，历年）：{steps}"


def _card(card: Card) -> None:
    row = card.row
    indicator, scope = Indicator(row["indicator"]), Scope(row["scope"])
    value = f"{row['counted']} / {row['goal']}" if row["goal"] else str(row["counted"])
    st.metric(
        f"{indicator.value} {indicator.label}（{scope.label}）",
        value,
        delta=f"本月 {row['month']:+d}" if row["month"] else "本月 0",
        delta_color="off",
        delta_arrow="off",
    )
    if row["goal"]:
        _against_goal(card)
    else:
        st.caption(f"还没有登记 {row['year']} 年度目标。")
        ui.link("在“口径与目标”登记", "definitions", icon=":material/flag:", section="targets")
    _marks(row)
    beside = [f"上年同期 {row['last_year']} · 历年累计（去重）{row['distinct']}"]
    if indicator is Indicator.TRANSFERRED:
        beside += _contracts(row)
    st.caption("  \n".join(beside))
    _trend(card)
    ui.link(
        f"查看 {row['counted']} 项明细",
        "claims",
        icon=":material/arrow_forward:",
        indicator=indicator.value,
        scope=scope.value,
    )


def _against_goal(card: Card) -> None:
    row = card.row
    words = f"已完成 {row['counted']}，目标 {row['goal']}，按天数平均应到 {row['expected']}"
    st.vega_lite_chart(card.bar, key=_key("bar", row), alt=words)
    if row["per_month"]:
        need = f"还需每月 {row['per_month']} 项，含本月余 {row['months_left']} 个月"
    else:
        need = "目标已完成" if row["counted"] >= row["goal"] else "年度已结束，目标未完成"
    planned = f"  \n{row['light']}：{row['light_reason']}" if row["light"] else ""
    st.caption(f"{need}；按平均进度应为 {row['expected']} 项{planned}", help=CAUTION)


def _marks(row: Any) -> None:
    told = [column for column, *_, always in _MARKS if row[column] or always]
    badges = [
        f":{colour}-badge[{words.format(row[column])}]"
        for column, words, colour, _ in _MARKS
        if column in told
    ]
    if filed := row["filed"] is not None and row["filed"] != row["counted"]:
        badges.append(f":violet-badge[上报数 {row['filed']}]")
    explained = filed or not {"late", "deducted"}.isdisjoint(told)
    st.markdown(" ".join(badges), help=row["note"] if explained else None)


def _contracts(row: Any) -> list[str]:
    return [
        f"合同 {row['contracts']} 项，{row['amount']:,} 万元；已认定登记 {row['registered']} 项",
        f"其中转让 {row['transferred']}、许可 {row['licensed']}、作价投资 {row['invested']}",
    ]


def _trend(card: Card) -> None:
    row = card.row
    if card.trend is not None:
        words = f"{row['year']} 年各月末累计，最近 {row['counted']}"
        st.vega_lite_chart(card.trend, key=_key("trend", row), alt=words)


def _key(what: str, row: Any) -> str:
    return f"{what}-{row['base_id']}-{row['indicator']}-{row['scope']}"
