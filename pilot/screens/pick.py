"""Choices that stand in the page's address by their code, so that links need no Chinese."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from pilot.domain.vocabulary import Term

Word = TypeVar("Word", bound=Term)


def word(
    label: str,
    key: str,
    options: Sequence[Word],
    *,
    default: Word,
    shown: Callable[[Word], str] = lambda word: word.label,
    hidden: bool = False,
) -> Word:
    """One of a few words as a row of segments; `?key=value` in the address chooses it."""
    name = _follow(key, asked(key, options, default))
    return st.segmented_control(
        label,
        list(options),
        format_func=shown,
        required=True,
        key=name,
        on_change=_write,
        args=(key, name),
        label_visibility="collapsed" if hidden else "visible",
    )


def asked(key: str, options: Sequence[Word], default: Word) -> Word:
    """The word that stands in the address under `key`, before its segments are drawn."""
    return {option.value: option for option in options}.get(st.query_params.get(key, ""), default)


def number(key: str) -> int | None:
    """The whole number that stands in the address under `key`."""
    text = st.query_params.get(key, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def put(key: str, value: object | None) -> None:
    """Write a value into the address, or take it out."""
    if value in (None, ""):
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = str(value)


def pages(total: int, size: int, key: str) -> int:
    """The page of a long list, counted from 1; drawn only where there is more than one."""
    last = max(1, -(-total // size))
    if last == 1:
        return 1
    return st.pagination(last, key=key, bind="query-params")


def _follow(key: str, chosen: Word) -> str:
    """The address decides: let the widget's state say what the address says."""
    name = f"{key}-choice"
    if st.session_state.get(name) != chosen:
        st.session_state[name] = chosen
    return name


def _write(key: str, name: str) -> None:
    st.query_params[key] = st.session_state[name].value
