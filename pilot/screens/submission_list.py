"""我的提交 as a list: new ones, notices, and each submission with whose turn it is."""

from collections.abc import Mapping, Sequence

import streamlit as st

from pilot import ui
from pilot.domain.submissions import WRITABLE
from pilot.reports.notices import Message
from pilot.reports.submissions import Group, Line, Page
from pilot.screens import pick
from pilot.screens.submission_head import COLOURS, UNTITLED
from pilot.services import notices, submissions


def messages(unread: int, latest: Sequence[Message]) -> None:
    """The unread notices, each with the way to its submission."""
    if not unread:
        return
    with st.container(border=True):
        st.markdown(f"**:material/notifications: 未读通知 {unread} 条**")
        for one in latest:
            st.markdown(f"{ui.plain(one.text)}　:small[:gray[{one.at}]]")
            if one.about_id is not None:
                ui.link("打开", "submission", icon=":material/arrow_forward:", id=one.about_id)
        st.button(
            "全部标为已读", icon=":material/done_all:", key="read-all", on_click=ui.act,
            args=(notices.read_all,), kwargs={"done": "已全部标为已读。"},
        )  # fmt: skip


def begin(last: int | None) -> None:
    """Begin a submission, empty or as a copy of the last one."""
    with st.container(horizontal=True):
        if st.button("新建填报", type="primary", icon=":material/add:", key="new"):
            _start("new", None)
        if last is not None and st.button(
            "复制上一份", icon=":material/content_copy:", key="copy",
            help="带入成果信息、持有方和待登记单位；编号、转化和声明需要重新填写",
        ):  # fmt: skip
            _start("copy", last)


def group(counts: Mapping[Group, int]) -> Group:
    """Which submissions to show, each choice with its number."""
    return pick.word(
        "显示", "group", list(Group), default=Group.ALL, hidden=True,
        shown=lambda one: f"{one.label} {counts[one]}",
    )  # fmt: skip


def lines(page: Page, *, narrowed: bool) -> None:
    """A card each: title, state, turn and days, what next."""
    if not page.lines:
        if narrowed:
            st.info("没有符合条件的填报；请换一个分组或搜索词。", icon=":material/search_off:")
        else:
            st.info(
                "还没有填报。点“新建填报”开始：先填约 15 项，随填随存，可以随时离开再回来。",
                icon=":material/edit_note:",
            )
    for one in page.lines:
        _card(one)


def _card(one: Line) -> None:
    with st.container(border=True, gap="small"):
        change = ":violet-badge[变更申请] " if one.is_change else ""
        st.markdown(f"{change}**{ui.plain(one.title or UNTITLED)}**")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(one.state.label, color=COLOURS[one.state])
            for text in _facts(one):
                st.caption(text, width="content")
        with st.container(horizontal=True, vertical_alignment="center"):
            label = "继续填写" if one.own and one.state in WRITABLE else "打开"
            ui.link(label, "submission", icon=":material/arrow_forward:", id=one.id)
            st.caption(one.next, width="content")


def _facts(one: Line) -> list[str]:
    waited = f"已 {one.days} 天" if one.days else "今天起"
    facts = [
        f"回执号 {ui.plain(one.receipt)}" if one.receipt else "",
        f"轮到{one.turn} · {waited}" if one.turn else "",
        f"保存于 {one.saved}" if one.own else f"本单位 {ui.plain(one.author)} 填报",
    ]
    return [text for text in facts if text]


def _start(name: str, copy_of: int | None) -> None:
    done = ui.act(
        submissions.start, key=ui.once(f"{name}-submission"), done="已建立草稿。", copy_of=copy_of
    )
    if done:
        ui.go("submission", id=done.subject_id)
