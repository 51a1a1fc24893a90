"""等谁办理: a table for each kind of work, and the day of the weekly reminder."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from pilot import ui
from pilot.domain.digest import WEEKDAYS, Kind, Wait
from pilot.reports import waiting
from pilot.reports.waiting import Reminder
from pilot.services import digests
from pilot.services.command import Seen

_NEVER = len(WEEKDAYS)
_PLACE = {  # where a manager sees to it
    Kind.SCORE: ("阶段门", "gate", {}),
    Kind.TRANSFER: ("成果与转化", "results", {"section": "transfers"}),
    Kind.LANDING: ("总览 · 需要您处理", "overview", {}),
    Kind.CHECK: ("上报", "reports", {}),
    Kind.SIGN: ("上报", "reports", {}),
    Kind.UNLOCK: ("上报", "reports", {}),
    Kind.REPORT: ("上报", "reports", {}),
    Kind.GATE: ("项目台账", "projects", {}),
    Kind.CONDITION: ("总览 · 需要您处理", "overview", {}),
    Kind.PAPER: ("总览 · 需要您处理", "overview", {}),
}


def tables(found: Sequence[Wait], now: datetime) -> None:
    """One table for each kind of work that waits."""
    if not found:
        st.success("没有等待办理的事项。", icon=":material/check_circle:")
    for kind in Kind:
        if mine := [one for one in found if one.kind is kind]:
            _table(kind, mine, now)


def reminder(chosen: Reminder) -> None:
    """On which day managers are told."""
    st.subheader("每周提醒")
    mailed = "，登记过邮箱的另发邮件" if ui.mail_server() else ""
    st.caption(
        f"到这一天早上 8 点，用通知告诉基地管理人员等待办理的项数{mailed}；没有等待的事项时不提醒。"
    )
    options = [*range(len(WEEKDAYS)), _NEVER]
    present = _NEVER if chosen.weekday is None else chosen.weekday
    with st.container(horizontal=True, vertical_alignment="bottom"):
        day = st.selectbox(
            "提醒日", options, options.index(present), width=200,
            format_func=lambda one: "不提醒" if one == _NEVER else f"每{WEEKDAYS[one]}",
            key=f"weekday-{chosen.id}-{chosen.rev}",
        )  # fmt: skip
        seen = None if chosen.id is None else Seen("digest_policy", chosen.id, chosen.rev)
        st.button(
            "保存", key="weekday", disabled=day == present, on_click=ui.act,
            args=(digests.set_weekday, None if day == _NEVER else day),
            kwargs={"done": "已保存每周提醒的日子。", "seen": seen},
        )  # fmt: skip


def _table(kind: Kind, mine: Sequence[Wait], now: datetime) -> None:
    with st.container(border=True, gap="small", width=760):
        st.markdown(f"**{kind.label}**　{sum(one.number for one in mine)} 项")
        st.dataframe(
            waiting.frame(mine, now), hide_index=True, height="content", alt=kind.label,
            key=f"waits-{kind.value}",
        )  # fmt: skip
        if kind in _PLACE:
            label, page, about = _PLACE[kind]
            ui.link(label, page, icon=":material/arrow_forward:", **about)
