"""成果转化明细 as a statement: a year's transfers as known then; and whether M3 counts each."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import Row, Select, func, tuple_
from sqlmodel import Session, col, select

from pilot.domain.moment import Moment
from pilot.domain.vocabulary import Indicator, Scope
from pilot.store import search
from pilot.store.models import Claim, ClaimSource, TransferSpan
from pilot.store.queries_tables import base_name, live_claims

_LINE = (
    "transfer_id", "result_id", "contract_id", "result_code", "title", "kind", "field", "patents",
    "registration_no", "holders", "holder_codes", "receiver", "receiver_uscc", "receive_area",
    "implement_area", "mode", "contract_no", "contract_type", "contract_registration_no",
    "signed_on", "event_on", "amount", "related_parties", "rescinded_on", "verified",
)  # fmt: skip
KEY = col(TransferSpan.id)  # what tells the list's rows apart


def transfers(
    bases: Sequence[int],
    view: Moment,
    *,
    text: str = "",
    year: int | None = None,
    result_id: int | None = None,
) -> Select:
    """成果转化明细: one row a transfer as known then, of a year, of one result or of all."""
    span = TransferSpan
    query = lines().where(
        col(span.base_id).in_(bases),
        span.event_on <= view.as_of,
        span.known_from <= view.known_at,
        span.known_to > view.known_at,
    )
    if year is not None:
        first, last = date(year, 1, 1), date(year, 12, 31)
        query = query.where(span.event_on >= first, span.event_on <= last)
    if result_id is not None:
        query = query.where(span.result_id == result_id)
    if words := text.strip():
        columns = (span.title, span.result_code, span.contract_no, span.receiver, span.holders)
        query = query.where(search.any_holds(columns, words))
    return query


def lines() -> Select:
    """The same for spans that another condition names, as those found by their keys."""
    span = TransferSpan
    told = [getattr(span, name) for name in _LINE]
    query = select(base_name(span.base_id), span.base_id, *told)
    return query.order_by(col(span.base_id), col(span.event_on), col(span.transfer_id))


def judgements(
    session: Session,
    bases: Sequence[int],
    view: Moment,
    scope: Scope,
    transfer_ids: Collection[int],
) -> Mapping[int, Row]:
    """How M3 stands for these transfers: standing, rule and missing of the live claim that rests
    on each. One that no claim rests on is not in it: it awaits its first judgement.
    """
    rest = _resting(bases, scope, transfer_ids)
    units = select(Claim.unit_kind, Claim.unit_id).where(*rest)
    about = [
        Claim.indicator == Indicator.TRANSFERRED,
        Claim.scope == scope,
        tuple_(col(Claim.unit_kind), col(Claim.unit_id)).in_(units),
    ]
    query = (
        select(
            ClaimSource.row_id,
            func.min(Claim.standing).label("standing"),
            func.min(Claim.rule).label("rule"),
            func.replace(func.min(Claim.missing), "\n", "；").label("missing"),
        )
        .join(Claim, col(Claim.id) == col(ClaimSource.claim_id))
        .where(
            ClaimSource.kind == "transfer",
            col(ClaimSource.row_id).in_(transfer_ids),
            *live_claims(bases, view, about),
        )
        .group_by(col(ClaimSource.row_id))
    )
    return {row.row_id: row for row in session.execute(query)}


def _resting(bases: Sequence[int], scope: Scope, transfer_ids: Collection[int]) -> tuple:
    """The condition of M3's claims that rest on one of these transfers."""
    claims = select(ClaimSource.claim_id).where(
        ClaimSource.kind == "transfer", col(ClaimSource.row_id).in_(transfer_ids)
    )
    return (
        col(Claim.base_id).in_(bases),
        Claim.indicator == Indicator.TRANSFERRED,
        Claim.scope == scope,
        col(Claim.id).in_(claims),
    )
