"""Ways from page to page (链接): the address carries the view, so that a link reproduces it."""

import contextlib
import contextvars
from collections.abc import Iterator, Mapping

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.navigation.page import StreamlitPage

from pilot.domain.people import Role
from pilot.ui import menu
from pilot.ui.strip import KEYS

_NONE: Mapping[str, StreamlitPage] = {}
_targets = contextvars.ContextVar("targets", default=_NONE)


@contextlib.contextmanager
def leading(roles: frozenset[Role]) -> Iterator[None]:
    """Inside the block links lead to the pages of these roles without a look at their files."""
    before = _targets.set(menu.targets(roles))
    try:
        yield
    finally:
        _targets.reset(before)


def address(**about: object) -> dict[str, str]:
    """Query parameters: the view of this page and what the other page is about."""
    asked = dict(st.query_params)
    view = {key: asked[key] for key in KEYS if key in asked}
    return view | {key: str(value) for key, value in about.items() if value not in (None, "")}


def link(label: str, page: str, *, icon: str | None = None, **about: object) -> None:
    """A link to a page by its file's name; only its words where the reader has no such page.

    `label` is Markdown: wrap what users typed in `plain`.
    """
    target = _targets.get().get(page) or menu.PAGES / f"{page}.py"
    try:
        st.page_link(target, label=label, icon=icon, query_params=address(**about))
    except StreamlitAPIException:
        st.caption(label, width="content")


def go(page: str, **about: object) -> None:
    """Open a page now; the rest of this run is dropped."""
    st.switch_page(menu.PAGES / f"{page}.py", query_params=address(**about))
