"""合同: the list, one contract in full, its form, and how it is rescinded."""

from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.drafts import ContractDraft
from pilot.domain.moment import Moment
from pilot.domain.people import Actor, may
from pilot.domain.vocabulary import ContractType, options
from pilot.reports import registry, results
from pilot.reports.registry import Choices, ContractDetail
from pilot.reports.results import Wanted
from pilot.screens import draft_form, pick, result_list
from pilot.screens.kept import kept
from pilot.services import contracts
from pilot.services.command import Seen

_COLUMNS = {
    "base": st.column_config.TextColumn("基地"),
    "no": st.column_config.TextColumn("合同编号", width=170),
    "type": st.column_config.TextColumn("类型", width=105),
    "signed_on": st.column_config.DateColumn("签订日期", width=95, format="YYYY-MM-DD"),
    "buyer": st.column_config.TextColumn("受让方", width=200),
    "amount": st.column_config.NumberColumn("金额（万元）", width=105, format="%.2f"),
    "transfers": st.column_config.NumberColumn("转化", width=55, format="%d"),
    "state": st.column_config.TextColumn("状态", width=110),
    "seller": st.column_config.TextColumn("出让方", width=200),
    "registration_no": st.column_config.TextColumn("登记编号", width=150),
    "title": st.column_config.TextColumn("合同名称", width=200),
}


def section(actor: Actor, view: Moment) -> None:
    """The list with its filter; the contract of the address in full below."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = pick.text("搜索", "q", "合同编号、名称、双方、登记编号")
        kinds = pick.several("合同类型", "type", options(ContractType))
    with ui.reading() as session:
        wanted = Wanted(text, kinds=kinds)
        page = kept(results.contracts, session, actor, view, wanted, pick.page())
    picked = result_list.table(
        page, _COLUMNS, "contract", "合同清单", "没有找到合同。由基地管理人员在本页登记。"
    )
    pick.paging(page.total, results.PAGE)
    if picked is not None:
        with ui.reading() as session:
            detail = registry.contract(session, actor, picked, view)
        with st.container(border=True):
            _panel(detail, actor, view)
    if may(actor, "contract.save") and view.live:
        _new(actor)


def _new(actor: Actor) -> None:
    opened: Any = st.expander(
        "登记合同", icon=":material/add:", key="new-contract", on_change="rerun"
    )
    if not opened.open:
        return
    with ui.reading() as session:
        known = registry.choices(session, actor.base_id)
    version = st.session_state.setdefault("contract-form", 0)
    key = f"contract-new-{version}"
    with opened, st.form(key, border=False):
        draft = _draft(None, known, key)
        sent = st.form_submit_button("登记合同", type="primary", icon=":material/add:")
    if sent:
        done = ui.act(contracts.save_contract, draft, key=ui.once(key), done="已登记合同。")
        if done:
            st.session_state["contract-form"] = version + 1
            pick.put("contract", done.subject_id)
            st.rerun()


def _panel(detail: ContractDetail, actor: Actor, view: Moment) -> None:
    st.subheader(f"合同 {ui.plain(detail.no)}")
    if detail.rescinded:
        st.warning(f"已于 {detail.rescinded} 解除。", icon=":material/link_off:")
    ui.facts(detail.facts)
    if detail.lacks:
        lines = "\n".join(f"- {ui.plain(one)}" for one in detail.lacks)
        st.info(f"**登记还可完善**\n{lines}", icon=":material/edit_note:")
    st.markdown(f"**按此合同转化的成果（{len(detail.transfers)}）**")
    for result_id, name in detail.transfers:
        ui.link(ui.plain(name), "results", icon=":material/arrow_forward:", id=result_id)
    if not detail.transfers:
        st.caption("还没有：请到成果详情中登记转化事件，并选择这份合同。")
    if detail.followed:
        st.markdown(f"**后续事项（{len(detail.followed)}）**")
    for line in detail.followed:
        st.text(line)
    if not (view.live and detail.base_id == actor.base_id):
        return
    if may(actor, "contract.save") and not detail.rescinded:
        _change(detail, actor)
    if may(actor, "contract.rescind"):
        _rescind(detail, view)


def _change(detail: ContractDetail, actor: Actor) -> None:
    key = f"contract-{detail.id}-{detail.rev}"
    opened: Any = st.expander(
        "修改合同", icon=":material/edit:", key=f"edit-{key}", on_change="rerun"
    )
    if not opened.open:
        return
    with ui.reading() as session:
        known = registry.choices(session, actor.base_id)
    with opened, st.form(key, border=False):
        st.caption("改动类型、双方或日期的，按此合同登记的转化事件须重新核验。")
        draft = _draft(detail.draft, known, key)
        reason = ui.line("修改理由", key=f"{key}-reason")
        sent = st.form_submit_button("保存修改", type="primary")
    if sent:
        options = {"contract_id": detail.id, "reason": reason or ""}
        _do(contracts.save_contract, draft, detail=detail, done="已修改合同。", **options)


def _rescind(detail: ContractDetail, view: Moment) -> None:
    """Rescind, or take back a rescission that was entered by mistake."""
    if detail.rescinded:
        with st.popover("撤销解除"), st.form(f"reinstate-{detail.id}", border=False):
            reason = ui.area("理由 *")
            sent = st.form_submit_button("确认撤销解除")
        if sent:
            _do(contracts.reinstate, detail.id, detail=detail, done="已撤销解除。", reason=reason)
        return
    with st.popover("解除合同"), st.form(f"rescind-{detail.id}", border=False):
        st.text("自解除之日起，按此合同计入的成果不再计入；已上报的列为核减。")
        on = ui.day("解除日期 *", view.as_of)
        reason = ui.area("理由 *")
        sent = st.form_submit_button("确认解除")
    if sent:
        _do(contracts.rescind, detail.id, on, detail=detail, done="已解除合同。", reason=reason)


def _do(verb: Any, *args: Any, detail: ContractDetail, done: str, **options: Any) -> None:
    seen = Seen("contract", detail.id, detail.rev)
    key = ui.once(f"{verb.__name__}-{detail.id}")
    if ui.act(verb, *args, seen=seen, key=key, done=done, **options):
        st.rerun()


def _draft(start: ContractDraft | None, known: Choices, key: str) -> ContractDraft:
    values = draft_form.fields(
        ContractDraft, start, key, lists=known.lists,
        choices={
            "seller_id": known.organisations,
            "buyer_id": known.organisations,
            "project_id": known.projects,
        },
    )  # fmt: skip
    values["no"], values["type"] = values["no"] or "", values["type"] or ""
    return ContractDraft(**values)
