"""总览: the goals, the stages, what waits for you, the projects."""

import streamlit as st

from pilot import ui
from pilot.domain.people import Role, may
from pilot.reports import needs, portfolio
from pilot.screens import filters, goals, pick
from pilot.screens import portfolio as show
from pilot.screens.filters import Shape
from pilot.screens.kept import glance, kept

actor = ui.require(Role.ADMIN, Role.MANAGER, Role.REVIEWER, Role.OFFICER, Role.PROVINCE)
st.title("总览")
view = ui.strip()

with ui.reading() as session:
    bases = portfolio.visible_bases(session, actor)
    seen = glance(session, bases, view)
    todo = kept(needs.needs, session, actor, view)
    fields = kept(portfolio.fields, session, bases)

if seen.nation:
    goals.nation(seen.nation)
else:
    goals.goal_cards(seen.goals)

st.subheader("阶段")
show.stage_strip(seen.stages)

if view.live and (may(actor, "project.note") or may(actor, "filing.submit")):
    st.subheader("需要您处理")
    show.needs(todo)

st.subheader("项目")
chosen, shape = filters.projects(fields)
with ui.reading() as session:
    if shape is Shape.BOARD:
        columns = kept(portfolio.board, session, bases, view, chosen)
    else:
        listed = kept(portfolio.project_page, session, bases, view, chosen, pick.page())
if shape is Shape.BOARD:
    show.board(columns, chosen, actor)
else:
    show.table(listed, chosen, actor, "overview-projects")
