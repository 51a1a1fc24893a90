"""年度目标 and 已上报年度: the promised numbers with their source, the years that are closed."""

from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.draft_counting import TargetDraft
from pilot.domain.moment import Moment, end_of_day
from pilot.domain.vocabulary import GOALS, Indicator, Scope
from pilot.services import targets
from pilot.services.command import Seen

_TARGETS = {
    "year": st.column_config.NumberColumn("年度", width=70, format="%d"),
    "indicator": st.column_config.TextColumn("指标", width=170),
    "scope": st.column_config.TextColumn("统计范围", width=80),
    "goal": st.column_config.NumberColumn("目标（不少于）", width=110, format="%d"),
    "source": st.column_config.TextColumn("出处", width=420),
}
_FILINGS = {
    "year": st.column_config.NumberColumn("年度", width=70, format="%d"),
    "cut_off": st.column_config.TextColumn("上报截止", width=130),
    **{goal.value: st.column_config.TextColumn(goal.label, width=150) for goal in GOALS},
    "note": st.column_config.TextColumn("上报情况", width=260),
    "who": st.column_config.TextColumn("登记人", width=95),
    "recorded_on": st.column_config.DateColumn("登记日期", width=95, format="YYYY-MM-DD"),
}


def target_table(rows: Any) -> None:
    """Every goal, the latest year first."""
    if rows.empty:
        st.info("还没有设定目标。目标要写明出处，例如政府工作报告原文。", icon=":material/info:")
        return
    st.dataframe(
        rows, hide_index=True, column_order=list(_TARGETS), column_config=_TARGETS, alt="年度目标"
    )


def target_form(rows: Any, view: Moment) -> None:
    """Set a goal or change one; a change needs its reason."""
    st.subheader("设定或改动目标")
    year, indicator, scope = _which(view)
    row = _standing(rows, year, indicator, scope)
    version = f"{year}-{indicator}-{scope}-{0 if row is None else row.rev}"
    with st.form(f"target-{version}"):
        goal, source, reason = _promise(row, version)
        sent = st.form_submit_button("保存目标", type="primary")
    if sent:
        draft = TargetDraft(year, indicator, scope, goal, source)
        seen = None if row is None else Seen("target", int(row.id), int(row.rev))
        done = f"已保存 {year} 年度{indicator.label}（{scope.label}）的目标。"
        key = ui.once("target")
        if ui.act(targets.save_target, draft, reason=reason, seen=seen, key=key, done=done):
            st.rerun()


def _which(view: Moment) -> tuple[int, Indicator, Scope]:
    with st.container(horizontal=True):
        year = st.number_input("年度", 2000, 2100, view.year, 1, key="target-year", width=130)
        indicator = st.selectbox(
            "指标", GOALS, format_func=lambda one: one.label, key="target-indicator", width=220
        )
        scope = st.selectbox(
            "统计范围", [Scope.CITY, Scope.BASE], format_func=lambda one: one.label,
            key="target-scope", width=140,
        )  # fmt: skip
    return int(year), indicator, scope


def _promise(row: Any, version: str) -> tuple[int, str, str]:
    old = (1, "") if row is None else (int(row.goal), row.source)
    goal = st.number_input("目标（不少于）*", 1, 1_000_000, old[0], 1, key=f"goal-{version}")
    source = ui.line(
        "目标出处 *", old[1], most=300, key=f"source-{version}",
        placeholder="例如：2026 年市政府工作报告原文",
    )  # fmt: skip
    reason = ""
    if row is not None:
        reason = ui.line("改动依据 *", key=f"reason-{version}")
    return int(goal), source or "", reason or ""


def filing_table(rows: Any) -> None:
    """The years that have been reported, with the city's numbers then and now."""
    if rows.empty:
        st.info("还没有登记已上报的年度。", icon=":material/info:")
        return
    st.dataframe(
        rows, hide_index=True, column_order=list(_FILINGS), column_config=_FILINGS, alt="已上报年度"
    )
    st.caption("数字为全市口径。上报之后才登记的计入是补报，冲回是核减；上报数本身不变。")


def filing_form(rows: Any, view: Moment) -> None:
    """Say that a year has been reported."""
    st.subheader("登记一个年度已上报")
    years = [year for year in range(view.as_of.year, 2019, -1) if year not in set(rows["year"])]
    with st.form("filing"):
        left, right = st.columns(2)
        year = left.selectbox("年度 *", years, key="filing-year")
        day = ui.day(
            "上报截止日期 *",
            view.as_of,
            key="filing-day",
            help="这一天结束时台账里的数就是上报的数。",
            place=right,
        )
        note = ui.area(
            "上报情况 *", most=300, key="filing-note",
            placeholder="报送对象、文号、报送日期，例如：已报市科技局，盘科发〔2026〕3号",
        )  # fmt: skip
        st.caption("登记后不能撤销：此后关于该年度的变动都列为补报或核减。")
        sent = st.form_submit_button("登记为已上报", type="primary")
    if sent:
        cut_off = min(end_of_day(day), view.known_at)
        done = f"已登记 {year} 年度为已上报。"
        key = ui.once("filing")
        if ui.act(targets.file_year, year, cut_off=cut_off, note=note or "", key=key, done=done):
            st.rerun()


def _standing(rows: Any, year: int, indicator: Indicator, scope: Scope) -> Any:
    """The goal that stands for this year, indicator and scope, if there is one."""
    same = rows["year"] == year
    for name, word in (("indicator", indicator), ("scope", scope)):
        same &= rows[name] == word.label
    found = rows[same]
    return found.iloc[0] if len(found) else None
