"""A form made from a draft's own description: heading, kind of input, what must be filled in.

Whatever is typed keeps its place when the draft is refused; the rules are the draft's, not these.
"""

from collections.abc import Iterable, Mapping
from typing import Any, get_type_hints

import streamlit as st

from pilot import ui
from pilot.domain.draft_fields import (
    Code,
    Day,
    Money,
    Plain,
    Text,
    Word,
    described,
    required,
)

Choices = Mapping[str, Mapping[Any, str]]  # field → what to choose from, value to label

_WIDE = 150  # a text that may be longer takes the whole width
_NOBODY = "未选择"


def fields(
    kind: type,
    start: Any,
    key: str,
    *,
    lists: Mapping[str, Mapping[str, str]],
    choices: Choices | None = None,
    skip: Iterable[str] = (),
) -> dict[str, Any]:
    """Draw every field of a draft but those to skip; returns what stands in them.

    `start` is the draft to change, None for a new one. `choices` serve fields that hold an id.
    """
    values: dict[str, Any] = {}
    names = [name for name in described(kind) if name not in set(skip)]
    for line in _lines(kind, names):
        for place, name in zip(st.columns(len(line)), line, strict=True):
            with place:
                value = getattr(start, name) if start is not None else _default(kind, name)
                values[name] = _field(kind, name, value, f"{key}-{name}", lists, choices or {})
    return values


def _lines(kind: type, names: Iterable[str]) -> list[list[str]]:
    """Wide fields alone, the others two by two."""
    lines: list[list[str]] = []
    for name in names:
        if _is_wide(kind, name) or not lines or len(lines[-1]) == 2 or _is_wide(kind, lines[-1][0]):
            lines.append([name])
        else:
            lines[-1].append(name)
    return lines


def _is_wide(kind: type, name: str) -> bool:
    about = described(kind)[name]
    return isinstance(about, Text) and about.longest > _WIDE


def _default(kind: type, name: str) -> Any:
    return None if name in required(kind) else kind.__dataclass_fields__[name].default


def _field(kind: type, name: str, value: Any, key: str, lists: Mapping, choices: Choices) -> Any:
    about = described(kind)[name]
    label = f"{about.label} *" if name in required(kind) else about.label
    if name in choices:
        return _choose(label, choices[name], value, key)
    if isinstance(about, Code):
        return _choose(label, lists.get(about.list_name, {}), value, key)
    if isinstance(about, Word):
        words = {word: word.label for word in about.kind}
        return _choose(label, words, value, key)
    return _typed(about, get_type_hints(kind)[name], label, value, key)


def _typed(about: Plain, hint: Any, label: str, value: Any, key: str) -> Any:
    if isinstance(about, Text):
        draw = st.text_area if about.lines else st.text_input
        return draw(label, value or "", key=key) or None
    if isinstance(about, Day):
        return ui.day(label, value, key=key)
    if isinstance(about, Money):
        text = "" if value is None else f"{value}"
        return st.text_input(f"{label}（万元）", text, max_chars=20, key=key).strip() or None
    if hint is bool:
        return st.checkbox(label, bool(value), key=key)
    return st.number_input(label, value=value, step=1, key=key)


def _choose(label: str, known: Mapping[Any, str], value: Any, key: str) -> Any:
    """One of the known values; what the record already says stays, even if no longer offered."""
    options = list(known)
    if value not in (None, "") and value not in known:
        options.append(value)
    return st.selectbox(
        label,
        options,
        options.index(value) if value not in (None, "") else None,
        format_func=lambda one: known.get(one, str(one)),
        placeholder=_NOBODY,
        key=key,
    )
