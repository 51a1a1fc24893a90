"""Registered results that may be one (疑似重复成果), across all years and units, as pairs.

Numbers, contract numbers and titles are compared by the keys that are stored beside them, each
with its index. Parts of one package are one item already; what was said to be different, or is
merged, is left out.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Row, Select, Subquery, case, literal, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, func, or_, select

from pilot.domain.lookalikes import NUMBERED, Ground
from pilot.domain.moment import Moment
from pilot.domain.vocabulary import Indicator, Scope, Standing
from pilot.store.models import (
    Claim,
    Contract,
    Distinction,
    Result,
    ResultDistinction,
    ResultHolder,
    ResultIdentifier,
    Submission,
    Transfer,
)
from pilot.store.queries_tables import base_name, live_claims

_One, _Other = aliased(Result), aliased(Result)
RANKS = {ground: rank for rank, ground in enumerate(Ground)}  # the strongest is the lowest


def certain(bases: Sequence[int], view: Moment) -> Select:
    """Pairs that share a number, a contract number or a title; the strongest ground first."""
    found = union_all(_numbers(bases), _contracts(bases), _titles(bases)).subquery()
    pairs = _strongest(found)
    query = (
        select(
            base_name(_One.base_id),
            _One.base_id,
            pairs.c.one_id,
            pairs.c.other_id,
            pairs.c.rank,
        )
        .join(_One, _One.id == pairs.c.one_id)
        .join(_Other, _Other.id == pairs.c.other_id)
        .where(*(_stands(row, view) for row in (_One, _Other)), *_open(view))
    )
    return query.order_by(_One.base_id, pairs.c.rank, pairs.c.other_id.desc(), pairs.c.one_id)


def holders(session: Session, bases: Sequence[int], view: Moment) -> Sequence[Row]:
    """Units by id that hold several standing results, each with how many."""
    held = col(ResultHolder.organisation_id)
    query = (
        select(held, func.count())
        .join(Result, col(Result.id) == col(ResultHolder.result_id))
        .where(col(Result.base_id).in_(bases), _stands(Result, view))
        .group_by(held)
        .having(func.count() > 1)
    )
    return session.execute(query.order_by(held)).all()


def titles(
    session: Session, bases: Sequence[int], view: Moment, first: int, last: int
) -> Sequence[Row]:
    """The standing results of the holders from `first` to `last`, with title key and package."""
    held = col(ResultHolder.organisation_id)
    query = (
        select(Result.id, Result.title_key, held)
        .add_columns(func.coalesce(Result.package_id, Result.id).label("package"))
        .join(ResultHolder, col(ResultHolder.result_id) == col(Result.id))
        .where(col(Result.base_id).in_(bases), Result.title_key != "", _stands(Result, view))
        .where(held >= first, held <= last)
        .order_by(held, col(Result.title_key), col(Result.id))
    )
    return session.execute(query).all()


def told_apart(session: Session, bases: Sequence[int], view: Moment) -> set[tuple[int, int]]:
    """The pairs that somebody said are not the same, the lower id first."""
    said = select(ResultDistinction.one_id, ResultDistinction.other_id).where(
        col(ResultDistinction.base_id).in_(bases), ResultDistinction.recorded_at <= view.known_at
    )
    sent = (
        select(Submission.result_id, Distinction.other_result_id)
        .join(Distinction, col(Distinction.submission_id) == col(Submission.id))
        .where(
            col(Distinction.base_id).in_(bases),
            Distinction.recorded_at <= view.known_at,
            col(Submission.result_id).is_not(None),
            col(Distinction.other_result_id).is_not(None),
        )
    )
    rows = [*session.execute(said), *session.execute(sent)]
    return {(min(pair), max(pair)) for pair in rows}


def counted(
    session: Session, bases: Sequence[int], view: Moment, ids: Collection[int]
) -> Sequence[Row]:
    """Where these results count or wait: result, indicator, year, standing; for the city."""
    about = [
        Claim.unit_kind == "result",
        col(Claim.unit_id).in_(list(ids)),
        Claim.scope == Scope.CITY,
        col(Claim.indicator).in_([Indicator.TRANSFERRED, Indicator.OUTWARD]),
        col(Claim.standing).in_([Standing.COUNTED, Standing.PENDING]),
    ]
    query = (
        select(Claim.unit_id, Claim.indicator, Claim.year, Claim.standing)
        .where(*live_claims(bases, view, about))
        .order_by(col(Claim.unit_id), col(Claim.year), col(Claim.indicator))
    )
    return session.execute(query).all()


def _numbers(bases: Sequence[int]) -> Select:
    """One number on two results: as long as its kind differs, the register could not refuse it."""
    one, other = aliased(ResultIdentifier), aliased(ResultIdentifier)
    ranks = {kind.value: RANKS[ground] for kind, ground in NUMBERED.items()}
    rank = case(ranks, value=one.kind, else_=RANKS[Ground.SOFTWARE])
    return (
        select(*_in_order(one.result_id, other.result_id), rank.label("rank"))
        .join(
            other,
            and_(other.base_id == one.base_id, other.key == one.key, other.id > one.id),
        )
        .where(one.base_id.in_(bases), one.result_id != other.result_id)
    )


def _contracts(bases: Sequence[int]) -> Select:
    """Results passed on under contracts whose numbers differ only in how they are written."""
    one, other = aliased(Contract), aliased(Contract)
    first, second = aliased(Transfer), aliased(Transfer)
    return (
        select(
            *_in_order(first.result_id, second.result_id),
            literal(RANKS[Ground.CONTRACT]).label("rank"),
        )
        .select_from(one)
        .join(
            other,
            and_(other.base_id == one.base_id, other.no_key == one.no_key, other.id > one.id),
        )
        .join(first, first.contract_id == one.id)
        .join(second, second.contract_id == other.id)
        .where(
            one.base_id.in_(bases),
            one.no_key != "",
            first.result_id != second.result_id,
            first.voided_at.is_(None),
            second.voided_at.is_(None),
        )
    )


def _titles(bases: Sequence[int]) -> Select:
    """The same title, with a holder in common or, weaker, without."""
    one, other = aliased(Result), aliased(Result)
    first, second = aliased(ResultHolder), aliased(ResultHolder)
    shared = (
        select(first.id)
        .join(second, second.organisation_id == first.organisation_id)
        .where(first.result_id == one.id, second.result_id == other.id)
        .exists()
    )
    several = (
        select(Result.base_id, Result.title_key)
        .where(col(Result.base_id).in_(bases), Result.title_key != "")
        .where(col(Result.voided_at).is_(None))
        .group_by(col(Result.base_id), col(Result.title_key))
        .having(func.count() > 1)
        .subquery()
    )
    rank = case((shared, RANKS[Ground.TITLE]), else_=RANKS[Ground.SIMILAR])
    return (
        select(*_in_order(one.id, other.id), rank.label("rank"))
        .select_from(several)
        .join(one, and_(one.base_id == several.c.base_id, one.title_key == several.c.title_key))
        .join(
            other,
            and_(
                other.base_id == one.base_id,
                other.title_key == one.title_key,
                other.id > one.id,
            ),
        )
    )


def _in_order(one: ColumnElement, other: ColumnElement) -> tuple[ColumnElement, ColumnElement]:
    """A pair is one pair whichever way it was found."""
    low, high = case((one < other, one), else_=other), case((one < other, other), else_=one)
    return low.label("one_id"), high.label("other_id")


def _strongest(found: Subquery) -> Subquery:
    return (
        select(found.c.one_id, found.c.other_id, func.min(found.c.rank).label("rank"))
        .group_by(found.c.one_id, found.c.other_id)
        .subquery()
    )


def _stands(row: type, view: Moment) -> ColumnElement:
    """Known by then and neither voided nor merged."""
    gone = row.voided_at
    return and_(row.recorded_at <= view.known_at, or_(gone.is_(None), gone > view.known_at))


def _open(view: Moment) -> tuple[ColumnElement, ...]:
    """Not one package already, and nobody said that they are not the same."""
    package = [func.coalesce(row.package_id, row.id) for row in (_One, _Other)]
    said = (
        select(ResultDistinction.id)
        .where(
            ResultDistinction.one_id == _One.id,
            ResultDistinction.other_id == _Other.id,
            ResultDistinction.recorded_at <= view.known_at,
        )
        .exists()
    )
    sent = (
        select(Distinction.id)
        .join(Submission, col(Submission.id) == col(Distinction.submission_id))
        .where(
            or_(
                and_(Submission.result_id == _One.id, Distinction.other_result_id == _Other.id),
                and_(Submission.result_id == _Other.id, Distinction.other_result_id == _One.id),
            ),
            Distinction.recorded_at <= view.known_at,
        )
        .exists()
    )
    return package[0] != package[1], ~said, ~sent
