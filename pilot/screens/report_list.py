"""The reporting calendar (上报日历): what is due next, and a line a report."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from pilot import ui
from pilot.domain.report_calendar import left_in_words
from pilot.domain.report_periods import PeriodKind
from pilot.domain.vocabulary import FilingState as State
from pilot.domain.vocabulary import Term
from pilot.reports.filing_detail import Unlocked
from pilot.reports.filing_lines import Line
from pilot.screens import pick

COLOURS = {
    State.EMPTY: "gray",
    State.IN_PROGRESS: "blue",
    State.SUBMITTED: "violet",
    State.RETURNED: "orange",
    State.APPROVED: "violet",
    State.FROZEN: "green",
}
_OPEN = "report-lines-open"
_METERS = 3


class Which(Term):
    """Which lines are listed (报送周期)."""

    ALL = "all", "全部"
    MONTH = "month", "月报"
    QUARTER = "quarter", "季报"
    YEAR = "year", "年报"


def meters(lines: Sequence[Line], today: date) -> None:
    """How much of the reports at work could be sent already, the most urgent first."""
    at_work = [line for line in lines if line.rows is not None]
    for line in sorted(at_work, key=lambda one: one.window.due_on)[:_METERS]:
        meter(line, line.rows or 0, line.acceptable or 0, today)


def meter(line: Line, rows: int, good: int, today: date) -> None:
    """“80 行中 61 行已可上报，距截止 34 天”."""
    told = f"{rows} 行中 {good} 行已可上报" if rows else "本期没有行，可以零报告"
    left = left_in_words(line.window.due_on, today)
    text = f"{ui.plain(line.title)} {line.period}：{told}，{left}"
    st.progress(good / rows if rows else 1.0, text=text)


def table(lines: Sequence[Line]) -> None:
    """A line a report; its name opens it."""
    kind = pick.word("周期", "kind", list(Which), default=Which.ALL, hidden=True)
    shown = [one for one in lines if kind is Which.ALL or one.kind is PeriodKind(kind.value)]
    if not shown:
        st.info(
            "这一年还没有要报的报表；一期结束、到了开始填报的日子，系统当天 03:15 列出。",
            icon=":material/event_available:",
        )
        return
    column = st.column_config
    st.dataframe(
        [_row(line) for line in shown],
        key="report-lines",
        hide_index=True,
        placeholder="",
        alt="上报日历：报表、报告期、状态、轮到谁、截止、剩余天数、检查",
        column_config={
            "name": column.ButtonColumn("报表", type="tertiary", key=_OPEN, pinned=True),
            "period": column.TextColumn("报告期", width=80),
            "state": column.TextColumn("状态", width=80),
            "side": column.TextColumn("轮到", width=70),
            "window": column.TextColumn("填报窗口", width=175),
            "lock": column.TextColumn("锁定日", width=95),
            "days": column.NumberColumn("剩余天数", width=75, format="%d"),
            "rows": column.TextColumn("可上报", width=75),
            "hard": column.NumberColumn("须改", width=55, format="%d", help="硬性问题"),
            "soft": column.NumberColumn("提示", width=55, format="%d", help="须说明的提示"),
        },
    )
    if click := st.session_state.get(_OPEN):
        line = shown[click["row"]]
        ui.go("reports", report=line.template, period=line.period, base=st.query_params.get("base"))
    st.caption(f"共 {len(shown)} 期")


def _row(line: Line) -> dict[str, object]:
    return {
        "name": f"{line.template} {line.title}",
        "period": line.period,
        "state": line.state.label + ("（解锁中）" if line.unlocked_until else ""),
        "side": line.side.label if line.side else "",
        "window": f"{line.window.opens_on} 至 {line.window.due_on:%m-%d}",
        "lock": line.window.lock_on.isoformat(),
        "days": line.days,
        "rows": "" if line.rows is None else f"{line.acceptable}/{line.rows}",
        "hard": line.hard,
        "soft": line.soft,
    }


def exceptions(found: Sequence[Unlocked], *, titled: bool = True) -> None:
    """Every unlock that was asked for, the latest first."""
    if not found:
        st.caption("没有解锁例外。")
        return
    rows = [
        {
            **({"报表": f"{one.title} {one.period}"} if titled else {}),
            "理由": one.reason,
            "申请": f"{one.asker} {one.asked_at}",
            "批准": one.approver,
            "截止": one.until,
            "结果": one.ended,
        }
        for one in found
    ]
    st.dataframe(rows, hide_index=True, placeholder="", alt="解锁例外")
