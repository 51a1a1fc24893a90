"""A template that is being changed in this session: what stands in it, and fields that write to it.

Every field hands its value over at once, so that a refused save or a look elsewhere loses nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.problems import Problem
from pilot.domain.report_templates import Template

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
    name = f"{_NAME}-{start}"
    if name not in st.session_state:
        turn = st.session_state.get(f"{_TURN}-{start}", 0)
        st.session_state[name] = Editing(start, template, version, turn)
    return st.session_state[name]


def dropped(editing: Editing) -> None:
    """Forget what was changed; the next one begins with fields of its own."""
    st.session_state[f"{_TURN}-{editing.start}"] = editing.turn + 1
    st.session_state.pop(f"{_NAME}-{editing.start}", None)


def turned(editing: Editing, template: Template, at: int | None = None) -> None:
    """Take a change of the structure over; `at` is the column to look at from now on."""
    editing.template = template
    editing.turn += 1
    editing.at = max(0, min(editing.at if at is None else at, len(template.columns) - 1))


def writes(
    editing: Editing, key: str, change: Callable[[Template, Any], Template]
) -> dict[str, Any]:
    """The key and callback of a widget whose value changes the template."""

    def write() -> None:
        editing.template = change(editing.template, st.session_state[key])

    return {"key": key, "on_change": write}


def troubles(problems: Iterable[Problem], *fields: str, column: int | None = None) -> None:
    """What is wrong with a field, below it."""
    place = None if column is None else str(column + 1)
    for one in problems:
        if one.field in fields and one.column == place:
            st.markdown(f":red[:material/error: {ui.plain(one.message + one.remedy)}]")
