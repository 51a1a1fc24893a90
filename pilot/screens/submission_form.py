"""The form of a submission (填报): the list of its sections, one of them open, and the way on."""

from datetime import UTC, datetime

import streamlit as st

from pilot import ui
from pilot.domain.people import Actor
from pilot.domain.submission_content import Section, heading, section_of
from pilot.domain.submission_sections import Filled, following, progress
from pilot.reports.submission_desk import Desk, desk
from pilot.reports.submissions import Head
from pilot.screens import pick, submission_alike, submission_check, submission_sections
from pilot.screens.submission_fields import Sheet, sheet
from pilot.ui import saving

CHECK = "check"
_CHOICE = "part-choice"
_SIGNS = {
    Filled.BLANK: ":material/radio_button_unchecked:",
    Filled.PARTIAL: ":material/pending:",
    Filled.DONE: ":material/check_circle:",
    Filled.OPTIONAL: ":material/remove_circle_outline:",
}
_MARKED = "带 * 的提交前须填写；检查时给出说明栏的，写一句说明也可以提交。"
_TO_DO = (Filled.BLANK, Filled.PARTIAL)
_ALIKE = (
    Section.BASICS,
    Section.HOLDERS,
    Section.NUMBERS,
    Section.CHILDREN,
    Section.TRANSFER,
)


def form(head: Head, actor: Actor) -> None:
    """The list of sections on the left, the open one on the right; the address says which."""
    with ui.reading() as session:
        found = desk(session, actor, head.id, datetime.now(UTC))
    part = _part(found)
    on = sheet(found, strict=head.round > 0 or "all" in st.query_params)
    left, right = st.columns([1, 3], gap="large")
    with left:
        _tasks(found, part)
        saving.told(on.form, head.saved)
    with right:
        if part is None:
            submission_check.check(head, on, actor)
        else:
            _section(on, part, actor)


def _part(desk: Desk) -> Section | None:
    """The section of the address; else the first that is not done. None is the check page."""
    asked = st.query_params.get("part", "")
    if asked == CHECK:
        return None
    if asked not in [one.value for one in Section]:
        wanted = [one for one, stands in desk.stands.items() if stands in _TO_DO]
        asked = (wanted[0] if wanted else Section.DECLARATION).value
        pick.put("part", asked)  # it stays open when it is done
    return Section(asked)


def _tasks(desk: Desk, part: Section | None) -> None:
    done, needed = progress(desk.stands)
    st.progress(done / max(needed, 1), f"已完成 {done} / {needed} 部分")
    st.session_state[_CHOICE] = part  # the address decides, the list follows
    st.radio(
        "填报部分", list(Section), key=_CHOICE, on_change=_choose, label_visibility="collapsed",
        format_func=lambda one: _line(desk, one),
    )  # fmt: skip
    st.button(
        "检查并提交", icon=":material/fact_check:", key="part-check", on_click=turn_to,
        args=(CHECK,), width="stretch", type="primary" if part else "secondary",
    )  # fmt: skip


def _line(desk: Desk, section: Section) -> str:
    stands = desk.stands[section]
    said = sum(section_of(one.field) is section for one in desk.remarks)
    remarks = f" :blue[:small[{said} 条意见]]" if said else ""
    return f"{_SIGNS[stands]} {section.label}　:gray[:small[{stands.label}]]{remarks}"


def _choose() -> None:
    turn_to(st.session_state[_CHOICE].value)


def _section(on: Sheet, section: Section, actor: Actor) -> None:
    st.subheader(section.label, anchor=False)
    if any(section_of(name) is section for name in on.desk.needed):
        st.caption(_MARKED)
    submission_sections.draw(on, section, actor)
    if section in _ALIKE:
        with ui.reading() as session:
            found = submission_alike.read(session, actor, on)
        submission_alike.panel(on, found)
    _lacking(on, section)
    after = following(section)
    label = f"下一部分：{after.label}" if after else "检查并提交"
    st.button(
        label, icon=":material/arrow_forward:", key="part-next", on_click=turn_to,
        args=(after.value if after else CHECK,),
    )  # fmt: skip


def _lacking(on: Sheet, section: Section) -> None:
    """What keeps the section from being done, by its headings: also fields without a star."""
    found = [each.field for each in on.desk.open if section_of(each.field) is section]
    if found:
        st.caption(f"本部分还差：{'、'.join(dict.fromkeys(map(heading, found)))}。")


def turn_to(part: str) -> None:
    """Open a part of the form."""
    pick.put("part", part)
