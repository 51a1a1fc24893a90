"""The children of a package (包内成果): patents, papers, software that together are one 项."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from pilot.domain import submission_edits as edits
from pilot.domain.draft_children import FIELD, MOST_CHILDREN, ChildNumber
from pilot.screens.submission_fields import Sheet, troubles
from pilot.ui import saving

_WHAT = (
    "一项成果由几件专利、论文或软件组成、一起转化的，在这里逐件列出：整包只计 1 项。"
    "只有一件的不用填写，编号填在“知识产权与登记”中。"
)
_SPLIT = (
    "各有单独价格或单独登记、应当分开计数的，请在“转化需求”或意见中说明，由审核人写明理由拆分。"
)


def children(on: Sheet) -> None:
    """The children in order, each with its number, and a button for one more."""
    listed = on.value(FIELD) or []
    st.caption(_WHAT)
    for place, one in enumerate(listed, 1):
        with st.container(border=True):
            _child(on, place, one, len(listed))
    troubles(on, FIELD)
    if listed:
        st.caption(_SPLIT)
    st.button(
        "添加一件", icon=":material/add:", key=f"{on.form.key}-child-add",
        disabled=len(listed) >= MOST_CHILDREN, on_click=saving.save,
        args=(on.form, edits.child_added),
    )  # fmt: skip


def _child(on: Sheet, place: int, one: Mapping[str, Any], count: int) -> None:
    st.markdown(f"**第 {place} 项**")
    draw = partial(st.text_input, f"名称{on.star(f'children.{place}.title')}（第 {place} 项）")
    _kept(on, place, count, "title", str(one.get("title") or ""), draw)
    left, middle, right = st.columns(3)
    with left:
        known = on.desk.lists.get("result_kinds", {})
        _choice(on, place, count, ("kind", "类型"), one.get("kind"), known)
    with middle:
        words = {word.value: word.label for word in ChildNumber}
        _choice(on, place, count, ("number_kind", "编号类别"), one.get("number_kind"), words)
    with right:
        draw = partial(
            st.text_input, f"编号（第 {place} 项）", max_chars=64,
            placeholder="尚无编号的留空",
        )  # fmt: skip
        _kept(on, place, count, "number", str(one.get("number") or ""), draw)
    with st.container(horizontal=True):
        _button(on, "上移", "arrow_upward", place, edits.child_raised(place), place == 1)
        _button(on, "移除", "delete", place, edits.child_removed(place))


def _choice(
    on: Sheet, place: int, count: int, named: tuple[str, str], value: Any, known: Mapping[str, str]
) -> None:
    field, label = named
    star = on.star(f"children.{place}.{field}")
    codes = [*known, *([value] if value and value not in known else [])]
    draw = partial(
        st.selectbox, f"{label}{star}（第 {place} 项）", codes, placeholder="请选择",
        format_func=lambda code: known.get(code, str(code)),
    )  # fmt: skip
    _kept(on, place, count, field, value or None, draw, blank={"index": None})


def _kept(
    on: Sheet, place: int, count: int, field: str, value: Any, draw: Any, **options: Any
) -> None:
    # The number of children is part of the name: after one was taken out, others move up.
    name = f"child-{place}-of-{count}-{field}"
    edit = partial(edits.child_field, place, field)
    saving.kept(on.form, name, value, draw, edit=edit, **options)


def _button(
    on: Sheet, label: str, icon: str, place: int, edit: edits.Edit, off: bool = False
) -> None:
    st.button(
        label, icon=f":material/{icon}:", key=f"{on.form.key}-child-{place}-{icon}", disabled=off,
        on_click=saving.save, args=(on.form, edit),
    )  # fmt: skip
