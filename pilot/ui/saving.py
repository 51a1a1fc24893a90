"""Widgets whose every change is saved at once (随填随存): what is shown is what the database has.

A reload, another tab or a restart of the server draws what was saved. What a failed save could
not keep stays in its field and is tried again with the next one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import streamlit as st
from sqlalchemy import Engine

from pilot.domain.errors import Conflict, PilotError
from pilot.ui import visitor
from pilot.ui.action import PAST
from pilot.ui.strip import view
from pilot.ui.words import plain

_NOTHING = object()


class Write(Protocol):
    """Saves some edits, in order, for whoever holds the session token; raises a PilotError."""

    def __call__(self, engine: Engine, edits: Sequence[Any], *, by: str, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Form:
    """What is being filled in: `key` names it in this page, `write` keeps its fields."""

    key: str
    write: Write


@dataclass(slots=True)
class _State:
    """What this page knows of a form: fields drawn before, and what could not be saved."""

    drawn: set[str] = field(default_factory=set)
    unsaved: dict[str, Any] = field(default_factory=dict)  # edits by field
    shown: dict[str, Any] = field(default_factory=dict)  # the same as widgets show them
    error: str = ""


def kept(
    form: Form,
    name: str,
    shown: Any,
    draw: Callable[..., Any],
    *,
    blank: Mapping[str, Any] | None = None,
    edit: Callable[[Any], Any] | None = None,
) -> Any:
    """Draw a widget for one field and save it whenever it changes; returns what it shows.

    `shown` is the saved value as the widget shows it; `edit` is what a typed one means, the field
    `name` itself unless said otherwise. `blank` are the options of a widget that can be emptied
    again: Streamlit offers that only where nothing is chosen to begin with.
    """
    edit = edit or (lambda value: {name: value})
    state, key = _state(form), f"{form.key}.{name}"
    first = name not in state.drawn
    options = {"value": shown} if blank is None else blank
    if (blank is not None or not first) and _set(key, state.shown.get(name, shown)):
        options = blank or {}
    value = draw(key=key, on_change=_typed, args=(form, name, key, edit), **options)
    if first:
        state.drawn.add(name)
        if value != shown and value not in (None, "", []):
            # The browser says more than was saved: it was typed while the server was away.
            _keep(form, name, value, edit(value))
    return value


def save(form: Form, *edits: Any) -> bool:
    """Save something from a button, with what waits; whether it worked. `told` says why not."""
    state = _state(form)
    try:
        if not view().live:
            raise Conflict(PAST)
        form.write(
            visitor.engine(),
            [*state.unsaved.values(), *edits],
            by=visitor.token(),
            now=datetime.now(UTC),
        )
    except PilotError as error:
        state.error = error.message
        return False
    state.unsaved.clear()
    state.shown.clear()
    state.error = ""
    return True


def failed(form: Form) -> bool:
    """Whether the last save did not work."""
    return bool(_state(form).error)


def told(form: Form, saved: str) -> None:
    """One line: when everything was saved last, or that something could not be."""
    state = _state(form)
    if not state.error:
        st.caption(f":material/cloud_done: 已保存 {plain(saved)}")
        return
    st.error(f"没有保存：{plain(state.error)}", icon=":material/cloud_off:")
    if state.unsaved:
        st.caption("刚才填写的内容还在页面上，没有丢失。")
        st.button("再保存一次", key=f"{form.key}-again", on_click=save, args=(form,))


def _state(form: Form) -> _State:
    return st.session_state.setdefault(f"saving-{form.key}", _State())


def _set(key: str, shown: Any) -> bool:
    """Let a widget show the saved value; left alone when it does, for the sake of fast typists."""
    if st.session_state.get(key, _NOTHING) == shown:
        return False
    st.session_state[key] = shown
    return True


def _typed(form: Form, name: str, key: str, edit: Callable[[Any], Any]) -> None:
    value = st.session_state[key]
    _keep(form, name, value, edit(value))


def _keep(form: Form, name: str, value: Any, edit: Any) -> None:
    state = _state(form)
    state.unsaved.pop(name, None)
    if not save(form, edit):
        state.unsaved[name], state.shown[name] = edit, value
