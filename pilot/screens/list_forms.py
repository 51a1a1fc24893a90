"""检查单 and 代码表: what an administrator edits without code; everybody else reads it."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.draft_fields import described, required
from pilot.domain.vocabulary import Gate, HazardClass, Requirement
from pilot.screens import draft_form
from pilot.services import codes
from pilot.services.codes import ChecklistDraft, CodeDraft
from pilot.services.command import Seen

_FIXED = ("gate", "hazard_class", "code")
_ADDED = "lines-added"  # a form that was saved begins anew
_CODES = {
    "code": st.column_config.TextColumn("代码", width=150),
    "label": st.column_config.TextColumn("名称", width=320),
    "edition": st.column_config.TextColumn("版本", width=130),
    "position": st.column_config.NumberColumn("次序", width=70, format="%d"),
    "active": st.column_config.CheckboxColumn("启用", width=60),
}
_CHECKLIST = {
    "gate": st.column_config.TextColumn("阶段门", width=60),
    "code": st.column_config.TextColumn("编号", width=80),
    "text": st.column_config.TextColumn("内容", width=330),
    "requirement": st.column_config.TextColumn("要求", width=75),
    "hazard_class": st.column_config.TextColumn("适用", width=85),
    "doc_code": st.column_config.TextColumn("材料", width=60),
    "dimension": st.column_config.TextColumn("维度", width=110),
    "basis": st.column_config.TextColumn("依据", width=170),
    "position": st.column_config.NumberColumn("次序", width=60, format="%d"),
    "active": st.column_config.CheckboxColumn("启用", width=60),
}
_REQUIREMENTS = (
    "必需：不满足不能通过；视情况：可写明理由记为不适用；建议：只提示。"
    "正在进行的评审仍用提交时的检查单。"
)


def checklist(
    rows: Any, papers: Mapping[str, str], gate: Gate, hazard: HazardClass, may_edit: bool
) -> None:
    """The list of one gate as a hazard class sees it; a chosen line is edited below."""
    wanted = rows[(rows["gate"] == gate) & rows["hazard_class"].isin([HazardClass.ANY, hazard])]
    shown = wanted.reset_index(drop=True)
    key, title = f"checklist-{gate}-{hazard}", f"{gate.label}检查单"
    picked = _table(_in_words(shown), _CHECKLIST, key, title)
    st.caption(_REQUIREMENTS)
    if may_edit:
        row = None if picked is None else shown.iloc[picked]
        _checklist_form(row, papers, gate, hazard)


def code_list(rows: Any, name: str, title: str, may_edit: bool) -> None:
    """One code list; a chosen code is edited below."""
    picked = _table(rows, _CODES, f"codes-{name}", title)
    st.caption("代码一经使用不能改，也不能删；不再用的请停用，旧记录照样显示。")
    if may_edit:
        _code_form(None if picked is None else rows.iloc[picked], name)


def _table(rows: Any, columns: dict[str, Any], key: str, alt: str) -> int | None:
    if rows.empty:
        st.info("还没有内容。", icon=":material/info:")
        return None
    event = st.dataframe(
        rows,
        hide_index=True,
        column_order=list(columns),
        column_config=columns,
        on_select="rerun",
        selection_mode="single-row",
        key=key,
        alt=alt,
    )
    return event.selection.rows[0] if event.selection.rows else None


def _in_words(rows: Any) -> Any:
    shown = rows.copy()
    shown["gate"] = [gate.value for gate in rows["gate"]]
    shown["doc_code"] = [code or "" for code in rows["doc_code"]]
    for name in ("requirement", "hazard_class", "dimension"):
        shown[name] = [word.label if word else "" for word in rows[name]]
    return shown


def _checklist_form(row: Any, papers: Mapping[str, str], gate: Gate, hazard: HazardClass) -> None:
    """Gate, class and code of a line that exists stay; the rest may change."""
    start = _draft(ChecklistDraft, row)
    fixed = {"gate": gate} if start is None else {name: getattr(start, name) for name in _FIXED}
    title = "新增一条" if start is None else f"修改 {gate.value} {ui.plain(start.code)}"
    begin = start or ChecklistDraft(gate, "", "", Requirement.REQUIRED, hazard)
    _form(title, begin, fixed, row, codes.save_checklist_item, "检查单", {"documents": papers})


def _code_form(row: Any, list_name: str) -> None:
    """List, code and edition of an entry that exists stay; the rest may change."""
    start = _draft(CodeDraft, row, list_name=list_name)
    fixed = {"list_name": list_name}
    if start is not None:
        fixed |= {"code": start.code, "edition": start.edition}
    title = "新增一个代码" if start is None else f"修改 {ui.plain(start.code)}"
    begin = start or CodeDraft(list_name, "", "")
    _form(title, begin, fixed, row, codes.save_code, "代码", {})


def _form(
    title: str, start: Any, fixed: dict[str, Any], row: Any, verb: Callable, what: str, lists: Any
) -> None:
    kind = type(start)
    item, rev = (None, 0) if row is None else (int(row.id), int(row.rev))
    about = "-".join(str(value) for value in fixed.values())
    key = f"{kind.__name__}-{about}-{item or st.session_state.get(_ADDED, 0)}-{rev}"
    with st.form(key):
        st.markdown(f"**{title}**")
        values = draft_form.fields(kind, start, key, lists=lists, skip=fixed)
        sent = st.form_submit_button("保存", type="primary")
    if not sent:
        return
    blanks = {name: values[name] or "" for name in required(kind) if name in values}
    draft = kind(**fixed, **(values | blanks))
    table = "checklist_item" if kind is ChecklistDraft else "code_item"
    seen = Seen(table, item, rev) if item else None
    if ui.act(verb, draft, item_id=item, seen=seen, key=ui.once(key), done=f"已保存{what}。"):
        st.session_state[_ADDED] = st.session_state.get(_ADDED, 0) + 1
        st.rerun()


def _draft(kind: type, row: Any, **known: Any) -> Any:
    if row is None:
        return None
    return kind(**known, **{name: row[name] for name in described(kind) if name not in known})
