"""Fields for prose (文字栏): a text of any length is taken, and one that is too long is told.

A field with `max_chars` drops a paste that does not fit, whole and without a word.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

REASON = 2000  # what the journal takes of a reason


def line(label: str, value: str = "", *, most: int = REASON, **options: Any) -> str:
    """A text on one line; `most` is what the record takes of it."""
    return _drawn(st.text_input, label, value, most, options)


def area(label: str, value: str = "", *, most: int = REASON, **options: Any) -> str:
    """A text of several lines; `most` is what the record takes of it."""
    return _drawn(st.text_area, label, value, most, options)


def _drawn(draw: Callable[..., str], label: str, value: str, most: int, options: dict) -> str:
    text = draw(label, value, **options) or ""
    if len(text) > most:
        st.caption(f":red[最多 {most} 字，现在 {len(text)} 字：请缩短后再提交。]")
    return text
