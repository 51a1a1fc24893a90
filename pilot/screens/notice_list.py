"""通知 as a list: each with its time and the way to what it is about."""

import streamlit as st

from pilot import ui
from pilot.domain.vocabulary import Term
from pilot.reports.notices import Message, Messages
from pilot.screens import pick
from pilot.services import notices


class Shown(Term):
    """Which notices are listed."""

    UNREAD = "unread", "未读"
    ALL = "all", "全部"


def choice(unread: int) -> Shown:
    """Unread ones with their number, or all; and a way to be done with them."""
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        chosen = pick.word(
            "显示", "show", list(Shown), default=Shown.UNREAD, hidden=True,
            shown=lambda one: f"未读 {unread}" if one is Shown.UNREAD else one.label,
        )  # fmt: skip
        if unread:
            st.button(
                "全部标为已读", icon=":material/done_all:", key="read-all", on_click=ui.act,
                args=(notices.read_all,), kwargs={"done": "已全部标为已读。"},
            )  # fmt: skip
    return chosen


def lines(found: Messages, shown: Shown) -> None:
    """One card each."""
    if not found.lines:
        none = "没有未读通知。" if shown is Shown.UNREAD else "还没有通知。"
        st.info(f"{none}填报、审核有进展时会在这里告诉您。", icon=":material/notifications:")
    for one in found.lines:
        _card(one)


def _card(one: Message) -> None:
    with st.container(border=True, gap="small"):
        new = ":blue-badge[未读] " if one.unread else ""
        st.markdown(f"{new}{ui.plain(one.text)}")
        with st.container(horizontal=True, vertical_alignment="center"):
            ui.link("打开", one.page, icon=":material/arrow_forward:", id=one.about_id)
            if one.unread:
                st.button(
                    "标为已读", icon=":material/done:", key=f"read-{one.id}", type="tertiary",
                    on_click=ui.act, args=(notices.read_one, one.id),
                    kwargs={"done": "已标为已读。"},
                )  # fmt: skip
            st.caption(one.at, width="content")
