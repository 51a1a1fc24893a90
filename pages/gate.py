"""阶段门: the rounds that wait; one round with its checklist, blind cards and decision."""

from dataclasses import replace

import streamlit as st

from pilot import ui
from pilot.domain.people import Role
from pilot.reports import round_parts, rounds
from pilot.screens import gate_cards, gate_criteria, gate_decision, gate_list, pick, project_gates
from pilot.screens.kept import kept

actor = ui.require(Role.ADMIN, Role.MANAGER, Role.REVIEWER, Role.OFFICER, Role.PROVINCE)
title = st.empty()
title.title("阶段门")
view = ui.strip()
review, project = pick.number("review"), pick.number("project")

if review is None and project is None:
    with ui.reading() as session:
        waiting = kept(rounds.waiting, session, actor, view)
    gate_list.waiting(waiting)
    st.stop()

with ui.reading() as session:
    shown = rounds.round_shown(session, actor, view, review_id=review, project_id=project)
    lines = round_parts.criteria(session, shown, view)
    seats = round_parts.seats(session, shown, actor)
    cards = round_parts.cards(session, shown, actor, view)
    known = round_parts.assessors(session, shown)
    taken = rounds.decisions(session, shown, view)
    demands = rounds.conditions_of(session, shown.project_id, view)

shown = replace(shown, project_rev=ui.drawn("project", shown.project_id, shown.project_rev))
title.title(f"{shown.gate.label} · {ui.plain(shown.name)}")
with st.container(horizontal=True, vertical_alignment="center"):
    ui.link(
        f"{ui.plain(shown.code)} 项目详情",
        "project",
        id=shown.project_id,
        icon=":material/article:",
    )
    st.caption(f"第 {shown.number} 轮 · {shown.opened_on} 由 {ui.plain(shown.submitter)} 提交")

left, right = st.columns([3, 2], gap="large")
with left:
    gate_criteria.checklist(shown, lines, actor)
with right:
    gate_cards.cards(shown, seats, cards, actor, known)
gate_decision.section(shown, taken, actor, view)
mine = [each for each in demands if each.review_id == shown.id]
project_gates.conditions(mine, actor, view, writable=shown.writable)
