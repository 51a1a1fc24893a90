"""Filed years (已上报年度): what was reported, and what came late or fell away afterwards."""

from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, Row, and_, case, func, or_
from sqlmodel import Session, col, select

from pilot.domain.moment import SHANGHAI, Moment
from pilot.domain.vocabulary import GOALS
from pilot.store.models import Claim, Filing
from pilot.store.queries_overview import COUNTED, seen, unit


def adjustments(session: Session, ids: Sequence[int], view: Moment) -> Sequence[Row]:
    """Per base, indicator, scope and filed year: what came late (补报) and what fell away (核减).

    For the view's year everything recorded after its cut-off, for earlier filed years only what
    was recorded in the view's year. A unit that came and went again is neither.
    """
    since = datetime.combine(date(view.year, 1, 1), time(), SHANGHAI)
    until = datetime.combine(date(view.year + 1, 1, 1), time(), SHANGHAI)
    units = (
        select(
            Claim.base_id,
            Claim.indicator,
            Claim.scope,
            Claim.year,
            func.sum(Claim.sign).label("net"),
        )
        .join(Filing, _filed(view))
        .where(
            *seen(ids, view),
            COUNTED,
            col(Claim.indicator).in_(GOALS),
            Claim.recorded_at > Filing.cut_off,
            or_(
                Claim.year == view.year,
                and_(Claim.year < view.year, Claim.recorded_at >= since, Claim.recorded_at < until),
            ),
        )
        .group_by(*unit(), col(Claim.year))
        .subquery()
    )
    place = units.c.base_id, units.c.indicator, units.c.scope, units.c.year
    late = func.sum(case((units.c.net > 0, units.c.net), else_=0)).label("late")
    deducted = func.sum(case((units.c.net < 0, -units.c.net), else_=0)).label("deducted")
    return session.exec(select(*place, late, deducted).group_by(*place).order_by(*place)).all()


def filed(session: Session, ids: Sequence[int], view: Moment) -> Sequence[Row]:
    """Per base, indicator and scope: the number the view's year was filed with."""
    query = (
        select(Claim.base_id, Claim.indicator, Claim.scope, func.sum(Claim.sign).label("filed"))
        .join(Filing, _filed(view))
        .where(
            *seen(ids, view),
            COUNTED,
            Claim.year == view.year,
            Claim.recorded_at <= Filing.cut_off,
        )
        .group_by(col(Claim.base_id), col(Claim.indicator), col(Claim.scope))
    )
    return session.exec(query).all()


def filed_bases(session: Session, ids: Sequence[int], view: Moment) -> set[int]:
    """The bases that had filed the view's year by then."""
    query = select(Filing.base_id).where(
        col(Filing.base_id).in_(ids),
        Filing.year == view.year,
        Filing.recorded_at <= view.known_at,
    )
    return set(session.exec(query))


def _filed(view: Moment) -> ColumnElement:
    return and_(
        Filing.base_id == Claim.base_id,
        Filing.year == Claim.year,
        Filing.recorded_at <= view.known_at,
    )
