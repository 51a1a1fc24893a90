"""What a change drags along (连带更新): lines of transfers and of projects, and the claims."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlmodel import Session

from pilot.domain.moment import local_day
from pilot.services import claiming
from pilot.store import project_spans, queries_results, transfer_spans
from pilot.store.models import Project, Transfer


def of_results(
    session: Session, base_id: int, result_ids: Collection[int], *, at: datetime, reason: str
) -> None:
    """Results changed: their transfers read differently and their packages are judged anew."""
    moved = queries_results.transfers_of(session, queries_results.family(session, result_ids))
    transfer_spans.refresh(session, [transfer.id for transfer in moved], at)
    for result_id in sorted(result_ids):
        claiming.result_changed(session, base_id, result_id, at=at, reason=reason)


def of_transfers(
    session: Session, base_id: int, transfers: Sequence[Transfer], *, at: datetime, reason: str
) -> None:
    """Transfers changed, or the contract or a party they name."""
    session.flush()
    transfer_spans.refresh(session, [transfer.id for transfer in transfers], at)
    for result_id in sorted({transfer.result_id for transfer in transfers}):
        claiming.result_changed(session, base_id, result_id, at=at, reason=reason)


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


def send_back(transfers: Iterable[Transfer]) -> None:
    """What decides the count changed after the check: the transfers await a new one (重新核验)."""
    for transfer in transfers:
        transfer.verified_by = transfer.verified_at = None
