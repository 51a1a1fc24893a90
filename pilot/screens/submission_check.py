"""Check the answers and send them once (检查并提交)."""

from collections.abc import Mapping, Sequence

import streamlit as st

from pilot import ui
from pilot.domain.people import Actor
from pilot.domain.problems import Problem
from pilot.domain.submission_content import Section, open_problems, section_of
from pilot.reports import alike as look_alikes
from pilot.reports import submission_thread, submission_words, submissions
from pilot.reports.submissions import Head
from pilot.screens import pick, submission_alike, submission_view
from pilot.screens.submission_fields import Sheet, listed
from pilot.services import submissions as verbs
from pilot.services.command import Seen


def check(head: Head, on: Sheet, actor: Actor) -> None:
    """What still lacks with the way to it, everything that was answered, and the button."""
    with ui.reading() as session:
        row = submissions.row_of(session, actor, head.id)
        known = submission_words.words(session, row.base_id, on.desk.content)
        alike = submission_alike.read(session, actor, on)
        untouched = submission_thread.untouched(session, row)
    st.subheader("检查并提交", anchor=False)
    left = look_alikes.unanswered(alike)
    _summary(on, left)
    if untouched:
        st.warning("与上次提交的内容和附件完全相同，还没有按意见修改。", icon=":material/edit_off:")
    submission_alike.panel(on, alike)
    _send(head, open_now=len(on.desk.open), alike=left)
    notes = submission_view.explained(submission_words.explained(on.desk.content))
    submission_view.answers(submission_words.answers(on.desk.content, known), notes=notes)
    st.markdown(f"**{Section.FILES.label}**")
    submission_view.papers(on.desk.files, notes.get("files", ()))


def _summary(on: Sheet, alike: int) -> None:
    """Every problem at its section with a way there; soft ones are explained on the spot."""
    if not on.desk.open and not alike:
        st.success("内容齐全，可以提交。", icon=":material/check_circle:")
    elif on.desk.open:
        st.error(f"还有 {len(on.desk.open)} 处需要补正或说明：", icon=":material/error:")
    for section in Section:
        found = [each for each in on.desk.problems if section_of(each.field) is section]
        if not found:
            continue
        with st.container(border=True):
            _link(section, found, on.desk.content)
            listed(on, found)


def _link(section: Section, found: Sequence[Problem], content: Mapping) -> None:
    still = len(open_problems(content, found))
    st.button(
        f"{section.label}：{f'{still} 处待补，去填写' if still else '已说明'}",
        icon=":material/edit:", type="tertiary", key=f"to-{section}", on_click=_go,
        args=(section,),
    )  # fmt: skip


def _go(section: Section) -> None:
    pick.put("part", section.value)
    pick.put("all", 1)


def _send(head: Head, *, open_now: int, alike: int) -> None:
    why = ""
    if open_now:
        why = f"还有 {open_now} 处需要补正或说明"
    elif alike:
        why = f"还有 {alike} 项疑似重复需要说明"
    again = "重新提交" if head.round else "提交"
    st.caption("提交后由审核人审核；审核期间不能修改，可以撤回。")
    st.button(
        why or again, type="primary", icon=":material/send:", key="submit", disabled=bool(why),
        on_click=_submit, args=(head,),
    )  # fmt: skip


def _submit(head: Head) -> None:
    done = ui.act(
        verbs.submit, head.id, seen=Seen("submission", head.id, head.rev),
        key=ui.once(f"submit-{head.id}-{head.round}"), done="已提交，等待审核；回执号见下方。",
    )  # fmt: skip
    if done:
        pick.put("part", None)
        pick.put("all", None)
