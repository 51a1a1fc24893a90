"""邮件 for an administrator: whether it goes out, what waits, what went wrong, and a try."""

from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.moment import minute
from pilot.reports.mail import Queue
from pilot.services.mail import addresses


def state(found: Queue, server: str) -> None:
    """The server, the queue and the last failure; a button that tries."""
    if not server:
        st.info(
            "没有设置发信，通知只在页面里显示。要发邮件，请按运行说明设置 PILOT_SMTP_URL 和 "
            "PILOT_PUBLIC_URL。",
            icon=":material/mail_off:",
        )
        if not found.waiting:
            return
    waits = f"{found.waiting} 封" + (f"，最早 {minute(found.oldest)}" if found.oldest else "")
    failed = f"{minute(found.failed_at)}　{ui.plain(found.error)}" if found.error else "没有"
    st.table(
        {
            "发信服务器": ui.plain(server) or "没有设置",
            "待发": waits,
            "最近发出": minute(found.sent_at, "还没有"),
            "最近一次失败": failed,
            "一周内未送达": f"{found.given_up} 封",
        },
        border="horizontal",
    )
    if server:
        st.button(
            "给自己发测试邮件", icon=":material/outgoing_mail:", key="mail-test", on_click=ui.act,
            args=(addresses.send_test,), kwargs={"done": "测试邮件已排队，半分钟内发出，请刷新。"},
            help="发到“我的账号”里确认过的邮箱。",
        )  # fmt: skip


def troubles(found: Any) -> None:
    """Which mails failed, and when they are tried again."""
    if not found.empty:
        st.dataframe(
            found, hide_index=True, height="content", placeholder="", alt="没有发出的邮件",
            key="mail-troubles",
        )  # fmt: skip
