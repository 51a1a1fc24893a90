"""What follows on a contract that is there already (合同后续事项): checked and taken in.

None of it is a new event; a rescission ends what its contract counted (M3-R5, M3-R11).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from pilot.domain.draft_fields import described, is_blank
from pilot.domain.draft_follow_ups import FollowUpKind
from pilot.domain.drafts import FollowUpDraft, as_stored, checked
from pilot.domain.errors import Conflict, GuardFailed
from pilot.domain.moment import local_day
from pilot.domain.parsing import ParseError, parse_date, parse_decimal
from pilot.domain.people import Actor
from pilot.domain.problems import Problem
from pilot.domain.submission_parts import follows, parts
from pilot.domain.vocabulary import ContractState
from pilot.services import contracts
from pilot.services.command import within
from pilot.store import queries_codes, queries_follow_ups, queries_results
from pilot.store.models import Contract, FollowUp, Submission

CONTRACT = "follow_up.contract_id"


def check_changeable(content: Mapping[str, Any]) -> None:
    """What followed on a contract happened once: it is corrected at the contract itself."""
    if follows(content):
        raise Conflict(
            "合同的后续事项已经登记，不能申请变更；录错的请联系基地管理人员在合同中更正。"
        )


def registry_problems(
    session: Session, row: Submission, content: Mapping[str, Any], result_id: int | None
) -> list[Problem]:
    """What only the registry can say of a follow-up: its contract, days and result."""
    draft = parts(content).follow_up
    if draft is None:
        return []
    if row.changes_id is not None:
        message = "变更申请只改原来填报的内容。"
        return [Problem(CONTRACT, "follow-up-in-change", message, "请新建填报来登记后续事项。")]
    if not isinstance(draft.contract_id, int):
        return []  # the draft itself asks for it
    contract = queries_follow_ups.reachable(session, row.base_id, row.author_id, draft.contract_id)
    if contract is None:
        message = "原合同不是本人填报或本单位的合同。"
        return [Problem(CONTRACT, "contract-unknown", message, "请从列表中选择。")]
    return [*_standing(contract), *_result(session, contract, result_id), *_fits(contract, draft)]


def results_of(session: Session, contract_id: int) -> dict[int, str]:
    """The results that count under a contract, by id: a package for its parts."""
    rows = queries_results.roots_under(session, contract_id)
    return {row.id: f"{row.code} {row.title}" for row in rows}


def take_in(
    session: Session,
    row: Submission,
    content: Mapping[str, Any],
    result_id: int | None,
    *,
    author: Actor,
    by: Actor,
    at: datetime,
) -> None:
    """Write what followed to its contract; nothing of it is a transfer."""
    if lacks := registry_problems(session, row, content, result_id):
        raise GuardFailed([each.message for each in lacks])
    lists = queries_codes.lists(session, row.base_id, retired=True)
    draft = checked(parts(content).follow_up, lists, local_day(at))
    values = {name: getattr(draft, name) for name in described(FollowUpDraft)}
    del values["registration_no"]  # it is the contract's own
    session.add(FollowUp(base_id=row.base_id, submission_id=row.id, recorded_at=at, **values))
    row.contract_id = draft.contract_id
    contract = session.get_one(Contract, draft.contract_id)
    if draft.kind is FollowUpKind.RESCISSION:
        rescind = within(contracts.rescind)
        rescind(session, contract.id, draft.happened_on, by=by, at=at, reason=draft.note)
        return
    changed = _changed(contract, draft)
    if changed != contracts.contract_draft(contract):
        save = within(contracts.save_contract)
        reason = f"填报 {row.receipt}：{draft.kind.label}"
        save(session, changed, by=author, at=at, contract_id=contract.id, reason=reason)


def _changed(contract: Contract, draft: FollowUpDraft) -> Any:
    """The contract as it reads afterwards; an instalment leaves it as it is."""
    before = contracts.contract_draft(contract)
    if draft.kind is FollowUpKind.AMENDMENT:
        return replace(before, state=ContractState.AMENDED, amount=draft.amount or before.amount)
    if draft.kind is FollowUpKind.RENEWAL:
        ended = before.state is ContractState.COMPLETED
        state = ContractState.IN_FORCE if ended else before.state
        return replace(before, state=state, amount=draft.amount or before.amount)
    if draft.kind is FollowUpKind.REGISTRATION:
        known = replace(
            before, registration_no=draft.registration_no, registered_on=draft.happened_on
        )
        return as_stored(known)
    return before


def _standing(contract: Contract) -> Iterator[Problem]:
    if contract.state is ContractState.RESCINDED:
        message = f"原合同 {contract.no} 已于 {contract.rescinded_on} 解除。"
        yield Problem(CONTRACT, "contract-rescinded", message, "解除后重新签订的请按新的转化填报。")


def _result(session: Session, contract: Contract, result_id: int | None) -> Iterator[Problem]:
    """A follow-up is about a result that changed hands under its contract."""
    known = results_of(session, contract.id)
    if not known:
        message = f"原合同 {contract.no} 还没有登记转化的成果。"
        yield Problem(CONTRACT, "contract-empty", message, "请按新的转化填报。")
    elif result_id not in known:
        rule = "result-required" if result_id is None else "result-of-contract"
        message = "没有选择原合同转化的是哪一项成果。"
        remedy = "补充协议转化另一项成果的，请按新的转化填报。"
        yield Problem(CONTRACT, rule, message, remedy)


def _fits(contract: Contract, draft: FollowUpDraft) -> Iterator[Problem]:
    """The day and the amounts against those of the contract; what cannot be read is said apart."""
    name = "follow_up.happened_on"
    try:
        early = parse_date(draft.happened_on) < contract.signed_on
        amount = None if is_blank(draft.amount) else parse_decimal(draft.amount)
    except ParseError:
        return
    if early:
        message = f"发生日期早于原合同的签订日期 {contract.signed_on}。"
        yield Problem(name, "before-signing", message, "请核对日期。")
    if draft.kind in (FollowUpKind.AMENDMENT, FollowUpKind.RENEWAL):
        yield from _amount(contract, amount)
    if draft.kind == FollowUpKind.REGISTRATION and contract.registration_no:
        message = f"原合同已经登记，编号 {contract.registration_no}。"
        yield Problem(CONTRACT, "registered-already", message, "编号有误的请联系基地管理人员。")


def _amount(contract: Contract, amount: Decimal | None) -> Iterator[Problem]:
    part = contract.technology_amount
    if amount and part is not None and amount < part:
        message = f"变更后的成交额小于原合同的技术交易额 {part:,.2f} 万元。"
        yield Problem("follow_up.amount", "part-of-amount", message, "请核对两个金额。")
