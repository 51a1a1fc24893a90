"""The portfolio on a page (项目组合): stage strip, what waits, filters, table and board."""

import functools
from collections.abc import Sequence
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.lights import SHAPES, Level
from pilot.domain.people import Actor, may
from pilot.domain.vocabulary import ENDS, State
from pilot.reports.needs import MOST, Need
from pilot.reports.portfolio import (
    PAGE_SIZE,
    BoardColumn,
    Card,
    Chosen,
    GateCount,
    Listed,
    StageCount,
)
from pilot.screens import filters, pick

COLOURS = {
    Level.GREEN: "green",
    Level.YELLOW: "yellow",
    Level.ORANGE: "orange",
    Level.RED: "red",
}


_NONE_YET = (
    "还没有项目。由基地管理人员在“项目台账”登记第一个项目，或批量导入；"
    "还没有基地管理账号的，先由系统管理员在“人员与权限”新建。"
)
_FIRST = (  # who may do it, in which words, on which page
    ("account.create", "新建账号", "people", {"part": "new"}),
    ("project.register", "登记第一个项目", "projects", {"new": 1}),
    ("import.stage", "批量导入", "imports", {}),
)
_NONE_FOUND = "没有符合条件的项目；请放宽筛选。"
_OPEN = ",".join(state.value for state in State if state not in ENDS)
_ASIDE = "单元格点开可看全文；右边还有几列，可左右滑动"


def stage_strip(stages: Sequence[StageCount]) -> None:
    """A chevron a stage with its count, a diamond a gate; a click narrows the list below."""
    for place, stage in zip(st.columns(len(stages), border=True), stages, strict=True):
        with place:
            st.button(
                f"{stage.stage.label} **{stage.open}** ❯",
                key=f"stage-{stage.stage.value}",
                on_click=filters.narrow,
                kwargs={"stage": stage.stage.value, "state": _OPEN, "gate": ""},
                width="stretch",
                help="在下方列出这一阶段还在进行的项目",
            )
            st.caption(_states(stage) or "没有项目")
            for gate in stage.gates:
                _gate(gate)


def needs(found: Sequence[Need]) -> None:
    """Seven lines, the worst first: how bad, about what, why, and the verb as a link."""
    if not found:
        st.info("现在没有等待您处理的事项。", icon=":material/check_circle:")
    for need in found[:MOST]:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            sign = f":{COLOURS[need.level]}-badge[{SHAPES[need.level]} {need.level.label}]"
            words = f"**{ui.plain(need.code)}** {ui.plain(need.name)}  \n{ui.plain(need.reason)}"
            st.markdown(f"{sign} {words}", width="stretch")
            ui.link(
                ui.plain(need.verb), need.page, icon=":material/arrow_forward:", **dict(need.about)
            )
    if len(found) > MOST:
        st.caption(f"先列最急的 {MOST} 项，至少还有 {len(found) - MOST} 项，办完前面的会依次列出。")


def table(listed: Listed, chosen: Chosen, reader: Actor, key: str) -> None:
    """The projects, one line each; a click on a code opens the project."""
    if not listed.total:
        nothing(chosen, reader)
        return
    opened = f"{key}-open"
    hidden = {"project_id"} if listed.frame["base"].nunique() > 1 else {"project_id", "base"}
    st.dataframe(
        listed.drawn,
        key=key,
        hide_index=True,
        column_order=[name for name in listed.frame.columns if name not in hidden],
        column_config=_columns(opened),
        placeholder="",
        height="content",
        alt="项目列表：编号、名称、阶段、状态、预警及原因、下一阶段门和材料齐备情况",
    )
    if click := st.session_state.get(opened):
        ui.go("project", id=listed.frame.iloc[click["row"]]["project_id"])
    if listed.total == 1:  # the way for a keyboard: a cell's button cannot be reached by it
        only = listed.frame.iloc[0]
        words = ui.plain(f"打开 {only['code']} {only['name']}")
        ui.link(words, "project", icon=":material/arrow_forward:", id=only["project_id"])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"共 {listed.total} 个项目。{_ASIDE}")
        pick.paging(listed.total, PAGE_SIZE)


