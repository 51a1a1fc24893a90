"""A submission to read (填报内容): answers by section, files, thread, what each round changed.

Author and reviewers see the same; everything users typed is shown letter for letter.
"""

from collections.abc import Collection, Mapping, Sequence

import streamlit as st

from pilot import ui
from pilot.domain.submission_content import Section
from pilot.reports.submission_thread import Paper, Round, Said
from pilot.reports.submission_words import NOTHING, Answer, Change

CHANGED = ":blue-badge[本轮有改动]"


def answers(
    found: Mapping[Section, Sequence[Answer]],
    *,
    changed: Collection[str] = (),
    notes: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Every section with its headings and answers; `changed` fields are marked.

    `notes` are lines that stand under a field: problems, explanations, comments.
    """
    table = {}
    for section, lines in found.items():
        table[f"**:primary[{section.label}]**"] = ""
        for one in lines:
            mark = f" {CHANGED}" if one.field in changed else ""
            said = [f":gray[{ui.plain(note)}]" for note in (notes or {}).get(one.field, ())]
            text = f":gray[{NOTHING}]" if one.text == NOTHING else ui.plain(one.text)
            table[f"{ui.plain(one.heading)}{mark}"] = "\\\n".join([text, *said])
    st.table(table, border="horizontal", width="stretch")


def explained(found: Sequence[Answer]) -> dict[str, list[str]]:
    """What the author wrote where the rules only warn, as notes under the fields."""
    notes: dict[str, list[str]] = {}
    for one in found:
        notes.setdefault(one.field, []).append(f"说明：{one.text}")
    return notes


def papers(found: Sequence[Paper], notes: Sequence[str] = ()) -> None:
    """The files to download, with kind and size, and why one is not there."""
    if not found:
        st.caption("没有附件。")
    for note in notes:
        st.caption(ui.plain(note))
    for one in found:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.link_button(
                ui.plain(one.name), f"/files/{one.attachment_id}", icon=":material/download:"
            )
            st.caption(f"{one.kind.label} · {size(one.size)}", width="content")


def thread(said: Sequence[Said]) -> None:
    """The thread, oldest first."""
    for one in said:
        about = f" · 关于“{ui.plain(one.heading)}”" if one.heading else ""
        with st.container(border=True):
            st.caption(f"**{ui.plain(one.by)}** · {one.at} · 第 {max(one.round, 1)} 轮{about}")
            st.markdown(ui.plain(one.text))
    if not said:
        st.caption("还没有意见。")


def changes(found: Sequence[Change]) -> None:
    """Field by field what was said before and what is said now."""
    if found:
        rows = {
            ui.plain(one.heading): f":gray[{ui.plain(one.before)}] → {ui.plain(one.after)}"
            for one in found
        }
        st.table(rows, border="horizontal", width="stretch")


def rounds(found: Sequence[Round]) -> None:
    """Each sending with what it changed, the latest first."""
    for one in found:
        st.markdown(f"**第 {one.number} 轮** · {one.sent_at} 提交")
        changes(one.changes)
        files(one.added, one.removed)
        if one.number > 1 and not (one.changes or one.added or one.removed):
            st.caption("内容与上一轮相同。")


def files(added: Sequence[str], removed: Sequence[str]) -> None:
    """Which files a round has that the one before had not, and the other way round."""
    for word, names in (("新增附件", added), ("移除附件", removed)):
        if names:
            st.caption(f"{word}：{ui.plain('、'.join(names))}")


def size(count: int) -> str:
    """A number of bytes as people read it."""
    return f"{count / 1024 / 1024:.1f} MB" if count >= 1024 * 1024 else f"{count / 1024:.0f} KB"
