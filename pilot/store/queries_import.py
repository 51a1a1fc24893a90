"""What an import compares its rows with: everything of one kind in a base, in a few queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
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

_AT_ONCE = 500  # ids in one statement
_STREAMED = {"execution_options": {"yield_per": 5_000}}


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


def result_keys(session: Session, base_id: int) -> Iterator[tuple[int, str, str, bool]]:
    """Key, code and title of every result of a base and whether it is voided, in a stream."""
    voided = col(Result.voided_at).is_not(None)
    query = select(Result.id, Result.code, Result.title, voided).where(Result.base_id == base_id)
    yield from session.connection().execute(query.order_by(col(Result.id)), **_STREAMED)


def number_keys(session: Session, base_id: int) -> Iterator[tuple[int, str, str]]:
    """Which result has each number of a base, in a stream."""
    query = select(ResultIdentifier.result_id, ResultIdentifier.kind, ResultIdentifier.key)
    query = query.where(ResultIdentifier.base_id == base_id)
    yield from session.connection().execute(query, **_STREAMED)


def results_of(session: Session, ids: Collection[int]) -> list[Result]:
    """These results."""
    return _of(session, select(Result), col(Result.id), ids)


def holders_of(session: Session, ids: Collection[int]) -> dict[int, list[ResultHolder]]:
    """The holders of these results in their order."""
    query = select(ResultHolder).order_by(col(ResultHolder.position))
    return _by_result(_of(session, query, col(ResultHolder.result_id), ids))


def identifiers_of(session: Session, ids: Collection[int]) -> dict[int, list[ResultIdentifier]]:
    """The numbers of these results in the order they were recorded."""
    query = select(ResultIdentifier).order_by(col(ResultIdentifier.id))
    return _by_result(_of(session, query, col(ResultIdentifier.result_id), ids))


def _of(session: Session, query, column, ids: Collection[int]) -> list:
    ordered, found = sorted(ids), []
    for start in range(0, len(ordered), _AT_ONCE):
        found += session.exec(query.where(column.in_(ordered[start : start + _AT_ONCE])))
    return found


def _by_result(rows: Iterable) -> dict[int, list]:
    found = defaultdict(list)
    for row in rows:
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
