"""A gate decides (评审结论): what, why, under which conditions, and what it will change."""

from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

from pilot import ui
from pilot.domain.moment import Moment
from pilot.domain.people import Actor, may
from pilot.domain.vocabulary import Conclusion
from pilot.reports import effect
from pilot.reports.rounds import Round, Taken
from pilot.screens import project_gates
from pilot.services import decisions
from pilot.services.command import Seen
from pilot.services.decisions import ConditionDraft


def section(shown: Round, taken: Sequence[Taken], reader: Actor, view: Moment) -> None:
    """The decision that stands, those it superseded, and the form of the next one."""
    st.subheader("结论")
    if taken:
        project_gates.decision(taken[0])
        _earlier(taken[1:])
        if shown.writable and may(reader, "decision.correct"):
            _correction(shown, taken[0], reader, view)
    elif not shown.open:
        st.info("这一轮已撤回，没有结论。", icon=":material/undo:")
    elif why := _not_yours(shown, reader):
        st.info(why, icon=":material/lock:")
    else:
        _form(shown, view, decisions.decide, shown.id, "decide", "确认结论")


def _earlier(superseded: Sequence[Taken]) -> None:
    if superseded:
        with st.expander(f"被更正的结论（{len(superseded)}）", icon=":material/history:"):
            for each in superseded:
                project_gates.decision(each)


def _not_yours(shown: Round, reader: Actor) -> str:
    if not shown.writable:
        return "只能查看：不是今天的视图，或项目属于其他基地。"
    if not may(reader, "decision.take"):
        return "结论由基地管理人员作出。"
    if shown.submitted_by == reader.id:
        return "这一轮是您提交的，须由另一位管理人员作结论。"
    return ""


def _correction(shown: Round, last: Taken, reader: Actor, view: Moment) -> None:
    closed = st.expander("更正结论", icon=":material/edit:", on_change="rerun", key="correct")
    if not closed.open:
        return
    with closed:
        st.caption("更正会生成新的结论取代原结论，原结论仍可查看；此后已有变动的，须先更正后面的。")
        if why := _not_yours(shown, reader):
            st.info(why, icon=":material/lock:")
        else:
            _form(shown, view, decisions.correct, last.id, "correct", "确认更正")


def _form(shown: Round, view: Moment, verb: Callable, target: int, name: str, label: str) -> None:
    conclusion = st.radio(
        "结论 *", list(Conclusion), None, format_func=lambda one: one.label,
        horizontal=True, key=f"{name}-conclusion-{target}",
    )  # fmt: skip
    held_on = ui.day("评审日期", view.as_of, key=f"{name}-held-{target}", width=200)
    reason = ui.area("理由 *", most=2000, key=f"{name}-reason-{target}")
    conditions: tuple[ConditionDraft, ...] = ()
    if conclusion is Conclusion.CONDITIONAL:
        conditions = _conditions(f"{name}-{target}", held_on)
    if conclusion is None:
        st.caption("选择结论后，这里先预演它会改变什么。")
        return
    options = {"held_on": held_on, "conditions": conditions}
    ready = _preview(shown, view, verb, target, conclusion, reason, options)
    if st.button(
        f"{label}：{conclusion.label}", type="primary", disabled=not ready,
        help=None if ready else "先解决上面列出的问题", icon=":material/gavel:",
    ):  # fmt: skip
        done = ui.act(
            verb, target, conclusion, reason=reason, **options,
            key=ui.once(f"{name}-{target}"),
            seen=Seen("project", shown.project_id, shown.project_rev),
            done=f"{shown.gate.label}：{conclusion.label}。",
        )  # fmt: skip
        if done:
            st.rerun()


def _conditions(name: str, held_on: date) -> tuple[ConditionDraft, ...]:
    """Dated rows with an owner; as many as wanted."""
    st.markdown("**条件**")
    number = st.number_input("条件数", 1, 10, 1, key=f"{name}-conditions", width=140)
    found = []
    for row in range(number):
        text_place, owner_place, due_place = st.columns([4, 2, 2])
        with text_place:
            text = ui.line(f"条件 {row + 1} *", most=500, key=f"{name}-text-{row}")
        with owner_place:
            owner = st.text_input("责任人 *", max_chars=50, key=f"{name}-owner-{row}")
        with due_place:
            due = ui.day("期限 *", None, key=f"{name}-due-{row}")
        found.append(ConditionDraft(text, owner, due))
    return tuple(found)


def _preview(
    shown: Round,
    view: Moment,
    verb: Callable,
    target: int,
    conclusion: Conclusion,
    reason: str,
    options: dict,
) -> bool:
    """What the decision would change, from a run that is taken back; whether it can be taken."""
    tried = ui.rehearse(verb, target, conclusion, reason=reason.strip() or "预演", **options)
    with st.container(border=True, key="preview"):
        if tried.reasons:
            st.markdown(f":material/block: **现在还不能“{conclusion.label}”**")
            st.markdown("\n".join(f"- {ui.plain(obstacle)}" for obstacle in tried.reasons))
            return False
        with ui.reading() as session:
            arrival = effect.arrival(session, shown.project_id, shown.gate, conclusion)
            found = effect.effects(session, shown.base_id, view, tried.entries)
        told = [arrival, *(each.words for each in found)]
        told += [] if found else ["三项指标的数字不变"]
        st.markdown(":material/visibility: **这个结论会改变什么**")
        st.markdown("\n".join(f"- {ui.plain(each)}" for each in told))
    return True
