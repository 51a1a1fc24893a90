"""项目详情: one project at a view, what keeps it from its next gate, and everything one may do."""

from dataclasses import replace

import streamlit as st

from pilot import ui
from pilot.domain.people import Role, may
from pilot.reports import blockers, project
from pilot.screens import (
    pick,
    project_gates,
    project_head,
    project_moves,
    project_papers,
    project_plants,
    project_tabs,
)
from pilot.screens.kept import kept
from pilot.services import legality

actor = ui.require(Role.ADMIN, Role.MANAGER, Role.REVIEWER, Role.OFFICER, Role.PROVINCE)
title = st.empty()
title.title("项目详情")
view = ui.strip()

with ui.reading() as session:
    shown = kept(project.head, session, actor, pick.number("id"), view)
    lacking = kept(blockers.blockers, session, shown, view)
    said = kept(project.notes, session, shown.id, view, 5)
    moves = shown.writable and may(actor, "project.move")
    refusals = legality.refusals(session, shown.id, by=actor) if moves else {}

shown = replace(shown, rev=ui.drawn("project", shown.id, shown.rev))
title.title(ui.plain(shown.name))
project_head.head(shown)
if moves:
    project_moves.bar(shown, refusals, view)

left, right = st.columns([2, 1], gap="large")
with left:
    names = ["概况", "阶段门", "材料", "成果", "产业化", "进展", "历史"]
    tabs = dict(
        zip(names, st.tabs(names, on_change="rerun", key="tab", bind="query-params"), strict=True)
    )
    for name, draw in (
        ("概况", project_tabs.facts),
        ("阶段门", project_gates.tab),
        ("材料", project_papers.tab),
        ("成果", project_tabs.results),
        ("产业化", project_plants.tab),
        ("进展", project_tabs.progress),
    ):
        if tabs[name].open:
            with tabs[name]:
                draw(shown, actor, view)
    if tabs["历史"].open:
        with tabs["历史"]:
            project_tabs.history(shown, view)

with right:
    project_head.blocked(lacking)
    st.subheader("最近进展")
    if shown.writable and may(actor, "project.note"):
        project_tabs.note(shown, view)
    project_tabs.updates(said)
