"""账号申请: what strangers ask for, to approve or to refuse, and whether they may ask at all."""

from collections.abc import Mapping

import streamlit as st

from pilot import ui
from pilot.domain.vocabulary import Term
from pilot.reports.joining import PAGE, Listed, Policy, RequestLine
from pilot.screens import pick
from pilot.services import registrations
from pilot.services.command import Seen

_NONE = 0  # the id of no unit


class Shown(Term):
    """Which requests are listed."""

    WAITING = "waiting", "待审批"
    DECIDED = "decided", "已处理"


def switch(now: Policy) -> None:
    """Whether the login page offers to ask for an account."""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        seen = None if now.id is None else Seen("join_policy", now.id, now.rev)
        if now.is_open:
            st.markdown("自助申请**已开放**：登录页有“申请一个账号”，申请须在这里批准后才能登录。")
            label, done = "关闭自助申请", "已关闭自助申请；已收到的申请还可以处理。"
        else:
            st.markdown("自助申请**没有开放**：只有您邀请或建立账号的人能进来。")
            label, done = "开放自助申请", "已开放自助申请，登录页现在有“申请一个账号”。"
        st.button(
            label, key="join-switch", on_click=ui.act,
            args=(registrations.save_policy, not now.is_open), kwargs={"seen": seen, "done": done},
        )  # fmt: skip


def choice(waiting: int) -> Shown:
    """Those that wait with their number, or the decided."""
    return pick.word(
        "显示", "requests", list(Shown), default=Shown.WAITING, hidden=True,
        shown=lambda one: f"{one.label} {waiting}" if one is Shown.WAITING else one.label,
    )  # fmt: skip


def listed(found: Listed, shown: Shown, units: Mapping[int, str]) -> None:
    """One card each."""
    if not found.lines:
        none = "没有等待处理的账号申请。" if shown is Shown.WAITING else "还没有处理过账号申请。"
        st.info(none, icon=":material/inbox:")
    for line in found.lines:
        with st.container(border=True):
            _facts(line)
            if shown is Shown.WAITING:
                _decide(line, units)
    pick.paging(found.total, PAGE)


def _facts(line: RequestLine) -> None:
    name = ui.plain(line.name) if line.name else "（姓名已按期删除）"
    picked = f"（选择了登记的“{line.known_unit}”）" if line.known_unit else ""
    st.markdown(f"**{name}** · {ui.plain(line.unit + picked)}")
    about = [f"{line.asked} 申请"] + ([f"联系方式：{line.contact}"] if line.contact else [])
    if line.outcome:
        about.append(f"{line.state.label}：{line.outcome}")
    st.caption(ui.plain("；".join(about)))
    st.text(line.note)


def _decide(line: RequestLine, units: Mapping[int, str]) -> None:
    seen = Seen("registration", line.id, line.rev)
    options = {_NONE: "不属于任何单位"} | dict(units)
    known = line.unit_id if line.unit_id in options else None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        unit = st.selectbox(
            "确认单位", list(options), None if known is None else list(options).index(known),
            format_func=options.__getitem__, key=f"unit-of-{line.id}", width=360,
            placeholder="核对后选择单位",
            help="登记簿里没有的单位，请基地管理先在“成果与转化”登记，或选“不属于任何单位”。",
        )  # fmt: skip
        st.button(
            "批准为科研人员", key=f"approve-{line.id}", disabled=unit is None,
            on_click=ui.act, args=(registrations.approve, line.id, unit or None),
            kwargs={"seen": seen, "done": "已批准；申请人用自己的链接设置登录名和密码。"},
        )  # fmt: skip
        with st.popover("不批准"):
            reason = ui.line("理由（申请人会看到）", most=300, key=f"refusal-{line.id}")
            st.button(
                "确认不批准", key=f"refuse-{line.id}", on_click=ui.act,
                args=(registrations.refuse, line.id),
                kwargs={"reason": reason or "", "seen": seen, "done": "已记录，没有批准。"},
            )  # fmt: skip
