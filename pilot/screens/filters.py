"""The filter of a list of projects (筛选): all of it stands in the address, by code."""

from collections.abc import Mapping

import streamlit as st

from pilot.domain.vocabulary import Gate, Scope, Stage, State, Term, options
from pilot.reports.portfolio import Chosen
from pilot.screens import pick

_WIDTH = 160


class Shape(Term):
    """How the projects are shown: one filter, two shapes."""

    TABLE = "table", "列表"
    BOARD = "board", "看板"


_SCOPES = {Scope.CITY: "全部项目", Scope.BASE: "基地项目"}


def projects(fields: Mapping[str, str]) -> tuple[Chosen, Shape]:
    """Draw the filter; what it narrows to, and how the projects are to be shown."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = pick.text("搜索", "q", "名称、编号、持有方、经理", width=230)
        stages = _words("阶段", "stage", Stage)
        states = _words("状态", "state", State)
        gates = _words("下一阶段门", "gate", Gate)
        chosen = pick.several("技术领域", "field", fields, width=_WIDTH)
    with st.container(horizontal=True):
        shape = pick.word("显示为", "as", list(Shape), default=Shape.TABLE, hidden=True)
        scope = pick.word(
            "范围", "scope", list(_SCOPES), default=Scope.CITY, shown=_SCOPES.get, hidden=True
        )
    narrowed = scope if scope is Scope.BASE else None
    return Chosen(text, stages, states, chosen, gates, narrowed), shape


def narrow(**chosen: str) -> None:
    """Set parts of the filter, e.g. from a button; the list begins at its first page again."""
    for key, value in (chosen | {"p": ""}).items():
        pick.put(key, value)


def _words(label: str, key: str, kind: type[Term]) -> tuple:
    return tuple(map(kind, pick.several(label, key, options(kind), width=_WIDTH)))
