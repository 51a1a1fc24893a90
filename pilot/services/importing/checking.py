"""The work on a batch (检查、写入、收回): what its state asks for, done by whoever leases it.

A page does it for a small file, the server's importer for a long one, beside the pages.
"""

import contextlib
import json
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from pilot.domain.arrangement import LOOKED_AT, headings_of
from pilot.domain.errors import Busy, PilotError, Refused, Unwritable
from pilot.domain.import_columns import heading_key
from pilot.domain.importing import LEASE, BatchState
from pilot.services.command import perform
from pilot.services.importing.backing import take_all_back
from pilot.services.importing.batches import apply_batch, mapping_of
from pilot.services.importing.carrying import carry
from pilot.services.importing.cells import layout
from pilot.services.importing.failing import worn_out
from pilot.services.importing.jobs import Clock, Job, job_of
from pilot.services.importing.judging import judge, refuse_file
from pilot.services.importing.planning import prepared
from pilot.services.importing.portions import is_long, turn_back
from pilot.services.importing.stored_sheets import sheet_of, table_of
from pilot.services.sheets import FileRefused, Sheet
from pilot.store import queries_imports
from pilot.store.engine import learn, reading, writing
from pilot.store.files import Place
from pilot.store.models import Attachment, ImportBatch

SMALL = 200 * 1024  # bytes of a file that a page checks and applies at once


def waiting(engine: Engine, now: datetime) -> list[int]:
    """The batches that wait to be checked or applied."""
    with reading(engine) as session:
        return queries_imports.waiting(session, now)


def work(engine: Engine, folder: Place, batch_id: int, clock: Clock) -> None:
    """Check or apply one batch, unless somebody else is at it; its row tells how it went."""
    with writing(engine) as session:
        if not queries_imports.take(session, batch_id, clock(), clock() + LEASE):
            return
    if worn_out(engine, batch_id, clock()):
        return
    try:
        with reading(engine) as session:
            job = job_of(session, batch_id, clock)
        _WORK[job.batch.state](engine, folder, job)
    except (Busy, Unwritable):
        raise
    except PilotError as error:
        _end(engine, batch_id, state=BatchState.CHECKED, hard=1, digest=None, message=_said(error))


def hold(engine: Engine, batch_id: int, now: datetime) -> None:
    """Keep the lease while the work goes on; a database that is busy with it needs no reminder."""
    with contextlib.suppress(Busy), writing(engine) as session:
        queries_imports.hold(session, batch_id, now + LEASE)


def small(engine: Engine, batch_id: int) -> bool:
    """Whether a page may do the work at once."""
    with reading(engine) as session:
        batch = session.get(ImportBatch, batch_id)
        return session.get(Attachment, batch.attachment_id).size <= SMALL and not is_long(batch)


def _apply(engine: Engine, folder: Place, job: Job) -> None:
    """Apply a batch that was checked; what refuses it is told on it, and nothing is written."""
    batch = job.batch
    try:
        if is_long(batch):
            _carry(engine, folder, job)
        else:
            _apply_at_once(engine, folder, job)
    except (Busy, Unwritable):
        raise
    except PilotError as error:
        if not _turned_back(engine, job, error):
            _end(engine, batch.id, state=BatchState.CHECKED, message=_said(error))


def _apply_at_once(engine: Engine, folder: Place, job: Job) -> None:
    batch = job.batch
    with sheet_of(folder, job.file) as sheet:
        with reading(engine) as session:
            table = table_of(session, batch, sheet)
            columns = layout(batch.kind, table, mapping_of(session, batch)).columns
            args = {"by": job.actor, "at": job.clock()}
            ready = prepared(session, batch.kind, table, columns, **args)
        reason = f"导入{batch.kind.label}：新增 {batch.new}、变更 {batch.changed}"
        options = {"table": table, "reason": reason, "ready": ready}
        perform(engine, apply_batch, batch.id, by=job.actor.id, now=job.clock(), **options)
    learn(engine)  # many new rows: the indexes may have to be chosen anew


