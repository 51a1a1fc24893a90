"""The head of a project (项目抬头): name, stage chain, light with its reasons, next gate, owner."""

import streamlit as st

from pilot import ui
from pilot.domain.lights import SHAPES
from pilot.domain.vocabulary import ENDS, Gate, Stage, State
from pilot.reports.blockers import STEPS, Blockers
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
    """Code and holder, chain of stages, and four short facts."""
    parts = (shown.code, shown.base, shown.holder and f"持有方 {shown.holder}")
    st.caption(ui.plain(" · ".join(part for part in parts if part)))
    _chain(shown)
    if shown.void_asked_by:
        st.warning("已有人申请作废，等待另一位管理人员确认。", icon=":material/warning:")
    if shown.merged_into_id:
        ui.link("已合并到另一个项目，点此查看", "project", id=shown.merged_into_id)
    since = shown.began.get(shown.stage)
    light, gate, owner, days = st.columns([4, 3, 2, 2], gap="medium")
    with light:
        _light(shown)
    with gate:
        if shown.next_gate or shown.state in ENDS:
            _fact("下一阶段门", shown.next_gate.label if shown.next_gate else "—", _when(shown))
        else:
            _fact("下一步", STEPS.get(shown.stage, "—"))
    with owner:
        _fact("项目经理", shown.manager or "尚未指定")
    with days:
        _fact("本阶段", f"{shown.days_in_stage} 天", f"{since} 进入" if since else "")


def blocked(found: Blockers) -> None:
    """What keeps the project from its next step, every hard reason; then what is only said."""
    st.subheader("还差什么")
    st.markdown(f"**{ui.plain(found.title)}**")
    if found.reasons:
        st.markdown("  \n".join(f":material/block: {ui.plain(one)}" for one in found.reasons))
    elif found.hints:
        st.markdown(":material/check_circle: 没有硬性障碍")
    if found.hints:
        st.caption("\n".join(f"- {ui.plain(one)}" for one in found.hints))


def _fact(label: str, value: str, note: str = "") -> None:
    lines = [f":gray[:small[{label}]]", f"**{ui.plain(value)}**"]
    lines += [f":gray[:small[{ui.plain(note)}]]"] if note else []
    st.markdown("  \n".join(lines))


def _chain(shown: Head) -> None:
    """One text, not an element a sign: each of those is a message of its own."""
    order = list(Stage)
    links = []
    for place, stage in enumerate(order):
        signs = [_sign(stage, place - order.index(shown.stage), shown)]
        if place >= order.index(shown.entry_stage):
            signs += [_diamond(gate, shown) for gate in GATES_OF[stage]]
        links.append(" ".join(signs))
    st.markdown(" \u2002".join(links))


def _sign(stage: Stage, ahead: int, shown: Head) -> str:
    """A stage as it stands: passed, the present one, still `ahead`, or before the registration."""
    if list(Stage).index(stage) < list(Stage).index(shown.entry_stage):
        return f":gray-badge[{stage.label}（登记前）]"
    if ahead < 0:
        return f":green-badge[:material/check: {stage.label}]"
    if ahead > 0:
        return f":gray-badge[:material/radio_button_unchecked: {stage.label}]"
    icon = _ICONS.get(shown.state, "flag")
    colour = "gray" if shown.state in ENDS else _STATE_COLOURS.get(shown.state, "blue")
    return f":{colour}-badge[:material/{icon}: {stage.label} · {shown.state.label}]"


def _diamond(gate: Gate, shown: Head) -> str:
    return f":green[◆ {gate.value}]" if gate in shown.passed else f":gray[◇ {gate.value}]"


def _light(shown: Head) -> None:
    if shown.state in ENDS:
        _fact("预警", "项目已结束")
        return
    level = shown.light.level
    sign = f":{COLOURS[level]}-badge[{SHAPES[level]} {level.label}]"
    said = [ui.plain(one.text) for one in shown.light.warnings[:1]]
    lines = [":gray[:small[预警]]", sign, *(f":gray[:small[{text}]]" for text in said)]
    st.markdown("  \n".join(lines))
    number = len(shown.light.warnings)
    if not number:
        return
    with st.popover(f"全部 {number} 条与办法" if number > 1 else "怎样解除", type="tertiary"):
        for warning in shown.light.warnings:
            st.markdown(f"{SHAPES[warning.level]} {ui.plain(warning.text)}")
            st.caption(f"{warning.rule}：{ui.plain(warning.remedy)}")


def _when(shown: Head) -> str:
    planned = f"计划 {shown.planned_on}" if shown.planned_on else "没有计划日期"
    if shown.next_gate is None:
        return ""
    return f"{planned} · 材料 {shown.readiness}" if shown.readiness else planned
