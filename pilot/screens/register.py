"""The form that registers a project (登记项目), and the units and persons it may lack."""

from collections.abc import Callable
from datetime import date
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.drafts import OrganisationDraft, PersonDraft, ProjectDraft
from pilot.domain.moment import Moment
from pilot.domain.vocabulary import Purpose, Stage
from pilot.reports.choices import Choices
from pilot.screens.project_fields import about, code, one, parts
from pilot.services import organisations, projects

_FORM = "register-form"
_ASKED = "register-asked"
_EMPTY = ProjectDraft(name="")


def asked() -> bool:
    """Whether a link led here to register; so it stays until that is done.

    The address of a link to the page one is on is gone at the next run, and a form that is not
    drawn again would lose what was sent with it.
    """
    if st.query_params.get("new") == "1":
        st.session_state[_ASKED] = True
    return st.session_state.get(_ASKED, False)


def form(known: Choices, view: Moment) -> None:
    """About fifteen fields, the rest later; a refusal leaves everything as it was typed."""
    _missing(known)
    version = st.session_state.setdefault(_FORM, 0)
    with st.form(f"{_FORM}-{version}"):
        values = about(known, _EMPTY) | _kind(known) | _maturity(known)
        on, stage = _entry(view)
        sent = st.form_submit_button("登记项目", type="primary", icon=":material/add:")
    if sent:
        _send(ProjectDraft(**values), on, stage)


def _missing(known: Choices) -> None:
    """A unit or a person that the lists lack, entered without leaving the form."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("带 * 的必填，其余可以以后补。列表里没有的单位或人员：")
        for label, name, form_of in (("新增单位", "unit", _unit), ("新增人员", "person", _person)):
            key = f"new-{name}-{st.session_state.setdefault(f'new-{name}', 0)}"
            with st.popover(label, key=f"open-{key}"), st.form(key, border=False):
                form_of(known)


def _unit(known: Choices) -> None:
    name = ui.line("单位名称 *", most=200)
    kind = code(known, "单位类型 *", "organisation_kinds")
    uscc = st.text_input("统一社会信用代码", help="境内单位必填，18 位")  # a counter would hide it
    area = code(known, "注册地", "areas")
    if st.form_submit_button("保存单位"):
        draft = OrganisationDraft(name, kind or "", uscc=uscc or None, reg_area=area)
        _save(
            organisations.save_organisation,
            draft,
            f"已登记单位 {name}，现在可以在下面的列表里选择。",
            "unit",
        )


def _person(known: Choices) -> None:
    name = st.text_input("姓名 *", max_chars=50)
    kind = code(known, "人员类型 *", "person_kinds")
    home = one("所在单位", known.organisations)
    if st.form_submit_button("保存人员"):
        draft = PersonDraft(name, kind or "", organisation_id=home)
        _save(
            organisations.save_person,
            draft,
            f"已登记人员 {name}，现在可以在下面的列表里选择。",
            "person",
        )


def _kind(known: Choices) -> dict[str, Any]:
    left, right = st.columns(2)
    with left:
        process = code(known, "危险化工工艺", "hazardous_processes")
    with right:
        purpose = st.selectbox("项目性质", list(Purpose), format_func=lambda one: one.label)
    with st.container(horizontal=True):
        ticks = {
            "in_base": st.checkbox("基地项目", True, help="不勾选的只计入全市口径"),
            "owner_consent": st.checkbox("持有方同意中试"),
            "key_hazards": st.checkbox("两重点一重大", help="勾选后按危险工艺的材料清单办理"),
        }
    return ticks | {"hazard_process": process, "purpose": purpose}


def _maturity(known: Choices) -> dict[str, Any]:
    left, right = st.columns(2)
    with left:
        level = code(known, "技术成熟度", "readiness_levels")
    with right:
        budget = st.text_input("预算（万元）", max_chars=20)
    source = ui.line("资料来源", most=300, help="例如文件名称、会议纪要")
    scheme, version, number = parts(level)
    return {
        "readiness_scheme": scheme,
        "readiness_version": version,
        "readiness_level": number,
        "budget": budget.strip() or None,  # the draft's own rule reads it, or says what is wrong
        "source": source or None,
    }


def _entry(view: Moment) -> tuple[date, Stage]:
    left, right = st.columns(2)
    with left:
        on = ui.day("登记日期", view.as_of)
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
        st.session_state.pop(_ASKED, None)
        ui.go("project", id=done.subject_id)


def _save(verb: Callable, draft: object, done: str, name: str) -> None:
    if ui.act(verb, draft, key=ui.once(f"new-{name}"), done=done):
        st.session_state[f"new-{name}"] += 1  # an empty form in a closed popover
        st.rerun()
