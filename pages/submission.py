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
if shown.writable and not shown.round:
    submission_form.form(shown, actor)
    submission_head.moves(shown)
elif shown.writable:
    submission_head.moves(shown)
    submission_head.thread(shown)
    submission_form.form(shown, actor)
else:
    submission_head.moves(shown)
    if shown.round:
        left, right = st.columns([3, 2], gap="large")
        with left:
            submission_head.sent(shown, actor)
        with right:
            submission_head.thread(shown)
