"""The papers of a project (材料): how each stands, and handing in, judging, waiving one."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.filetypes import EXTENSIONS
from pilot.domain.moment import Moment
from pilot.domain.people import Actor, may
from pilot.domain.vocabulary import EvidenceState
from pilot.reports import project_papers
from pilot.reports.project import Head
from pilot.reports.project_papers import PaperLine
from pilot.services import evidence

_KINDS = "、".join(extension.removeprefix(".") for extension in EXTENSIONS)
_JUDGED = (EvidenceState.QUALIFIED, EvidenceState.RETURNED, EvidenceState.EXPIRED)


def tab(shown: Head, reader: Actor, view: Moment) -> None:
    """The one paper that was chosen, and beneath it the list, which is longer than a screen."""
    with ui.reading() as session:
        lines = project_papers.papers(session, shown, view)
    open_files = may(reader, "attachment.read") and reader.base_id == shown.base_id
    _summary(shown, lines)
    known = {line.doc_code: line for line in lines}
    asked = st.query_params.get("paper")
    code = st.selectbox(
        "办理或查看一份材料",
        list(known),
        index=list(known).index(asked) if asked in known else None,
        format_func=lambda key: f"{key} {known[key].title}（{known[key].state.label}）",
        placeholder="选择材料：交材料、核验、标为不适用、看历次版本",
        key="paper",
    )
    if code:
        _chosen(shown, known[code], reader, view)
    st.dataframe(
        project_papers.paper_frame(lines, links=open_files),
        hide_index=True,
        height="content",
        placeholder="",
        column_config=_columns(open_files),
        alt="材料清单：每份材料的状态、用于哪个阶段门、日期、附件和经办人",
    )


def _summary(shown: Head, lines: Sequence[PaperLine]) -> None:
    if not shown.next_gate:
        return
    wanted = [line for line in lines if shown.next_gate in line.gates]
    good = [line for line in wanted if line.state is EvidenceState.QUALIFIED]
    st.caption(f"{shown.next_gate.label}列出 {len(wanted)} 份材料，合格 {len(good)} 份。")


def _chosen(shown: Head, line: PaperLine, reader: Actor, view: Moment) -> None:
    with st.container(border=True, key="paper-panel"):
        st.markdown(f"**{line.doc_code} {ui.plain(line.title)}** · {line.sign}")
        if shown.writable:
            with st.container(horizontal=True):
                _hand_in(shown, line, reader, view)
                _judge(line, reader)
                _waive(shown, line, reader)
        with ui.reading() as session:
            said = project_papers.versions(session, shown, line.doc_code, view)
        for each in said:
            st.text(each)
        if not said:
            st.caption("还没有交过。")


def _hand_in(shown: Head, line: PaperLine, reader: Actor, view: Moment) -> None:
    allowed = may(reader, "evidence.submit")
    label = "交新版本" if line.id else "交材料"
    why = None if allowed else "需要基地管理角色"
    with st.popover(label, icon=":material/upload:", disabled=not allowed, help=why):
        if not allowed:
            return
        with st.form(f"hand-in-{line.doc_code}-{line.id}", border=False):
            title = ui.line("名称 *", line.title, most=200)
            upload = st.file_uploader(
                "文件",
                type=list(EXTENSIONS),
                max_upload_size=20,
                help=f"一个文件，不超过 20 MB；可以是 {_KINDS}",
            )
            left, right = st.columns(2)
            with left:
                doc_no = ui.line("文号", most=100)
                issued_on = ui.day("签发（签订）日期", None)
            with right:
                issuer = ui.line("签发单位", most=100)
                valid_until = ui.day("有效期至", None)
            reason = ui.line("说明", most=500) if line.id else ""
            if st.form_submit_button("交材料", type="primary"):
                _act(
                    evidence.submit, shown.id, line.doc_code, upload=upload,
                    of_project=shown.id, title=title,
                    doc_no=doc_no.strip() or None, issuer=issuer.strip() or None,
                    issued_on=issued_on, valid_until=valid_until, reason=reason.strip() or None,
                    name=f"hand-in-{line.doc_code}", done=f"已交 {line.doc_code}，等待他人核验。",
                )  # fmt: skip


def _judge(line: PaperLine, reader: Actor) -> None:
    why = _not_judged(line, reader)
    with st.popover("核验", icon=":material/fact_check:", disabled=bool(why), help=why or None):
        if why:
            return
        with st.form(f"judge-{line.id}", border=False):
            state = st.radio("结论", _JUDGED, format_func=lambda one: one.label, horizontal=True)
            reason = ui.area("说明", most=500, help="退回必须说明原因")
            if st.form_submit_button("确认核验", type="primary"):
                _act(
                    evidence.judge, line.id, state, reason=reason.strip() or None,
                    name=f"judge-{line.id}", done=f"{line.doc_code} 核验为{state.label}。",
                )  # fmt: skip


def _not_judged(line: PaperLine, reader: Actor) -> str:
    if not may(reader, "evidence.judge"):
        return "需要审核人或基地管理角色"
    if line.id is None or line.state is EvidenceState.NOT_APPLICABLE:
        return "还没有交，没有可核验的"
    return "不能核验自己交的材料" if line.submitted_by == reader.id else ""


def _waive(shown: Head, line: PaperLine, reader: Actor) -> None:
    why = "" if may(reader, "evidence.waive") else "需要基地管理角色"
    if line.required:
        why = "必需材料不能标为不适用"
    with st.popover("不适用", icon=":material/block:", disabled=bool(why), help=why or None):
        if why:
            return
        with st.form(f"waive-{line.doc_code}-{line.id}", border=False):
            reason = ui.area("理由 *", most=500)
            if st.form_submit_button("标为不适用", type="primary"):
                _act(
                    evidence.waive, shown.id, line.doc_code, reason=reason.strip(),
                    name=f"waive-{line.doc_code}", done=f"{line.doc_code} 已标为不适用。",
                )  # fmt: skip


def _act(verb: Any, *args: Any, name: str, done: str, **options: Any) -> None:
    if ui.act(verb, *args, key=ui.once(name), done=done, **options):
        st.rerun()


def _columns(open_files: bool) -> dict[str, Any]:
    config = st.column_config
    link = config.LinkColumn("附件", display_text="#(.+)$", width=110)
    return {
        "材料": config.TextColumn(width=215),
        "状态": config.TextColumn(width=75),
        "用于": config.TextColumn(width=92),
        "签发日期": config.DateColumn(format="YYYY-MM-DD", width=95),
        "有效期至": config.DateColumn(format="YYYY-MM-DD", width=95),
        "附件": link if open_files else config.TextColumn("附件", width=110),
    }
