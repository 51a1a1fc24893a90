"""Ways from page to page (链接): the address carries the view, so that a link reproduces it."""

import contextlib
import contextvars
import itertools
from collections.abc import Iterator, Mapping

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.navigation.page import StreamlitPage

from pilot.domain.people import Role
from pilot.ui import menu
from pilot.ui.strip import KEYS

_NONE: Mapping[str, StreamlitPage] = {}
_targets = contextvars.ContextVar("targets", default=_NONE)
_here: contextvars.ContextVar[str] = contextvars.ContextVar("here", default="")
_numbers: contextvars.ContextVar[Iterator[int]] = contextvars.ContextVar("numbers")


@contextlib.contextmanager
def leading(roles: frozenset[Role], here: str) -> Iterator[None]:
    """Inside the block links lead from the page `here` to the pages of these roles, without a look
    at their files.
    """
    before = _targets.set(menu.targets(roles)), _here.set(here), _numbers.set(itertools.count(1))
    try:
        yield
    finally:
        for variable, token in zip((_targets, _here, _numbers), before, strict=True):
            variable.reset(token)


def address(**about: object) -> dict[str, str]:
    """Query parameters: the view of this page and what the other page is about."""
    asked = dict(st.query_params)
    view = {key: asked[key] for key in KEYS if key in asked}
    return view | {key: str(value) for key, value in about.items() if value not in (None, "")}


def link(label: str, page: str, *, icon: str | None = None, **about: object) -> None:
    """A link to a page by its file's name; only its words where the reader has no such page.

    `label` is Markdown: wrap what users typed in `plain`.
    """
    if page == _here.get():
        _turn(label, icon, address(**about))
        return
    target = _targets.get().get(page) or menu.PAGES / f"{page}.py"
    try:
        st.page_link(target, label=label, icon=icon, query_params=address(**about))
    except StreamlitAPIException:
        st.caption(label, width="content")


def _turn(label: str, icon: str | None, query: dict[str, str]) -> None:
    """The page one is on, looked at otherwise.

    A link to it would leave the address as it was: the next click, and a reload, would lead back.
    """
    key = f"way-{next(_numbers.get())}"
    turned = st.query_params.from_dict
    st.button(label, icon=icon, type="tertiary", key=key, on_click=turned, args=(query,))


def go(page: str, **about: object) -> None:
    """Open a page now; the rest of this run is dropped."""
    st.switch_page(menu.PAGES / f"{page}.py", query_params=address(**about))
