"""The parts of 人员与权限: the accounts with one to choose, and the form of a new one."""

import streamlit as st

from pilot import ui
from pilot.domain.vocabulary import Term
from pilot.reports import people
from pilot.reports.people import AccountLine
from pilot.screens import pick
from pilot.screens.account_panel import LABELS
from pilot.services import accounts, passwords

_LOGIN = "3 至 32 位字母、数字和 . _ -，不分大小写"


class Part(Term):
    """What the page shows."""

    ACCOUNTS = "accounts", "账号"
    NEW = "new", "新建账号"
    INVITATIONS = "invitations", "邀请"
    REQUESTS = "requests", "账号申请"


def parts(waiting: int) -> Part:
    """The part to show; `waiting` requests are told beside theirs."""
    return pick.word(
        "分栏", "part", list(Part), default=Part.ACCOUNTS, hidden=True,
        shown=lambda one: f"{one.label} {waiting}" if one is Part.REQUESTS else one.label,
    )  # fmt: skip


def choice(lines: list[AccountLine]) -> AccountLine | None:
    """Every account, and the one to change."""
    known = {line.id: line for line in lines}
    st.dataframe(people.account_frame(lines), hide_index=True, alt="账号列表")
    picked = st.selectbox(
        "要修改的账号", known, index=None, key="account",
        format_func=lambda key: f"{known[key].login} · {known[key].name}",
        placeholder="选择一个账号，再修改角色、单位、停用或重置密码",
    )  # fmt: skip
    return known.get(picked)


def new() -> None:
    """The form of an account with a temporary password."""
    form = st.session_state.setdefault("account-form", 0)
    st.caption("邀请链接更省事：由本人设置登录名和密码，您不必转告临时密码。")
    with st.form(f"account-{form}", border=False):
        login = st.text_input("登录名 *", max_chars=32, help=_LOGIN)
        name = st.text_input("姓名 *", max_chars=50)
        roles = st.pills("角色 *", LABELS, selection_mode="multi", format_func=LABELS.get)
        fresh = st.session_state.setdefault(f"temporary-{form}", passwords.temporary())
        temporary = st.text_input(
            "临时密码 *", fresh, help="请记下并当面告知本人；首次登录时须修改。"
        )
        if st.form_submit_button("建立账号", type="primary"):
            done = f"已建立账号 {login}，临时密码：{temporary}（请现在告知本人，以后不再显示）"
            key = ui.once("account")
            if ui.act(accounts.create, login, name, roles, temporary, key=key, done=done):
                st.session_state["account-form"] += 1
                st.rerun()
