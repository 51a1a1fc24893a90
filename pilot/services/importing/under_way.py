"""Imports under way (正在写入的导入): what a report is to say of rows that come or go just now."""

from dataclasses import dataclass, fields

from sqlmodel import Session

from pilot.domain.import_columns import ImportKind
from pilot.domain.importing import BatchState
from pilot.store import queries_portions
from pilot.store.models import Account, ImportBatch


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a batch stands, for whoever waits for it."""

    id: int
    state: BatchState
    total: int
    done: int
    new: int
    changed: int
    hard: int
    message: str
    written: str | None


def of_file(session: Session, account_id: int, kind: ImportKind, sha256: str) -> Standing | None:
    """The batch of this file in an account's base that has not come to an end, if there is one."""
    base_id = session.get(Account, account_id).base_id
    batch = queries_portions.of_file(session, base_id, kind, sha256)
    return _standing(batch) if batch else None


def batch_of(session: Session, batch_id: int) -> Standing:
    """A batch as it stands."""
    return _standing(session.get(ImportBatch, batch_id))


def _standing(batch: ImportBatch) -> Standing:
    return Standing(**{one.name: getattr(batch, one.name) for one in fields(Standing)})


def warnings(session: Session, base_id: int) -> tuple[str, ...]:
    """A sentence for each batch of a base of which some rows are there and others not."""
    found = []
    for batch in queries_portions.under_way(session, base_id):
        total = batch.new + batch.changed
        doing = "写入" if batch.state is BatchState.WRITING else "收回"
        found.append(
            f"导入批次 {batch.id}（{batch.kind.label}）正在{doing}，库中现有 {batch.done:,} / "
            f"{total:,} 行，报表中的行可能不全；请等它结束后再核对和签发。"
        )
    return tuple(found)
