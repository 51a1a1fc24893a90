"""Every move of a project as a button (动作): the next one first, a refused one with its reason."""

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from pilot import ui
from pilot.domain.gates import MOVES, Move
from pilot.domain.moment import Moment
from pilot.domain.vocabulary import ENDS, Stage, State
from pilot.reports import project
from pilot.reports.project import Head
from pilot.services import lifecycle, reviews
from pilot.services.command import Seen

_DATED = {"submit", "land", "pause", "resume", "terminate", "unlanded", "elsewhere"}
_WORDS = {
    "submit": "提交后由另一位管理人员作结论；检查单按现在的内容固定下来。",
    "withdraw": "撤回这一轮评审；已核对的准则和评分留在这一轮里。",
    "admit": "准入日取 G1 通过和协议签订两者中较晚的一天，计入那一年。",
    "land": "须有 G3 通过、在盘锦的实施企业和经核实的 L1。",
    "terminate": "项目终止后不再办理；已计入的数字保留，另列“其中已终止”。",
    "void": "只用于登记有误：作废后从三项指标中撤下，须两人办理。",
    "merge": "两个项目是同一件事：本项目不再单独计数，两边都能查到。",
}
Refusals = Mapping[str, Sequence[str]]


def bar(shown: Head, refusals: Refusals, view: Moment) -> None:
    """The next step in front, every other move of the table in an expander, drawn once open."""
    first = _next(shown)
    with st.container(horizontal=True, vertical_alignment="center"):
        if shown.state is State.AWAITING:
            if st.button("进入评审", type="primary", icon=":material/gavel:"):
                ui.go("gate", project=shown.id)
        elif first:
            _button(shown, first, refusals, view, primary=True)
    rest = st.expander("其他操作", icon=":material/more_horiz:", on_change="rerun", key="moves")
    if rest.open:
        with rest:
            _others(shown, first, refusals, view)


def _others(shown: Head, first: str, refusals: Refusals, view: Moment) -> None:
    """Every move but the first, and why some cannot be made now."""
    with st.container(horizontal=True):
        for action in MOVES:
            if action != first:
                _button(shown, action, refusals, view)
    with st.popover("为什么有些现在不能办理", type="tertiary", icon=":material/help:"):
        for action, why in refusals.items():
            if why:
                said = ui.plain("；".join(why))
                st.markdown(f"**{_title(shown, MOVES[action])}**  \n{said}")


def _next(shown: Head) -> str:
    if shown.state in ENDS or shown.state is State.AWAITING:
        return ""
    if shown.state is State.PAUSED:
        return "resume"
    if shown.next_gate:
        return "submit"
    return {Stage.CONCEPT: "admit", Stage.PILOT: "land"}.get(shown.stage, "")


def _button(
    shown: Head,
    action: str,
    refusals: Refusals,
    view: Moment,
    *,
    primary: bool = False,
) -> None:
    move, why = MOVES[action], refusals[action]
    with st.popover(
        _title(shown, move),
        type="primary" if primary else "secondary",
        disabled=bool(why),
        help="；".join(why) or None,
        key=f"move-{action}",
    ):
        if not why:
            _form(shown, move, view)


def _title(shown: Head, move: Move) -> str:
    if move.action == "submit" and shown.next_gate:
        return f"提交 {shown.next_gate.value} 评审"
    if move.action == "void":
        return "确认作废" if shown.void_asked_by else "申请作废"
    return move.title


def _form(shown: Head, move: Move, view: Moment) -> None:
    title = _title(shown, move)
    with st.form(f"move-{move.action}-{shown.id}", border=False):
        if move.action in _WORDS:
            st.caption(_WORDS[move.action])
        on = None
        if move.action in _DATED:
            on = ui.day("日期", view.as_of)
        into = st.text_input("合并到哪个项目（编号） *") if move.action == "merge" else ""
        kind = _kind(shown) if move.action == "terminate" else ""
        reason = ""
        if move.action != "submit":
            reason = ui.area(
                "理由 *" if move.needs_reason else "说明", most=1000 - len(f"{kind}：")
            )
        if st.form_submit_button(f"确认：{title}", type="primary"):
            said = f"{kind}：{reason}" if kind and reason.strip() else reason
            _send(shown, move, on, said, into, title)


def _kind(shown: Head) -> str:
    with ui.reading() as session:
        kinds = project.termination_reasons(session, shown.base_id)
    return st.selectbox("原因类别 *", kinds)


def _send(shown: Head, move: Move, on: date | None, reason: str, into: str, title: str) -> None:
    options = {"reason": reason.strip()}
    if on and move.action in _DATED:
        options["on"] = on
    target: list[object] = [shown.id]
    match move.action:
        case "submit":
            verb, options = reviews.open_review, {"on": on}
        case "withdraw":
            verb, target = reviews.withdraw, [_round(shown)]
        case "admit":
            verb = lifecycle.admit
        case "land":
            verb = lifecycle.land
        case "void":
            verb = lifecycle.void if shown.void_asked_by else lifecycle.ask_void
        case "merge":
            verb, target = lifecycle.merge, [shown.id, _project(shown, into)]
        case _:
            verb, target = lifecycle.move, [shown.id, move.action]
    seen = Seen("project", shown.id, shown.rev)
    key = ui.once(f"move-{move.action}-{shown.id}")
    if ui.act(verb, *target, seen=seen, key=key, done=f"已办理：{title}。", **options):
        if move.action == "submit":
            ui.go("gate", project=shown.id)
        st.rerun()


def _round(shown: Head) -> int | None:
    with ui.reading() as session:
        return project.open_round(session, shown.id)


def _project(shown: Head, code: str) -> int | None:
    with ui.reading() as session:
        return project.id_of(session, shown.base_id, code.strip())
