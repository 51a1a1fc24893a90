"""The plants of a project (产业化): where, by whom, the levels reached, their proof and checker."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.filetypes import EXTENSIONS
from pilot.domain.moment import Moment
from pilot.domain.people import Actor, may
from pilot.domain.vocabulary import LandingLevel
from pilot.reports import project_proof
from pilot.reports.choices import Choices, choices
from pilot.reports.project import Head
from pilot.reports.project_proof import Plant, Step
from pilot.services import landing
from pilot.services.landing import LandingDraft


def tab(shown: Head, reader: Actor, view: Moment) -> None:
    """Every plant with its levels; new ones for those who may."""
    with ui.reading() as session:
        plants = project_proof.plants(session, shown, view)
        known = choices(session, shown.base_id)
    if not plants:
        st.info("还没有产业化落地。登记实施企业和厂址后，逐级登记进度 L1–L5。")
    for plant in plants:
        with st.container(border=True):
            _plant(shown, plant, reader, view)
            if shown.writable and may(reader, "landing.save"):
                with st.popover("修改", icon=":material/edit:", key=f"edit-plant-{plant.id}"):
                    _form(shown, known, plant)
    if shown.writable and may(reader, "landing.save"):
        with st.popover("登记产业化落地", icon=":material/add:"):
            _form(shown, known, None)


def _plant(shown: Head, plant: Plant, reader: Actor, view: Moment) -> None:
    st.markdown(f"**{ui.plain(plant.entity)}**")
    st.caption(ui.plain(" · ".join(_about(plant))))
    if plant.principal_code:
        st.warning(f"与项目 {ui.plain(plant.principal_code)} 同厂，只在那个项目计一次。")
    standing = {step.level: step for step in plant.steps if step.withdrawn_on is None}
    for level in LandingLevel:
        step = standing.get(level)
        with st.container(horizontal=True, vertical_alignment="center"):
            if step is None:
                st.markdown(f":gray[○ {level.label}]", width="stretch")
                if shown.writable and may(reader, "landing.reach"):
                    _reach(shown, plant, level, view)
            else:
                _step(shown, step, reader, view)
    for step in plant.steps:
        if step.withdrawn_on:
            said = f"{step.level.label} {step.reached_on}，{step.withdrawn_on} 撤回"
            st.caption(ui.plain(f"{said}：{step.withdrawn_reason}"))


def _about(plant: Plant) -> list[str]:
    said = [f"注册地 {plant.reg_area}", f"厂址 {plant.site}"]
    said += [f"项目代码 {plant.investment_code}"] if plant.investment_code else []
    said += [f"投资 {plant.investment:,.2f} 万元"] if plant.investment is not None else []
    said += [plant.product] if plant.product else []
    said += [f"{plant.capacity:g} 吨/年"] if plant.capacity is not None else []
    return said + ([f"豁免验收：{plant.pilot_waiver}"] if plant.pilot_waiver else [])


def _step(shown: Head, step: Step, reader: Actor, view: Moment) -> None:
    sign = "●" if step.checker else "◐"
    state = f"{step.checker} 核实" if step.checker else "待核实，核实后才计入"
    said = ui.plain(f"{step.proof} · {step.who} 登记 · {state}")
    st.markdown(
        f"{sign} **{step.level.label}** {step.reached_on}  \n:gray[{said}]", width="stretch"
    )
    if step.file and may(reader, "attachment.read") and reader.base_id == shown.base_id:
        url = f"/files/{step.attachment_id}"
        st.link_button("证明", url, icon=":material/attach_file:", help=ui.plain(step.file))
    if not shown.writable:
        return
    if not step.checker and may(reader, "landing.verify"):
        own = step.entered_by == reader.id
        st.button(
            "核实", key=f"verify-{step.id}", icon=":material/verified:", disabled=own,
            help="不能核实自己登记的进度" if own else None, on_click=ui.act,
            args=(landing.verify_step, step.id),
            kwargs={"done": f"已核实 {step.level.label}。"},
        )  # fmt: skip
    if may(reader, "landing.withdraw"):
        _withdraw(step, view)


def _reach(shown: Head, plant: Plant, level: LandingLevel, view: Moment) -> None:
    key = f"{plant.id}-{level.value}"
    with st.popover("登记", key=f"reach-{key}"), st.form(f"reach-form-{key}", border=False):
        on = ui.day("达到日期", view.as_of)
        proof = ui.line("证明材料 *", most=300, help="例如备案证明、试生产条件确认意见")
        upload = st.file_uploader("文件", type=list(EXTENSIONS), max_upload_size=20)
        if st.form_submit_button(f"登记 {level.value}", type="primary"):
            done = f"已登记 {level.label}，等待他人核实。"
            _act(
                landing.reach, plant.id, level, on=on, proof=proof, upload=upload,
                of_project=shown.id, name=f"reach-{key}", done=done,
            )  # fmt: skip


def _withdraw(step: Step, view: Moment) -> None:
    name = f"withdraw-{step.id}"
    with st.popover("撤回", key=name), st.form(f"{name}-form", border=False):
        on = ui.day("从哪天起撤回", view.as_of)
        reason = ui.area("理由 *", most=500)
        if st.form_submit_button("撤回进度"):
            done = f"已撤回 {step.level.label}。"
            _act(landing.withdraw_step, step.id, on=on, reason=reason, name=name, done=done)


def _form(shown: Head, known: Choices, plant: Plant | None) -> None:
    name = f"plant-{plant.id if plant else 'new'}"
    with st.form(f"{name}-{shown.id}", border=False):
        draft = _draft(known, plant)
        reason = ui.line("修改理由 *") if plant else ""
        if not st.form_submit_button("保存", type="primary"):
            return
    if draft is None:
        st.error("请选择实施企业。")
    elif plant:
        done = "产业化信息已修改。"
        _act(landing.edit_landing, plant.id, draft, reason=reason, name=name, done=done)
    else:
        _act(landing.add_landing, shown.id, draft, name=name, done="已登记产业化落地。")


def _draft(known: Choices, plant: Plant | None) -> LandingDraft | None:
    areas = known.lists.get("areas", {})
    entity = _one("实施企业 *", known.organisations, plant.entity_id if plant else None)
    area = _one("厂址区划", areas, plant.site_area if plant else None)
    left, right = st.columns(2)
    with left:
        code = st.text_input("投资项目代码", plant.investment_code if plant else "", max_chars=64)
        money = st.number_input(
            "投资额（万元）", 0.0, value=_float(plant.investment if plant else None), format="%.2f"
        )
    with right:
        product = ui.line("产品", plant.product if plant else "", most=200)
        capacity = st.number_input(
            "产能（吨/年）", 0.0, value=_float(plant.capacity if plant else None), format="%.3f"
        )
    shares = st.checkbox(
        "与已登记该代码的项目同厂（只计一次）", bool(plant and plant.principal_code)
    )
    waiver = ui.line(
        "在别处完成中试的理由", plant.pilot_waiver if plant else "", most=500,
        help="没有经过本基地中试验收的填写；只计入全市口径。",
    )  # fmt: skip
    if entity is None:
        return None
    return LandingDraft(
        entity_id=entity,
        site_area=area,
        investment_code=code.strip() or None,
        investment=None if money is None else Decimal(f"{money:.2f}"),
        product=product.strip() or None,
        capacity=None if capacity is None else Decimal(f"{capacity:.3f}"),
        shares_plant=shares,
        pilot_waiver=waiver.strip() or None,
    )


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _one(label: str, known: Mapping[Any, str], chosen: Any) -> Any:
    place = list(known).index(chosen) if chosen in known else None
    return st.selectbox(
        label, list(known), place, format_func=known.get, placeholder="输入名称查找"
    )


def _act(verb: Any, *args: Any, name: str, done: str, **options: Any) -> None:
    if ui.act(verb, *args, key=ui.once(name), done=done, **options):
        st.rerun()
