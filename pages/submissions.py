"""我的提交: every submission of one's own, what one's organisation has sent, and what is new."""

import streamlit as st

from pilot import ui
from pilot.domain.people import Role
from pilot.reports import notices, submissions
from pilot.reports.submissions import Group
from pilot.screens import pick, submission_head, submission_list

actor = ui.require(Role.RESEARCHER)
st.title("我的提交")

with ui.reading() as session:
    unread, messages = notices.messages(session, actor)
    counts = submissions.counts(session, actor)
    last = submissions.last(session, actor)
submission_list.begin(last)
submission_list.messages(unread, messages)

group = submission_list.group(counts)
text = pick.text("搜索", "q", "名称或回执号")
with ui.reading() as session:
    page = submissions.mine(session, actor, submission_head.now(), group, text, pick.page())
submission_list.lines(page, narrowed=bool(text) or group is not Group.ALL)
pick.paging(page.total, submissions.PAGE)
