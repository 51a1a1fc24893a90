"""编辑模板: a template changed or begun in the browser, looked at on live data, put in use."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain import report_template_files, template_edits
from pilot.domain.moment import FOREVER_DAY, Moment
from pilot.domain.people import Actor
from pilot.domain.problems import Problem
from pilot.domain.report_periods import PeriodKind
from pilot.domain.report_templates import Template
from pilot.reports import code_lists, packs, template_drafts
from pilot.reports.report_sources import SHAPES
from pilot.screens import pick, report_templates, template_columns, template_sums
from pilot.screens.template_draft import (
    Editing,
    at_work,
    dropped,
    offered,
    opened,
    saved,
    troubles,
    turned,
    writes,
)
from pilot.services import report_templates as templates

_NEW = "new"
_FIRST = date(2000, 1, 1)


def section(actor: Actor, view: Moment) -> None:
    """Which template, its fields, what is wrong, how it looks, and the button."""
    with ui.reading() as session:
        known = {
            one.code: (row.version, one) for row, one in packs.templates_in_use(session, actor)
        }
        lists = code_lists.list_names(session, actor)
        codes = packs.lists_known(session, actor)
    names = {code: f"{code} {one.title}（第 {number} 版）" for code, (number, one) in known.items()}
    start = pick.one("从哪里开始", "from", {**names, _NEW: "新建空白模板"})
    version, template = known.get(start, (0, _blank(view)))
    draft = None
    if not at_work(start):
        with ui.reading() as session:
            draft = template_drafts.found(session, actor, start)
    if draft is not None:
        offered(start, draft)
    else:
        _edit(actor, view, opened(start, template, version), version, lists, codes)


def _edit(
    actor: Actor,
    view: Moment,
    editing: Editing,
    version: int,
    lists: Mapping[str, str],
    codes: frozenset[str],
) -> None:
    problems = report_template_files.problems(editing.template, SHAPES, codes)
    _standing(editing, version)
    saved(editing)
    _about(editing, problems)
    source = SHAPES[editing.template.source]
    template_columns.columns(editing, source, lists, problems)
    template_sums.sums(editing, problems)
    template_sums.checks(editing, problems)
    _preview(actor, view, editing, problems)
    _save(editing, problems)


def _blank(view: Moment) -> Template:
    source = next(iter(SHAPES))
    return Template("", "", source, (), valid_from=date(view.year, 1, 1))


def _standing(editing: Editing, version: int) -> None:
    """Whose work this is based on, and the way back to the version in use."""
    if version != editing.version:
        st.warning(
            f"您改动的是第 {editing.version} 版，现在在用的已是第 {version} 版；"
            "请先导出草稿，再重新载入。", icon=":material/sync_problem:",
        )  # fmt: skip
    st.caption("改动随时存为您自己的草稿，启用后才成为新的一版；已冻结的报表包不受影响。")
    with st.container(horizontal=True):
        st.download_button(
            "导出草稿文件", report_template_files.write(editing.template).encode(),
            editing.template.file_name, "application/json", on_click="ignore",
            icon=":material/download:", key=editing.key("draft"),
        )  # fmt: skip
        st.button(
            "放弃改动，重新载入", on_click=dropped, args=(editing,), key=editing.key("drop"),
            icon=":material/undo:",
        )  # fmt: skip


def _about(editing: Editing, problems: Sequence[Problem]) -> None:
    """What the form is called and who asked for it."""
    st.subheader("表名与文号")
    one = editing.template
    left, right = st.columns(2)
    with left:
        _text(editing, problems, "模板代码 *", "code", 16, disabled=editing.version > 0)
        _text(editing, problems, "表号", "form_number", 50)
        _text(editing, problems, "文号", "document_number", 100)
        ui.day("有效期起", one.valid_from, **_day(editing, "valid_from", _FIRST))
        _source(editing, problems)
    with right:
        _text(editing, problems, "表名 *", "title", 100)
        _text(editing, problems, "制表机关", "issuer", 100)
        _periods(editing, problems)
        ends = None if one.valid_to >= FOREVER_DAY else one.valid_to
        ui.day("有效期止", ends, help="不填为长期有效", **_day(editing, "valid_to", FOREVER_DAY))
        troubles(problems, "valid_from", "valid_to")
        _scope(editing, problems)
    _signatures(editing, problems)
    ui.area(
        "说明", one.note, most=2000, height=80,
        **writes(editing, editing.key("note"), lambda it, text: replace(it, note=text or "")),
    )  # fmt: skip
    troubles(problems, "note")


def _text(
    editing: Editing, problems: Sequence[Problem], label: str, name: str, most: int, **more: Any
) -> None:
    def change(template: Template, text: str) -> Template:
        return replace(template, **{name: (text or "").strip()})

    value = getattr(editing.template, name)
    key = editing.key(name)
    ui.line(label, value, most=most, **writes(editing, key, change), **more)
    troubles(problems, name)


def _day(editing: Editing, name: str, blank: date) -> dict[str, Any]:
    def change(template: Template, day: date | None) -> Template:
        return replace(template, **{name: day or blank})

    return writes(editing, editing.key(name), change)


def _source(editing: Editing, problems: Sequence[Problem]) -> None:
    """Fixed once there are columns: they would all lose what they pick."""
    names = list(SHAPES)
    key = editing.key("source")

    def write() -> None:
        source = st.session_state[key]
        changed = replace(editing.template, source=source, scope=SHAPES[source].scopes[0])
        turned(editing, changed)

    st.selectbox(
        "数据来源 *", names, names.index(editing.template.source),
        format_func=lambda name: SHAPES[name].label, key=key, on_change=write,
        disabled=bool(editing.template.columns),
        help="有了列就不能再换来源；请先删除各列，或新建一个模板。",
    )  # fmt: skip
    troubles(problems, "source")


def _scope(editing: Editing, problems: Sequence[Problem]) -> None:
    scopes = list(SHAPES[editing.template.source].scopes)
    scope = editing.template.scope
    st.selectbox(
        "统计范围", scopes, scopes.index(scope) if scope in scopes else None,
        format_func=lambda one: one.label if one else "不限", disabled=len(scopes) == 1,
        **writes(editing, editing.key("scope"), lambda it, one: replace(it, scope=one)),
    )  # fmt: skip
    troubles(problems, "scope")


def _periods(editing: Editing, problems: Sequence[Problem]) -> None:
    def change(template: Template, kinds: list[PeriodKind]) -> Template:
        return replace(template, periods=tuple(kind for kind in PeriodKind if kind in kinds))

    st.multiselect(
        "报送周期 *", list(PeriodKind), list(editing.template.periods), placeholder="未选择",
        format_func=lambda one: one.label, **writes(editing, editing.key("periods"), change),
    )  # fmt: skip
    troubles(problems, "periods")


def _signatures(editing: Editing, problems: Sequence[Problem]) -> None:
    def change(template: Template, text: str) -> Template:
        return replace(template, signatures=template_edits.words(text or ""))

    ui.line(
        "签名栏", "、".join(editing.template.signatures), most=200,
        help="从左到右，用、隔开；填报人、审核人、负责人会印上姓名，其余留空手签。",
        **writes(editing, editing.key("signatures"), change),
    )  # fmt: skip
    troubles(problems, "signatures")


def _preview(actor: Actor, view: Moment, editing: Editing, problems: Sequence[Problem]) -> None:
    st.subheader("预览")
    if problems:
        st.error(f"还有 {len(problems)} 处问题，改好后才能预览和保存：", icon=":material/error:")
        report_templates.listed(problems)
        return
    period = report_templates.period_field(editing.template, view)
    if period is not None:
        with ui.reading() as session:
            shown = packs.preview(
                session, actor, editing.template, period, view.known_at, ui.folder()
            )
        report_templates.rows(shown)


def _save(editing: Editing, problems: Sequence[Problem]) -> None:
    reason = ui.line(
        "依据 *", key=f"template-reason-{editing.start}-{editing.version}",
        placeholder="例如文件名称和文号",
    )  # fmt: skip
    sent = st.button(
        "启用为新的一版", type="primary", key=editing.key("save"), disabled=bool(problems),
        help="先改好列出的问题" if problems else None,
    )  # fmt: skip
    one = editing.template
    done = f"{one.code} {one.title}已启用第 {editing.version + 1} 版。"
    if sent and ui.act(
        templates.save_template, report_template_files.write(one), SHAPES, reason=reason or "",
        after=editing.version, key=ui.once(f"template-{editing.start}"), done=done,
    ):  # fmt: skip
        dropped(editing)
        pick.put("from", one.code)
        st.rerun()
