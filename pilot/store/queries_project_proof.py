"""What a project has to show at a view: rounds, decisions, plants, results, claims."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, RowMapping, and_, case, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from pilot.domain.moment import Moment
from pilot.store.models import (
    Account,
    Attachment,
    Claim,
    Condition,
    Decision,
    Landing,
    LandingStep,
    Organisation,
    Project,
    ProjectResult,
    Result,
    Review,
    TransferSpan,
)
from pilot.store.queries_rounds import open_then

_Checker = aliased(Account)


def rounds(session: Session, project_id: int, view: Moment) -> Sequence[tuple[Review, bool]]:
    """The rounds opened by then and whether they still waited, the latest first."""
    query = (
        select(Review, open_then(view))
        .where(
            Review.project_id == project_id,
            Review.recorded_at <= view.known_at,
            Review.opened_on <= view.as_of,
        )
        .order_by(col(Review.id).desc())
    )
    return session.exec(query).all()


def decisions(session: Session, project_id: int, view: Moment) -> Sequence[RowMapping]:
    """The decisions recorded by then, the latest first; `superseded` says which no longer stood."""
    later = aliased(Decision)
    superseded = (
        select(later.id)
        .where(
            later.review_id == Decision.review_id,
            later.sequence > Decision.sequence,
            later.decided_at <= view.known_at,
        )
        .exists()
    )
    query = (
        select(Decision, Review.round, Account.name.label("who"), superseded.label("superseded"))
        .join(Review, col(Review.id) == col(Decision.review_id))
        .join(Account, col(Account.id) == col(Decision.decided_by))
        .where(
            Decision.project_id == project_id,
            Decision.decided_at <= view.known_at,
            Decision.held_on <= view.as_of,
        )
        .order_by(col(Decision.decided_at).desc(), col(Decision.id).desc())
    )
    return session.execute(query).mappings().all()


def conditions(session: Session, project_id: int, view: Moment) -> Sequence[RowMapping]:
    """The conditions set by then, the earliest due first; closed ones with day and name."""
    closed = Condition.closed_on <= view.as_of
    query = (
        select(
            Condition.id,
            Condition.decision_id,
            Decision.review_id,
            Decision.gate,
            Condition.text,
            Condition.owner,
            Condition.due_on,
            _if(closed, Condition.closed_on).label("closed_on"),
            _if(closed, Condition.closing_note).label("closing_note"),
            _if(closed, Account.name).label("closer"),
        )
        .join(Decision, col(Decision.id) == col(Condition.decision_id))
        .join(Account, col(Account.id) == col(Condition.closed_by), isouter=True)
        .where(
            Condition.project_id == project_id,
            Condition.recorded_at <= view.known_at,
            Decision.held_on <= view.as_of,
        )
        .order_by(col(Condition.due_on), col(Condition.id))
    )
    return session.execute(query).mappings().all()


def landings(session: Session, project_id: int, view: Moment) -> Sequence[RowMapping]:
    """The plants recorded by then, with the company and the project a shared plant counts for."""
    principal, other = aliased(Landing), aliased(Project)
    query = (
        select(
            Landing,
            Organisation.name.label("entity"),
            Organisation.reg_area,
            other.code.label("principal_code"),
        )
        .join(Organisation, col(Organisation.id) == col(Landing.entity_id))
        .join(principal, col(principal.id) == col(Landing.principal_id), isouter=True)
        .join(other, col(other.id) == col(principal.project_id), isouter=True)
        .where(Landing.project_id == project_id, Landing.recorded_at <= view.known_at)
        .order_by(col(Landing.id))
    )
    return session.execute(query).mappings().all()


def steps(session: Session, landing_ids: Sequence[int], view: Moment) -> Sequence[RowMapping]:
    """The levels these plants had reached by then; verified and withdrawn only if so by then."""
    row = LandingStep
    verified = row.verified_at <= view.known_at
    query = (
        select(
            row.id,
            row.landing_id,
            row.level,
            row.reached_on,
            row.proof,
            row.attachment_id,
            Attachment.name.label("file"),
            row.entered_by,
            Account.name.label("who"),
            _if(verified, _Checker.name).label("checker"),
            _if(row.withdrawn_on <= view.as_of, row.withdrawn_on).label("withdrawn_on"),
            row.withdrawn_reason,
        )
        .join(Account, col(Account.id) == col(row.entered_by))
        .join(_Checker, col(_Checker.id) == col(row.verified_by), isouter=True)
        .join(Attachment, col(Attachment.id) == col(row.attachment_id), isouter=True)
        .where(
            col(row.landing_id).in_(landing_ids),
            row.recorded_at <= view.known_at,
            row.reached_on <= view.as_of,
        )
        .order_by(col(row.landing_id), col(row.level), col(row.id))
    )
    return session.execute(query).mappings().all()


def results(session: Session, project_id: int, view: Moment) -> Sequence[Result]:
    """The results the project pilots, as far as they were recorded by then."""
    query = (
        select(Result)
        .join(ProjectResult, col(ProjectResult.result_id) == col(Result.id))
        .where(
            ProjectResult.project_id == project_id,
            Result.recorded_at <= view.known_at,
            or_(col(Result.voided_at).is_(None), Result.voided_at > view.known_at),
        )
        .order_by(col(Result.code))
    )
    return session.exec(query).all()


def transfers(session: Session, result_ids: Sequence[int], view: Moment) -> Sequence[TransferSpan]:
    """The transfers of these results as they read at the view."""
    query = (
        select(TransferSpan)
        .where(
            col(TransferSpan.result_id).in_(result_ids),
            TransferSpan.event_on <= view.as_of,
            TransferSpan.known_from <= view.known_at,
            TransferSpan.known_to > view.known_at,
        )
        .order_by(col(TransferSpan.event_on), col(TransferSpan.transfer_id))
    )
    return session.exec(query).all()


def claims(
    session: Session, base_id: int, project_id: int, result_ids: Sequence[int], view: Moment
) -> Sequence[Claim]:
    """Every ledger entry about a project and its results, known by then, in order."""
    query = (
        select(Claim)
        .where(
            Claim.base_id == base_id,
            Claim.recorded_at <= view.known_at,
            or_(
                and_(Claim.unit_kind == "project", Claim.unit_id == project_id),
                and_(Claim.unit_kind == "result", col(Claim.unit_id).in_(result_ids)),
            ),
        )
        .order_by(col(Claim.id))
    )
    return session.exec(query).all()


def _if(condition: ColumnElement, value: object) -> ColumnElement:
    return case((condition, value))
