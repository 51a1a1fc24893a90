"""导入 as a desk: which kind, its template, the file, the batches so far, the known sources."""

from collections.abc import Sequence

import streamlit as st

from pilot import ui
from pilot.domain.import_columns import ImportKind
from pilot.screens import pick
from pilot.services import importing
from pilot.ui import desk

_NEW = "（新来源或模板）"
_TAKES = ["xlsx", "csv", "txt"]


def begin() -> ImportKind:
    """What the page is for, and what is imported; in the address as `?kind=`."""
    st.title("导入")
    st.caption("先检查，后写入：检查不改动任何记录；写入时全部成功或全部不写，写入后可以整批撤销。")
    return pick.word("导入内容", "kind", list(ImportKind), default=ImportKind.PROJECTS)


def upload(what: ImportKind, sources: Sequence[str], *, writes: bool) -> None:
    """The template to take along, and the file to bring, for those who may."""
    if not writes:
        text = "导入由基地管理办理；系统管理员可以查看批次和对应。"
        st.info(text, icon=":material/visibility:")
        return
    with st.container(border=True):
        st.markdown(f"**1. 准备{what.label}文件**")
        st.link_button(
            f"下载{what.label}模板", f"/import/template/{what.value}.xlsx",
            icon=":material/download:", help="含填写说明和代码表；也可以直接用自己的表格。",
        )  # fmt: skip
        st.markdown("**2. 上传并检查**")
        source = _NEW
        if sources:
            source = st.selectbox(
                "来源", [_NEW, *sources], key=f"source-{what.value}",
                help="同一来源的文件用同样的列名；已确认过的列名对应会直接使用。",
            )  # fmt: skip
        file = st.file_uploader(
            "文件（.xlsx 不超过 20 MB；.csv 不超过 400 MB、1,000,000 行）", type=_TAKES,
            key=f"file-{what.value}", max_upload_size=400,
        )  # fmt: skip
        pressed = st.button(
            "检查文件", type="primary", icon=":material/fact_check:", key="check",
            disabled=file is None, help=None if file else "请先选择文件",
        )  # fmt: skip
    if pressed and file is not None:
        _bring(what, file, "" if source == _NEW else source)


def _bring(what: ImportKind, file, source: str) -> None:
    with st.spinner("正在检查……"):
        done = ui.act(
            importing.stage, what, source=source, upload=file,
            key=ui.once(f"import-{file.file_id}"),
            done="已上传；还没有写入任何记录，下一步见下方。",
        )  # fmt: skip
        if done is None:
            return
        desk.work(done.subject_id)
    pick.put("id", done.subject_id)
    st.rerun()


def batches(rows, *, writes: bool) -> None:
    """The batches so far; a chosen one opens."""
    st.subheader("导入批次")
    if rows.empty:
        begin_so = "：下载模板填写，或上传自己的表格。" if writes else "。"
        st.info(f"还没有导入过文件{begin_so}", icon=":material/upload_file:")
        return
    order = [name for name in rows.columns if name != "id"]
    pick.row(rows, "id", {}, order=order, alt="导入批次")


def mappings(what: ImportKind, rows) -> None:
    """Which headings each source has, version by version."""
    with st.expander(f"已确认的列名对应（{what.label}，{len(rows)} 个版本）"):
        if rows.empty:
            st.caption(
                "还没有。文件的列名与模板不同时，会请您确认一次，同一来源的下一份文件不再询问。"
            )
        else:
            st.dataframe(rows, hide_index=True, placeholder="", alt="列名对应")
            st.caption("要修改，请打开该来源的一个已检查批次，点“修改列名对应”；旧版本保留。")
