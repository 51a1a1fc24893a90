"""Transfers (转化事件): record, correct, verify, void."""

from datetime import datetime
from decimal import Decimal

from sqlmodel import Session

from pilot.domain.draft_fields import described
from pilot.domain.drafts import BY_CONTRACT, TransferDraft, checked
from pilot.domain.errors import Conflict, GuardFailed, Invalid, NotAllowed
from pilot.domain.moment import local_day
from pilot.domain.people import Actor
from pilot.domain.vocabulary import ContractState
from pilot.services import consequences
from pilot.services.command import verb
from pilot.services.contracts import event_day
from pilot.store import queries, queries_codes, queries_results
from pilot.store.models import Contract, Organisation, Result, Transfer

ONE_CONTRACT = "一个合同一批专利算1项"


@verb("transfer.record")
def record_transfer(session: Session, draft: TransferDraft, *, by: Actor, at: datetime) -> Transfer:
    """Record that a result changed hands; it awaits a check by somebody else."""
    values = _settled(session, draft, by, at)
    transfer = Transfer(base_id=by.base_id, entered_by=by.id, recorded_at=at, **values)
    session.add(transfer)
    _follow(session, transfer, at, "登记转化事件")
    return transfer


@verb("transfer.record")
def correct_transfer(
    session: Session,
    transfer_id: int,
    draft: TransferDraft,
    *,
    by: Actor,
    at: datetime,
    reason: str,
) -> Transfer:
    """Correct a transfer (更正), with the reason; it is checked anew, not by the corrector.

    Result and contract stay: a transfer of the wrong one is voided and recorded again.
    """
    transfer = _standing(queries.one(session, Transfer, by.base_id, transfer_id))
    _check_reason(reason, "更正")
    same = (transfer.result_id, transfer.contract_id)
    if (draft.result_id, draft.contract_id) != same:
        raise Invalid("result_id", "成果或合同录错时，请作废后重新登记转化事件。")
    for name, value in _settled(session, draft, by, at, transfer).items():
        setattr(transfer, name, value)
    transfer.entered_by = by.id
    consequences.send_back([transfer])
    _follow(session, transfer, at, reason)
    return transfer


@verb("transfer.verify")
def verify_transfer(session: Session, transfer_id: int, *, by: Actor, at: datetime) -> Transfer:
    """Confirm a transfer against its papers (核验); not by the person who entered it."""
    transfer = _standing(queries.one(session, Transfer, by.base_id, transfer_id))
    if transfer.verified_at is not None:
        raise Conflict("这个转化事件已经核验，不需要再次核验。")
    if transfer.entered_by == by.id:
        raise NotAllowed("录入人不能核验自己录入或更正的转化事件，请由另一位人员核验。")
    transfer.verified_by, transfer.verified_at = by.id, at
    _follow(session, transfer, at, "核验转化事件")
    return transfer


@verb("transfer.void")
def void_transfer(
    session: Session, transfer_id: int, *, by: Actor, at: datetime, reason: str
) -> Transfer:
    """Take back a transfer recorded by mistake (作废)."""
    transfer = _standing(queries.one(session, Transfer, by.base_id, transfer_id))
    _check_reason(reason, "作废")
    transfer.voided_at, transfer.void_reason = at, reason.strip()
    _follow(session, transfer, at, reason)
    return transfer


def transfer_draft(transfer: Transfer) -> TransferDraft:
    """The draft that would leave a transfer as it is; a form starts from it."""
    return TransferDraft(**{name: getattr(transfer, name) for name in described(TransferDraft)})


def check_one_contract(
    session: Session, result: Result, contract_id: int, own_price: Decimal | None
) -> None:
    """Results under one contract are one package, unless split for a stated reason (§3.5)."""
    package = result.package_id or result.id
    strangers = [
        other
        for other in queries_results.results_under(session, contract_id)
        if (other.package_id or other.id) != package
    ]
    separate = result.split_reason and (own_price is not None or result.registration_no)
    if strangers and not separate:
        other = strangers[0]
        raise GuardFailed(
            [
                f"{ONE_CONTRACT}：该合同已转化成果 {other.code}《{other.title}》；"
                f"请把 {result.code} 归入同一成果包，或以单独价格、单独登记为由拆分"
            ]
        )


def _settled(
    session: Session,
    draft: TransferDraft,
    by: Actor,
    at: datetime,
    standing: Transfer | None = None,
) -> dict:
    """The values to store: checked, with day, receiver and area filled in from what is known."""
    lists = queries_codes.lists(session, by.base_id, retired=standing is not None)
    draft = checked(draft, lists, local_day(at))
    result = queries.one(session, Result, by.base_id, draft.result_id)
    if result.voided_at is not None:
        raise GuardFailed([f"成果 {result.code} 已作废，不能登记转化"])
    values = {name: getattr(draft, name) for name in described(TransferDraft)}
    if draft.contract_id is not None:
        values |= _under_contract(session, result, draft, by, standing)
    return values | _received(session, values, by)


def _under_contract(
    session: Session, result: Result, draft: TransferDraft, by: Actor, standing: Transfer | None
) -> dict:
    contract = queries.one(session, Contract, by.base_id, draft.contract_id)
    if contract.state is ContractState.RESCINDED and standing is None:
        raise GuardFailed([f"合同 {contract.no} 已于 {contract.rescinded_on} 解除，不能登记转化"])
    receiver_id = draft.receiver_id or contract.buyer_id
    _check_new_event(session, result, contract, receiver_id, standing)
    check_one_contract(session, result, contract.id, draft.own_price)
    if draft.mode not in BY_CONTRACT:
        return {"receiver_id": receiver_id}
    day = event_day(contract)
    if draft.event_on not in (None, day):
        which = "生效日期" if day != contract.signed_on else "签订日期"
        raise Invalid("event_on", f"此种方式的转化日期是合同{which} {day}，可留空由系统填写。")
    return {"receiver_id": receiver_id, "event_on": day}


def _check_new_event(
    session: Session,
    result: Result,
    contract: Contract,
    receiver_id: int | None,
    standing: Transfer | None,
) -> None:
    """An amended, renewed or instalment-paid contract is no new event (§3.5)."""
    for other in queries_results.transfers_under(session, contract.id):
        same = (other.result_id, other.receiver_id) == (result.id, receiver_id)
        if same and other is not standing:
            raise Conflict(
                f"成果 {result.code} 按合同 {contract.no} 的转化已经登记（{other.event_on}）；"
                "合同变更、续签、分期付款和补登记都不是新的转化。"
            )


def _received(session: Session, values: dict, by: Actor) -> dict:
    if values["receiver_id"] is None:
        if values["mode"] in BY_CONTRACT:
            raise Invalid("receiver_id", "请选择受让方，或先在合同中补充受让方。")
        return {}
    receiver = queries.one(session, Organisation, by.base_id, values["receiver_id"])
    return {"receive_area": values["receive_area"] or receiver.reg_area}


def _check_reason(reason: str, what: str) -> None:
    if not reason.strip():
        raise Invalid("reason", f"“{what}”必须填写理由。")


def _standing(transfer: Transfer) -> Transfer:
    if transfer.voided_at is not None:
        raise GuardFailed(["这个转化事件已作废，不能再改动"])
    return transfer


def _follow(session: Session, transfer: Transfer, at: datetime, reason: str) -> None:
    consequences.of_transfers(session, transfer.base_id, [transfer], at=at, reason=reason)
