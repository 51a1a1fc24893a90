"""The filter of a list of projects (筛选): all of it stands in the address, by code."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from pilot.domain.vocabulary import Gate, Scope, Stage, State, Term
from pilot.reports.portfolio import Chosen
from pilot.screens import pick

_ANY = "全部"
_PAGE = "p"


class Shape(Term):
    """How the projects are shown: one filter, two shapes."""

    TABLE = "table", "列表"
    BOARD = "board", "看板"


_SCOPES = {Scope.CITY: "全部项目", Scope.BASE: "基地项目"}


def projects(fields: Mapping[str, str]) -> tuple[Chosen, Shape]:
    """Draw the filter; what it narrows to, and how the projects are to be shown."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = _text("搜索", "q", "名称、编号、持有方、经理")
        stages = _words("阶段", "stage", Stage)
        states = _words("状态", "state", State)
        gates = _words("下一阶段门", "gate", Gate)
        chosen = _several("技术领域", "field", {code: code for code in fields}, fields.get)
    with st.container(horizontal=True):
        shape = pick.word("显示为", "as", list(Shape), default=Shape.TABLE, hidden=True)
        scope = pick.word(
            "范围", "scope", list(_SCOPES), default=Scope.CITY, shown=_SCOPES.get, hidden=True
        )
    narrowed = scope if scope is Scope.BASE else None
    return Chosen(text, stages, states, chosen, gates, narrowed), shape


def narrow(**chosen: object) -> None:
    """Set parts of the filter, e.g. from a button; the list begins at its first page again."""
    for key, value in chosen.items():
        _put(key, str(value))
    _put(_PAGE, "")


def page() -> int:
    """The page of the list that the address asks for, from 1."""
    text = st.query_params.get(_PAGE, "")
    return max(int(text), 1) if text.isascii() and text.isdecimal() and len(text) < 9 else 1


def paging(pages: int) -> None:
    """The pages of a long list to choose from."""
    name = f"{_PAGE}-choice"
    if pages < 2:
        return
    st.session_state[name] = min(page(), pages)
    st.pagination(pages, key=name, on_change=_write_page, args=(name,))


def _text(label: str, key: str, placeholder: str) -> str:
    name = _follow(key, st.query_params.get(key, ""))
    return st.text_input(
        label, key=name, placeholder=placeholder, icon=":material/search:", width=230,
        max_chars=100, on_change=_write, args=(key, name),
    ).strip()  # fmt: skip


def _words(label: str, key: str, kind: type[Term]) -> tuple:
    known = {word.value: word for word in kind}
    return _several(label, key, known, lambda word: word.label)


def _several(label: str, key: str, known: dict[str, Any], shown: Callable) -> tuple:
    asked = st.query_params.get(key, "").split(",")
    name = _follow(key, [known[value] for value in asked if value in known])
    chosen = st.multiselect(
        label, list(known.values()), key=name, placeholder=_ANY, format_func=shown,
        width=160, wrap=True, on_change=_write, args=(key, name),
    )  # fmt: skip
    return tuple(chosen)


def _follow(key: str, asked: object) -> str:
    """The address decides: the widget's state says what the address says."""
    name = f"{key}-choice"
    if st.session_state.get(name) != asked:
        st.session_state[name] = asked
    return name


def _write(key: str, name: str) -> None:
    value = st.session_state[name]
    narrow(**{key: value.strip() if isinstance(value, str) else ",".join(value)})


def _write_page(name: str) -> None:
    _put(_PAGE, str(st.session_state[name]))


def _put(key: str, value: str) -> None:
    if value:
        st.query_params[key] = value
    else:
        st.query_params.pop(key, None)
