"""The steps of a batch (导入批次): bring a file, confirm its columns, apply it as a whole, cancel.

Each is a verb with its own entry in the journal. Checking is none: it changes no record, may be
done anew at any time, and is done in `checking`.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from pilot.domain.arrangement import LOOKED_AT, MOST_LEVELS, Arrangement
from pilot.domain.errors import Conflict, GuardFailed, Invalid
from pilot.domain.import_columns import ImportKind, heading_key
from pilot.domain.importing import MOVES, BatchState, may_move
from pilot.domain.parsing import ParseError, clean_text
from pilot.domain.people import Actor
from pilot.services import attachments
from pilot.services.command import verb
from pilot.services.importing.cells import layout
from pilot.services.importing.planning import Ready, prepared
from pilot.services.importing.writing import write
from pilot.services.sheets import Table
from pilot.store import queries, queries_imports
from pilot.store.files import StoredFile
from pilot.store.models import ImportBatch, ImportMapping, ImportSource

_KINDS = (".csv", ".txt", ".xlsx")
STALE = "检查之后，库中的记录有了变化；请重新检查，核对后再写入。"


@verb("import.stage")
def stage(
    session: Session,
    kind: ImportKind,
    *,
    by: Actor,
    at: datetime,
    file: StoredFile,
    source: str = "",
) -> ImportBatch:
    """Bring a file (上传待导入文件), from a known source or a new one; it waits for its check."""
    if not file.name.casefold().endswith(_KINDS):
        raise Invalid("file", "只能导入 .xlsx 或 CSV（.csv、.txt）；请在表格软件中另存后再上传。")
    known = queries_imports.source_named(session, by.base_id, kind, source) if source else None
    stored = attachments.add(session, file, by=by, at=at)
    batch = ImportBatch(
        base_id=by.base_id,
        kind=kind,
        attachment_id=stored.id,
        source_id=known.id if known else None,
        by_id=by.id,
        recorded_at=at,
    )
    session.add(batch)
    session.flush()
    return batch


@verb("import.map")
def confirm_mapping(
    session: Session,
    batch_id: int,
    *,
    by: Actor,
    at: datetime,
    source: str,
    where: Arrangement,
    columns: Mapping[str, str | None],
) -> ImportBatch:
    """Confirm the column of each heading (确认列名对应), for this file and the source's next ones.

    `columns` has every heading; None for one that is not imported. The same as before is no new
    version.
    """
    batch = standing(session, by, batch_id, "map")
    named = {heading_key(heading): key for heading, key in columns.items()}
    _check_columns(batch.kind, where, named)
    row = _source(session, batch.kind, source, by, at)
    batch.source_id = row.id
    batch.mapping_id = _version(session, row, where, named, by, at).id
    _wait(batch)
    return batch


@verb("import.stage")
def recheck(session: Session, batch_id: int, *, by: Actor, at: datetime) -> ImportBatch:
    """Have the file checked again (重新检查), against what the records say now."""
    batch = standing(session, by, batch_id, "check")
    _wait(batch)
    return batch


@verb("import.cancel")
def cancel(session: Session, batch_id: int, *, by: Actor, at: datetime) -> ImportBatch:
    """Give a batch up (取消) before anything of it was written."""
    batch = standing(session, by, batch_id, "cancel")
    batch.state = BatchState.CANCELLED
    return batch


@verb("import.apply")
def queue(session: Session, batch_id: int, *, by: Actor, at: datetime) -> ImportBatch:
    """Ask for a checked batch to be applied (写入); the server does it beside the pages."""
    batch = standing(session, by, batch_id, "queue")
    check_clean(batch)
    batch.state, batch.leased_until, batch.message = BatchState.QUEUED, None, ""
    batch.by_id, batch.tries = by.id, 0
    return batch


@verb("import.apply")
def apply_batch(
    session: Session,
    batch_id: int,
    *,
    by: Actor,
    at: datetime,
    table: Table,
    reason: str = "",
    ready: Ready | None = None,
) -> ImportBatch:
    """Write every row of a checked batch or none, exactly as the check showed it.

    `ready` is the same work done before the turn; it is used if it still holds.
    """
    batch = standing(session, by, batch_id, "apply")
    check_clean(batch)
    mapping = mapping_of(session, batch)
    if ready is None or not ready.holds(session, by, at):
        columns = layout(batch.kind, table, mapping).columns
        ready = prepared(session, batch.kind, table, columns, by=by, at=at)
    if ready.digest != batch.digest:
        raise Conflict(STALE)
    written = write(session, batch.kind, table, mapping, by=by, at=at, reason=reason, ready=ready)
    session.flush()
    queries_imports.note_written(session, batch.id, written)
    batch.state, batch.applied_at, batch.applied_by_id = BatchState.APPLIED, at, by.id
    batch.leased_until = None
    return batch


def standing(session: Session, by: Actor, batch_id: int, step: str) -> ImportBatch:
    """The actor's batch, ready for a step; Conflict with the state it is in."""
    batch = queries.one(session, ImportBatch, by.base_id, batch_id)
    if not may_move(step, batch.state):
        raise Conflict(f"这一批现在是“{batch.state.label}”，不能{MOVES[step][1]}；请刷新页面。")
    return batch


