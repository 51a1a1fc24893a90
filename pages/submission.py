"""填报: one submission – filled in while it is the author's, afterwards where it stands."""

import streamlit as st

from pilot import ui
from pilot.domain.people import Role
from pilot.reports import submissions
from pilot.screens import pick, submission_form, submission_head

actor = ui.require(Role.RESEARCHER)
title = st.empty()
title.title("填报")

with ui.reading() as session:
    shown = submissions.head(session, actor, pick.number("id"), submission_head.now())

title.title(ui.plain(shown.title or submission_head.UNTITLED))
submission_head.head(shown)
submission_head.moves(shown)
if shown.writable:
    submission_form.form(shown, actor)
if shown.round:
    submission_head.thread(shown)
if not shown.writable and shown.round:
    submission_head.sent(shown, actor)
