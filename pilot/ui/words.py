"""Text of users in Markdown places (标签、提示): shown letter for letter."""

import re
from collections.abc import Mapping

import streamlit as st

_MARKS = re.compile(r"([!-/:-@\[-`{-~])")
# What Streamlit makes links or arrows of after the escapes are gone: an invisible joiner between.
_LATER = re.compile(r"(?=://)|(?=@)|(?<=www)(?=\.)|(?<=[-<>=~])(?=[-<>=])", re.IGNORECASE)
_JOINER = "\u2060"


def plain(text: object) -> str:
    """A text that Streamlit's Markdown shows as it is: no emphasis, link, picture, formula."""
    spaced = str(text).replace("\r\n", "\n").expandtabs(4).replace("  ", "\u00a0 ")
    kept = _LATER.sub(_JOINER, spaced)
    return _MARKS.sub(r"\\\1", kept).replace("\n", "\\\n")


def facts(found: Mapping[str, object]) -> None:
    """What is known of one thing, a line a heading; texts of users stand as they are."""
    lines = {heading: plain(value) for heading, value in found.items()}
    st.table(lines, border="horizontal", hide_index=False)  # told, lest it be worked out anew
