"""Counts of many bases: a stored snapshot of each, and what has moved between it and the view.

The sum is what counting everything anew gives, at any two times: an entry or a span that neither
the snapshot nor the view sees, or that both see, adds nothing. A base without a snapshot that the
view may know of is counted live.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, and_, case, func, insert, literal, or_
from sqlmodel import Session, col, select

from pilot.domain.moment import Moment
from pilot.store.models import (
    Claim,
    CountSnapshot,
    ProjectSpan,
    SnapshotClaims,
    SnapshotProjects,
)

PROJECT_KEYS = ("base_id", "stage", "state", "field", "area", "in_base")
CLAIM_KEYS = ("base_id", "indicator", "scope", "standing", "year")


def months(session: Session, base_id: int) -> set[date]:
    """The month ends a base has a snapshot of."""
    query = select(CountSnapshot.month_end).where(CountSnapshot.base_id == base_id)
    return set(session.exec(query))


def store(session: Session, base_id: int, month_end: date, known_at: datetime) -> None:
    """Count a base on a day as known at an instant, and keep the result."""
    row = CountSnapshot(base_id=base_id, month_end=month_end, known_at=known_at)
    session.add(row)
    session.flush()
    view, here = Moment(month_end.year, month_end, known_at, False), [base_id]
    _keep(session, SnapshotProjects, (*PROJECT_KEYS, "projects"), row, _spans(here, view))
    _keep(session, SnapshotClaims, (*CLAIM_KEYS, "total"), row, _entries(here, view))


def projects(session: Session, bases: Sequence[int], view: Moment) -> Counter:
    """How many projects stand at the view, by PROJECT_KEYS; what is void or merged too."""
    found = _latest(session, bases, view)
    counted = Counter()
    for rows in (
        _stored(session, SnapshotProjects, (*PROJECT_KEYS, "projects"), found),
        _moved_spans(session, found, view),
        session.exec(_spans(_without(bases, found), view)),
    ):
        _add(counted, rows)
    return _nonzero(counted)


def claims(session: Session, bases: Sequence[int], view: Moment) -> Counter:
    """What the ledger's signs sum up to at the view, by CLAIM_KEYS."""
    found = _latest(session, bases, view)
    counted = Counter()
    for rows in (
        _stored(session, SnapshotClaims, (*CLAIM_KEYS, "total"), found),
        _later_entries(session, found, view),
        session.exec(_entries(_without(bases, found), view)),
    ):
        _add(counted, rows)
    return _nonzero(counted)


def _latest(session: Session, bases: Sequence[int], view: Moment) -> Sequence[CountSnapshot]:
    """Of each base the last snapshot that the view may know of."""
    order = col(CountSnapshot.month_end).desc(), col(CountSnapshot.known_at).desc()
    place = func.row_number().over(partition_by=col(CountSnapshot.base_id), order_by=order)
    known = (
        select(CountSnapshot.id, place.label("place"))
        .where(
            col(CountSnapshot.base_id).in_(bases),
            CountSnapshot.month_end <= view.as_of,
            CountSnapshot.known_at <= view.known_at,
        )
        .subquery()
    )
    last = select(known.c.id).where(known.c.place == 1)
    return session.exec(select(CountSnapshot).where(col(CountSnapshot.id).in_(last))).all()


def _moved_spans(session: Session, found: Sequence[CountSnapshot], view: Moment) -> Iterable[Row]:
    """What the spans that begin or end between a snapshot and the view change."""
    if not found:
        return ()
    span, taken = ProjectSpan, CountSnapshot
    then = _stands(taken.month_end, taken.known_at)
    change = func.sum(
        case((_stands(view.as_of, view.known_at), 1), else_=0) - case((then, 1), else_=0)
    )
    day, instant = min(row.month_end for row in found), min(row.known_at for row in found)
    moved = or_(
        *(
            and_(column > low, column <= high)
            for low, high, columns in (
                (day, view.as_of, (span.valid_from, span.valid_to)),
                (instant, view.known_at, (span.known_from, span.known_to)),
            )
            for column in columns
        )
    )
    keys = [getattr(span, name) for name in PROJECT_KEYS]
    query = (
        select(*keys, change)
        .join(taken, col(taken.base_id) == col(span.base_id))
        .where(col(taken.id).in_([row.id for row in found]), moved)
        .group_by(*keys)
    )
    return session.exec(query)


def _later_entries(session: Session, found: Sequence[CountSnapshot], view: Moment) -> Iterable[Row]:
    """What the ledger says at the view beyond a snapshot."""
    if not found:
        return ()
    taken, keys = CountSnapshot, [getattr(Claim, name) for name in CLAIM_KEYS]
    day, instant = min(row.month_end for row in found), min(row.known_at for row in found)
    query = (
        select(*keys, func.sum(Claim.sign))
        .join(taken, col(taken.base_id) == col(Claim.base_id))
        .where(
            col(taken.id).in_([row.id for row in found]),
            Claim.effective_on <= view.as_of,
            Claim.recorded_at <= view.known_at,
            or_(Claim.effective_on > day, Claim.recorded_at > instant),
            or_(Claim.effective_on > taken.month_end, Claim.recorded_at > taken.known_at),
        )
        .group_by(*keys)
    )
    return session.exec(query)


def _spans(bases: Sequence[int], view: Moment) -> ColumnElement:
    keys = [getattr(ProjectSpan, name) for name in PROJECT_KEYS]
    stands = _stands(view.as_of, view.known_at)
    query = select(*keys, func.count()).where(col(ProjectSpan.base_id).in_(bases), stands)
    return query.group_by(*keys)


def _entries(bases: Sequence[int], view: Moment) -> ColumnElement:
    keys = [getattr(Claim, name) for name in CLAIM_KEYS]
    query = select(*keys, func.sum(Claim.sign)).where(
        col(Claim.base_id).in_(bases),
        Claim.effective_on <= view.as_of,
        Claim.recorded_at <= view.known_at,
    )
    return query.group_by(*keys).having(func.sum(Claim.sign) != 0)


def _stands(day: date | ColumnElement, instant: datetime | ColumnElement) -> ColumnElement:
    """Whether a span was true on a day as known at an instant."""
    span = ProjectSpan
    return and_(
        span.valid_from <= day,
        span.valid_to > day,
        span.known_from <= instant,
        span.known_to > instant,
    )


def _keep(session: Session, table: type, names: Sequence[str], row: CountSnapshot, counted) -> None:
    values = counted.add_columns(literal(row.id))
    session.exec(insert(table).from_select([*names, "snapshot_id"], values))


def _stored(
    session: Session, table: type, names: Sequence[str], found: Sequence[CountSnapshot]
) -> Iterable[Row]:
    columns = [getattr(table, name) for name in names]
    return session.exec(select(*columns).where(table.snapshot_id.in_([row.id for row in found])))


def _without(bases: Sequence[int], found: Sequence[CountSnapshot]) -> list[int]:
    return sorted(set(bases) - {row.base_id for row in found})


def _add(counted: Counter, rows: Iterable[Row]) -> None:
    for *key, number in rows:
        counted[tuple(key)] += int(number)


def _nonzero(counted: Counter) -> Counter:
    return Counter({key: number for key, number in counted.items() if number})
