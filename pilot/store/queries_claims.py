"""One claim and its history: from the number on a card to every row it rests on."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, RowMapping, Select, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, select

from pilot.domain.moment import Moment
from pilot.domain.vocabulary import Indicator, Scope, Standing
from pilot.store.models import (
    Account,
    Base,
    Claim,
    Contract,
    Definition,
    Filing,
    JournalEntry,
    Project,
    ProjectSpan,
    Result,
    Transfer,
)
from pilot.store.queries_tables import ClaimFilter, base_name, spans_then

Units = Mapping[str, Collection[int]]
Unit = tuple[str, int]


def unit_names(
    session: Session, units: Units, view: Moment | None = None
) -> dict[Unit, tuple[str, str]]:
    """Code and name of units by (kind, id); a project's as it read at the view, if one is given."""
    named: dict[Unit, tuple[str, str]] = {}
    for kind, statement in _NAMES.items():
        if ids := list(units.get(kind, ())):
            rows = session.exec(statement(ids))
            named |= {(kind, row_id): (code, name or "") for row_id, code, name in rows}
    if view is not None and units.get("project"):
        rows = session.exec(_names_then(list(units["project"]), view))
        named |= {("project", row_id): (code, name) for row_id, code, name in rows}
    return named


def ledger(
    bases: Sequence[int], view: Moment, chosen: ClaimFilter, unit: Unit | None = None
) -> Select:
    """变动记录: every entry seen from the view, the latest first.

    `net` is what the same command did to the counted number of the same unit: 0 where one basis
    only took the place of another.
    """
    query = select(
        Claim.id,
        Claim.base_id,
        base_name(Claim.base_id),
        Claim.recorded_at,
        Claim.effective_on,
        Claim.sign,
        Claim.standing,
        Claim.year,
        Claim.unit_kind,
        Claim.unit_id,
        Claim.rule,
        Claim.missing,
        Claim.reason,
        Claim.reverses_id,
        _version().label("definition_version"),
        _cut_off(view).label("cut_off"),
        _net(view, chosen).label("net"),
    ).where(*_seen(bases, view), *_narrowed(chosen, view, unit))
    return query.order_by(col(Claim.recorded_at).desc(), col(Claim.id).desc())


def card(
    session: Session, bases: Sequence[int], view: Moment, chosen: ClaimFilter
) -> dict[Standing, int]:
    """The numbers on the cards of one indicator and scope, by standing."""
    query = (
        select(Claim.standing, func.sum(Claim.sign))
        .where(*_seen(bases, view), *_narrowed(chosen, view, None))
        .group_by(col(Claim.standing))
    )
    return dict(session.exec(query).all())


def claim(session: Session, bases: Sequence[int], claim_id: int, view: Moment) -> RowMapping | None:
    """One claim with its definition and verifier, if the view can see it."""
    query = (
        select(
            Claim,
            Definition,
            Base.name.label("base"),
            Account.name.label("verifier"),
        )
        .join(Definition, col(Definition.id) == col(Claim.definition_id))
        .join(Base, col(Base.id) == col(Claim.base_id))
        .join(Account, col(Account.id) == col(Claim.verified_by), isouter=True)
        .where(Claim.id == claim_id, *_seen(bases, view))
    )
    return session.execute(query).mappings().first()


def recorded_by(
    session: Session, bases: Collection[int], instants: Collection[datetime]
) -> dict[tuple[int, datetime], Row]:
    """The journal entry of each recorded time: sequence, action, name, reason.

    No two commands of a base share a recorded time, so the time alone names the command.
    """
    query = (
        select(
            JournalEntry.base_id,
            JournalEntry.at,
            JournalEntry.sequence,
            JournalEntry.action,
            JournalEntry.reason,
            Account.name.label("name"),
        )
        .join(Account, col(Account.id) == col(JournalEntry.by_id), isouter=True)
        .where(col(JournalEntry.base_id).in_(bases), col(JournalEntry.at).in_(list(instants)))
    )
    return {(row.base_id, row.at): row for row in session.execute(query)}


def result_of(session: Session, kind: str, unit_id: int) -> int:
    """The result that a result, transfer or contract unit is judged with."""
    if kind == "result":
        return unit_id
    about = Transfer.id if kind == "transfer" else Transfer.contract_id
    query = select(Transfer.result_id).where(about == unit_id).order_by(col(Transfer.id))
    return session.exec(query).first()


