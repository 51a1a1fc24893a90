"""期限 of one report: its three days, those of the rule, and days of its own with the reason."""

from datetime import date

import streamlit as st

from pilot import ui
from pilot.domain.errors import Invalid
from pilot.domain.report_calendar import Window, check_window
from pilot.domain.vocabulary import FilingState
from pilot.reports.filing_detail import RESCHEDULED, Detail
from pilot.services import filing_lines
from pilot.services.command import Seen

_LABELS = "窗口开放", "报送截止", "数据锁定"


def days(shown: Detail) -> None:
    """The report's days beside the rule's, how they came about, and the form to change them."""
    line = shown.line
    windows = {"本期": line.window, "按报送期限的规定": shown.by_rule}
    st.dataframe(
        [{"": name, **_told(window)} for name, window in windows.items()],
        hide_index=True, alt="本期期限与规定的期限", height="content",
    )  # fmt: skip
    for one in shown.thread:
        if one.act == RESCHEDULED:
            st.caption(f"{one.at} · {ui.plain(one.who)}：{ui.plain(one.text)}")
    if "schedule" in shown.refusals:
        return
    if line.state is FilingState.FROZEN:
        st.info("这期报表已冻结，期限不再调整；需要更正请申请解锁。", icon=":material/lock:")
    elif line.id is None:
        st.info("这期报表还没有列入日历；开始填报后可以单独调整期限。", icon=":material/info:")
    else:
        _form(shown)


def _form(shown: Detail) -> None:
    """Without a frame of its own: what is typed is looked at at once, before it is saved."""
    line = shown.line
    key = f"days-{line.id}-{shown.rev}"
    st.markdown("**单独调整本期期限**")
    window = _fields(line.window, key)
    if window is not None and window != line.window:
        _look(line.window, window, line.ends_on)
    reason = ui.line("理由 *", key=f"{key}-reason", placeholder="例如：主管部门通知延期")
    if not st.button("调整本期期限", key=f"{key}-save", icon=":material/event:"):
        return
    if window is None:
        st.error("请填写三个日期：窗口开放、报送截止、数据锁定。", icon=":material/error:")
    elif ui.act(
        filing_lines.reschedule, line.id, window, reason=reason or "",
        seen=Seen("report_filing", line.id, shown.rev), key=ui.once(key),
        done="已调整本期期限；原期限和理由留在意见中。",
    ):  # fmt: skip
        st.rerun()


def _fields(window: Window, key: str) -> Window | None:
    """Three days to type; None while one of them is missing."""
    typed: list[date | None] = []
    known = window.opens_on, window.due_on, window.lock_on
    for label, day, place in zip(_LABELS, known, st.columns(3), strict=True):
        typed.append(ui.day(f"{label} *", day, key=f"{key}-{label}", place=place))
    return Window(*typed) if all(typed) else None


def _look(old: Window, new: Window, end: date) -> None:
    try:
        check_window(new, end)
    except Invalid as error:
        st.error(ui.plain(error.message), icon=":material/error:")
        return
    before, after = _told(old), _told(new)
    moved = [f"{name} {before[name]} → {after[name]}" for name in _LABELS]
    st.caption("；".join(one for one, name in zip(moved, _LABELS, strict=True)
                        if before[name] != after[name]))  # fmt: skip


def _told(window: Window) -> dict[str, str]:
    known = window.opens_on, window.due_on, window.lock_on
    return {name: day.isoformat() for name, day in zip(_LABELS, known, strict=True)}
