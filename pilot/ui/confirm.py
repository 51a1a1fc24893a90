"""A button that asks before it acts (确认)."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from pilot.ui.action import act
from pilot.ui.words import plain


def confirm(label: str, warning: str, verb: Callable, *args: Any, key: str, **options: Any) -> None:
    """A button that opens the consequence in words and a second button that does it.

    `key` names the buttons on the page; the other options are those of `act`.
    """
    with st.popover(label, key=f"ask-{key}"):
        st.markdown(plain(warning))
        st.button(f"确认{label}", on_click=act, args=(verb, *args), kwargs=options, key=key)
