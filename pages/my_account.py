"""我的账号: one's own roles, password and open sessions, and where notices go by mail."""

from datetime import UTC, datetime

import streamlit as st

from pilot import ui
from pilot.domain.moment import local_day
from pilot.domain.people import Role
from pilot.reports import mail, people
from pilot.screens import mail_card
from pilot.services import accounts

me = ui.require()
st.title("我的账号")

with ui.reading() as session:
    own = people.own_account(session, me, datetime.now(UTC))
    own_mail = mail.own_mail(session, me)
mail_card.confirmation(own_mail)

with st.container(border=True, width=560):
    ui.facts(
        {
            "登录名": own.login,
            "姓名": me.name,
            "角色": "、".join(role.label for role in Role if role in me.roles),
            "密码设置于": f"{local_day(own.password_set_at):%Y-%m-%d}",
            "已登录的设备": f"{own.open_sessions} 个",
        }
    )
    with st.container(horizontal=True):
        st.link_button("修改密码", "/auth/password", type="primary")
        warning = "包括本机在内，所有已登录的浏览器都要重新登录。"
        ui.confirm("退出所有设备", warning, accounts.sign_out_everywhere, key="out")

st.subheader("邮件通知")
with st.container(border=True, width=560):
    mail_card.card(own_mail, ui.mail_server())
