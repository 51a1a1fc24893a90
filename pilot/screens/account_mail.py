"""邮箱 of an account, as an administrator sets it; its holder confirms it."""

from collections.abc import Mapping

import streamlit as st

from pilot import ui
from pilot.reports.people import AccountLine
from pilot.services.mail import addresses


def field(line: AccountLine, known: Mapping[int, tuple[str, bool]]) -> None:
    """The address, whether it is confirmed, and a field to change it."""
    address, confirmed = known.get(line.id, ("", False))
    state = ("已确认" if confirmed else "待本人确认") if address else "没有登记"
    with st.container(border=True), st.container(horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input(
            f"邮箱（{state}）", address, max_chars=254, key=f"mail-{line.id}-{address}", width=360,
            help="本人打开确认邮件里的链接后才会收到通知；留空即删除。",
        )  # fmt: skip
        st.button(
            "保存邮箱", key="mail", disabled=typed == address or line.disabled, on_click=ui.act,
            args=(addresses.set_of, line.id),
            kwargs={"address": typed, "done": f"已登记 {line.login} 的邮箱，等待本人确认。"},
        )  # fmt: skip
