"""成果转化明细 as a statement: a year's transfers as known then, and whether M3 counts them."""

from collections.abc import Sequence

from sqlalchemy import Select, case, func
from sqlmodel import col, or_, select

from pilot.domain.moment import Moment
from pilot.domain.vocabulary import Indicator, Scope, Standing
from pilot.store.models import Base, Claim, ClaimSource, TransferSpan
from pilot.store.queries_tables import live_claims


def transfers(
    bases: Sequence[int],
    view: Moment,
    *,
    text: str = "",
    scope: Scope = Scope.CITY,
    year: int | None = None,
) -> Select:
    """成果转化明细: one row a transfer of the year as known then, with whether M3 counts it."""
    span = TransferSpan
    judged = _judged(bases, view, scope).subquery()
    query = (
        select(
            Base.name.label("base"),
            span.base_id,
            span.transfer_id,
            span.result_id,
            span.contract_id,
            *[
                getattr(span, name)
                for name in (
                    "result_code",
                    "title",
                    "kind",
                    "field",
                    "patents",
                    "registration_no",
                    "holders",
                    "holder_codes",
                    "receiver",
                    "receiver_uscc",
                    "receive_area",
                    "implement_area",
                    "mode",
                    "contract_no",
                    "contract_type",
                    "contract_registration_no",
                    "signed_on",
                    "event_on",
                    "amount",
                    "related_parties",
                    "rescinded_on",
                    "verified",
                )
            ],
            case(
                (judged.c.standing.is_(None), Standing.PENDING.value), else_=judged.c.standing
            ).label("standing"),
            judged.c.rule,
            judged.c.missing,
        )
        .join(Base, col(Base.id) == col(span.base_id))
        .join(judged, judged.c.transfer_id == span.transfer_id, isouter=True)
        .where(
            col(span.base_id).in_(bases),
            span.event_on <= view.as_of,
            span.known_from <= view.known_at,
            span.known_to > view.known_at,
        )
    )
    if year is not None:
        query = query.where(func.extract("year", span.event_on) == year)
    if words := text.strip():
        columns = (span.title, span.result_code, span.contract_no, span.receiver, span.holders)
        query = query.where(or_(*[col(c).icontains(words, autoescape=True) for c in columns]))
    return query.order_by(col(span.base_id), col(span.event_on), col(span.transfer_id))


def _judged(bases: Sequence[int], view: Moment, scope: Scope) -> Select:
    """How M3 stands for each transfer: the live claim that rests on it."""
    return (
        select(
            ClaimSource.row_id.label("transfer_id"),
            func.min(Claim.standing).label("standing"),
            func.min(Claim.rule).label("rule"),
            func.replace(func.min(Claim.missing), "\n", "；").label("missing"),
        )
        .join(Claim, col(Claim.id) == col(ClaimSource.claim_id))
        .where(
            ClaimSource.kind == "transfer",
            *live_claims(
                bases, view, [Claim.indicator == Indicator.TRANSFERRED, Claim.scope == scope]
            ),
        )
        .group_by(col(ClaimSource.row_id))
    )
