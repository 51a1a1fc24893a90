"""The reporting calendar (上报日历): what is due next, and a line a report."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.moment import Moment, local_day
from pilot.domain.people import Actor, Role, may
from pilot.domain.report_calendar import BEFORE_USE
from pilot.domain.report_periods import PeriodKind
from pilot.domain.vocabulary import FilingState as State
from pilot.domain.vocabulary import Term
from pilot.reports import filing_detail, filing_lines, pack_changes
from pilot.reports.filing_detail import Unlocked
from pilot.reports.filing_lines import Line
from pilot.screens import pick
from pilot.screens.kept import kept, kept_by_facts

COLOURS = {
    State.EMPTY: "gray",
    State.IN_PROGRESS: "blue",
    State.SUBMITTED: "violet",
    State.RETURNED: "orange",
    State.APPROVED: "violet",
    State.FROZEN: "green",
}
_OPEN = "report-lines-open"
_CHANGES = "report-lines-changes"
_METERS = 3
_CHECKED = ("rows", "hard", "soft")  # the columns of what is still being checked
COMPARE = (Role.ADMIN, Role.MANAGER, Role.OFFICER)  # who has the page that lists the changes


class Which(Term):
    """Which lines are listed (报送周期)."""

    ALL = "all", "全部"
    MONTH = "month", "月报"
    QUARTER = "quarter", "季报"
    YEAR = "year", "年报"


def section(reader: Actor, view: Moment, now: datetime, base: int | None) -> None:
    """The reports of the year with what is read once and kept, and the exceptions there were."""
    today = local_day(now)
    with ui.reading() as session:
        lines = filing_lines.calendar(session, reader, view.year, now, base)
        exceptions = filing_detail.exceptions(session, reader, base)
        lines = _counted(session, reader, lines, Moment(today.year, today, now, live=True))
    meters(lines)
    table(lines, may_compare=reader.is_any(*COMPARE))
    with st.expander(f"解锁例外（{len(exceptions)}）", icon=":material/lock_open:"):
        listed_exceptions(exceptions)


def _counted(session: Any, reader: Actor, lines: Sequence[Line], view: Moment) -> list[Line]:
    """Pre-flight for who may work on the reports; what has changed since for everybody."""
    if not lines:
        return []
    base = lines[0].base_id
    at_work = tuple(one.id for one in lines if one.id and one.state is not State.FROZEN)
    frozen = tuple(sorted(one.pack_id for one in lines if one.pack_id))
    checked = {}
    if at_work and may(reader, "filing.submit"):
        checked = kept(filing_lines.preflight, session, base, at_work, ui.folder(), view)
    changed = {}
    if frozen:
        changed = kept_by_facts(pack_changes.counts, session, base, frozen, ui.folder(), view)
    return filing_lines.with_counts(lines, checked, changed)


def meters(lines: Sequence[Line]) -> None:
    """How much of the reports at work could be sent already, the most urgent first."""
    at_work = [line for line in lines if line.rows is not None]
    for line in sorted(at_work, key=lambda one: (one.before_use, one.window.due_on))[:_METERS]:
        meter(line, line.rows or 0, line.acceptable or 0, line.unexplained)


def meter(line: Line, rows: int, good: int, unexplained: int = 0) -> None:
    """“80 行中 61 行已可上报，3 条提示待说明，距截止 34 天”."""
    told = f"{rows} 行中 {good} 行已可上报" if rows else "本期没有行，可以零报告"
    told += f"，{unexplained} 条提示待说明" if unexplained else ""
    text = f"{ui.plain(line.title)} {line.period}：{told}，{line.left}"
    st.progress(good / rows if rows else 1.0, text=text)


def table(lines: Sequence[Line], *, may_compare: bool) -> None:
    """A line a report; its name opens it, the number of its changes their list."""
    kind = pick.word("周期", "kind", list(Which), default=Which.ALL, hidden=True)
    shown = [one for one in lines if kind is Which.ALL or one.kind is PeriodKind(kind.value)]
    if not shown:
        st.info(
            "这一年还没有要报的报表；一期结束、到了开始填报的日子，系统当天 03:15 列出。",
            icon=":material/event_available:",
        )
        return
    rows = [_row(line) for line in shown]
    unchecked = _CHECKED if all(line.rows is None for line in shown) else ()
    st.dataframe(
        rows,
        key="report-lines",
        hide_index=True,
        column_order=[name for name in rows[0] if name not in unchecked],
        placeholder="",
        alt="上报日历：报表、报告期、状态、轮到谁、截止、剩余天数、检查",
        column_config=_columns(may_compare=may_compare),
    )
    if click := st.session_state.get(_OPEN):
        line = shown[click["row"]]
        ui.go("reports", report=line.template, period=line.period, base=st.query_params.get("base"))
    if (click := st.session_state.get(_CHANGES)) and (pack := shown[click["row"]].pack_id):
        ui.go("report_templates", section="packs", pack=pack)
    early = sum(line.before_use for line in shown)
    told = f"；其中 {early} 期为{BEFORE_USE}，不计逾期，需要时仍可填报" if early else ""
    st.caption(f"共 {len(shown)} 期{told}")


def _columns(*, may_compare: bool) -> dict[str, object]:
    """How each column reads; the changes since the freezing are a link for who may compare."""
    column = st.column_config
    told = "冻结后变动", 95, "冻结后有多少个单元变动；冻结的文件不变"
    return {
        "name": column.ButtonColumn("报表", type="tertiary", key=_OPEN, pinned=True),
        "period": column.TextColumn("报告期", width=80),
        "state": column.TextColumn("状态", width=80),
        "side": column.TextColumn("轮到", width=70),
        "window": column.TextColumn("填报窗口", width=175),
        "lock": column.TextColumn("锁定日", width=95),
        "days": column.NumberColumn(
            "剩余天数",
            width=75,
            format="%d",
            help=f"距报送截止；负数为已逾期的天数；{BEFORE_USE}不计",
        ),
        "rows": column.TextColumn("可上报", width=75),
        "hard": column.NumberColumn("须改", width=55, format="%d", help="硬性问题"),
        "soft": column.NumberColumn("提示", width=55, format="%d", help="须说明的提示"),
        "changed": column.ButtonColumn(
            told[0], type="tertiary", key=_CHANGES, width=told[1], help=told[2]
        )
        if may_compare
        else column.TextColumn(told[0], width=told[1], help=told[2]),
    }


def _row(line: Line) -> dict[str, object]:
    return {
        "name": f"{line.template} {line.title}",
        "period": line.period,
        "state": line.state.label + ("（解锁中）" if line.unlocked_until else ""),
        "days": line.days,
        "changed": changes(line),
        "side": line.side.label if line.side else "",
        "window": f"{line.window.opens_on} 至 {line.window.due_on:%m-%d}",
        "lock": line.window.lock_on.isoformat(),
        "rows": "" if line.rows is None else f"{line.acceptable}/{line.rows}",
        "hard": line.hard,
        "soft": line.soft,
    }


def changes(line: Line) -> str | None:
    """How many units changed since the freezing, for a cell and for a link."""
    if line.pack_id is None:
        return None
    if line.changed is None:
        return "未清点"
    return f"{line.changed} 个单元" if line.changed else "无变动"


def listed_exceptions(found: Sequence[Unlocked], *, titled: bool = True) -> None:
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
