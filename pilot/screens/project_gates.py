"""The gates of a project (阶段门): rounds, decisions, conditions, planned dates."""

import streamlit as st

from pilot import ui
from pilot.domain.moment import Moment
from pilot.domain.people import Actor, may
from pilot.domain.vocabulary import PASSING, Gate
from pilot.reports import project_proof, rounds
from pilot.reports.project import Head
from pilot.reports.rounds import ConditionLine, Taken
from pilot.services import lifecycle, projects
from pilot.services.command import Seen


def tab(shown: Head, reader: Actor, view: Moment) -> None:
    """Rounds with what was decided, conditions, the plan and its slips, the steps of life."""
    with ui.reading() as session:
        held = rounds.rounds_of(session, shown.id, view)
        demands = rounds.conditions_of(session, shown.id, view)
        plan = project_proof.plan_frame(session, shown, view)
        steps = project_proof.moves_frame(session, shown, view)
    conditions(demands, reader, view, writable=shown.writable)
    st.subheader("评审")
    if not held:
        st.info("还没有提交过评审。材料齐备后，用页面上方的按钮提交。", icon=":material/info:")
    for each in held:
        with st.container(border=True):
            title = f"{each.gate.label} 第 {each.number} 轮 · {each.opened_on} 提交"
            ui.link(title, "gate", review=each.id, icon=":material/gavel:")
            if not each.taken:
                st.caption("等待结论" if each.open else "已撤回，没有结论")
            for taken in each.taken:
                decision(taken)
    st.subheader("计划日期")
    if not plan.empty:
        st.dataframe(plan, hide_index=True, alt="各阶段门的计划日期，含已调整的")
    if shown.writable and may(reader, "project.plan"):
        _plan(shown)
    if not steps.empty:
        with st.expander(f"阶段变动（{len(steps)}）", icon=":material/timeline:"):
            st.dataframe(steps, hide_index=True, alt="项目经历的每一次阶段变动")


def decision(taken: Taken) -> None:
    """A decision in words; a superseded one stays readable and says so."""
    icon = "check_circle" if taken.conclusion in PASSING else "do_not_disturb_on"
    colour = "green" if taken.conclusion in PASSING else "orange"
    with st.container(horizontal=True, vertical_alignment="center"):
        if taken.superseded:
            st.badge(
                f"{taken.conclusion.label}（已被更正）", icon=":material/history:", color="gray"
            )
        else:
            st.badge(taken.conclusion.label, icon=f":material/{icon}:", color=colour)
        st.caption(ui.plain(f"评审日期 {taken.held_on} · {taken.who} 于 {taken.decided_at} 登记"))
    st.text(taken.reason)
    if taken.warnings:
        st.caption(f":material/info: 当时的提示：{ui.plain(taken.warnings)}")


def conditions(
    demands: list[ConditionLine], reader: Actor, view: Moment, *, writable: bool
) -> None:
    """The conditions of conditional passes: what, who, by when; open ones can be closed."""
    if not demands:
        return
    left = sum(1 for each in demands if not each.closed_on)
    st.subheader(f"条件（未关闭 {left}／{len(demands)}）")
    for each in demands:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            _badge(each, view)
            st.markdown(f"{ui.plain(each.text)}  \n:gray[{ui.plain(_who(each))}]", width="stretch")
            if writable and not each.closed_on and may(reader, "condition.close"):
                _close(each, view)


def _badge(each: ConditionLine, view: Moment) -> None:
    if each.closed_on:
        st.badge("已关闭", icon=":material/check:", color="green")
    elif each.due_on < view.as_of:
        late = (view.as_of - each.due_on).days
        st.badge(f"逾期 {late} 天", icon=":material/warning:", color="red")
    else:
        st.badge("未关闭", icon=":material/schedule:", color="orange")


def _who(each: ConditionLine) -> str:
    said = f"{each.gate.value} · 责任人 {each.owner} · 期限 {each.due_on}"
    if each.closed_on:
        said += f" · {each.closed_on} 由 {each.closer} 关闭：{each.closing_note}"
    return said


def _close(each: ConditionLine, view: Moment) -> None:
    with st.popover("关闭"), st.form(f"close-{each.id}", border=False):
        on = ui.day("关闭日期", view.as_of)
        note = ui.area("怎样满足的 *", most=500)
        if st.form_submit_button("关闭条件", type="primary"):
            key = ui.once(f"close-{each.id}")
            done = "条件已关闭。"
            if ui.act(lifecycle.close_condition, each.id, note=note, on=on, key=key, done=done):
                st.rerun()


def _plan(shown: Head) -> None:
    gates = list(Gate)
    start = gates.index(shown.next_gate) if shown.next_gate else 0
    label, icon = "排定或调整计划日期", ":material/event:"
    with st.popover(label, icon=icon), st.form(f"plan-{shown.id}", border=False):
        gate = st.selectbox("阶段门", gates, start, format_func=lambda one: one.label)
        on = ui.day("计划日期", shown.planned_on or "today")
        reason = ui.line("调整理由", most=300, help="已有计划日期的，调整必须说明")
        if st.form_submit_button("保存计划", type="primary"):
            seen = Seen("project", shown.id, shown.rev)
            key = ui.once(f"plan-{shown.id}")
            done = f"{gate.value} 计划日期：{on}。"
            if ui.act(
                projects.plan_gate, shown.id, gate, on, reason=reason.strip(),
                seen=seen, key=key, done=done,
            ):  # fmt: skip
                st.rerun()
