"""The transfers of a result (转化事件): record, verify, correct, void, each with its refusal."""

from decimal import Decimal
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.drafts import TransferDraft
from pilot.domain.parsing import parse_decimal
from pilot.domain.people import Actor, may
from pilot.domain.vocabulary import Standing
from pilot.reports import registry
from pilot.reports.registry import Choices
from pilot.reports.result_detail import Detail, TransferLine
from pilot.screens import draft_form
from pilot.services import transfers
from pilot.services.command import Seen

_BADGES = {
    Standing.COUNTED.label: (":material/check_circle:", "green"),
    Standing.PENDING.label: (":material/hourglass_empty:", "orange"),
    Standing.EXCLUDED.label: (":material/block:", "gray"),
}


def lines(detail: Detail, actor: Actor, writable: bool) -> None:
    """Every transfer with how it stands and what may be done with it."""
    st.markdown(f"##### 转化事件（{len(detail.transfers)}）")
    if not detail.transfers:
        _none(detail, invited=writable and may(actor, "result.save"))
    for line in detail.transfers:
        with st.container(border=True):
            _one(line)
            if writable:
                with st.container(horizontal=True):
                    _buttons(line, actor)


def _none(detail: Detail, *, invited: bool) -> None:
    """What is merged or voided is no result in reserve, and only some may enter a transfer."""
    if detail.merged or detail.voided:
        st.caption("没有转化事件。")
        return
    further = "签了转化合同，就在下面登记。" if invited else ""
    st.info(f"还没有转化事件：这是储备成果。{further}", icon=":material/info:")


def record(detail: Detail, known: Choices) -> None:
    """The form of a new transfer; its contract is entered first, under 合同."""
    st.caption(
        "转让、许可、合作、作价投资要先在“合同”中登记合同；日期、受让方和所在地可由合同带出。"
    )
    key = f"transfer-new-{detail.id}-{len(detail.transfers)}"
    with st.form(key, border=False):
        draft = _draft(None, detail.id, known, key)
        sent = st.form_submit_button("登记转化事件", type="primary", icon=":material/add:")
    if sent:
        done = "已登记转化事件；由另一位人员核验后计入。"
        if ui.act(transfers.record_transfer, draft, key=ui.once(key), done=done):
            st.rerun()


def exact(text: str | None) -> Decimal | None:
    """An amount typed by a person, to the cent."""
    return None if text is None else parse_decimal(text)


def _one(line: TransferLine) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{ui.plain(line.title)}**", width="content")
        if line.standing:
            icon, color = _BADGES[line.standing]
            st.badge(line.standing, icon=icon, color=color)
    st.text("，".join(line.facts))
    note = f"；{line.note}" if line.note else ""
    st.caption(ui.plain(f"{line.checked}{note}"))
    if line.contract_id:
        ui.link("查看合同", "results", section="contracts", contract=line.contract_id)


def _buttons(line: TransferLine, actor: Actor) -> None:
    seen = Seen("transfer", line.id, line.rev)
    if may(actor, "transfer.verify") and not line.verified:
        own = line.entered_by == actor.id
        st.button(
            "核验",
            on_click=ui.act,
            args=(transfers.verify_transfer, line.id),
            kwargs={"seen": seen, "done": "已核验，计入情况已重新判定。"},
            key=f"verify-{line.id}",
            type="primary",
            icon=":material/verified:",
            disabled=own,
            help="录入人不能核验自己录入的转化事件，请由另一位人员核验。" if own else None,
        )
    if may(actor, "transfer.record"):
        _correct(line, actor)
    if may(actor, "transfer.void"):
        _void(line, seen)


def _correct(line: TransferLine, actor: Actor) -> None:
    opened: Any = st.popover("更正", key=f"correct-{line.id}-{line.rev}", on_change="rerun")
    if not opened.open:
        return
    with ui.reading() as session:
        known = registry.choices(session, actor.base_id)
    key = f"transfer-{line.id}-{line.rev}"
    with opened, st.form(key, border=False):
        draft = _draft(line.draft, line.draft.result_id, known, key)
        reason = ui.line("更正理由 *", key=f"{key}-reason")
        sent = st.form_submit_button("保存更正", type="primary")
    if sent:
        seen = Seen("transfer", line.id, line.rev)
        done = "已更正；须重新核验。"
        verb = transfers.correct_transfer
        once = ui.once(key)
        if ui.act(verb, line.id, draft, reason=reason or "", seen=seen, key=once, done=done):
            st.rerun()


def _void(line: TransferLine, seen: Seen) -> None:
    opened = st.popover("作废", key=f"void-transfer-{line.id}")
    with opened, st.form(f"void-transfer-form-{line.id}", border=False):
        st.text("只用于录错的转化事件；合同解除请到合同中登记。")
        reason = ui.area("理由 *", most=500, key=f"void-transfer-reason-{line.id}")
        sent = st.form_submit_button("确认作废")
    if sent:
        key = ui.once(f"void-transfer-{line.id}")
        verb = transfers.void_transfer
        if ui.act(verb, line.id, reason=reason or "", seen=seen, key=key, done="已作废。"):
            st.rerun()


def _draft(start: TransferDraft | None, result_id: int, known: Choices, key: str) -> TransferDraft:
    skip = ["result_id"] if start is None else ["result_id", "contract_id"]
    values = draft_form.fields(
        TransferDraft, start, key, lists=known.lists, skip=skip,
        choices={"contract_id": known.contracts, "receiver_id": known.organisations},
    )  # fmt: skip
    if start is not None:
        values["contract_id"] = start.contract_id
    values["mode"] = values["mode"] or ""
    return TransferDraft(result_id=result_id, **values)
