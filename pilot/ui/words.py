"""Text of users in Markdown places (标签、提示): shown letter for letter."""

import re

_MARKS = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: object) -> str:
    """A text that Streamlit's Markdown shows as it is: no emphasis, link, picture, formula."""
    return _MARKS.sub(r"\\\1", str(text))
