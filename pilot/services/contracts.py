"""Contracts (合同): enter and edit them, rescind."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session

from pilot.domain.draft_fields import described
from pilot.domain.drafts import BY_CONTRACT, ContractDraft, checked
from pilot.domain.errors import Conflict, GuardFailed, Invalid
from pilot.domain.identifiers import contract_no_key
from pilot.domain.moment import local_day
from pilot.domain.people import Actor
from pilot.domain.vocabulary import ContractState
from pilot.services import consequences
from pilot.services.command import verb
from pilot.store import queries, queries_codes, queries_results
from pilot.store.models import Contract, Organisation, Project, Transfer

# What decides whether, where and when a transfer counts: a change is checked anew.
_DECISIVE = ("type", "signed_on", "conditional", "effective_on", "seller_id", "buyer_id")


@verb("contract.save")
def save_contract(
    session: Session,
    draft: ContractDraft,
    *,
    by: Actor,
    at: datetime,
    contract_id: int | None = None,
    reason: str = "",
) -> Contract:
    """Enter a contract, or change one.

    When its days, type or parties change, its transfers follow and await a new check.
    """
    lists = queries_codes.lists(session, by.base_id, retired=contract_id is not None)
    draft = checked(draft, lists, local_day(at))
    _check_references(session, draft, by)
    _check_free(session, draft, by, contract_id)
    if contract_id is None:
        contract = Contract(base_id=by.base_id, recorded_at=at, **_values(draft))
        session.add(contract)
        session.flush()
        return contract
    contract = queries.one(session, Contract, by.base_id, contract_id)
    return _change(session, contract, draft, at, reason or "修改合同信息")


@verb("contract.rescind")
def rescind(
    session: Session, contract_id: int, on: date, *, by: Actor, at: datetime, reason: str
) -> Contract:
    """Record that a contract was rescinded on a day (解除)."""
    contract = queries.one(session, Contract, by.base_id, contract_id)
    if contract.state is ContractState.RESCINDED:
        raise Conflict(f"合同 {contract.no} 已于 {contract.rescinded_on} 解除。")
    _check_reason(reason)
    if not contract.signed_on <= on <= local_day(at):
        raise Invalid("on", f"解除日期应在签订日期 {contract.signed_on} 与今天之间。")
    contract.state, contract.rescinded_on = ContractState.RESCINDED, on
    _recount(session, contract, at, reason)
    return contract


@verb("contract.rescind")
def reinstate(
    session: Session, contract_id: int, *, by: Actor, at: datetime, reason: str
) -> Contract:
    """Take back a rescission recorded by mistake (撤销解除)."""
    contract = queries.one(session, Contract, by.base_id, contract_id)
    if contract.state is not ContractState.RESCINDED:
        raise Conflict(f"合同 {contract.no} 没有解除。")
    _check_reason(reason)
    contract.state, contract.rescinded_on = ContractState.IN_FORCE, None
    _recount(session, contract, at, reason)
    return contract


def contract_draft(contract: Contract) -> ContractDraft:
    """The draft that would leave a contract as it is; a form starts from it."""
    return ContractDraft(**{name: getattr(contract, name) for name in described(ContractDraft)})


def event_day(contract: Contract) -> date:
    """The day of a transfer under a contract: signed, or in force if that has a condition."""
    return (contract.conditional and contract.effective_on) or contract.signed_on


def _values(draft: ContractDraft) -> dict:
    plain = {name: getattr(draft, name) for name in described(ContractDraft)}
    return plain | {"no_key": contract_no_key(draft.no)}


def _check_references(session: Session, draft: ContractDraft, by: Actor) -> None:
    for kind, row_id in (
        (Organisation, draft.seller_id),
        (Organisation, draft.buyer_id),
        (Project, draft.project_id),
    ):
        if row_id is not None:
            queries.one(session, kind, by.base_id, row_id)


def _check_free(session: Session, draft: ContractDraft, by: Actor, contract_id: int | None) -> None:
    """Contract number and registration number each name one contract of the base."""
    same = queries_results.contract_numbered(session, by.base_id, draft.no)
    if same and same.id != contract_id:
        raise Conflict(f"合同编号 {draft.no} 已经登记（{same.signed_on} 签订），请直接选用。")
    number = draft.registration_no
    same = number and queries_results.contract_registered(session, by.base_id, number)
    if same and same.id != contract_id:
        raise Conflict(f"技术合同登记编号 {number} 已属于合同 {same.no}，请核对。")


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("reason", "必须填写理由。")


def _change(
    session: Session, contract: Contract, draft: ContractDraft, at: datetime, reason: str
) -> Contract:
    if contract.state is ContractState.RESCINDED:
        raise GuardFailed([f"合同 {contract.no} 已于 {contract.rescinded_on} 解除，不能再修改"])
    before = contract_draft(contract)
    for name, value in _values(draft).items():
        setattr(contract, name, value)
    session.flush()
    transfers = queries_results.transfers_under(session, contract.id)
    if any(getattr(before, name) != getattr(contract, name) for name in _DECISIVE):
        _redate(transfers, contract)
        _readdress(session, transfers, before.buyer_id, contract.buyer_id)
        consequences.send_back(transfers)
    consequences.of_transfers(session, contract.base_id, transfers, at=at, reason=reason)
    return contract


def _redate(transfers: Sequence[Transfer], contract: Contract) -> None:
    for transfer in transfers:
        if transfer.mode in BY_CONTRACT:
            transfer.event_on = event_day(contract)


def _readdress(
    session: Session, transfers: Sequence[Transfer], old_id: int | None, new_id: int | None
) -> None:
    """Transfers that the old buyer received go to the new one."""
    if new_id in (None, old_id):
        return
    buyer = session.get(Organisation, new_id)
    for transfer in transfers:
        if transfer.receiver_id in (None, old_id):
            transfer.receiver_id, transfer.receive_area = buyer.id, buyer.reg_area


def _recount(session: Session, contract: Contract, at: datetime, reason: str) -> None:
    session.flush()
    transfers = queries_results.transfers_under(session, contract.id)
    consequences.of_transfers(session, contract.base_id, transfers, at=at, reason=reason)
