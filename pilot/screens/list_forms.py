"""检查单 and 代码表: what an administrator edits without code; everybody else reads it."""

from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.vocabulary import Dimension, Gate, HazardClass, Requirement
from pilot.services import codes
from pilot.services.codes import ChecklistDraft, CodeDraft
from pilot.services.command import Seen

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


def checklist(rows: Any, gate: Gate, hazard: HazardClass, may_edit: bool) -> None:
    """The list of one gate as a hazard class sees it; a chosen line is edited below."""
    wanted = rows[(rows["gate"] == gate) & rows["hazard_class"].isin([HazardClass.ANY, hazard])]
    shown = wanted.reset_index(drop=True)
    key, title = f"checklist-{gate}-{hazard}", f"{gate.label}检查单"
    picked = _table(_in_words(shown), _CHECKLIST, key, title)
    st.caption(_REQUIREMENTS)
    if may_edit:
        _checklist_form(None if picked is None else shown.iloc[picked], gate, hazard)


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


def _checklist_form(row: Any, gate: Gate, hazard: HazardClass) -> None:
    version = "new" if row is None else f"{row.id}-{row.rev}"
    with st.form(f"checklist-form-{gate}-{version}"):
        st.markdown("**新增一条**" if row is None else f"**修改 {row.gate} {ui.plain(row.code)}**")
        left, middle, right = st.columns(3)
        code = row.code if row is not None else left.text_input("编号 *", max_chars=16)
        scope = row.hazard_class if row is not None else hazard
        if row is None:
            scope = middle.selectbox(
                "适用类别 *", list(HazardClass), format_func=lambda one: one.label
            )
        requirement = right.selectbox(
            "要求 *", list(Requirement), _place(Requirement, row, "requirement"),
            format_func=lambda one: one.label,
        )  # fmt: skip
        text = st.text_input("内容 *", _old(row, "text"), max_chars=200)
        left, middle, right = st.columns(3)
        doc_code = left.text_input("材料代码（如 D06）", _old(row, "doc_code"), max_chars=8)
        dimension = middle.selectbox(
            "维度", list(Dimension), _place(Dimension, row, "dimension", none=True),
            format_func=lambda one: one.label, placeholder="不属于某一维度",
        )  # fmt: skip
        position = right.number_input("次序", 0, 9999, int(_old(row, "position") or 0), 10)
        basis = st.text_input("依据", _old(row, "basis"), max_chars=200)
        active = st.checkbox("启用", True if row is None else bool(row.active))
        sent = st.form_submit_button("保存", type="primary")
    if sent:
        draft = ChecklistDraft(
            gate=gate, code=code or "", text=text or "", requirement=requirement,
            hazard_class=scope, doc_code=doc_code or None, dimension=dimension,
            basis=basis or None, position=int(position), active=active,
        )  # fmt: skip
        _save(codes.save_checklist_item, draft, row, "checklist_item", "检查单")


def _code_form(row: Any, name: str) -> None:
    version = "new" if row is None else f"{row.id}-{row.rev}"
    with st.form(f"code-form-{name}-{version}"):
        st.markdown("**新增一个代码**" if row is None else f"**修改 {ui.plain(row.code)}**")
        left, middle, right = st.columns(3)
        code, edition = (row.code, row.edition) if row is not None else ("", "")
        if row is None:
            code = left.text_input("代码 *", max_chars=32)
            edition = right.text_input("版本", max_chars=32, help="标准的版本，如 2017")
        label = middle.text_input("名称 *", _old(row, "label"), max_chars=100)
        position = st.number_input("次序", 0, 99999, int(_old(row, "position") or 0), 10)
        active = st.checkbox("启用", True if row is None else bool(row.active))
        sent = st.form_submit_button("保存", type="primary")
    if sent:
        draft = CodeDraft(name, code or "", label or "", edition or "", int(position), active)
        _save(codes.save_code, draft, row, "code_item", "代码")


def _save(verb: Any, draft: Any, row: Any, table: str, what: str) -> None:
    seen = Seen(table, int(row.id), int(row.rev)) if row is not None else None
    item = int(row.id) if row is not None else None
    key = ui.once(f"{table}-{item}")
    if ui.act(verb, draft, item_id=item, seen=seen, key=key, done=f"已保存{what}。"):
        st.rerun()


def _old(row: Any, name: str) -> Any:
    return "" if row is None or row[name] is None else row[name]


def _place(kind: Any, row: Any, name: str, *, none: bool = False) -> int | None:
    value = None if row is None else row[name]
    return list(kind).index(value) if value else (None if none else 0)
