"""What waits for a person (待办): a few candidates of each kind, bounded and ordered in SQL.

These are read as they stand now: what was to be done on a past day helps nobody.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, and_, case, func, or_
from sqlmodel import Session, col, select

from pilot.domain.gates import OPEN
from pilot.domain.guards import SCORED
from pilot.domain.moment import FOREVER
from pilot.domain.vocabulary import EvidenceState, State
from pilot.store.models import (
    Condition,
    Evidence,
    Landing,
    LandingStep,
    Project,
    Result,
    Review,
    Scorecard,
    Transfer,
)

_WHO = (Project.id.label("project_id"), Project.code, Project.name)


def rounds_to_score(session: Session, bases: Sequence[int], actor: int, most: int) -> Sequence[Row]:
    """Open rounds in which the actor is an assessor who has not handed in a card yet."""
    query = (
        select(*_WHO, Review.id.label("review_id"), Review.gate, Review.opened_on)
        .join(Project, col(Project.id) == col(Review.project_id))
        .join(Scorecard, col(Scorecard.review_id) == col(Review.id))
        .where(
            col(Review.base_id).in_(bases),
            col(Review.closed_at).is_(None),
            Scorecard.assessor_id == actor,
            col(Scorecard.submitted_at).is_(None),
        )
    )
    return _first(session, query, Review.opened_on, most)


def rounds_to_decide(
    session: Session, bases: Sequence[int], actor: int, most: int
) -> Sequence[Row]:
    """Open rounds a manager can move on: `seats` assessors named, `cards` handed in.

    A round whose assessors are named and have not both scored waits for them; one that the actor
    submitted waits for another manager.
    """
    cards = func.count(col(Scorecard.submitted_at))
    seats = func.count(col(Scorecard.id))
    scored = col(Review.gate).in_(list(SCORED))
    query = (
        select(
            *_WHO,
            Review.id.label("review_id"),
            Review.gate,
            Review.opened_on,
            seats.label("seats"),
            cards.label("cards"),
        )
        .join(Project, col(Project.id) == col(Review.project_id))
        .join(Scorecard, col(Scorecard.review_id) == col(Review.id), isouter=True)
        .where(col(Review.base_id).in_(bases), col(Review.closed_at).is_(None))
        .group_by(
            col(Project.id),
            col(Project.code),
            col(Project.name),
            col(Review.id),
            col(Review.gate),
            col(Review.opened_on),
            col(Review.submitted_by),
        )
        .having(
            or_(
                and_(scored, seats < 2),
                and_(Review.submitted_by != actor, or_(~scored, cards == 2)),
            )
        )
    )
    return _first(session, query, Review.opened_on, most)


def conditions_due(session: Session, bases: Sequence[int], until: date, most: int) -> Sequence[Row]:
    """Open conditions due by `until`."""
    query = (
        select(*_WHO, Condition.id.label("condition_id"), Condition.text, Condition.due_on)
        .join(Project, col(Project.id) == col(Condition.project_id))
        .where(
            col(Condition.base_id).in_(bases),
            col(Condition.closed_on).is_(None),
            Condition.due_on <= until,
            col(Project.state).in_(list(OPEN)),
        )
    )
    return _first(session, query, Condition.due_on, most)


def levels_to_verify(
    session: Session, bases: Sequence[int], actor: int, most: int
) -> Sequence[Row]:
    """Landing levels that somebody else entered and nobody has verified."""
    query = (
        select(*_WHO, LandingStep.level, LandingStep.recorded_at)
        .join(Landing, col(Landing.id) == col(LandingStep.landing_id))
        .join(Project, col(Project.id) == col(Landing.project_id))
        .where(
            col(LandingStep.base_id).in_(bases),
            col(LandingStep.verified_by).is_(None),
            col(LandingStep.withdrawn_on).is_(None),
            LandingStep.entered_by != actor,
        )
    )
    return _first(session, query, LandingStep.recorded_at, most)


def transfers_to_verify(
    session: Session, bases: Sequence[int], actor: int, most: int
) -> Sequence[Row]:
    """Transfers that somebody else entered and nobody has verified."""
    query = (
        select(
            Result.id.label("result_id"),
            Result.code,
            Result.title.label("name"),
            Transfer.id.label("transfer_id"),
            Transfer.recorded_at,
        )
        .join(Result, col(Result.id) == col(Transfer.result_id))
        .where(
            col(Transfer.base_id).in_(bases),
            col(Transfer.verified_by).is_(None),
            col(Transfer.voided_at).is_(None),
            Transfer.entered_by != actor,
        )
    )
    return _first(session, query, Transfer.recorded_at, most)


def papers_to_judge(session: Session, bases: Sequence[int], actor: int, most: int) -> Sequence[Row]:
    """Projects with papers that somebody else handed in, the oldest first, one row a project."""
    since = func.min(Evidence.known_from)
    query = (
        select(
            *_WHO,
            since.label("known_from"),
            func.count().label("papers"),
            func.min(Evidence.doc_code).label("doc_code"),
        )
        .join(Project, col(Project.id) == col(Evidence.project_id))
        .where(
            col(Evidence.base_id).in_(bases),
            Evidence.known_to == FOREVER,
            Evidence.state == EvidenceState.SUBMITTED,
            Evidence.submitted_by != actor,
            col(Project.state).in_(list(OPEN)),
        )
        .group_by(col(Project.id), col(Project.code), col(Project.name))
    )
    return _first(session, query, since, most)


def papers_ending(session: Session, bases: Sequence[int], until: date, most: int) -> Sequence[Row]:
    """Papers of open projects that have expired or do so by `until`."""
    found_expired = Evidence.state == EvidenceState.EXPIRED
    query = (
        select(
            *_WHO,
            Evidence.doc_code,
            Evidence.valid_until,
            case((found_expired, 1), else_=0).label("expired"),
        )
        .join(Project, col(Project.id) == col(Evidence.project_id))
        .where(
            col(Evidence.base_id).in_(bases),
            Evidence.known_to == FOREVER,
            or_(
                found_expired,
                and_(Evidence.state == EvidenceState.QUALIFIED, Evidence.valid_until <= until),
            ),
            col(Project.state).in_(list(OPEN)),
        )
    )
    return _first(session, query, func.coalesce(Evidence.valid_until, date.min), most)


def voids_to_confirm(
    session: Session, bases: Sequence[int], actor: int, most: int
) -> Sequence[Row]:
    """Projects that somebody else asked to void."""
    gone: Collection[State] = (State.VOIDED, State.MERGED)
    query = select(*_WHO, Project.touched_at).where(
        col(Project.base_id).in_(bases),
        col(Project.void_asked_by).is_not(None),
        Project.void_asked_by != actor,
        col(Project.state).not_in(gone),
    )
    return _first(session, query, Project.touched_at, most)


def _first(session: Session, query: Select, order: Any, most: int) -> Sequence[Row]:
    return session.exec(query.order_by(order).limit(most)).all()