def _carry(engine: Engine, folder: Place, job: Job) -> None:
    with sheet_of(folder, job.file) as sheet:
        with reading(engine) as session:
            table = table_of(session, job.batch, sheet)
            columns = layout(job.batch.kind, table, mapping_of(session, job.batch)).columns
        carry(engine, job, table, columns)


def _turned_back(engine: Engine, job: Job, error: PilotError) -> bool:
    """Take back what a batch has written that goes no further; False if it has written nothing."""
    with reading(engine) as session:
        state = session.get(ImportBatch, job.batch.id).state
    if state is BatchState.WRITING:
        reason = _said(error).removeprefix("没有写入。")
        perform(engine, turn_back, job.batch.id, by=job.actor.id, now=job.clock(), reason=reason)
        state = BatchState.BACKING
    return state is BatchState.BACKING


def _back(engine: Engine, _folder: Place, job: Job) -> None:
    try:
        take_all_back(engine, job)
    except (Busy, Unwritable):
        raise
    except PilotError as error:
        said = f"收回没有完成：{error.message}请由有权的人员点“再次收回”。"
        _end(engine, job.batch.id, state=BatchState.HELD, message=said[:500])


def _check(engine: Engine, folder: Place, job: Job) -> None:
    batch = job.batch
    try:
        with sheet_of(folder, job.file) as sheet:
            with reading(engine) as session:
                settled = _settled(session, batch, sheet)
            if settled is None:
                _end(engine, batch.id, state=BatchState.MAPPING, layout=_looked_at(sheet))
                return
            batch.mapping_id = settled or None
            with reading(engine) as session:
                found = judge(engine, session, job, table_of(session, batch, sheet))
        _end(engine, batch.id, state=BatchState.CHECKED, message="", **found)
    except FileRefused as error:
        refuse_file(engine, batch, error.problems)
        _end(
            engine, batch.id, state=BatchState.CHECKED, hard=len(error.problems), soft=0,
            digest=None, total=0, new=0, changed=0, unchanged=0, refused=0, checked_at=job.clock(),
            message="文件读不出来，请按下表改正后重新上传。",
        )  # fmt: skip


def _settled(session: Session, batch: ImportBatch, sheet: Sheet) -> int | None:
    """The mapping to read a file by: its id, 0 for the template's own headings, None if unknown."""
    if batch.mapping_id:
        return batch.mapping_id
    names = [name for name in headings_of(sheet.rows[:1], 1) if name]
    known = {name for column in batch.kind.columns for name in column.names}
    if names and all(heading_key(name) in known for name in names):
        return 0
    mapping = queries_imports.latest_mapping(session, batch.source_id)
    if mapping is None:
        return None
    rows = sheet.rows[mapping.first_row - 1 : mapping.first_row - 1 + mapping.levels]
    names = [heading_key(name) for name in headings_of(rows, mapping.levels) if name]
    covered = names and set(names) == json.loads(mapping.columns).keys()
    return mapping.id if covered else None


def _looked_at(sheet: Sheet) -> str:
    """The top of a sheet, as a page shows it to ask where the headings are."""
    rows = [[_shown(cell) for cell in cells] for cells in sheet.rows[:LOOKED_AT]]
    return json.dumps(rows, ensure_ascii=False)


def _shown(cell: object) -> str:
    return "" if cell is None else str(cell)[:60]


def _said(error: PilotError) -> str:
    if isinstance(error, Refused):
        first = error.problems[0]
        place = f"第 {first.row} 行：" if first.row else ""
        return f"没有写入。{place}{first.message}{first.remedy}（共 {len(error.problems)} 处）"[
            :500
        ]
    return error.message[:500]


def _end(engine: Engine, batch_id: int, **values) -> None:
    """Write down how the work ended, unless somebody cancelled the batch meanwhile."""
    with writing(engine) as session:
        queries_imports.finish(session, batch_id, leased_until=None, **values)


_WORK = {
    BatchState.WAITING: _check,
    BatchState.QUEUED: _apply,
    BatchState.WRITING: _apply,
    BatchState.BACKING: _back,
}
