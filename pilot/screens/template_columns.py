"""The columns of a template that is being changed: a table, and the fields of the chosen one."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pilot.domain import template_edits
from pilot.domain.problems import Problem
from pilot.domain.report_templates import (
    MOST_LEVELS,
    ColumnType,
    Required,
    SourceShape,
    Template,
    TemplateColumn,
)
from pilot.domain.template_edits import heading, take_from
from pilot.screens.template_draft import Editing, troubles, turned, writes

_LEVELS = "第一级", "第二级", "第三级"
_WHEN = {"never": "不要求", "always": "总是必填", "when": "另一列为某些值时必填"}


def columns(
    editing: Editing, source: SourceShape, lists: Mapping[str, str], problems: Sequence[Problem]
) -> None:
    """The table, what can be done with a column, and its fields."""
    st.subheader(f"列（{len(editing.template.columns)}）")
    troubles(problems, "columns")
    _add(editing, source)
    if not editing.template.columns:
        st.info("还没有列；从数据来源中选一个字段添加。", icon=":material/view_column:")
        return
    _table(editing, source, problems)
    _moves(editing)
    _fields(editing, source, lists, problems)


def _add(editing: Editing, source: SourceShape) -> None:
    """Fields that no column takes yet stand first."""
    used = {column.field for column in editing.template.columns}
    names = sorted(source.fields, key=lambda name: name in used)
    key = editing.key("add")

    def add() -> None:
        name = st.session_state[key]
        changed = template_edits.add(editing.template, name, source.fields[name])
        turned(editing, changed, len(changed.columns) - 1)

    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "添加列：取自", names, key=key, width=320,
            format_func=lambda name: _named(source, name) + ("，已有" if name in used else ""),
        )  # fmt: skip
        st.button("添加", on_click=add, key=f"{key}-button", icon=":material/add:")


def _table(editing: Editing, source: SourceShape, problems: Sequence[Problem]) -> None:
    wrong = {one.column for one in problems}
    key = editing.key("columns")
    if key not in st.session_state:
        st.session_state[key] = {"selection": {"rows": [editing.at]}}

    def choose() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows:
            editing.at = rows[0]

    lines = [
        _line(place, column, source, wrong) for place, column in enumerate(editing.template.columns)
    ]
    st.dataframe(
        lines, hide_index=True, placeholder="", key=key, on_select=choose, height="content",
        selection_mode="single-row", alt="模板的列；点选一列后在下面修改",
    )  # fmt: skip


def _line(
    place: int, column: TemplateColumn, source: SourceShape, wrong: set[str | None]
) -> dict[str, Any]:
    return {
        "次序": place + 1,
        "问题": "⚠ 须改" if str(place + 1) in wrong else "",
        "表头": " / ".join(column.heading),
        "取自": _named(source, column.field),
        "类型": column.type.label,
        "单位": column.unit,
        "必填": needed(column.required),
    }


def needed(when: Required | None) -> str:
    """When a column must be filled in, in words."""
    if when is None:
        return ""
    return f"{when.field}＝{'、'.join(when.words)}" if when.field else "总是"


def _named(source: SourceShape, name: str) -> str:
    shape = source.fields.get(name)
    return f"{shape.label}（{name}）" if shape else f"{name}（来源中没有）"


def _moves(editing: Editing) -> None:
    place, last = editing.at, len(editing.template.columns) - 1

    def move(by: int) -> None:
        turned(editing, template_edits.move(editing.template, place, by), place + by)

    def remove() -> None:
        turned(editing, template_edits.remove(editing.template, place))

    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**第 {place + 1} 列**", width="content")
        st.button(
            "上移", on_click=move, args=(-1,), key=editing.key("up"), disabled=place == 0,
            icon=":material/arrow_upward:",
        )  # fmt: skip
        st.button(
            "下移", on_click=move, args=(1,), key=editing.key("down"), disabled=place == last,
            icon=":material/arrow_downward:",
        )  # fmt: skip
        st.button("删除此列", on_click=remove, key=editing.key("remove"), icon=":material/delete:")


def _fields(
    editing: Editing, source: SourceShape, lists: Mapping[str, str], problems: Sequence[Problem]
) -> None:
    place = editing.at
    column = editing.template.columns[place]
    left, right = st.columns(2)
    with left:
        fields = list(source.fields)
        st.selectbox(
            "取自 *", fields, fields.index(column.field) if column.field in fields else None,
            format_func=lambda name: _named(source, name), placeholder="未选择",
            **_turning(editing, "field", lambda one, name: take_from(one, place, name, source)),
        )  # fmt: skip
        troubles(problems, "field", column=place)
    with right:
        types = list(ColumnType)
        st.selectbox(
            "类型 *", types, types.index(column.type), format_func=lambda one: one.label,
            **_writes(editing, place, "type"),
        )  # fmt: skip
        troubles(problems, "type", column=place)
    _heading(editing, place, column)
    troubles(problems, "heading", column=place)
    left, right = st.columns(2)
    with left:
        st.text_input("单位", column.unit, max_chars=20, **_writes(editing, place, "unit"))
        troubles(problems, "unit", column=place)
    with right:
        names = ["", *lists, *([column.codes] if column.codes not in ("", *lists) else [])]
        st.selectbox(
            "代码表", names, names.index(column.codes), help="不选的，用数据来源自己的代码表。",
            format_func=lambda name: f"{lists.get(name, name)}（{name}）" if name else "按数据来源",
            **_writes(editing, place, "codes"),
        )  # fmt: skip
        troubles(problems, "codes", column=place)
    _required(editing, place, column, source)
    troubles(problems, "required", column=place)


def _writes(editing: Editing, place: int, name: str) -> dict[str, Any]:
    """A widget that holds one value of the column."""

    def change(template: Template, value: Any) -> Template:
        return template_edits.change(template, place, **{name: value})

    return writes(editing, editing.key(place, name), change)


def _turning(editing: Editing, name: str, change: Any) -> dict[str, Any]:
    """A widget whose value changes other fields of the column, which are drawn anew."""
    key = editing.key(editing.at, name)

    def write() -> None:
        if (value := st.session_state[key]) is not None:
            turned(editing, change(editing.template, value))

    return {"key": key, "on_change": write}


def _heading(editing: Editing, place: int, column: TemplateColumn) -> None:
    """A field a level, from the top down; neighbours with the same upper levels are merged."""
    keys = [editing.key(place, "heading", level) for level in range(MOST_LEVELS)]

    def write() -> None:
        levels = heading(*(st.session_state[key] or "" for key in keys))
        editing.template = template_edits.change(editing.template, place, heading=levels)

    texts = (*column.heading, "", "")
    for level, spot in enumerate(st.columns(MOST_LEVELS)):
        star = " *" if level == 0 else ""
        spot.text_input(
            f"{_LEVELS[level]}表头{star}", texts[level], max_chars=100, key=keys[level],
            on_change=write, help="相邻的列上级表头相同的，合并成一格。" if level == 0 else None,
        )  # fmt: skip


def _required(editing: Editing, place: int, column: TemplateColumn, source: SourceShape) -> None:
    when = column.required
    how = "never" if when is None else "when" if when.field else "always"
    keys = {name: editing.key(place, "required", name) for name in ("how", "field", "words")}
    fields = list(source.fields)

    def write() -> None:
        known = {name: st.session_state.get(key) for name, key in keys.items()}
        field = known["field"] or (when.field if when else "") or fields[0]
        found = template_edits.required(known["how"], field, known["words"] or "")
        editing.template = template_edits.change(editing.template, place, required=found)

    left, middle, right = st.columns(3)
    left.selectbox(
        "必填", list(_WHEN), list(_WHEN).index(how), format_func=_WHEN.get, key=keys["how"],
        on_change=write,
    )  # fmt: skip
    if how == "when":
        middle.selectbox(
            "看哪一列", fields, fields.index(when.field) if when.field in fields else None,
            format_func=lambda name: _named(source, name), key=keys["field"], on_change=write,
            placeholder="未选择",
        )  # fmt: skip
        right.text_input(
            "取哪些值时必填", "、".join(when.words), max_chars=300, key=keys["words"],
            on_change=write, help="几个值用、隔开",
        )  # fmt: skip


def titles(template: Template) -> dict[str, str]:
    """What people call each column: field → heading."""
    return {column.field: column.title for column in template.columns}
