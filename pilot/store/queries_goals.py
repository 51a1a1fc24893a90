"""Definition versions as they were known, goals, and the years that have been reported."""

from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from pilot.domain.moment import Moment
from pilot.domain.vocabulary import Indicator, Scope
from pilot.store.models import Account, Definition, Filing, Target


def last_version(session: Session, base_id: int, indicator: Indicator) -> int:
    """The highest version number an indicator ever had; 0 before the first."""
    query = select(func.max(Definition.version)).where(
        Definition.base_id == base_id, Definition.indicator == indicator
    )
    return session.exec(query).one() or 0


def versions(
    session: Session, base_id: int, view: Moment
) -> Sequence[tuple[Definition, str | None]]:
    """Every version recorded by then, superseded ones too, with the approver's name."""
    query = (
        select(Definition, Account.name)
        .join(Account, col(Account.id) == col(Definition.approved_by), isouter=True)
        .where(Definition.base_id == base_id, Definition.recorded_at <= view.known_at)
        .order_by(col(Definition.indicator), col(Definition.version))
    )
    return session.exec(query).all()


def target(
    session: Session, base_id: int, year: int, indicator: Indicator, scope: Scope
) -> Target | None:
    """The goal of one year, indicator and scope."""
    query = select(Target).where(
        Target.base_id == base_id,
        Target.year == year,
        Target.indicator == indicator,
        Target.scope == scope,
    )
    return session.exec(query).first()


def targets(session: Session, base_id: int) -> Sequence[Target]:
    """Every goal of a base, the latest year first."""
    query = select(Target).where(Target.base_id == base_id)
    order = col(Target.year).desc(), col(Target.indicator), col(Target.scope)
    return session.exec(query.order_by(*order)).all()


def filings(
    session: Session, base_id: int, view: Moment | None = None
) -> Sequence[tuple[Filing, str]]:
    """The reported years with who reported them, latest first; as known at `view` if told."""
    query = (
        select(Filing, Account.name)
        .join(Account, col(Account.id) == col(Filing.by_id))
        .where(Filing.base_id == base_id)
        .order_by(col(Filing.year).desc())
    )
    if view is not None:
        query = query.where(Filing.recorded_at <= view.known_at)
    return session.exec(query).all()


def filed_years(session: Session, base_id: int) -> list[int]:
    """The years that have been reported."""
    query = select(Filing.year).where(Filing.base_id == base_id)
    return sorted(session.exec(query))


def in_force_then(view: Moment) -> object:
    """The condition that a version had not been superseded at the view's knowledge time."""
    gone = col(Definition.superseded_at)
    return or_(gone.is_(None), gone > view.known_at)
