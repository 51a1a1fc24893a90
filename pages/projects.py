"""项目台账: every project, narrowed and paged; here a new one is registered."""

import streamlit as st

from pilot import ui
from pilot.domain.people import Role, may
from pilot.reports import portfolio
from pilot.reports.choices import choices
from pilot.screens import filters, register
from pilot.screens import portfolio as show

actor = ui.require(Role.ADMIN, Role.MANAGER, Role.REVIEWER, Role.OFFICER, Role.PROVINCE)
st.title("项目台账")
view = ui.strip()

with ui.reading() as session:
    bases = portfolio.visible_bases(session, actor)
    fields = portfolio.fields(session, bases)
    known = choices(session, actor.base_id)

if view.live and may(actor, "project.register"):
    opened = st.query_params.get("new") == "1"
    with st.expander("登记新项目", icon=":material/add:", expanded=opened):
        register.form(known, view)

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
    show.table(listed, "projects")
