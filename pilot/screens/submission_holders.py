"""Who holds a result (持有方): picked from the registry in order, or asked for anew."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain import submission_edits as edits
from pilot.reports.submission_words import coded
from pilot.screens.submission_fields import Sheet, troubles
from pilot.ui import saving

_CHOOSE = "输入单位名称或统一社会信用代码搜索"
_FIELDS = {
    "name": ("单位名称", 200, "按证照填写全称"),
    "uscc": ("统一社会信用代码", 32, "18 位；境内单位必填"),
}
_LISTS = {"kind": ("单位类型", "organisation_kinds"), "reg_area": ("注册地", "areas")}


def holders(on: Sheet) -> None:
    """The holders in order, each with its share, and one more to choose."""
    held = on.value("result.holders") or []
    if not held:
        st.caption("还没有持有方。请从登记簿中选择；第一位是第一完成（权利）单位。")
    for place, one in enumerate(held, 1):
        _holder(on, place, one)
    ids = {one["organisation_id"] for one in held}
    left = {one: name for one, name in on.desk.units.items() if one not in ids}
    name = f"{on.form.key}-add-{len(held)}-{len(on.desk.units)}"
    st.selectbox(
        f"添加持有方{on.star('result.holders')}", list(left), None, placeholder=_CHOOSE,
        format_func=lambda one: left.get(one, str(one)),
        key=name, on_change=_add, args=(on.form, name),
    )  # fmt: skip
    troubles(on, "result.holders")


def asked_for(on: Sheet) -> None:
    """Units that the registry lacks: what is needed to register them with the acceptance."""
    wanted = on.value("organisations") or []
    if wanted:
        st.markdown("**申请新增的单位**")
        st.caption("审核通过时一并登记；在持有方和合同双方中可以直接选择。")
    for place, one in enumerate(wanted, 1):
        with st.container(border=True):
            _wanted(on, place, one)
    troubles(on, "organisations")
    st.button(
        "登记簿里没有：申请新增单位", icon=":material/domain_add:", key=f"{on.form.key}-ask",
        on_click=saving.save, args=(on.form, edits.organisation_asked),
    )  # fmt: skip


def _holder(on: Sheet, place: int, one: Mapping[str, Any]) -> None:
    unit = one["organisation_id"]
    key = f"{on.form.key}-holder-{unit}"
    with st.container(border=True, horizontal=True, vertical_alignment="bottom"):
        st.markdown(f"**{place}.** {ui.plain(on.desk.units.get(unit, '登记簿中没有的单位'))}")
        saving.kept(
            on.form, f"share-{unit}", str(one.get("share") or ""),
            partial(st.text_input, "份额（%）", max_chars=8, width=110, placeholder="可不填"),
            edit=lambda share: edits.holder_share(unit, share.strip().rstrip("%％")),
        )  # fmt: skip
        _button(on, "上移", "arrow_upward", f"{key}-up", edits.holder_raised(unit), place == 1)
        _button(on, "移除", "delete", f"{key}-out", edits.holder_removed(unit))


def _button(
    on: Sheet, label: str, icon: str, key: str, edit: edits.Edit, off: bool = False
) -> None:
    st.button(
        label, icon=f":material/{icon}:", key=key, disabled=off,
        on_click=saving.save, args=(on.form, edit),
    )  # fmt: skip


def _wanted(on: Sheet, place: int, one: Mapping[str, Any]) -> None:
    left, right = st.columns(2)
    for column, names in ((left, ("name", "uscc")), (right, ("kind", "reg_area"))):
        with column:
            for name in names:
                _field(on, place, name, one.get(name))
    _button(
        on, "不申请了", "delete", f"{on.form.key}-drop-{place}", edits.organisation_dropped(place)
    )


def _field(on: Sheet, place: int, name: str, value: Any) -> None:
    # The number of units is part of the name: after one was taken out, others move up.
    count = len(on.value("organisations") or [])
    widget = f"unit-{place}-of-{count}-{name}"
    edit = partial(edits.organisation_field, place, name)
    star = on.star(f"organisations.{place}.{name}")
    if name in _FIELDS:
        label, longest, hint = _FIELDS[name]
        draw = partial(ui.line, label + star, most=longest, placeholder=hint)
        saving.kept(on.form, widget, str(value or ""), draw, edit=edit)
        return
    label, list_name = _LISTS[name]
    known = on.desk.lists.get(list_name, {})
    codes = list(known)
    draw = partial(
        st.selectbox, label + star, codes, placeholder="请选择",
        format_func=lambda code: coded(known[code], code),
    )  # fmt: skip
    chosen = value if value in known else None
    saving.kept(on.form, widget, chosen, draw, blank={"index": None}, edit=edit)


def _add(form: saving.Form, name: str) -> None:
    chosen = st.session_state[name]
    if chosen is not None:
        saving.save(form, edits.holder_added(chosen))