def mapping_of(session: Session, batch: ImportBatch) -> dict[str, str | None] | None:
    """The confirmed mapping a batch is read by; None for the headings of the template."""
    if batch.mapping_id is None:
        return None
    return json.loads(session.get(ImportMapping, batch.mapping_id).columns)


def check_clean(batch: ImportBatch) -> None:
    """Refuse a batch with errors, or with nothing to write."""
    if batch.hard:
        raise GuardFailed([f"还有 {batch.hard} 处错误；请改正文件后重新上传，全部无误才能写入。"])
    if not batch.new and not batch.changed:
        raise GuardFailed(["文件与库中记录一致，没有需要写入的内容。"])


def _wait(batch: ImportBatch) -> None:
    batch.state, batch.leased_until, batch.message = BatchState.WAITING, None, ""
    batch.done = batch.total = batch.tries = 0


def _check_columns(kind: ImportKind, where: Arrangement, named: Mapping[str, str | None]) -> None:
    if not (1 <= where.first <= LOOKED_AT and 1 <= where.levels <= MOST_LEVELS):
        raise Invalid("where", f"列名应在前 {LOOKED_AT} 行之内，最多 {MOST_LEVELS} 行。")
    by_key = {column.key: column for column in kind.columns}
    chosen = [key for key in named.values() if key is not None]
    if strange := set(chosen) - by_key.keys():
        raise Invalid("columns", f"没有这样的列：{'、'.join(sorted(strange))}。")
    if twice := [key for key in by_key if chosen.count(key) > 1]:
        names = "、".join(by_key[key].heading for key in twice)
        raise Invalid("columns", f"有几个列名都对应“{names}”；请只留一个，其余选“不导入”。")
    missing = [c.heading for c in kind.columns if c.required and c.key not in chosen]
    if missing:
        raise Invalid("columns", f"必需的列还没有对应：{'、'.join(missing)}。")


def _source(session: Session, kind: ImportKind, name: str, by: Actor, at: datetime) -> ImportSource:
    try:
        named = clean_text(name, 100)
    except ParseError as error:
        raise Invalid("source", f"来源名称：{error.message}{error.remedy}") from error
    if named is None:
        raise Invalid(
            "source", "请填写来源名称，如“科技局年度台账”；同一来源的下一份文件不再询问。"
        )
    row = queries_imports.source_named(session, by.base_id, kind, named)
    if row is None:
        row = ImportSource(base_id=by.base_id, kind=kind, name=named, recorded_at=at)
        session.add(row)
        session.flush()
    return row


def _version(
    session: Session,
    source: ImportSource,
    where: Arrangement,
    named: dict[str, str | None],
    by: Actor,
    at: datetime,
) -> ImportMapping:
    latest = queries_imports.latest_mapping(session, source.id)
    text = json.dumps(named, ensure_ascii=False, sort_keys=True)
    if latest and (latest.first_row, latest.levels, latest.columns) == (
        where.first, where.levels, text,
    ):  # fmt: skip
        return latest
    row = ImportMapping(
        base_id=source.base_id,
        source_id=source.id,
        version=latest.version + 1 if latest else 1,
        first_row=where.first,
        levels=where.levels,
        columns=text,
        recorded_at=at,
        by_id=by.id,
    )
    session.add(row)
    session.flush()
    return row
