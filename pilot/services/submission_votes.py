"""How many must verify a submission (核实人数): judged as if its transfer were recorded already."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from pilot.domain.counting import ContractFact, PackageFact, TransferFact
from pilot.domain.counting_cases import makes_claim
from pilot.domain.draft_fields import tidy
from pilot.domain.draft_follow_ups import FollowUpKind
from pilot.domain.drafts import BY_CONTRACT, ContractDraft, FollowUpDraft, TransferDraft
from pilot.domain.submission_parts import ITS_OWN, Parts, parts
from pilot.domain.submissions import Votes, votes_needed
from pilot.services.contracts import event_day
from pilot.store import queries_counting, queries_packages, queries_results, queries_submissions
from pilot.store.models import Contract, Result, ReviewPolicy


def votes_for(
    session: Session, base_id: int, content: Mapping[str, Any], *, known_result: int | None = None
) -> Votes:
    """How many independent verifications a sent content needs, and why.

    A contract that is registered already counts as it is registered; with `known_result` the
    transfer is one of that result.
    """
    read = parts(content)
    if read.follow_up is not None:
        return _of_follow_up(session, base_id, tidy(read.follow_up))
    contract = _contract(session, base_id, read.contract) if read.contract else None
    claims = False
    if read.transfer is not None:
        fact = _package(session, base_id, read, known_result)
        rules = queries_counting.rules(session, base_id)
        draft = tidy(read.transfer)
        others = (replace(draft, receiver_id=one, receive_area=None) for one in read.receivers)
        facts = [_transfer(session, read, one, contract) for one in (draft, *others)]
        claims = any(makes_claim(fact, one, rules) for one in facts)
    amount = (contract.amount if contract else None) or Decimal(0)
    return votes_needed(makes_claim=claims, amount=amount, limit=_limit(session, base_id))


def _of_follow_up(session: Session, base_id: int, draft: FollowUpDraft) -> Votes:
    """A rescission takes back what counts; of the rest only large amounts need two."""
    contract = session.get(Contract, draft.contract_id)
    amounts = [draft.amount, contract.amount if contract else None]
    return votes_needed(
        makes_claim=False,
        amount=max(amount or Decimal(0) for amount in amounts),
        limit=_limit(session, base_id),
        rescinds=draft.kind is FollowUpKind.RESCISSION,
    )


def _limit(session: Session, base_id: int) -> Decimal:
    policy = queries_submissions.policy(session, base_id)
    if policy is None:
        return ReviewPolicy.model_fields["two_person_amount"].default
    return policy.two_person_amount


def _contract(session: Session, base_id: int, draft: ContractDraft) -> Contract | ContractDraft:
    """The contract as it is registered, else as it was sent."""
    draft = tidy(draft)
    return queries_results.contract_numbered(session, base_id, draft.no or "") or draft


def _package(session: Session, base_id: int, read: Parts, known: int | None) -> PackageFact:
    """What counting would look at: the registered package, or one of the content alone."""
    if known is not None:
        row = session.get_one(Result, known)
        root = row.package_id if row.package_id and not row.split_reason else row.id
        (fact,) = queries_packages.package_facts(session, base_id, [root])
        return fact
    areas = _areas(session, read)
    return PackageFact(
        result_id=ITS_OWN,
        kind=read.result.kind,
        in_base=False,
        holder_areas=tuple(areas.get(one.organisation_id) for one in read.result.holders),
    )


def _transfer(
    session: Session,
    read: Parts,
    draft: TransferDraft,
    contract: Contract | ContractDraft | None,
) -> TransferFact:
    receiver = draft.receiver_id or (contract.buyer_id if contract else None)
    areas = _areas(session, read, receiver)
    day = event_day(contract) if contract and draft.mode in BY_CONTRACT else draft.event_on
    return TransferFact(
        id=ITS_OWN,
        result_id=ITS_OWN,
        mode=draft.mode,
        event_on=day,
        contract=_fact(contract) if contract else None,
        receive_area=draft.receive_area or areas.get(receiver),
        implement_area=draft.implement_area,
        verified=True,
    )


def _fact(contract: Contract | ContractDraft) -> ContractFact:
    return ContractFact(
        id=ITS_OWN,
        type=contract.type,
        signed_on=contract.signed_on,
        conditional=contract.conditional,
        effective_on=contract.effective_on,
    )


def _areas(session: Session, read: Parts, receiver_id: int | None = None) -> dict[int, str | None]:
    """Where holders and receiver are registered; units only asked for by their place (-1, -2)."""
    named = {receiver_id, *(one.organisation_id for one in read.result.holders)} - {None}
    known = queries_submissions.holders_of(session, named)
    areas = {row.id: row.reg_area for row in known.values()}
    return areas | {-at: one.reg_area for at, one in enumerate(read.organisations, 1)}
