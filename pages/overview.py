"""总览: the goals, the stages, what waits for you, the projects."""

import streamlit as st

from pilot import ui
from pilot.domain.people import Role, may
from pilot.reports import portfolio, summary
from pilot.reports.needs import needs
from pilot.reports.neighbours import neighbours
from pilot.screens import filters, goals
from pilot.screens import portfolio as show

actor = ui.require(Role.ADMIN, Role.MANAGER, Role.REVIEWER, Role.OFFICER, Role.PROVINCE)
st.title("总览")
view = ui.strip()

with ui.reading() as session:
    bases = portfolio.visible_bases(session, actor)
    cards = summary.goal_cards(session, bases, view)
    trend = summary.trend(session, bases, view)
    apart = neighbours(session, bases, view)
    stages = portfolio.stage_strip(session, bases, view)
    todo = needs(session, actor, view)
    fields = portfolio.fields(session, bases)

goals.goal_cards(cards, trend)
goals.beside(apart)

st.subheader("阶段")
show.stage_strip(stages)

if view.live and may(actor, "project.note"):
    st.subheader("需要您处理")
    show.needs(todo)

st.subheader("项目")
chosen = filters.projects(fields)
board = show.shape()
with ui.reading() as session:
    if board:
        columns = portfolio.board(session, bases, view, chosen)
    else:
        listed = portfolio.project_page(session, bases, view, chosen, page=filters.page())
if board:
    show.board(columns)
else:
    show.table(listed, "overview-projects")
