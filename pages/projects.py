"""项目台账: every project, narrowed and paged; here a new one is registered."""

import streamlit as st

from pilot import ui
from pilot.domain.people import Role, may
from pilot.reports import portfolio
from pilot.reports.choices import choices
from pilot.screens import filters, pick, register
from pilot.screens import portfolio as show
from pilot.screens.filters import Shape
from pilot.screens.kept import kept

actor = ui.require(Role.ADMIN, Role.MANAGER, Role.REVIEWER, Role.OFFICER, Role.PROVINCE)
st.title("项目台账")
view = ui.strip()

with ui.reading() as session:
    bases = portfolio.visible_bases(session, actor)
    fields = kept(portfolio.fields, session, bases)

if view.live and may(actor, "project.register"):
    new = st.expander(
        "登记新项目", icon=":material/add:", expanded=register.asked(), key="register",
        on_change="rerun",
    )  # fmt: skip
    if new.open:  # its lists of units and persons are long
        with ui.reading() as session:
            known = choices(session, actor.base_id)
        with new:
            register.form(known, view)

chosen, shape = filters.projects(fields)
with ui.reading() as session:
    if shape is Shape.BOARD:
        columns = kept(portfolio.board, session, bases, view, chosen)
    else:
        listed = kept(portfolio.project_page, session, bases, view, chosen, pick.page())
if shape is Shape.BOARD:
    show.board(columns, chosen, actor)
else:
    show.table(listed, chosen, actor, "projects")
