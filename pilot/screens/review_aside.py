"""What stands beside a submission for its judge (审核参考): checks, look-alikes, papers."""

from collections.abc import Mapping, Sequence

import streamlit as st

from pilot import ui
from pilot.domain.errors import PilotError
from pilot.domain.people import Actor
from pilot.reports.alike import Alike, Beside
from pilot.reports.review_queue import Judged, PaperLine
from pilot.reports.submission_thread import Said
from pilot.reports.submission_words import Change
from pilot.screens import submission_view
from pilot.services import lookalikes, preview

_SAME = {
    "result": "填报人说是同一项成果：通过后转化登记到该成果。",
    "submission": "填报人说与这份填报是同一项：请先审核那一份，再把这份并入它登记的成果。",
}


def changes(found: Sequence[Change], shown: Judged) -> None:
    """What this round changed, before everything else."""
    if shown.repeats:
        st.warning("本轮与上一轮完全相同：内容和附件都没有改动。", icon=":material/content_copy:")
    added = [paper.name for paper in shown.files if paper.is_new]
    number = len(found) + len(added) + len(shown.removed)
    if not number:
        return
    title = "本轮改动" if shown.round > 1 else "申请变更的内容"
    with st.container(border=True):
        st.markdown(f"**{title}（{number} 项）**")
        submission_view.changes(found)
        submission_view.files(added, shown.removed)


def notes(shown: Judged, said: Sequence[Said]) -> Mapping[str, list[str]]:
    """Lines to stand under a field: what the checks find and what reviewers said about it."""
    lines: dict[str, list[str]] = {}
    for check in shown.checks:
        why = f"说明：{check.explanation}" if check.explanation else "没有说明"
        lines.setdefault(check.problem.field, []).append(f"{check.problem.message}{why}")
    for one in said:
        if one.field and one.round == shown.round:
            lines.setdefault(one.field, []).append(f"{one.by}：{one.text}")
    return lines


def checks(shown: Judged) -> None:
    """What the rules find now, and what two persons have to agree on."""
    st.markdown("#### 自动核对")
    if not shown.checks:
        st.success("全部规则通过。", icon=":material/check_circle:")
    for check in shown.checks:
        box = st.error if check.problem.hard else st.warning
        why = f"\\\n填报人说明：{ui.plain(check.explanation)}" if check.explanation else ""
        box(f"{ui.plain(check.problem.message)}{why}", icon=":material/rule:")
    if shown.known_contract:
        st.info(ui.plain(shown.known_contract), icon=":material/link:")
    _votes(shown)


def _votes(shown: Judged) -> None:
    """How many must verify, why, and who has."""
    if shown.votes.needed == 1:
        st.caption("一位审核人核实即可：通过后不形成转化科技成果的计入，金额也没有超过限额。")
        return
    done = f"已由 {'、'.join(shown.voters)} 核实。" if shown.voters else "还没有人核实。"
    why = "；".join(shown.votes.why)
    st.info(ui.plain(f"须两人各自核实：{why}。{done}"), icon=":material/group:")


def alike(shown: Judged, beside: Beside, reader: Actor) -> None:
    """Look-alikes side by side, each with what was said about it."""
    st.markdown(f"#### 疑似重复（{len(beside.others)}）")
    if not beside.others:
        st.caption("没有编号相同或名称相近的成果和填报。")
    for other in beside.others:
        with st.container(border=True):
            _one(shown, beside.own, other, reader)


def papers(shown: Judged) -> None:
    """The files of the round, to download or to look at in the page."""
    st.markdown(f"**附件（{len(shown.files)}）**")
    if not shown.files:
        st.caption("没有附件。")
    for paper in shown.files:
        with st.container(border=True):
            _paper(paper)


def _one(shown: Judged, own: Mapping[str, str], other: Alike, reader: Actor) -> None:
    kind = "成果" if other.table == "result" else "填报"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(other.ground, color="orange", icon=":material/content_copy:")
        page = "results" if other.table == "result" else "review"
        ui.link(f"{kind} {ui.plain(other.code)}", page, id=other.id)
    for name, theirs in other.facts.items():
        st.caption(f"**{name}**")
        left, right = st.columns(2)
        left.text(own.get(name) or "—")
        right.text(theirs or "—")
    if other.same:
        st.info(_SAME[other.table], icon=":material/merge:")
    elif other.reason:
        said = ui.plain(f"{other.said_by}：{other.reason}")
        st.info(f"不是同一项：{said}", icon=":material/call_split:")
    elif shown.reviewer_id == reader.id:
        _answer(shown, other)


def _answer(shown: Judged, other: Alike) -> None:
    key = f"not-same-{other.table}-{other.id}"
    with st.popover("不是同一项"), st.form(key, border=False):
        reason = ui.line("理由 *", most=300)
        if st.form_submit_button("确认不是同一项"):
            args = (lookalikes.distinguish, shown.id, other.table, other.id)
            if ui.act(*args, reason=reason, key=ui.once(key), done="已记下，不再询问。"):
                st.rerun()


def _paper(paper: PaperLine) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{ui.plain(paper.kind.label)} · {ui.plain(paper.name)}", width="stretch")
        if paper.is_new:
            st.badge("本轮新增", color="blue")
        st.caption(submission_view.size(paper.size), width="content")
        st.link_button("下载", f"/files/{paper.attachment_id}", icon=":material/download:")
    if preview.can_show(paper.media_type):
        opened = st.expander("在页面内查看", key=f"show-{paper.attachment_id}", on_change="rerun")
        if opened.open:
            with opened:
                _picture(paper)


def _picture(paper: PaperLine) -> None:
    """One page at a time, as a picture made on the server."""
    key = f"page-{paper.attachment_id}"
    try:
        found = ui.picture(paper.attachment_id, page=int(st.session_state.get(key) or 1))
    except PilotError as error:
        st.warning(ui.plain(error.message))
        return
    st.image(found.data, width="stretch")
    if found.pages > 1:
        st.pagination(found.pages, key=key)
