"""A template that is being changed: what stands in it, and fields that write to it.

Every field hands its value over at once and the draft is kept in the database, so that a refused
save, a look elsewhere or a reload of the browser loses nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain import report_template_files
from pilot.domain.problems import Problem
from pilot.domain.report_templates import Template
from pilot.reports.template_drafts import Draft
from pilot.services import template_drafts
from pilot.ui import saving

_NAME = "template-editing"
_TURN = "template-turn"


@dataclass(slots=True)
class Editing:
    """One template at work.

    `version` is the one in use that it began with, 0 for a new template; `turn` counts changes of
    its structure, after which its fields are drawn anew; `at` is the column that is looked at.
    """

    start: str
    template: Template
    version: int
    turn: int = 0
    at: int = 0

    def key(self, *parts: object) -> str:
        """The key of a widget."""
        return "-".join(map(str, ("template", self.start, self.version, self.turn, *parts)))


def opened(start: str, template: Template, version: int) -> Editing:
    """What is being made of a template in this session; begun now if nothing is."""
    if not at_work(start):
        turn = st.session_state.get(f"{_TURN}-{start}", 0)
        st.session_state[f"{_NAME}-{start}"] = Editing(start, template, version, turn)
    return st.session_state[f"{_NAME}-{start}"]


def at_work(start: str) -> bool:
    """Whether something is being made of it in this session."""
    return f"{_NAME}-{start}" in st.session_state


def offered(start: str, draft: Draft) -> None:
    """A draft of an earlier session: go on with it, or throw it away."""
    based = f"第 {draft.version} 版" if draft.version else "空白模板"
    st.info(
        f"您有一份没有启用的草稿，改自{based}，保存于 {draft.saved_at}。", icon=":material/draft:"
    )
    with st.container(horizontal=True):
        st.button(
            "继续编辑草稿", type="primary", key=f"draft-continue-{start}",
            on_click=opened, args=(start, draft.template, draft.version),
        )  # fmt: skip
        st.button(
            "放弃草稿", key=f"draft-discard-{start}", icon=":material/delete:",
            on_click=_discard, args=(start,),
        )  # fmt: skip


def saved(editing: Editing) -> None:
    """One line only where the draft could not be kept, with a way to try again."""
    if saving.failed(form := _form(editing.start, editing.version)):
        saving.told(form, "")


def _form(start: str, version: int) -> saving.Form:
    write = partial(template_drafts.save, start=start, version=version)
    return saving.Form(f"template-{start}", write)


def _keep(editing: Editing) -> None:
    body = report_template_files.write(editing.template)
    saving.save(_form(editing.start, editing.version), body)


def _discard(start: str) -> None:
    gone = saving.Form(f"template-{start}-gone", partial(template_drafts.drop, start=start))
    saving.save(gone, "")


def dropped(editing: Editing) -> None:
    """Forget what was changed; the next one begins with fields of its own."""
    st.session_state[f"{_TURN}-{editing.start}"] = editing.turn + 1
    st.session_state.pop(f"{_NAME}-{editing.start}", None)
    _discard(editing.start)


def turned(editing: Editing, template: Template, at: int | None = None) -> None:
    """Take a change of the structure over; `at` is the column to look at from now on."""
    editing.template = template
    editing.turn += 1
    editing.at = max(0, min(editing.at if at is None else at, len(template.columns) - 1))
    _keep(editing)


def writes(
    editing: Editing, key: str, change: Callable[[Template, Any], Template]
) -> dict[str, Any]:
    """The key and callback of a widget whose value changes the template."""

    def write() -> None:
        editing.template = change(editing.template, st.session_state[key])
        _keep(editing)

    return {"key": key, "on_change": write}


def troubles(problems: Iterable[Problem], *fields: str, column: int | None = None) -> None:
    """What is wrong with a field, below it."""
    place = None if column is None else str(column + 1)
    for one in problems:
        if one.field in fields and one.column == place:
            st.markdown(f":red[:material/error: {ui.plain(one.message + one.remedy)}]")
