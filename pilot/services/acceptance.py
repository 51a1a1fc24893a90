"""What acceptance makes of a submission (入库): result, contract and transfer, by the usual verbs.

All in the transaction of the acceptance: the claim stands with it or nothing does.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from pilot.domain.drafts import ContractDraft, OrganisationDraft, ResultDraft, TransferDraft
from pilot.domain.errors import GuardFailed
from pilot.domain.people import Actor
from pilot.domain.submission_parts import Parts, follows, parts
from pilot.services import (
    contracts,
    follow_ups,
    organisations,
    package_parts,
    receivers,
    results,
    submission_people,
    transfers,
)
from pilot.services.command import within
from pilot.store import queries, queries_people, queries_results, queries_submissions
from pilot.store.models import Account, Result, Submission, Transfer

_CHANGE = "填报变更"


def take_in(
    session: Session,
    row: Submission,
    content: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    known_result: int | None = None,
) -> None:
    """Make or change result, children, contract and transfers, or write what follows on a contract.

    `known_result` is one that stays as it is, with its children.

    The author is who entered them, `by` who verified. Raises what the verbs raise.
    """
    author = queries_people.as_actor(session, session.get_one(Account, row.author_id))
    if known_result is not None:
        known(session, row, known_result)
    if follows(content):
        row.result_id = known_result
        follow_ups.take_in(session, row, content, known_result, author=author, by=by, at=at)
        return
    read = _registered(session, parts(content), by, at)
    before = receivers.accepted_before(session, row)
    row.result_id = known_result or _result(session, row, read.result, author, at)
    if known_result is None:
        holder = read.result.holders[0].organisation_id
        submission_people.put_in_charge(session, row, content, holder, by=by, at=at)
        change = (row.result_id, read.result, read.children, before.children)
        package_parts.set_children(session, *change, by=author, at=at)
    if read.transfer is not None:
        _move(session, row, read, before, author, by, at)


def _move(
    session: Session,
    row: Submission,
    read: Parts,
    before: Parts,
    author: Actor,
    by: Actor,
    at: datetime,
) -> None:
    """Contract and transfers; the reviewer's acceptance verifies each of them.

    A transfer that another submission has brought already is used as it is and stays its own.
    """
    receivers.take_out(session, row, read, before, by=author, at=at)
    if read.contract is not None:
        row.contract_id = _contract(session, row, read.contract, author, at)
    draft = replace(read.transfer, result_id=row.result_id, contract_id=row.contract_id)
    first = receivers.registered(session, draft) if row.transfer_id is None else None
    if first is None:
        first = _transfer(session, row.transfer_id, draft, author, at)
        row.transfer_id = first.id
    session.flush()
    others = receivers.set_receivers(session, row, draft, read, by=author, at=at)
    session.flush()
    for transfer in (first, *others):
        if transfer.verified_at is None:
            within(transfers.verify_transfer)(session, transfer.id, by=by, at=at)


def known(session: Session, row: Submission, result_id: int) -> Result:
    """The registered result that a submission is the same as; it still stands."""
    result = queries.one(session, Result, row.base_id, result_id)
    if result.voided_at is not None:
        raise GuardFailed([f"成果 {result.code} 已作废，不能并入；请选择有效的成果"])
    return result


def _registered(session: Session, read: Parts, by: Actor, at: datetime) -> Parts:
    """The same with every organisation that was asked for in the registry."""
    ids = {
        -place: _organisation(session, draft, by, at)
        for place, draft in enumerate(read.organisations, 1)
    }

    def named(one: int | None) -> int | None:
        return ids.get(one, one)

    holders = tuple(
        replace(held, organisation_id=named(held.organisation_id)) for held in read.result.holders
    )
    contract, transfer = read.contract, read.transfer
    others = tuple(named(one) for one in read.receivers)
    if contract is not None:
        parties = {"seller_id": named(contract.seller_id), "buyer_id": named(contract.buyer_id)}
        contract = replace(contract, **parties)
    if transfer is not None:
        transfer = replace(transfer, receiver_id=named(transfer.receiver_id))
    return replace(
        read,
        result=replace(read.result, holders=holders),
        contract=contract,
        transfer=transfer,
        organisations=(),
        receivers=others,
    )


def _organisation(session: Session, draft: OrganisationDraft, by: Actor, at: datetime) -> int:
    """The organisation of this credit code, registered now if nobody has yet."""
    if draft.uscc:
        known = queries_submissions.organisation_with(session, by.base_id, draft.uscc)
        if known is not None:
            return known.id
    return within(organisations.save_organisation)(session, draft, by=by, at=at).id


def _result(
    session: Session, row: Submission, draft: ResultDraft, author: Actor, at: datetime
) -> int:
    """The person responsible follows from the content's own part; a change without one keeps it."""
    options, responsible = {}, None
    if row.result_id is not None:
        options = {"result_id": row.result_id, "reason": _CHANGE}
        responsible = session.get_one(Result, row.result_id).contact_id
    draft = replace(draft, contact_id=responsible)
    return within(results.save_result)(session, draft, by=author, at=at, **options).id


def _contract(
    session: Session, row: Submission, draft: ContractDraft, author: Actor, at: datetime
) -> int:
    """The contract of a change is changed; one that another submission brought is used as it is."""
    if row.contract_id is not None:
        save = within(contracts.save_contract)
        options = {"contract_id": row.contract_id, "reason": _CHANGE}
        return save(session, draft, by=author, at=at, **options).id
    known = queries_results.contract_numbered(session, author.base_id, str(draft.no).strip())
    if known is not None:
        return known.id
    return within(contracts.save_contract)(session, draft, by=author, at=at).id


def _transfer(
    session: Session, known: int | None, draft: TransferDraft, author: Actor, at: datetime
) -> Transfer:
    if known is None:
        return within(transfers.record_transfer)(session, draft, by=author, at=at)
    correct = within(transfers.correct_transfer)
    return correct(session, known, draft, by=author, at=at, reason=_CHANGE)