def counted_by_year(
    session: Session, base_id: int, view: Moment
) -> dict[tuple[Indicator, Scope, int], int]:
    """What counts, by indicator, scope and year: the same sum as on the cards, for every year."""
    query = (
        select(Claim.indicator, Claim.scope, Claim.year, func.sum(Claim.sign))
        .where(*_seen([base_id], view), Claim.standing == Standing.COUNTED)
        .group_by(col(Claim.indicator), col(Claim.scope), col(Claim.year))
    )
    return {(indicator, scope, year): n for indicator, scope, year, n in session.exec(query)}


def filed_sums(
    session: Session, bases: Sequence[int], view: Moment
) -> dict[tuple[Indicator, int], int]:
    """The city's numbers that each year was reported with, by indicator and year."""
    query = (
        select(Claim.indicator, Claim.year, func.sum(Claim.sign))
        .join(Filing, _filed(view))
        .where(
            *_seen(bases, view),
            Claim.standing == Standing.COUNTED,
            Claim.scope == Scope.CITY,
            Claim.recorded_at <= Filing.cut_off,
        )
        .group_by(col(Claim.indicator), col(Claim.year))
    )
    return {(indicator, year): n for indicator, year, n in session.exec(query)}


def _version() -> ColumnElement:
    return select(Definition.version).where(Definition.id == Claim.definition_id).scalar_subquery()


def _cut_off(view: Moment) -> ColumnElement:
    return select(Filing.cut_off).where(_filed(view)).scalar_subquery()


def _filed(view: Moment) -> ColumnElement:
    return and_(
        Filing.base_id == Claim.base_id,
        Filing.year == Claim.year,
        Filing.recorded_at <= view.known_at,
    )


def _net(view: Moment, chosen: ClaimFilter) -> ColumnElement:
    """Per command and unit: the change of the counted number, among the entries listed."""
    other = aliased(Claim)
    same = [
        getattr(other, name) == getattr(Claim, name)
        for name in ("unit_kind", "unit_id", "base_id", "recorded_at", "indicator", "scope", "year")
    ]
    counted = select(func.sum(other.sign)).where(
        *same, other.standing == Standing.COUNTED, other.effective_on <= view.as_of
    )
    if chosen.standing is not None:
        counted = counted.where(other.standing == chosen.standing)
    return func.coalesce(counted.scalar_subquery(), 0)


def _seen(bases: Sequence[int], view: Moment) -> tuple:
    return (
        col(Claim.base_id).in_(bases),
        Claim.effective_on <= view.as_of,
        Claim.recorded_at <= view.known_at,
    )


def _narrowed(chosen: ClaimFilter, view: Moment, unit: Unit | None) -> list:
    """Of one unit the whole history, otherwise one year's."""
    conditions = [
        column == value
        for column, value in (
            (Claim.indicator, chosen.indicator),
            (Claim.scope, chosen.scope),
            (Claim.standing, chosen.standing),
        )
        if value is not None
    ]
    if unit is not None:
        return [*conditions, Claim.unit_kind == unit[0], Claim.unit_id == unit[1]]
    return [*conditions, Claim.year == (chosen.year or view.year)]


def _projects(ids: list[int]) -> Select:
    return select(Project.id, Project.code, Project.name).where(col(Project.id).in_(ids))


def _results(ids: list[int]) -> Select:
    return select(Result.id, Result.code, Result.title).where(col(Result.id).in_(ids))


def _transfers(ids: list[int]) -> Select:
    return (
        select(Transfer.id, Result.code, Result.title)
        .join(Result, col(Result.id) == col(Transfer.result_id))
        .where(col(Transfer.id).in_(ids))
    )


def _contracts(ids: list[int]) -> Select:
    return select(Contract.id, Contract.no, Contract.title).where(col(Contract.id).in_(ids))


def _names_then(ids: list[int], view: Moment) -> Select:
    span = ProjectSpan
    return select(span.project_id, span.code, span.name).where(
        col(span.project_id).in_(ids), *spans_then(view)
    )


_NAMES = {
    "project": _projects,
    "result": _results,
    "transfer": _transfers,
    "contract": _contracts,
}
