"""The goal cards (目标卡片): number, bar with the straight line's tick, what stands beside it."""

from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.pace import CAUTION
from pilot.domain.vocabulary import Indicator, LandingLevel, Scope
from pilot.reports import charts

PER_ROW = 3
_MARKS = (  # column, words, colour, always shown
    ("pending", "待核 {}", "gray", True),
    ("terminated", "其中已终止 {}", "gray", False),
    ("late", "补报 {}", "blue", False),
    ("deducted", "核减 {}", "orange", False),
)


def goal_cards(cards: Any, trend: Any, beside: Any) -> None:
    """One card per goal and scope of each base, and the counts beside them, never added."""
    several = cards["base_id"].nunique() > 1
    for base, own in cards.groupby("base_id", sort=False):
        if several:
            st.markdown(f"**{ui.plain(own['base'].iloc[0])}**")
        _row(own, trend)
        _beside(beside[beside["base_id"] == base])
    if cards["scope"].nunique() > 1:
        st.caption("全市和基地是两个统计范围，各自成数，不能相加。")


def nation(found: Any) -> None:
    """The sums of many bases, and each base in a row."""
    st.markdown(f"**全部基地（{len(found.bases)} 个）**")
    st.dataframe(found.goals, hide_index=True, alt="各项指标的全部基地合计")
    st.caption("全市和基地是两个统计范围，各自成数，不能相加。")
    with st.expander("各基地（全市口径）", expanded=True):
        st.dataframe(found.bases, hide_index=True, alt="各基地三项指标的已计入数和目标")


def _row(cards: Any, trend: Any) -> None:
    """The headline scope first."""
    ordered = cards.sort_values("headline", ascending=False, kind="stable")
    for start in range(0, len(ordered), PER_ROW):
        numbers = ordered.index[start : start + PER_ROW]
        for place, number in zip(st.columns(PER_ROW), numbers, strict=False):
            with place, st.container(border=True, height="stretch", gap="xsmall"):
                _card(ordered.loc[[number]], ordered.loc[number], trend)


def _beside(rows: Any) -> None:
    city = rows[rows["scope"] == Scope.CITY.value]
    levels = city["code"].isin([level.value for level in LandingLevel])
    apart = " · ".join(f"{row.label} {row.counted}" for row in city[~levels].itertuples())
    steps = " · ".join(f"{row.label} {row.counted}" for row in city[levels].itertuples())
    st.caption(
        f"另计，不并入三项指标（全市）：{apart}  \n产业化进度（已核实项目数，历年）：{steps}"
    )


def _card(frame: Any, row: Any, trend: Any) -> None:
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
        _against_goal(frame, row)
    else:
        st.caption(f"还没有登记 {row['year']} 年度目标。")
        ui.link("在“口径与目标”登记", "definitions", icon=":material/flag:")
    _marks(row)
    if indicator is Indicator.TRANSFERRED:
        _contracts(row)
    _trend(row, trend)
    ui.link(
        f"查看 {row['counted']} 项明细",
        "claims",
        icon=":material/arrow_forward:",
        indicator=indicator.value,
        scope=scope.value,
    )


def _against_goal(frame: Any, row: Any) -> None:
    words = f"已完成 {row['counted']}，目标 {row['goal']}，按天数平均应到 {row['expected']}"
    data = frame[["counted", "goal", "expected"]]
    st.vega_lite_chart(data, charts.goal_bar(), key=_key("bar", row), alt=words)
    if row["per_month"]:
        need = f"还需每月 {row['per_month']} 项，余 {row['months_left']} 个月"
    else:
        need = "目标已完成" if row["counted"] >= row["goal"] else "年度已结束，目标未完成"
    planned = f"  \n{row['light']}：{row['light_reason']}" if row["light"] else ""
    st.caption(f"{need}；平均进度 {row['expected']}{planned}", help=CAUTION)


def _marks(row: Any) -> None:
    with st.container(horizontal=True, gap="small"):
        for column, words, colour, always in _MARKS:
            if row[column] or always:
                why = row["note"] if column in ("late", "deducted") else None
                st.badge(words.format(row[column]), color=colour, help=why)
        if row["filed"] is not None and row["filed"] != row["counted"]:
            st.badge(f"上报数 {row['filed']}", color="violet", help=row["note"])
    st.caption(f"上年同期 {row['last_year']} · 历年累计（去重）{row['distinct']}")


def _contracts(row: Any) -> None:
    st.caption(
        f"合同 {row['contracts']} 项，{row['amount']:,} 万元；已认定登记 {row['registered']} 项  \n"
        f"其中转让 {row['transferred']}、许可 {row['licensed']}、作价投资 {row['invested']}"
    )


def _trend(row: Any, trend: Any) -> None:
    same = trend["base_id"] == row["base_id"]
    same &= (trend["indicator"] == row["indicator"]) & (trend["scope"] == row["scope"])
    if same.any():
        data = trend.loc[same, ["month", "counted"]]
        words = f"{row['year']} 年各月末累计，最近 {row['counted']}"
        st.vega_lite_chart(data, charts.trend(), key=_key("trend", row), alt=words)


def _key(what: str, row: Any) -> str:
    return f"{what}-{row['base_id']}-{row['indicator']}-{row['scope']}"
