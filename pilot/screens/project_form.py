"""The form that edits a project (修改项目信息): every field of the draft, starting from its own."""

from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.drafts import ProjectDraft
from pilot.domain.moment import Moment
from pilot.domain.vocabulary import Purpose
from pilot.reports import project
from pilot.reports.choices import Choices, choices
from pilot.reports.project import Head
from pilot.screens.project_fields import about, code, parts
from pilot.services import projects
from pilot.services.command import Seen


def edit(shown: Head, view: Moment) -> None:
    """The whole form; a refusal leaves everything as it was typed."""
    with ui.reading() as session:
        now = project.draft(session, shown)
        known = choices(session, shown.base_id)
        parent = project.code_of(session, now.parent_id)
    with st.form(f"edit-{shown.id}", border=False):
        values = about(known, now) | _risk(known, now) | _rest(known, now)
        values |= _parent(now, parent)
        on = ui.day("从哪天起是这样", view.as_of, help="更正早先的情况时，填情况实际发生的日期。")
        reason = ui.line("修改理由")
        sent = st.form_submit_button("保存修改", type="primary")
    if sent:
        draft = ProjectDraft(**_with_parent(shown, values))
        seen = Seen("project", shown.id, shown.rev)
        key = ui.once(f"edit-{shown.id}")
        if ui.act(
            projects.edit, shown.id, draft, on=on, reason=reason.strip(), seen=seen, key=key,
            done="项目信息已修改。",
        ):  # fmt: skip
            st.rerun()


def _risk(known: Choices, now: ProjectDraft) -> dict[str, Any]:
    left, right = st.columns(2)
    with left:
        process = code(known, "危险化工工艺", "hazardous_processes", now.hazard_process)
        purpose = st.selectbox(
            "项目性质", list(Purpose), list(Purpose).index(now.purpose),
            format_func=lambda word: word.label,
        )  # fmt: skip
    with right:
        grade = st.number_input("反应危险度（1–5 级）", 1, 5, now.reaction_grade)
    with st.container(horizontal=True, gap="small"):
        ticks = {
            "in_base": st.checkbox("基地项目", now.in_base, help="不勾选的只计入全市口径"),
            "owner_consent": st.checkbox("持有方同意中试", now.owner_consent),
            "key_hazards": st.checkbox("两重点一重大", now.key_hazards),
            "first_in_china": st.checkbox("国内首次使用", now.first_in_china),
            "installed": st.checkbox("已建中试装置", now.installed),
            "framework_agreement": st.checkbox("框架协议项目", now.framework_agreement),
        }
    return ticks | {"hazard_process": process, "purpose": purpose, "reaction_grade": grade}


def _rest(known: Choices, now: ProjectDraft) -> dict[str, Any]:
    left, right = st.columns(2)
    with left:
        level = code(known, "技术成熟度", "readiness_levels", _level(now))
    with right:
        budget = st.text_input(
            "预算（万元）", "" if now.budget is None else f"{now.budget:.2f}", max_chars=20
        )
    targets = ui.area("目标值", now.targets or "", most=1000)
    source = ui.line("资料来源", now.source or "", most=300)
    scheme, version, number = parts(level)
    return {
        "readiness_scheme": scheme,
        "readiness_version": version,
        "readiness_level": number,
        "budget": budget.strip() or None,  # the draft's own rule reads it, or says what is wrong
        "targets": targets or None,
        "source": source or None,
    }


def _parent(now: ProjectDraft, parent_code: str) -> dict[str, Any]:
    left, right = st.columns(2)
    with left:
        parent = st.text_input(
            "上级项目编号", parent_code, help="同一持有方的新产品、新工艺填原项目"
        )
    with right:
        reason = ui.line("关联理由", now.parent_reason or "", most=500)
    continues = st.checkbox("延续上级项目（同一技术二期，不重复计数）", now.continues_parent)
    return {
        "parent": parent.strip(),
        "parent_reason": reason or None,
        "continues_parent": continues,
    }


def _with_parent(shown: Head, values: dict[str, Any]) -> dict[str, Any]:
    parent = values.pop("parent")
    with ui.reading() as session:
        values["parent_id"] = project.id_of(session, shown.base_id, parent)
    return values


def _level(now: ProjectDraft) -> str | None:
    if now.readiness_level is None:
        return None
    return f"{now.readiness_scheme}-{now.readiness_version}:{now.readiness_level}"
