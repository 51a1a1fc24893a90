"""Definitions, ledger entries and the sums on the cards; each a plain indexed query."""

import functools
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Select, bindparam, func
from sqlmodel import Session, and_, col, or_, select

from pilot.domain.counting import Rules, Source
from pilot.domain.ledger import Entry
from pilot.domain.moment import Moment
from pilot.domain.vocabulary import Indicator, LandingLevel, Scope, Standing
from pilot.store.asked import some
from pilot.store.models import Claim, ClaimSource, Definition

# Built once: every recount asks them.
_DEFINITIONS = (
    select(Definition)
    .where(Definition.base_id == bindparam("base"), col(Definition.superseded_at).is_(None))
    .order_by(col(Definition.indicator), col(Definition.valid_from), col(Definition.version))
)
_SOURCES = (
    select(ClaimSource)
    .where(some(ClaimSource.claim_id))
    .order_by(col(ClaimSource.claim_id), col(ClaimSource.kind), col(ClaimSource.row_id))
)


def definitions(session: Session, base_id: int) -> Sequence[Definition]:
    """The definition versions in force, by indicator and first day."""
    return session.exec(_DEFINITIONS, params={"base": base_id}).all()


def rules(session: Session, base_id: int) -> list[Rules]:
    """The same, as the rules that counting reads."""
    return [
        Rules(
            id=row.id,
            indicator=row.indicator,
            version=row.version,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            headline=row.headline,
            admission_event=row.admission_event,
            threshold=row.threshold,
            locality=row.locality,
            include_four_tech=row.include_four_tech,
        )
        for row in definitions(session, base_id)
    ]


def threshold(session: Session, base_id: int, on: date) -> LandingLevel:
    """The landing level that makes a project industrialised on a day (L4 if nothing is said)."""
    found = [
        row.threshold
        for row in definitions(session, base_id)
        if row.indicator is Indicator.INDUSTRIALISED and row.valid_from <= on <= row.valid_to
    ]
    return found[-1] if found else LandingLevel.L4


def entries(session: Session, base_id: int, units: Mapping[str, Collection[int]]) -> list[Entry]:
    """Every entry of the ledger about these units, in the order they were recorded."""
    wanted = {kind: list(ids) for kind, ids in units.items() if ids}
    if not wanted:
        return []
    rows = session.exec(_about(tuple(wanted)), params={"base": base_id, **wanted}).all()
    return as_entries(session, rows)


@functools.cache
def _about(kinds: tuple[str, ...]) -> Select:
    """The claims about units of these kinds, each told by the ids under its kind's name."""
    units = [
        and_(Claim.unit_kind == kind, col(Claim.unit_id).in_(bindparam(kind, expanding=True)))
        for kind in kinds
    ]
    return (
        select(Claim).where(Claim.base_id == bindparam("base"), or_(*units)).order_by(col(Claim.id))
    )


def all_entries(session: Session, base_id: int) -> list[Entry]:
    """The whole ledger of a base."""
    rows = session.exec(select(Claim).where(Claim.base_id == base_id).order_by(col(Claim.id))).all()
    return as_entries(session, rows)


def as_entries(session: Session, rows: Sequence[Claim]) -> list[Entry]:
    """Ledger rows as plain entries with what they rest on."""
    sources = sources_of(session, [row.id for row in rows])
    return [
        Entry(
            id=row.id,
            indicator=row.indicator,
            scope=row.scope,
            standing=row.standing,
            unit_kind=row.unit_kind,
            unit_id=row.unit_id,
            year=row.year,
            sign=row.sign,
            effective_on=row.effective_on,
            definition_id=row.definition_id,
            rule=row.rule,
            missing=tuple(part for part in row.missing.split("\n") if part),
            sources=tuple(sources[row.id]),
            verified_by=row.verified_by,
            reverses_id=row.reverses_id,
            repeated=row.repeated,
        )
        for row in rows
    ]


def sources_of(session: Session, claim_ids: Collection[int]) -> dict[int, list[Source]]:
    """What each claim rests on, in a stable order."""
    found: dict[int, list[Source]] = defaultdict(list)
    if not claim_ids:
        return found
    for row in session.exec(_SOURCES, params={"ids": list(claim_ids)}):
        found[row.claim_id].append(Source(row.kind, row.row_id))
    return found


def totals(
    session: Session, base_id: int, view: Moment
) -> dict[tuple[Indicator, Scope, Standing], int]:
    """The number on each card: the sum of the ledger's signs, true and known by then."""
    query = (
        select(Claim.indicator, Claim.scope, Claim.standing, func.sum(Claim.sign))
        .where(*seen_from(base_id, view), Claim.year == view.year)
        .group_by(col(Claim.indicator), col(Claim.scope), col(Claim.standing))
    )
    return {(i, s, standing): n for i, s, standing, n in session.exec(query)}


def seen_from(base_id: int, view: Moment) -> tuple:
    """The condition of two times: true on or before `as_of`, recorded at or before `known_at`."""
    return (
        Claim.base_id == base_id,
        Claim.effective_on <= view.as_of,
        Claim.recorded_at <= view.known_at,
    )


def recorded_at(session: Session, base_id: int, at: datetime) -> Sequence[Claim]:
    """The entries one command added: no two commands of a base share a recorded time."""
    query = select(Claim).where(Claim.base_id == base_id, Claim.recorded_at == at)
    return session.exec(query.order_by(col(Claim.id))).all()
