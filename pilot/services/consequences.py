"""What a change drags along (连带更新): lines of transfers and of projects, and the claims."""

import contextlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from sqlmodel import Session

from pilot.domain.moment import local_day
from pilot.services import claiming
from pilot.store import (
    memo,
    project_spans,
    queries_results,
    result_spans,
    transfer_spans,
)
from pilot.store.models import Project, Transfer


def of_results(
    session: Session, base_id: int, result_ids: Collection[int], *, at: datetime, reason: str
) -> None:
    """Results changed: they and their transfers read differently, packages are judged anew."""
    if claiming.gathered(session) is None:
        result_spans.refresh(session, result_ids, at)
        moved = queries_results.transfers_of(session, queries_results.family(session, result_ids))
        transfer_spans.refresh(session, [transfer.id for transfer in moved], at)
    claiming.results_changed(session, base_id, result_ids, at=at, reason=reason)


@contextlib.contextmanager
def together(session: Session, base_id: int, *, at: datetime, reason: str) -> Iterator[None]:
    """Follow up once, at the end of the block, on everything that it touches (成批).

    The same rules look at the same facts; only the intermediate states of the block, which nobody
    ever sees, are not judged.
    """
    with memo.kept(session), claiming.gathering(session) as touched:
        yield
    for ids in _portions(touched.results):
        of_results(session, base_id, ids, at=at, reason=reason)
    for ids in _portions(touched.projects):
        claiming.projects_changed(session, base_id, ids, at=at, reason=reason)


def of_transfers(
    session: Session, base_id: int, transfers: Sequence[Transfer], *, at: datetime, reason: str
) -> None:
    """Transfers changed, or the contract or a party they name."""
    session.flush()
    transfer_spans.refresh(session, [transfer.id for transfer in transfers], at)
    results = {transfer.result_id for transfer in transfers}
    claiming.results_changed(session, base_id, results, at=at, reason=reason)


def of_names(session: Session, result_ids: Collection[int], *, at: datetime) -> None:
    """A name that results show changed, a holder's or of who is responsible: nothing is judged."""
    for ids in _portions(result_ids):
        result_spans.refresh(session, ids, at)


def of_projects(
    session: Session,
    base_id: int,
    *,
    named: Iterable[Project] = (),
    judged: Iterable[int] = (),
    at: datetime,
    reason: str,
) -> None:
    """A unit or person changed: projects that name it read differently, its plants are judged."""
    for project in named:
        project_spans.refresh(session, project, on=local_day(at), at=at)
    for project_id in judged:
        claiming.project_changed(session, base_id, project_id, at=at, reason=reason)


def _portions(ids: Collection[int], most: int = 1000) -> Iterator[list[int]]:
    """As many at a time as a statement may name."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), most):
        yield ordered[start : start + most]


def send_back(transfers: Iterable[Transfer]) -> None:
    """What decides the count changed after the check: the transfers await a new one (重新核验)."""
    for transfer in transfers:
        transfer.verified_by = transfer.verified_at = None
