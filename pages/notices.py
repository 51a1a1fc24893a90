"""通知: what the product has told one, the unread first."""

import streamlit as st

from pilot import ui
from pilot.reports import notices
from pilot.reports.notices import PAGE
from pilot.screens import notice_list, pick

me = ui.require()
st.title("通知")

with ui.reading() as session:
    unread = notices.unread(session, me)
shown = notice_list.choice(unread)
with ui.reading() as session:
    found = notices.listed(session, me, all=shown is notice_list.Shown.ALL, page=pick.page())

notice_list.lines(found, shown)
pick.paging(found.total, PAGE)
if ui.mail_server():
    st.caption("想在邮箱里收到提醒，请到“我的账号”登记邮箱。")
    ui.link("我的账号", "my_account", icon=":material/account_circle:")