def nothing(chosen: Chosen, reader: Actor) -> None:
    """Say what to do when there is nothing to list, with the way to what the reader may do."""
    if chosen != Chosen():
        st.info(_NONE_FOUND, icon=":material/search_off:")
        return
    st.info(_NONE_YET, icon=":material/search_off:")
    with st.container(horizontal=True):
        for action, label, page, about in _FIRST:
            if may(reader, action):
                ui.link(label, page, icon=":material/arrow_forward:", **about)


def board(columns: Sequence[BoardColumn], chosen: Chosen, reader: Actor) -> None:
    """The same projects by stage, the most urgent first; stages without any are left out."""
    filled = [column for column in columns if column.total]
    if not filled:
        nothing(chosen, reader)
        return
    for place, column in zip(st.columns(len(filled)), filled, strict=True):
        with place:
            st.markdown(f"**{column.stage.label}** {column.total}")
            for card in column.cards:
                _board_card(card)
            if column.total > len(column.cards):
                st.caption(f"还有 {column.total - len(column.cards)} 个，请用筛选或列表查看。")


def _board_card(card: Card) -> None:
    with st.container(border=True, gap="small"):
        ui.link(f"**{ui.plain(card.code)}**", "project", id=card.project_id)
        st.markdown(ui.plain(card.name))  # a link's words do not wrap
        with st.container(horizontal=True, gap="small"):
            if card.state not in ENDS:
                st.badge(card.light.sign, color=COLOURS[card.light.level])
            if card.state is not State.ACTIVE:
                st.badge(card.state.label, color="gray")
            if card.next_gate:
                st.badge(f"◆ {card.next_gate.value} {card.readiness}", color="gray")
        if card.light.warnings:
            st.caption(ui.plain(card.light.reason))


def _gate(gate: GateCount) -> None:
    late = f":red[**逾期{gate.overdue}**]" if gate.overdue else "逾期0"
    st.button(
        f"◆ {gate.gate.value} 待评{gate.waiting} 齐备{gate.ready} {late}",
        key=f"gate-{gate.gate.value}",
        type="tertiary",
        disabled=not gate.before,
        on_click=filters.narrow,
        kwargs={"gate": gate.gate.value, "stage": "", "state": ""},
        help=f"{gate.gate.label}：门前共 {gate.before} 个；齐备指材料已全部合格、还没有提交评审",
    )


def _states(stage: StageCount) -> str:
    """What the stage's number adds up from; those that ended in it in a line of their own."""
    going = [f"{state.label} {number}" for state, number in stage.states if state not in ENDS]
    ended = [f"{state.label} {number}" for state, number in stage.states if state in ENDS]
    over = sum(number for _, number in stage.states) - stage.open
    lines = [" · ".join(going)] + ([f"已结束 {over}：{'、'.join(ended)}"] if ended else [])
    return "  \n".join(line for line in lines if line)


@functools.cache
def _columns(opened: str) -> dict[str, Any]:
    config = st.column_config
    signs = [f"{SHAPES[level]} {level.label}" for level in Level]
    return {
        "base": config.TextColumn("基地", width=100),
        "code": config.ButtonColumn("项目编号", type="tertiary", key=opened, pinned=True),
        "name": config.TextColumn("项目名称", width=215),
        "stage": config.TextColumn("阶段", width=80),
        "state": config.TextColumn("状态", width=70),
        "light": config.MultiselectColumn(
            "预警", options=signs, color=list(COLOURS.values()), width=78
        ),
        "reason": config.TextColumn("原因", width=170),
        "next_gate": config.TextColumn("下一门", width=55),
        "planned_on": config.DateColumn("计划日期", format="YYYY-MM-DD", width=95),
        "readiness": config.TextColumn("材料", help="下一阶段门所需材料：已齐／应有", width=62),
        "days_in_stage": config.NumberColumn("本阶段天数", format="%d", width=85),
        "field": config.TextColumn("技术领域", width=100),
        "manager": config.TextColumn("项目经理", width=80),
        "updated_on": config.DateColumn("最近更新", format="YYYY-MM-DD", width=95),
    }
