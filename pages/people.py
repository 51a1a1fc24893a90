"""人员与权限: who can sign in, and what they may do."""

import streamlit as st

from pilot import ui
from pilot.domain.people import Role
from pilot.reports import mail, people, registry
from pilot.screens import account_mail, account_panel
from pilot.services import accounts, passwords

admin = ui.require(Role.ADMIN)
st.title("人员与权限")

with ui.reading() as session:
    lines = people.account_lines(session, admin)
    units = registry.organisation_names(session, admin.base_id)
    mailboxes = mail.addresses(session, admin)

known = {line.id: line for line in lines}
labels = account_panel.LABELS
form = st.session_state.setdefault("account-form", 0)
listed, new = st.tabs([f"账号（{len(lines)}）", "新建账号"])

with listed:
    st.dataframe(people.account_frame(lines), hide_index=True, alt="账号列表")
    picked = st.selectbox(
        "要修改的账号",
        known,
        index=None,
        format_func=lambda key: f"{known[key].login} · {known[key].name}",
        placeholder="选择一个账号，再修改角色、单位、停用或重置密码",
        key="account",
    )

if line := known.get(picked):
    with listed:
        account_panel.panel(line, units)
        if ui.mail_server():
            account_mail.field(line, mailboxes)

with new, st.form(f"account-{form}", border=False):
    login = st.text_input("登录名", max_chars=32, help="3 至 32 位小写字母、数字和 . _ -")
    name = st.text_input("姓名", max_chars=50)
    roles = st.pills("角色", labels, selection_mode="multi", format_func=labels.get)
    fresh = st.session_state.setdefault(f"temporary-{form}", passwords.temporary())
    temporary = st.text_input("临时密码", fresh, help="请记下并当面告知本人；首次登录时须修改。")
    if st.form_submit_button("建立账号", type="primary"):
        done = f"已建立账号 {login}，临时密码：{temporary}（请现在告知本人，以后不再显示）"
        key = ui.once("account")
        if ui.act(accounts.create, login, name, roles, temporary, key=key, done=done):
            st.session_state["account-form"] += 1
            st.rerun()
