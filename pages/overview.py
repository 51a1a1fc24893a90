"""总览: the goals, the stages, what waits for you, the projects."""

import streamlit as st

from pilot import ui
from pilot.domain.people import Role, may
from pilot.reports import portfolio
from pilot.screens import filters, goals, kept, pick
from pilot.screens import portfolio as show
from pilot.screens.filters import Shape

actor = ui.require(Role.ADMIN, Role.MANAGER, Role.REVIEWER, Role.OFFICER, Role.PROVINCE)
st.title("总览")
view = ui.strip()

with ui.reading() as session:
    bases = portfolio.visible_bases(session, actor)
    seen = kept.glance(session, bases, view)
    todo = kept.needs(session, actor, view)
    fields = portfolio.fields(session, bases)

if seen.nation:
    goals.nation(seen.nation)
else:
    goals.goal_cards(seen.goals)

st.subheader("阶段")
show.stage_strip(seen.stages)

if view.live and may(actor, "project.note"):
    st.subheader("需要您处理")
    show.needs(todo)

st.subheader("项目")
chosen, shape = filters.projects(fields)
with ui.reading() as session:
    if shape is Shape.BOARD:
        columns = portfolio.board(session, bases, view, chosen)
    else:
        listed = portfolio.project_page(session, bases, view, chosen, page=pick.page())
if shape is Shape.BOARD:
    show.board(columns, chosen)
else:
    show.table(listed, chosen, "overview-projects")
