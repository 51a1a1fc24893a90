"""单位与人员: found by name, entered once, changed in one place."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.drafts import OrganisationDraft, PersonDraft
from pilot.domain.moment import Moment
from pilot.domain.people import Actor, may
from pilot.reports import registry, results
from pilot.screens import draft_form, led_results, pick, result_list
from pilot.services import organisations
from pilot.services.command import Seen

_UNITS = {
    "name": st.column_config.TextColumn("单位名称", width=260),
    "uscc": st.column_config.TextColumn("统一社会信用代码", width=175),
    "kind": st.column_config.TextColumn("类型", width=100),
    "reg_area": st.column_config.TextColumn("注册地", width=100),
    "zone": st.column_config.TextColumn("功能区", width=130),
    "ladder": st.column_config.TextColumn("企业梯度", width=120),
    "short_name": st.column_config.TextColumn("简称", width=110),
}
_PERSONS = {
    "name": st.column_config.TextColumn("姓名", width=110),
    "unit": st.column_config.TextColumn("所在单位", width=260),
    "kind": st.column_config.TextColumn("类型", width=110),
    "phone": st.column_config.TextColumn("电话", width=140),
    "email": st.column_config.TextColumn("电子邮箱", width=200),
}
_CONTACT = ("phone", "email")


def section(actor: Actor, view: Moment) -> None:
    """Units, then persons, under one search."""
    text = pick.text("搜索", "q", "名称、简称、曾用名、信用代码、姓名")
    st.markdown("##### 单位")
    with ui.reading() as session:
        page = registry.organisations(session, actor, text, pick.page())
    picked = result_list.table(page, _UNITS, "unit", "单位清单", _empty("单位", text))
    pick.paging(page.total, results.PAGE)
    if not may(actor, "organisation.save"):
        st.caption("单位和人员由基地管理人员登记。")
    elif view.live:
        _unit(actor, picked)
    st.markdown("##### 人员")
    with ui.reading() as session:
        page = registry.persons(session, actor, text)
    writes = may(actor, "person.save") and view.live
    shown = {name: one for name, one in _PERSONS.items() if writes or name not in _CONTACT}
    picked = result_list.table(page, shown, "person", "人员清单", _empty("人员", text))
    if page.total > results.PAGE:
        st.caption(f"共 {page.total} 人，只列前 {results.PAGE} 人；请用搜索缩小范围。")
    if writes:
        _person(actor, picked)


def _empty(what: str, text: str) -> str:
    if text.strip():
        return f"没有找到“{text.strip()}”；可按名称的一部分搜索。"
    return f"还没有{what}。由基地管理人员在下面“登记{what}”，导入项目和成果时也会登记。"


def _unit(actor: Actor, picked: int | None) -> None:
    with ui.reading() as session:
        known = registry.choices(session, actor.base_id)
        start, rev = registry.unit(session, actor, picked) if picked else (None, 0)

    def draft(key: str) -> OrganisationDraft:
        values = draft_form.fields(OrganisationDraft, start, key, lists=known.lists)
        return OrganisationDraft(**_named(values))

    seen = Seen("organisation", picked, rev) if picked else None
    _form("organisation", "单位", start, seen, draft, organisations.save_organisation)


def _person(actor: Actor, picked: int | None) -> None:
    with ui.reading() as session:
        known = registry.choices(session, actor.base_id)
        start, rev = registry.person(session, actor, picked) if picked else (None, 0)

    def draft(key: str) -> PersonDraft:
        values = draft_form.fields(
            PersonDraft, start, key, lists=known.lists, skip=["account_id"],
            choices={"organisation_id": known.organisations},
        )  # fmt: skip
        return PersonDraft(account_id=start.account_id if start else None, **_named(values))

    seen = Seen("person", picked, rev) if picked else None
    _form("person", "人员", start, seen, draft, organisations.save_person)
    if picked:
        led_results.panel(actor, picked, known.persons)


def _form(
    table: str, what: str, start: Any, seen: Seen | None, draft: Callable, verb: Callable
) -> None:
    """The form of the chosen row, or of a new one."""
    title = f"修改{what}：{ui.plain(start.name)}" if start else f"登记{what}"
    version = st.session_state.setdefault(f"{table}-form", 0)
    about = f"{seen.id}-{seen.rev}" if seen else f"new-{version}"
    opened = st.expander(title, icon=":material/edit:", key=f"open-{table}-{about}")
    with opened, st.form(f"{table}-{about}", border=False):
        filled = draft(f"{table}-{about}")
        sent = st.form_submit_button("保存", type="primary")
    if sent:
        options = {f"{table}_id": seen.id} if seen else {}
        done = f"已保存{what}“{filled.name}”。"
        key = ui.once(f"{table}-{about}")
        if ui.act(verb, filled, seen=seen, key=key, done=done, **options):
            st.session_state[f"{table}-form"] = version + 1
            st.rerun()


def _named(values: dict[str, Any]) -> dict[str, Any]:
    return values | {name: values[name] or "" for name in ("name", "kind")}
