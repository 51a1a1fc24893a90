"""One report (一期报表): where it stands, whose turn, and the moves that this reader may make."""

from datetime import date, timedelta
from functools import partial

import streamlit as st

from pilot import ui
from pilot.domain.filings import MOVES, OPEN, Side
from pilot.domain.vocabulary import FilingState as State
from pilot.reports import packs
from pilot.reports.filing_detail import Detail
from pilot.reports.report_sheets import look
from pilot.screens.report_list import COLOURS, meter
from pilot.services import filings, unlocking
from pilot.services.command import Seen

_WHO = {  # the roles of a report are no roles of accounts
    Side.MAKER: "由填写的上报人员或基地管理人员继续。",
    Side.CHECKER: "由填报人以外的另一位上报人员或基地管理人员审核。",
    Side.HEAD: "由填报人以外的基地管理人员签发。",
}
_VERBS = {
    "submit": filings.submit,
    "recall": filings.recall,
    "approve": filings.approve,
    "send_back": filings.send_back,
    "decline": filings.decline,
    "freeze": filings.freeze,
    "ask_unlock": unlocking.ask,
    "unlock": unlocking.unlock,
    "refuse_unlock": unlocking.refuse,
    "relock": unlocking.relock,
}
_TITLES = {action: move.title for action, move in MOVES.items()}
_FIRST = ("submit", "approve", "freeze", "unlock")  # the primary one, if it is open
_DONE = {"submit": "已提交审核。", "freeze": "已签发并冻结。", "approve": "已审核通过，等待签发。"}


def head(shown: Detail, today: date) -> None:
    """Title, state, turn, days, people and the meter."""
    line = shown.line
    st.title(f"{ui.plain(line.title)} {line.period}")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(line.state.label, color=COLOURS[line.state])
        if line.side:
            since = f" · {shown.since} 起" if line.id is not None else ""
            st.caption(f"轮到{line.side.label}{since}", width="content")
        if line.state is not State.FROZEN:
            st.caption(line.left, width="content")
        ui.link("返回上报日历", "reports", icon=":material/arrow_back:")
    window = line.window
    st.caption(
        f"报告期 {line.starts_on} 至 {line.ends_on} · 窗口 {window.opens_on} 至 {window.due_on}"
        f" · 锁定日 {window.lock_on}" + (f" · 数据截止 {shown.cut_off}" if shown.cut_off else "")
    )
    named = [f"{side.label} {ui.plain(shown.people[side])}" for side in Side if shown.people[side]]
    if named:
        st.caption(" · ".join(named))
    if line.unlocked_until:
        st.warning(f"解锁中：{line.unlocked_until} 前未重新签发的，自动恢复锁定。")
    elif shown.unlock_asked:
        st.warning(f"有人申请解锁，等待负责人批准。理由：{ui.plain(shown.unlock_asked)}")
    if shown.returned:
        st.warning(f"退回理由：{ui.plain(shown.returned)}", icon=":material/undo:")
    if line.state in OPEN and today > window.lock_on and not line.unlocked_until:
        st.caption("锁定日已过：之后登记的不进本期，列入下一期的补报或核减。")
    if shown.judged is not None:
        judged = shown.judged
        meter(line, len(judged.sheet.rows), judged.acceptable, judged.unexplained)


def moves(shown: Detail, today: date) -> None:
    """Begin the report, or the moves that are open to this reader, with a place for the reason."""
    line = shown.line
    if line.state is State.EMPTY:
        _start(shown)
        return
    allowed = [action for action in _VERBS if action not in shown.refusals]
    if not allowed:
        if line.state in OPEN and line.side:
            st.info(
                f"现在轮到{line.side.label}办理。{_WHO[line.side]}", icon=":material/hourglass_top:"
            )
        return
    with st.container(border=True):
        reason = ui.area(
            "意见或理由", most=filings.LONGEST_REASON, height=70,
            key=f"reason-{line.id}-{line.state}",
            help="退回、不予签发、解锁必须写明；通过和签发可以不写。",
        )  # fmt: skip
        until = None
        if "unlock" in allowed:
            until = ui.day("解锁截止日期", today + timedelta(days=7), key=f"until-{line.id}")
        first = next((action for action in _FIRST if action in allowed), None)
        with st.container(horizontal=True):
            for action in sorted(allowed, key=lambda one: one != first):
                label, kind = _TITLES[action], "primary" if action == first else "secondary"
                if st.button(label, key=f"move-{action}", type=kind):
                    _made(shown, action, reason or "", until)


def _made(shown: Detail, action: str, reason: str, until: date | None) -> None:
    more = (until,) if action == "unlock" else ()
    options = {"look": partial(look, folder=ui.folder())} if action in ("submit", "freeze") else {}
    if action == "freeze":
        options |= {"build": packs.build, "folder": ui.folder()}
    done = ui.act(
        _VERBS[action], shown.line.id, *more, reason=reason,
        seen=Seen("report_filing", shown.line.id, shown.rev),
        key=ui.once(f"report-{action}-{shown.line.id}"),
        done=_DONE.get(action, f"已{_TITLES[action]}。"), **options,
    )  # fmt: skip
    if done is not None:
        st.rerun()


def _start(shown: Detail) -> None:
    if "start" in shown.refusals:
        st.info("这期报表还没有开始填报。", icon=":material/hourglass_empty:")
        return
    line = shown.line
    st.button(
        "开始填报", type="primary", icon=":material/edit_note:", key="start-report",
        on_click=ui.act, args=(filings.start, line.template, line.period),
        kwargs={"key": ui.once(f"start-{line.template}-{line.period}"), "done": "已开始填报。"},
    )  # fmt: skip
