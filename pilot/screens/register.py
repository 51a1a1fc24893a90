"""The form that registers a project (登记项目), and the units and persons it may lack."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.drafts import OrganisationDraft, PersonDraft, ProjectDraft
from pilot.domain.moment import Moment
from pilot.domain.vocabulary import Purpose, Stage
from pilot.reports.choices import Choices
from pilot.services import organisations, projects

_FORM = "register-form"


def form(known: Choices, view: Moment) -> None:
    """About fifteen fields, the rest later; a refusal leaves everything as it was typed."""
    missing(known)
    version = st.session_state.setdefault(_FORM, 0)
    with st.form(f"{_FORM}-{version}"):
        draft = _about(known) | _risk(known) | _maturity(known)
        on, stage = _entry(view)
        sent = st.form_submit_button("登记项目", type="primary", icon=":material/add:")
    if sent:
        _send(ProjectDraft(**draft), on, stage)


def missing(known: Choices) -> None:
    """A unit or a person that the lists lack, entered without leaving the form."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("带 * 的必填，其余可以以后补。列表里没有的单位或人员：")
        with st.popover("新增单位"), st.form("new-organisation", border=False):
            name = st.text_input("单位名称 *", max_chars=200)
            kind = _code(known, "单位类型 *", "organisation_kinds")
            uscc = st.text_input("统一社会信用代码", help="境内单位必填，18 位")
            area = _code(known, "注册地", "areas")
            if st.form_submit_button("保存单位"):
                draft = OrganisationDraft(name, kind or "", uscc=uscc or None, reg_area=area)
                _save(organisations.save_organisation, draft, f"已登记单位 {name}。", "unit")
        with st.popover("新增人员"), st.form("new-person", border=False):
            name = st.text_input("姓名 *", max_chars=50)
            kind = _code(known, "人员类型 *", "person_kinds")
            home = _one("所在单位", known.organisations)
            if st.form_submit_button("保存人员"):
                draft = PersonDraft(name, kind or "", organisation_id=home)
                _save(organisations.save_person, draft, f"已登记人员 {name}。", "person")


def _about(known: Choices) -> dict[str, Any]:
    name = st.text_input("项目名称 *", max_chars=200)
    left, right = st.columns(2)
    with left:
        holder = _one("成果持有方", known.organisations)
        field = _code(known, "技术领域", "fields")
        area = _code(known, "所在区划", "areas")
        sites = st.multiselect(
            "场地", list(known.lists.get("sites", {})), placeholder="选择场地",
            format_func=known.lists.get("sites", {}).get,
        )  # fmt: skip
    with right:
        pilot_org = _one("中试单位", known.organisations)
        industry = _code(known, "国民经济行业", "industries")
        zone = _code(known, "功能区", "zones")
        manager = _one("项目经理", known.persons)
    with st.container(horizontal=True, gap="large"):
        in_base = st.checkbox("基地项目", True, help="不勾选的只计入全市口径")
        consent = st.checkbox("成果持有方已同意中试")
    return {
        "name": name,
        "holder_id": holder,
        "pilot_org_id": pilot_org,
        "manager_id": manager,
        "field": field,
        "industry": industry,
        "industry_edition": known.editions.get(industry),
        "area": area,
        "zone": zone,
        "sites": tuple(sites),
        "in_base": in_base,
        "owner_consent": consent,
    }


def _risk(known: Choices) -> dict[str, Any]:
    left, right = st.columns(2)
    with left:
        process = _code(known, "危险化工工艺", "hazardous_processes")
    with right:
        purpose = st.selectbox("项目性质", list(Purpose), format_func=lambda one: one.label)
    hazards = st.checkbox("涉及两重点一重大", help="勾选后按危险工艺的材料清单办理")
    return {"hazard_process": process, "purpose": purpose, "key_hazards": hazards}


def _maturity(known: Choices) -> dict[str, Any]:
    left, right = st.columns(2)
    with left:
        level = _code(known, "技术成熟度", "readiness_levels")
    with right:
        budget = st.number_input("预算（万元）", 0.0, value=None, step=10.0, format="%.2f")
    source = st.text_input("资料来源", max_chars=300, help="例如文件名称、会议纪要")
    return {
        **_readiness(level),
        "budget": None if budget is None else Decimal(f"{budget:.2f}"),
        "source": source or None,
    }


def _readiness(code: str | None) -> dict[str, Any]:
    """`scheme-edition:level` of the list of levels, as the three fields of a project."""
    if not code:
        return {}
    standard, _, level = code.rpartition(":")
    scheme, _, version = standard.rpartition("-")
    return {
        "readiness_scheme": scheme,
        "readiness_version": version,
        "readiness_level": int(level),
    }


def _entry(view: Moment) -> tuple[date, Stage]:
    left, right = st.columns(2)
    with left:
        on = st.date_input("登记日期", view.as_of, max_value=view.as_of, format="YYYY-MM-DD")
    with right:
        stage = st.selectbox(
            "起始阶段", list(Stage), format_func=lambda one: one.label,
            help="一般从储备开始；登记前已进入后面阶段的，选实际阶段，各阶段的证明仍须补齐",
        )  # fmt: skip
    return on, stage


def _send(draft: ProjectDraft, on: date, stage: Stage) -> None:
    done = ui.act(
        projects.register, draft, on=on, stage=stage, key=ui.once(_FORM), done="项目已登记。"
    )
    if done:
        st.session_state[_FORM] += 1
        ui.go("project", id=done.subject_id)


def _save(verb: Any, draft: Any, done: str, name: str) -> None:
    if ui.act(verb, draft, key=ui.once(f"new-{name}"), done=done):
        st.rerun()


def _one(label: str, known: Mapping[int, str]) -> int | None:
    return st.selectbox(
        label, list(known), index=None, format_func=known.get, placeholder="输入名称查找"
    )


def _code(known: Choices, label: str, name: str) -> str | None:
    labels = known.lists.get(name, {})
    return st.selectbox(
        label, list(labels), index=None, placeholder="输入代码或名称查找",
        format_func=lambda code: f"{code} {labels[code]}" if code[0].isdigit() else labels[code],
    )  # fmt: skip
