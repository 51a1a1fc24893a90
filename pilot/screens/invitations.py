"""邀请: a link for one person, shown once, and what became of those before."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import streamlit as st

from pilot import ui
from pilot.domain.joining import INVITABLE, LONGEST
from pilot.domain.moment import local_day
from pilot.domain.people import Role
from pilot.reports.joining import PAGE, InvitationLine, Listed
from pilot.screens import pick
from pilot.services import invitations
from pilot.services.command import Seen

_NONE = 0  # the id of no unit
_LINK = "invitation-link"
_USUAL = timedelta(days=14)


def new(units: Mapping[int, str]) -> None:
    """The form of an invitation, and the link of the one just made."""
    _link()
    number = st.session_state.setdefault("invitation-form", 0)
    with st.form(f"invitation-{number}", border=False):
        left, right = st.columns(2)
        note = left.text_input(
            "给谁（备注）", max_chars=50, key=f"invitation-note-{number}",
            help="只用来在下面的清单里认出是谁的邀请；姓名由本人填写。",
        )  # fmt: skip
        role = right.selectbox(
            "角色", INVITABLE, INVITABLE.index(Role.RESEARCHER),
            format_func=lambda one: one.label, key=f"invitation-role-{number}",
        )  # fmt: skip
        options = {_NONE: "不属于任何单位"} | dict(units)
        unit = left.selectbox(
            "所属单位", list(options), format_func=options.__getitem__,
            key=f"invitation-unit-{number}",
            help="没有要找的单位时，请基地管理人员在“成果与转化 › 单位与人员”登记。",
        )  # fmt: skip
        until = ui.day(
            "有效期至", local_day(datetime.now(UTC)) + _USUAL, place=right,
            key=f"invitation-until-{number}", help=f"最长 {LONGEST.days} 天。",
        )  # fmt: skip
        if st.form_submit_button("生成邀请链接", type="primary"):
            _invite(number, role, unit or None, until, note or "")


def listed(found: Listed) -> None:
    """Every invitation with its state; the open ones can be taken back."""
    if not found.lines:
        st.info("还没有邀请。生成链接后发给本人，由本人设置登录名和密码。", icon=":material/mail:")
        return
    st.markdown(f"**已发出的邀请**（{found.total}）")
    for line in found.lines:
        _card(line)
    pick.paging(found.total, PAGE)


def _invite(number: int, role: Role, unit: int | None, until, note: str) -> None:
    name = f"invitation-key-{number}"
    key = st.session_state.setdefault(name, invitations.new_key())
    done = "已生成邀请链接，请现在复制；离开本页后不再显示。"
    once = ui.once("invitation")
    if ui.act(invitations.invite, role, unit, until, note=note, link_key=key, key=once, done=done):
        st.session_state[_LINK] = f"{_origin()}/auth/join?key={key}"
        del st.session_state[name]
        st.session_state["invitation-form"] += 1
        st.rerun()


def _link() -> None:
    """The link just made, until it is put away; only this page ever has it."""
    link = st.session_state.get(_LINK)
    if link is None:
        return
    with st.container(border=True):
        st.markdown("**邀请链接**（只显示这一次）")
        st.code(link, language=None, wrap_lines=True)
        st.caption("用邮件或即时消息发给本人。谁打开它谁就能建立账号：不要发到群里。")
        st.button("已复制，收起", on_click=st.session_state.pop, args=(_LINK,), key="link-away")


def _card(line: InvitationLine) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        about = " · ".join(filter(None, (line.note, line.role, line.unit)))
        guest = f"，账号 {line.guest}" if line.guest else ""
        st.markdown(
            f"**{line.state.label}**　{ui.plain(about)}  \n"
            f":small[:gray[{ui.plain(line.host)} {line.made} 生成，有效期至 {line.until}"
            f"{ui.plain(guest)}]]"
        )
        if line.is_open:
            ui.confirm(
                "撤销", "撤销后这个链接立即失效。", invitations.revoke, line.id,
                key=f"revoke-{line.id}", done="已撤销邀请。",
                seen=Seen("invitation", line.id, line.rev),
            )  # fmt: skip


def _origin() -> str:
    """Scheme and host as this administrator's browser has them."""
    parts = urlsplit(st.context.url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
