"""The head of a project (项目抬头): name, stage chain, light with its reasons, next gate, owner."""

import streamlit as st

from pilot import ui
from pilot.domain.lights import SHAPES
from pilot.domain.vocabulary import ENDS, Gate, Stage, State
from pilot.reports.blockers import Blockers
from pilot.reports.portfolio import GATES_OF
from pilot.reports.project import Head
from pilot.screens.portfolio import COLOURS

_ICONS = {
    State.ACTIVE: "play_arrow",
    State.AWAITING: "hourglass_top",
    State.CONDITIONAL: "rule",
    State.PAUSED: "pause",
}
_STATE_COLOURS = {State.CONDITIONAL: "orange", State.PAUSED: "orange"}


def head(shown: Head) -> None:
    """Name, chain of stages, and four short facts."""
    st.title(ui.plain(shown.name))
    parts = (shown.code, shown.base, shown.holder and f"持有方 {shown.holder}")
    st.caption(ui.plain(" · ".join(part for part in parts if part)))
    _chain(shown)
    if shown.void_asked_by:
        st.warning("已有人申请作废，等待另一位管理人员确认。", icon=":material/warning:")
    if shown.merged_into_id:
        ui.link("已合并到另一个项目，点此查看", "project", id=shown.merged_into_id)
    places = st.columns(4, gap="medium")
    with places[0]:
        _light(shown)
    with places[1]:
        st.caption("下一阶段门")
        st.markdown(f"**{shown.next_gate.label if shown.next_gate else '—'}**")
        st.caption(_when(shown))
    with places[2]:
        st.caption("项目经理")
        st.markdown(f"**{ui.plain(shown.manager or '尚未指定')}**")
    with places[3]:
        since = shown.began.get(shown.stage)
        st.caption("本阶段")
        st.markdown(f"**{shown.days_in_stage} 天**")
        st.caption(f"{since} 进入" if since else "")


def blocked(found: Blockers) -> None:
    """What keeps the project from its next step, every hard reason; then what is only said."""
    st.subheader("还差什么")
    st.markdown(f"**{ui.plain(found.title)}**")
    for reason in found.reasons:
        st.markdown(f":material/block: {ui.plain(reason)}")
    if not found.reasons and "结束" not in found.title:
        st.markdown(":material/check_circle: 没有硬性障碍")
    for hint in found.hints:
        st.caption(f":material/info: {ui.plain(hint)}")


def _chain(shown: Head) -> None:
    order = list(Stage)
    here = order.index(shown.stage)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for place, stage in enumerate(order):
            if place < here:
                st.badge(stage.label, icon=":material/check:", color="green")
            elif place > here:
                st.badge(stage.label, icon=":material/radio_button_unchecked:", color="gray")
            else:
                icon = _ICONS.get(shown.state, "flag")
                colour = "gray" if shown.state in ENDS else _STATE_COLOURS.get(shown.state, "blue")
                label = f"{stage.label} · {shown.state.label}"
                st.badge(label, icon=f":material/{icon}:", color=colour)
            for gate in GATES_OF[stage]:
                st.markdown(_diamond(gate, shown), width="content")


def _diamond(gate: Gate, shown: Head) -> str:
    return f":green[◆ {gate.value}]" if gate in shown.passed else f":gray[◇ {gate.value}]"


def _light(shown: Head) -> None:
    st.caption("预警")
    if shown.state in ENDS:
        st.markdown("**项目已结束**")
        return
    level = shown.light.level
    st.badge(f"{SHAPES[level]} {level.label}", color=COLOURS[level])
    first, *others = shown.light.warnings or (None,)
    if first is None:
        return
    st.caption(ui.plain(first.text))
    with st.popover(f"全部 {len(others) + 1} 条与办法" if others else "怎样解除", type="tertiary"):
        for warning in shown.light.warnings:
            st.markdown(f"{SHAPES[warning.level]} {ui.plain(warning.text)}")
            st.caption(f"{warning.rule}：{ui.plain(warning.remedy)}")


def _when(shown: Head) -> str:
    planned = f"计划 {shown.planned_on}" if shown.planned_on else "没有计划日期"
    if shown.next_gate is None:
        return ""
    return f"{planned} · 材料 {shown.readiness}" if shown.readiness else planned
