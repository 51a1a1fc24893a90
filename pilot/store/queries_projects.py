"""Projects and what hangs on them."""

from collections.abc import Sequence

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from pilot.store.models import Contract, ProjectNote, ProjectResult, ProjectSite, Result

# Built once: every command about a project asks it.
_SITES = (
    select(ProjectSite)
    .where(ProjectSite.project_id == bindparam("project"))
    .order_by(col(ProjectSite.site))
)


def sites(session: Session, project_id: int) -> Sequence[ProjectSite]:
    """The sites of a project."""
    return session.exec(_SITES, params={"project": project_id}).all()


def is_linked(session: Session, project_id: int, result_id: int) -> bool:
    """Whether the project already pilots the result."""
    query = select(ProjectResult.id).where(
        ProjectResult.project_id == project_id, ProjectResult.result_id == result_id
    )
    return session.exec(query).first() is not None


def results(session: Session, project_id: int) -> Sequence[Result]:
    """The results a project pilots."""
    return session.exec(
        select(Result)
        .join(ProjectResult, col(ProjectResult.result_id) == col(Result.id))
        .where(ProjectResult.project_id == project_id)
        .order_by(col(Result.code))
    ).all()


def result_ids(session: Session, project_id: int) -> list[int]:
    """The ids of the results a project pilots."""
    query = select(ProjectResult.result_id).where(ProjectResult.project_id == project_id)
    return list(session.exec(query))


def notes(session: Session, project_id: int) -> Sequence[ProjectNote]:
    """The updates of a project, newest first."""
    return session.exec(
        select(ProjectNote)
        .where(ProjectNote.project_id == project_id)
        .order_by(col(ProjectNote.on).desc(), col(ProjectNote.id).desc())
    ).all()


def has_ip_clause(session: Session, project_id: int) -> bool:
    """Whether a contract of the project says who owns what comes of it (知识产权条款)."""
    query = select(Contract.id).where(
        Contract.project_id == project_id, col(Contract.ip_clause).is_not(None)
    )
    return session.exec(query).first() is not None
