"""合计行 and 表内校验 of a template that is being changed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from pilot.domain.problems import Problem
from pilot.domain.report_templates import Check, CheckKind, ColumnType, Template, Totals
from pilot.screens.template_columns import titles
from pilot.screens.template_draft import Editing, troubles, turned, writes

_SUMMED = frozenset({ColumnType.MONEY, ColumnType.NUMBER})


def sums(editing: Editing, problems: Sequence[Problem]) -> None:
    """The rows of sums, each with its label and columns."""
    st.subheader(f"合计行（{len(editing.template.totals)}）")
    troubles(problems, "totals")
    names = titles(editing.template)
    numbers = [one.field for one in editing.template.columns if one.type in _SUMMED]
    for place, total in enumerate(editing.template.totals):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                "名称", total.label, max_chars=50, width=160,
                **_one(editing, "totals", place, "label"),
            )  # fmt: skip
            _several(editing, "totals", place, "合计哪些列", numbers, total.fields, names)
            _remove(editing, "totals", place)
    if numbers:
        _add(editing, "totals", Totals("合计", tuple(numbers[:1])), "添加合计行")
    else:
        st.caption("没有数字列可以合计。")


def checks(editing: Editing, problems: Sequence[Problem]) -> None:
    """What the rows must keep among themselves."""
    st.subheader(f"表内校验（{len(editing.template.checks)}）")
    troubles(problems, "checks")
    names = titles(editing.template)
    kinds = list(CheckKind)
    for place, check in enumerate(editing.template.checks):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.selectbox(
                "校验", kinds, kinds.index(check.kind), format_func=lambda one: one.label,
                width=160, **_one(editing, "checks", place, "kind"),
            )  # fmt: skip
            label = "哪些列一起" if check.kind is CheckKind.UNIQUE else "前一列不小于后一列"
            _several(editing, "checks", place, label, list(names), check.fields, names)
            _remove(editing, "checks", place)
    if names:
        _add(editing, "checks", Check(CheckKind.UNIQUE, (next(iter(names)),)), "添加校验")


def _with(template: Template, name: str, place: int, value: Any) -> Template:
    rows = list(getattr(template, name))
    rows[place] = value
    return replace(template, **{name: tuple(rows)})


def _one(editing: Editing, name: str, place: int, part: str) -> dict[str, Any]:
    """A widget that holds one value of a row."""

    def change(template: Template, value: Any) -> Template:
        row = replace(getattr(template, name)[place], **{part: value})
        return _with(template, name, place, row)

    return writes(editing, editing.key(name, place, part), change)


def _several(
    editing: Editing, name: str, place: int, label: str, options: list, chosen: tuple, names: dict
) -> None:
    def change(template: Template, value: list[str]) -> Template:
        row = replace(getattr(template, name)[place], fields=tuple(value))
        return _with(template, name, place, row)

    gone = [one for one in chosen if one not in options]
    st.multiselect(
        label, [*options, *gone], list(chosen), placeholder="未选择",
        format_func=lambda one: names.get(one, f"{one}（不在列中）"),
        **writes(editing, editing.key(name, place, "fields"), change),
    )  # fmt: skip


def _remove(editing: Editing, name: str, place: int) -> None:
    def remove() -> None:
        rows = getattr(editing.template, name)
        turned(editing, replace(editing.template, **{name: rows[:place] + rows[place + 1 :]}))

    st.button("删除", on_click=remove, key=editing.key(name, place, "remove"))


def _add(editing: Editing, name: str, row: Totals | Check, label: str) -> None:
    def add() -> None:
        rows = getattr(editing.template, name)
        turned(editing, replace(editing.template, **{name: (*rows, row)}))

    st.button(label, on_click=add, key=editing.key(name, "add"), icon=":material/add:")
