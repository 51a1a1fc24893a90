"""One account to change (账号): roles, unit, password, closed or open."""

from collections.abc import Mapping

import streamlit as st

from pilot import ui
from pilot.domain.people import Role
from pilot.reports.people import AccountLine
from pilot.services import accounts, passwords
from pilot.services.command import Seen

_NONE = 0  # the id of no unit
LABELS = {role: role.label for role in Role}


def panel(line: AccountLine, units: Mapping[int, str]) -> None:
    """Everything an administrator may do with it."""
    seen = Seen("account", line.id, line.rev)
    with st.container(border=True):
        _roles(line, seen)
        _unit(line, units, seen)
        with st.container(horizontal=True):
            _reset(line, seen)
            _switch(line, seen)


def _roles(line: AccountLine, seen: Seen) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.pills(
            "角色", LABELS, selection_mode="multi", default=line.roles,
            format_func=LABELS.get, key=f"roles-{line.id}-{line.rev}",
        )  # fmt: skip
        st.button(
            "保存角色", key="roles", disabled=set(chosen) == set(line.roles), on_click=ui.act,
            args=(accounts.set_roles, line.id, chosen),
            kwargs={"seen": seen, "done": f"已更改 {line.login} 的角色；原有登录已退出。"},
        )  # fmt: skip


def _unit(line: AccountLine, units: Mapping[int, str], seen: Seen) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        options = {_NONE: "不属于任何单位"} | dict(units)
        present = line.unit_id or _NONE
        chosen = st.selectbox(
            "所属单位", list(options), list(options).index(present),
            format_func=options.__getitem__, key=f"unit-{line.id}-{line.rev}", width=360,
            help="科研人员能看到本单位已提交的填报；审核人不审核本单位的填报。没有要找的单位时，"
            "请基地管理人员在“成果与转化 › 单位与人员”登记。",
        )  # fmt: skip
        st.button(
            "保存单位", key="unit", disabled=chosen == present, on_click=ui.act,
            args=(accounts.set_organisation, line.id, chosen or None),
            kwargs={"seen": seen, "done": f"已更改 {line.login} 的所属单位。"},
        )  # fmt: skip


def _reset(line: AccountLine, seen: Seen) -> None:
    temporary = st.session_state.setdefault(f"reset-{line.id}-{line.rev}", passwords.temporary())
    told = f"已重置 {line.login} 的密码，临时密码：{temporary}"
    ui.confirm(
        "重置密码", f"临时密码：{temporary}（请当面告知本人；首次登录时须修改）",
        accounts.reset, line.id, temporary, seen=seen, key="reset",
        done=f"{told}（请现在告知本人，以后不再显示）；原有登录已退出。",
    )  # fmt: skip


def _switch(line: AccountLine, seen: Seen) -> None:
    if line.disabled:
        ui.confirm(
            "启用账号", "启用后可以用原来的密码登录。", accounts.enable, line.id,
            key="enable", done=f"已启用 {line.login}。", seen=seen,
        )  # fmt: skip
    else:
        ui.confirm(
            "停用账号", "停用后立即退出，不能再登录；以前的记录都保留。", accounts.disable, line.id,
            key="disable", done=f"已停用 {line.login}。", seen=seen,
        )  # fmt: skip
