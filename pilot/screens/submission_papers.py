"""The files of a submission (附件): told before what is taken, several at once, each by itself."""

from collections.abc import Sequence

import streamlit as st

from pilot import ui
from pilot.domain.filetypes import ACCEPTED, EXTENSIONS
from pilot.domain.vocabulary import FileKind
from pilot.reports.submission_desk import Desk
from pilot.reports.submission_thread import Paper
from pilot.screens.submission_view import size
from pilot.services import submission_files

_KINDS = "、".join(kind.label for kind in ACCEPTED)
_MEANT = {
    FileKind.CONTRACT: "合同全文或关键页（首页、标的、价款、知识产权、签章页）",
    FileKind.PATENT: "专利证书、受理通知书或登记簿副本",
    FileKind.REGISTRATION: "成果登记证书、技术合同认定登记证明、软件著作权登记证书",
    FileKind.REPORT: "小试、中试、检测或鉴定报告",
    FileKind.OTHER: "用户证明、照片等",
}


def papers(desk: Desk) -> None:
    """Choose a kind, add files of it, see and remove those that are there.

    Where a contract is asked for it is chosen already; otherwise nothing is, so that no report is
    filed as a contract.
    """
    kind = st.selectbox(
        "附件类别", list(FileKind), index=0 if "files" in desk.needed else None,
        key=f"kind-{desk.id}", format_func=lambda one: one.label, placeholder="请先选择类别",
    )  # fmt: skip
    if kind is None:
        st.caption("选好类别后上传；可以一次选多个文件，类别不同的请分次上传。")
    else:
        st.caption(f"{_MEANT[kind]}。可以一次选多个文件，类别不同的请分次上传。")
        _uploader(desk, kind)
    if not desk.files:
        st.caption("还没有附件。")
    for one in desk.files:
        _paper(desk, one)


def _uploader(desk: Desk, kind: FileKind) -> None:
    version = st.session_state.setdefault(f"uploads-{desk.id}", 0)
    star = " *" if "files" in desk.needed and kind is FileKind.CONTRACT else ""
    chosen = st.file_uploader(
        f"上传{kind.label}{star}", type=list(EXTENSIONS), accept_multiple_files=True,
        max_upload_size=20, key=f"upload-{desk.id}-{version}",
        help=f"{_KINDS}；每个不超过 20 MB，最多 {submission_files.MOST_FILES} 个。文件按内容检查，"
        "含宏的文档、压缩包和程序不收。",
    )  # fmt: skip
    st.caption(f"可以上传 {_KINDS}，每个不超过 20 MB，总共最多 {submission_files.MOST_FILES} 个。")
    if chosen:
        _take_in(desk, kind, chosen, version)


def _take_in(desk: Desk, kind: FileKind, chosen: Sequence, version: int) -> None:
    """Each file by itself; afterwards the field is empty for the next ones."""
    ui.take_in(chosen, submission_files.attach, desk.id, kind)
    st.session_state[f"uploads-{desk.id}"] = version + 1
    st.rerun()


def _paper(desk: Desk, one: Paper) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"{ui.plain(one.name)}  \n:gray[{one.kind.label} · {size(one.size)}]")
        st.link_button("下载", f"/files/{one.attachment_id}", icon=":material/download:")
        st.button(
            "移除", icon=":material/delete:", key=f"detach-{one.id}", on_click=ui.act,
            args=(submission_files.detach, desk.id, one.id), kwargs={"done": "已移除附件。"},
        )  # fmt: skip
