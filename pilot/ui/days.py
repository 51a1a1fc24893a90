"""A day to type or to choose (日期)."""

from collections.abc import Callable
from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_FIRST, _LAST = date(1950, 1, 1), date(2199, 12, 31)


def day(
    label: str,
    value: date | str | None,
    *,
    key: str | None = None,
    help: str | None = None,
    width: int | str = "stretch",
    place: DeltaGenerator | None = None,
    on_change: Callable[[], None] | None = None,
) -> date | None:
    """A field for a day, without bounds of its own.

    Streamlit answers a typed day outside its bounds with the day before it, and says so in
    English only: whether a day is possible is the verb's to say, in a sentence.
    """
    return (place or st).date_input(
        label,
        value,
        min_value=_FIRST,
        max_value=_LAST,
        format="YYYY-MM-DD",
        key=key,
        help=help,
        width=width,
        on_change=on_change,
    )
