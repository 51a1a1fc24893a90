"""What an import compares its rows with: everything of one kind in a base, in a few queries."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from pilot.domain.moment import FOREVER, FOREVER_DAY
from pilot.domain.vocabulary import Gate
from pilot.store.models import (
    Contract,
    GatePlan,
    Project,
    ProjectSite,
    ProjectSpan,
    Result,
    ResultHolder,
    ResultIdentifier,
    Transfer,
)


def projects(session: Session, base_id: int) -> Sequence[Project]:
    """Every project of a base, voided ones too: their codes stay taken."""
    query = select(Project).where(Project.base_id == base_id).order_by(col(Project.id))
    return session.exec(query).all()


def sites(session: Session, base_id: int) -> dict[int, tuple[str, ...]]:
    """The sites of each project, in order."""
    query = (
        select(ProjectSite.project_id, ProjectSite.site)
        .where(ProjectSite.base_id == base_id)
        .order_by(col(ProjectSite.project_id), col(ProjectSite.site))
    )
    found: dict[int, list[str]] = defaultdict(list)
    for project_id, site in session.exec(query):
        found[project_id].append(site)
    return {project_id: tuple(names) for project_id, names in found.items()}


def spans_now(session: Session, base_id: int) -> dict[int, ProjectSpan]:
    """How each project stands now."""
    query = select(ProjectSpan).where(
        ProjectSpan.base_id == base_id,
        ProjectSpan.known_to == FOREVER,
        ProjectSpan.valid_to == FOREVER_DAY,
    )
    return {span.project_id: span for span in session.exec(query)}


def plans(session: Session, base_id: int) -> dict[tuple[int, Gate], date]:
    """The planned day of each gate of each project."""
    query = select(GatePlan.project_id, GatePlan.gate, GatePlan.planned_on).where(
        GatePlan.base_id == base_id, GatePlan.known_to == FOREVER
    )
    return {(project_id, gate): day for project_id, gate, day in session.exec(query)}


def results(session: Session, base_id: int) -> Sequence[Result]:
    """Every result of a base, voided ones too: their codes stay taken."""
    query = select(Result).where(Result.base_id == base_id).order_by(col(Result.id))
    return session.exec(query).all()


def holders(session: Session, base_id: int) -> dict[int, list[ResultHolder]]:
    """The holders of each result in their order."""
    query = (
        select(ResultHolder)
        .where(ResultHolder.base_id == base_id)
        .order_by(col(ResultHolder.result_id), col(ResultHolder.position))
    )
    found: dict[int, list[ResultHolder]] = defaultdict(list)
    for row in session.exec(query):
        found[row.result_id].append(row)
    return found


def identifiers(session: Session, base_id: int) -> dict[int, list[ResultIdentifier]]:
    """The numbers of each result in the order they were recorded."""
    query = (
        select(ResultIdentifier)
        .where(ResultIdentifier.base_id == base_id)
        .order_by(col(ResultIdentifier.result_id), col(ResultIdentifier.id))
    )
    found: dict[int, list[ResultIdentifier]] = defaultdict(list)
    for row in session.exec(query):
        found[row.result_id].append(row)
    return found


def contracts(session: Session, base_id: int) -> Sequence[Contract]:
    """Every contract of a base, rescinded ones too: their numbers stay taken."""
    query = select(Contract).where(Contract.base_id == base_id).order_by(col(Contract.id))
    return session.exec(query).all()


def transfers(session: Session, base_id: int) -> Sequence[Transfer]:
    """Every transfer of a base that was not voided."""
    query = select(Transfer).where(Transfer.base_id == base_id, col(Transfer.voided_at).is_(None))
    return session.exec(query.order_by(col(Transfer.id))).all()


def project_codes(session: Session, base_id: int) -> dict[str, int]:
    """The projects of a base by code."""
    query = select(Project.code, Project.id).where(Project.base_id == base_id)
    return dict(session.exec(query).all())


def contracts_recorded_at(session: Session, base_id: int, at: datetime) -> Sequence[Contract]:
    """The contracts that one command entered: recorded times of a base never repeat."""
    query = select(Contract).where(Contract.base_id == base_id, Contract.recorded_at == at)
    return session.exec(query.order_by(col(Contract.id))).all()
