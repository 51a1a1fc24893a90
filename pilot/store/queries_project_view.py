"""One project at a view: what was true by `as_of` and recorded by `known_at`; names joined in."""

from collections.abc import Sequence

from sqlalchemy import Row, RowMapping, Select, and_, case
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from pilot.domain.moment import Moment
from pilot.store.models import (
    Account,
    Attachment,
    Base,
    Evidence,
    GatePlan,
    Move,
    PilotRun,
    Project,
    ProjectNote,
    ProjectSpan,
    PublicFact,
)
from pilot.store.queries_tables import spans_then

_Checker = aliased(Account)
_Approver = aliased(Account)


def span(
    session: Session, bases: Sequence[int], project_id: int, view: Moment
) -> tuple[ProjectSpan, Project, str] | None:
    """How a project of these bases read, the row of today, and the name of its base."""
    query = (
        select(ProjectSpan, Project, Base.name)
        .join(Project, col(Project.id) == col(ProjectSpan.project_id))
        .join(Base, col(Base.id) == col(ProjectSpan.base_id))
        .where(
            ProjectSpan.project_id == project_id,
            col(ProjectSpan.base_id).in_(bases),
            *spans_then(view),
        )
    )
    return session.exec(query).first()


def exists(session: Session, bases: Sequence[int], project_id: int) -> bool:
    """Whether there is such a project in these bases, at whatever time."""
    query = select(Project.id).where(Project.id == project_id, col(Project.base_id).in_(bases))
    return session.exec(query).first() is not None


def stage_days(session: Session, project_id: int, view: Moment) -> Sequence[Row]:
    """The days on which each stage up to the view began (stage, day)."""
    query = (
        select(ProjectSpan.stage, func.min(ProjectSpan.valid_from))
        .where(
            ProjectSpan.project_id == project_id,
            ProjectSpan.valid_from <= view.as_of,
            *_known(ProjectSpan, view),
        )
        .group_by(col(ProjectSpan.stage))
    )
    return session.exec(query).all()


def papers(session: Session, project_id: int, view: Moment) -> Sequence[RowMapping]:
    """The papers as known then, by document code, with who did what and the file."""
    query = (
        _papers()
        .where(Evidence.project_id == project_id, *_known(Evidence, view))
        .order_by(col(Evidence.doc_code))
    )
    return session.execute(query).mappings().all()


def paper_versions(
    session: Session, project_id: int, doc_code: str, view: Moment
) -> Sequence[RowMapping]:
    """Every state of one paper up to the view, the latest first."""
    query = (
        _papers()
        .where(
            Evidence.project_id == project_id,
            Evidence.doc_code == doc_code,
            Evidence.known_from <= view.known_at,
        )
        .order_by(col(Evidence.known_from).desc())
    )
    return session.execute(query).mappings().all()


def moves(session: Session, project_id: int, view: Moment) -> Sequence[RowMapping]:
    """The steps of the project's life by then, the latest first."""
    query = (
        select(Move, Account.name.label("who"))
        .join(Account, col(Account.id) == col(Move.by_id))
        .where(
            Move.project_id == project_id,
            Move.recorded_at <= view.known_at,
            Move.effective_on <= view.as_of,
        )
        .order_by(col(Move.id).desc())
    )
    return session.execute(query).mappings().all()


def notes(
    session: Session, project_id: int, view: Moment, most: int | None = None
) -> Sequence[RowMapping]:
    """The dated updates by then, the newest first."""
    query = (
        select(ProjectNote.id, ProjectNote.on, ProjectNote.text, Account.name.label("who"))
        .join(Account, col(Account.id) == col(ProjectNote.by_id))
        .where(
            ProjectNote.project_id == project_id,
            ProjectNote.recorded_at <= view.known_at,
            ProjectNote.on <= view.as_of,
        )
        .order_by(col(ProjectNote.on).desc(), col(ProjectNote.id).desc())
        .limit(most)
    )
    return session.execute(query).mappings().all()


def runs(session: Session, project_id: int, view: Moment) -> Sequence[RowMapping]:
    """The runs that had ended by then, the latest first."""
    query = (
        select(PilotRun, Account.name.label("who"))
        .join(Account, col(Account.id) == col(PilotRun.by_id))
        .where(
            PilotRun.project_id == project_id,
            PilotRun.recorded_at <= view.known_at,
            PilotRun.ended_on <= view.as_of,
        )
        .order_by(col(PilotRun.started_on).desc(), col(PilotRun.id).desc())
    )
    return session.execute(query).mappings().all()


def plans(session: Session, project_id: int, view: Moment) -> Sequence[RowMapping]:
    """Every plan of every gate up to the view, the first first; `current` is the one in force."""
    in_force = and_(*_known(GatePlan, view))
    query = (
        select(
            GatePlan.gate,
            GatePlan.planned_on,
            GatePlan.reason,
            GatePlan.known_from,
            case((in_force, True), else_=False).label("current"),
        )
        .where(GatePlan.project_id == project_id, GatePlan.known_from <= view.known_at)
        .order_by(col(GatePlan.gate), col(GatePlan.known_from))
    )
    return session.execute(query).mappings().all()


def facts(session: Session, project_id: int, view: Moment) -> Sequence[PublicFact]:
    """What public sources say about a project, by their day."""
    query = (
        select(PublicFact)
        .where(PublicFact.project_id == project_id, PublicFact.recorded_at <= view.known_at)
        .order_by(col(PublicFact.as_of), col(PublicFact.id))
    )
    return session.exec(query).all()


def _papers() -> Select:
    columns = [getattr(Evidence, name) for name in Evidence.model_fields]
    return (
        select(
            *columns,
            Account.name.label("who"),
            _Checker.name.label("checker"),
            _Approver.name.label("approver"),
            Attachment.name.label("file"),
        )
        .join(Account, col(Account.id) == col(Evidence.submitted_by))
        .join(_Checker, col(_Checker.id) == col(Evidence.checked_by), isouter=True)
        .join(_Approver, col(_Approver.id) == col(Evidence.approver_id), isouter=True)
        .join(Attachment, col(Attachment.id) == col(Evidence.attachment_id), isouter=True)
    )


def _known(kind: type, view: Moment) -> tuple:
    return kind.known_from <= view.known_at, kind.known_to > view.known_at
