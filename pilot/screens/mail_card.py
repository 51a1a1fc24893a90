"""邮件通知: one's own address, its confirmation, and when mail comes."""

import streamlit as st

from pilot import ui
from pilot.domain.vocabulary import MailWhen
from pilot.reports.mail import OwnMail
from pilot.services.command import Seen
from pilot.services.mail import addresses

_CONFIRM = "confirm"
_ON_ITS_WAY = "确认邮件已在路上，稍后请到邮箱里打开链接；没有收到请看垃圾邮件箱，或重发。"


def card(own: OwnMail, server: str) -> None:
    """Everything about mail to oneself; `server` '': this installation sends none."""
    if own.confirmed:
        st.markdown(f":green-badge[已确认] {ui.plain(own.address)}")
        _when(own)
    elif own.address:
        _unconfirmed(own, again=bool(server))
    elif server:
        st.caption("登记邮箱后，有新通知时可以收到邮件。邮件里只有姓名、一句话和链接。")
    if server:
        _form(own)
    else:
        st.info("本系统没有设置发信，通知只在页面里显示。", icon=":material/mail_off:")
    if own.address:
        ui.confirm(
            "删除邮箱", "删除后不再收到邮件，通知仍在页面里显示。", addresses.set_own,
            address="", key="mail-remove", done="已删除邮箱。",
        )  # fmt: skip


def confirmation(own: OwnMail) -> None:
    """The link of the mail led here: confirm with one click, then leave its token behind."""
    token = st.query_params.get(_CONFIRM)
    if not token or own.confirmed:
        return
    with st.container(border=True, width=560):
        st.markdown(f"把 **{ui.plain(own.address) or '这个邮箱'}** 用作您的通知邮箱？")
        st.button(
            "确认邮箱", type="primary", icon=":material/mark_email_read:", key="mail-confirm",
            on_click=_confirmed, args=(token,),
        )  # fmt: skip


def _confirmed(token: str) -> None:
    if ui.act(addresses.confirm, token=token, done="邮箱已确认，有新通知时会收到邮件。"):
        del st.query_params[_CONFIRM]


def _unconfirmed(own: OwnMail, *, again: bool) -> None:
    """How it stands with the link, and, where mail goes out, a way to have it `again`."""
    st.markdown(f":orange-badge[待确认] {ui.plain(own.address)}")
    if not again:
        return
    if own.problem and own.asked:
        later = f"确认邮件还没有送到，系统会自动再试：{own.problem}"
        st.info(ui.plain(later), icon=":material/schedule_send:")
    elif own.problem:
        lost = f"确认邮件没有送达，请核对邮箱：{own.problem}"
        st.warning(ui.plain(lost), icon=":material/warning:")
    elif own.asked:
        st.caption(_ON_ITS_WAY)
    st.button(
        "重发确认邮件", icon=":material/forward_to_inbox:", key="mail-again", on_click=ui.act,
        args=(addresses.set_own,),
        kwargs={"address": own.address, "done": "已重发确认邮件，请用最新一封里的链接。"},
    )  # fmt: skip


def _when(own: OwnMail) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.segmented_control(
            "邮件通知方式", list(MailWhen), default=own.send, required=True,
            format_func=lambda when: when.label, key=f"mail-when-{own.rev}",
            help="每天一封：有未读通知时，每天早上 8 点合成一封。",
        )  # fmt: skip
        st.button(
            "保存", key="mail-when", disabled=chosen is own.send, on_click=ui.act,
            args=(addresses.set_when, chosen),
            kwargs={"done": "已保存邮件通知方式。", "seen": Seen("mail_address", own.id, own.rev)},
        )  # fmt: skip


def _form(own: OwnMail) -> None:
    label = "换一个邮箱" if own.address else "邮箱"
    with st.form("mail", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input(
            label, max_chars=254, key=f"mail-address-{own.rev}", placeholder="name@example.cn"
        )
        sent = st.form_submit_button("登记", key="mail-save")
    if sent:
        done = "已登记，确认邮件几分钟内送到；打开里面的链接后生效。"
        if ui.act(addresses.set_own, address=typed, key=ui.once("mail"), done=done):
            st.rerun()
