"""Rounds at a gate as pages read them; never a score that its reader may not see."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, RowMapping, and_, case, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from pilot.domain.moment import Moment, end_of_day
from pilot.domain.people import Role
from pilot.domain.vocabulary import Dimension
from pilot.store.models import (
    Account,
    AccountRole,
    Consolidation,
    Decision,
    Project,
    Review,
    ReviewCheck,
    Scorecard,
)


def open_then(view: Moment) -> ColumnElement:
    """Whether a round waited at the view: its first decision, or its withdrawal, came later.

    A decision ends it on the day it was held, a withdrawal at the instant it was recorded. Neither
    lies after today, so that a view of today need not ask when it was.
    """
    known_open = or_(col(Review.closed_at).is_(None), Review.closed_at > view.known_at)
    if view.live:
        return known_open
    held = (
        select(func.min(Decision.held_on))
        .where(Decision.review_id == Review.id)
        .correlate(Review)
        .scalar_subquery()
    )
    return or_(
        known_open,
        held > view.as_of,
        and_(held.is_(None), Review.closed_at > end_of_day(view.as_of)),
    )


def waiting(
    session: Session, bases: Sequence[int], reader_id: int, view: Moment
) -> Sequence[RowMapping]:
    """The rounds that waited for a decision at the view, the oldest first.

    `seats` assessors named, `cards` handed in, `mine` whether the reader's own card is awaited.
    """
    awaited = and_(Scorecard.assessor_id == reader_id, col(Scorecard.submitted_at).is_(None))
    query = (
        select(
            Review.id.label("review_id"),
            Review.gate,
            Review.round,
            Review.opened_on,
            Review.submitted_by,
            Project.id.label("project_id"),
            Project.code,
            Project.name,
            Account.name.label("submitter"),
            func.count(col(Scorecard.id)).label("seats"),
            func.count(col(Scorecard.submitted_at)).label("cards"),
            func.max(case((awaited, 1), else_=0)).label("mine"),
        )
        .join(Project, col(Project.id) == col(Review.project_id))
        .join(Account, col(Account.id) == col(Review.submitted_by))
        .join(Scorecard, col(Scorecard.review_id) == col(Review.id), isouter=True)
        .where(
            col(Review.base_id).in_(bases),
            Review.recorded_at <= view.known_at,
            Review.opened_on <= view.as_of,
            open_then(view),
        )
        .group_by(col(Review.id), col(Project.id), col(Account.id))
        .order_by(col(Review.opened_on), col(Review.id))
    )
    return session.execute(query).mappings().all()


def round_of(
    session: Session, bases: Sequence[int], review_id: int, view: Moment
) -> RowMapping | None:
    """A round opened by then, with its project and who submitted it."""
    query = (
        select(Review, Project, Account.name.label("submitter"), open_then(view).label("open"))
        .join(Project, col(Project.id) == col(Review.project_id))
        .join(Account, col(Account.id) == col(Review.submitted_by))
        .where(
            Review.id == review_id,
            col(Review.base_id).in_(bases),
            Review.recorded_at <= view.known_at,
            Review.opened_on <= view.as_of,
        )
    )
    return session.execute(query).mappings().first()


def latest_of(session: Session, bases: Sequence[int], project_id: int, view: Moment) -> int | None:
    """The last round of a project opened by then."""
    query = select(func.max(Review.id)).where(
        Review.project_id == project_id,
        col(Review.base_id).in_(bases),
        Review.recorded_at <= view.known_at,
        Review.opened_on <= view.as_of,
    )
    return session.exec(query).one()


def checks(session: Session, review_id: int) -> Sequence[RowMapping]:
    """The criteria of a round in order, with who checked them."""
    query = (
        select(ReviewCheck, Account.name.label("who"))
        .join(Account, col(Account.id) == col(ReviewCheck.checked_by), isouter=True)
        .where(ReviewCheck.review_id == review_id)
        .order_by(col(ReviewCheck.position), col(ReviewCheck.id))
    )
    return session.execute(query).mappings().all()


def seats(session: Session, review_id: int) -> Sequence[RowMapping]:
    """Who assesses a round and whether their card is in; no score."""
    query = (
        select(
            Scorecard.seat,
            Scorecard.assessor_id,
            Account.name,
            case((col(Scorecard.submitted_at).is_not(None), True), else_=False).label("submitted"),
        )
        .join(Account, col(Account.id) == col(Scorecard.assessor_id))
        .where(Scorecard.review_id == review_id)
        .order_by(col(Scorecard.seat))
    )
    return session.execute(query).mappings().all()


def submitted_scores(session: Session, ids: Sequence[int]) -> Sequence[Scorecard]:
    """The cards of these rounds that are in; for judging only, never to be shown from here."""
    query = select(Scorecard).where(
        col(Scorecard.review_id).in_(ids), col(Scorecard.submitted_at).is_not(None)
    )
    return session.exec(query).all()


def agreed_points(session: Session, ids: Sequence[int]) -> set[tuple[int, Dimension]]:
    """The rounds and dimensions on which a score has been agreed."""
    query = select(Consolidation.review_id, Consolidation.dimension).where(
        col(Consolidation.review_id).in_(ids)
    )
    return set(map(tuple, session.exec(query)))


def consolidations(session: Session, review_id: int) -> Sequence[RowMapping]:
    """The agreed scores of a round, with who recorded them."""
    query = (
        select(Consolidation, Account.name.label("who"))
        .join(Account, col(Account.id) == col(Consolidation.by_id))
        .where(Consolidation.review_id == review_id)
    )
    return session.execute(query).mappings().all()


def decisions(session: Session, review_id: int, view: Moment) -> Sequence[RowMapping]:
    """The decisions of a round recorded by then, the latest first, with who took them."""
    query = (
        select(Decision, Account.name.label("who"))
        .join(Account, col(Account.id) == col(Decision.decided_by))
        .where(
            Decision.review_id == review_id,
            Decision.decided_at <= view.known_at,
            Decision.held_on <= view.as_of,
        )
        .order_by(col(Decision.sequence).desc())
    )
    return session.execute(query).mappings().all()


def assessors(session: Session, base_id: int, but: int) -> dict[int, str]:
    """The accounts of a base that may assess, except one, by name."""
    holder = aliased(AccountRole)
    query = (
        select(Account.id, Account.name)
        .where(
            Account.base_id == base_id,
            col(Account.disabled_at).is_(None),
            Account.id != but,
            col(Account.id).in_(
                select(holder.account_id).where(col(holder.role).in_([Role.REVIEWER, Role.MANAGER]))
            ),
        )
        .order_by(col(Account.name), col(Account.id))
    )
    return dict(session.exec(query).all())
