"""Imports under way (正在写入的导入): what a report is to say of rows that come or go just now."""

from sqlmodel import Session

from pilot.domain.import_columns import ImportKind
from pilot.domain.importing import BatchState
from pilot.store import queries_portions
from pilot.store.models import ImportBatch


def of_file(session: Session, base_id: int, kind: ImportKind, sha256: str) -> ImportBatch | None:
    """The batch of this file that has not come to an end, if there is one."""
    return queries_portions.of_file(session, base_id, kind, sha256)


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
