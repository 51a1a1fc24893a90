"""The work on a batch (检查与写入): read its file, judge it, write what was found; or apply it.

Done beside the pages by whoever leases the batch: a page for a small file, the server's importer
for a long one. Rows are judged one by one and kept a few hundred at a time.
"""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import Engine
from sqlmodel import Session

from pilot.domain.arrangement import LOOKED_AT, Arrangement, headings_of
from pilot.domain.errors import Busy, PilotError, Refused
from pilot.domain.import_columns import heading_key
from pilot.domain.importing import BatchState, Outcome
from pilot.domain.people import Actor
from pilot.domain.problems import Problem
from pilot.services.command import perform
from pilot.services.importing.batches import apply_batch, mapping_of
from pilot.services.importing.book import Book
from pilot.services.importing.cells import layout
from pilot.services.importing.differences import differences
from pilot.services.importing.failing import worn_out
from pilot.services.importing.keeping import kept
from pilot.services.importing.plan import Plan
from pilot.services.importing.planning import note_plan, open_book, plans, prepared
from pilot.services.sheets import FileRefused, Sheet, Table, arranged, read_sheet
from pilot.store import files, queries_imports, queries_people
from pilot.store.engine import learn, reading, writing
from pilot.store.files import Place
from pilot.store.models import Attachment, ImportBatch, ImportMapping, ImportProblem, ImportRow

LEASE = timedelta(minutes=1)  # held anew while the work goes on
SMALL = 200 * 1024  # bytes of a file that a page checks and applies at once
_AT_ONCE = 500
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class _Job:
    """A batch that this worker holds: its row and its file as they were when it was taken."""

    batch: ImportBatch
    file: Attachment
    actor: Actor


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
            job = _job(session, batch_id, clock())
        if job.batch.state is BatchState.QUEUED:
            _apply(engine, folder, job, clock)
        else:
            _check(engine, folder, job, clock)
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
        return session.get(Attachment, batch.attachment_id).size <= SMALL


def sheet_of(folder: Place, file: Attachment) -> Sheet:
    """The sheet in a stored file; FileRefused with everything that is wrong with it."""
    with files.open_file(folder, file.sha256) as body:
        return read_sheet(body.read(), file.name)


def table_of(session: Session, batch: ImportBatch, sheet: Sheet) -> Table:
    """The table of a batch by its confirmed mapping."""
    mapping = session.get(ImportMapping, batch.mapping_id) if batch.mapping_id else None
    where = Arrangement(mapping.first_row, mapping.levels) if mapping else Arrangement()
    return arranged(sheet, where)


def _job(session: Session, batch_id: int, now: datetime) -> _Job:
    batch = session.get(ImportBatch, batch_id)
    actor = queries_people.actor(session, batch.by_id, now)
    return _Job(batch, session.get(Attachment, batch.attachment_id), actor)


def _apply(engine: Engine, folder: Place, job: _Job, clock: Clock) -> None:
    """Apply a batch that was checked; what refuses it is told on it, and nothing is written."""
    batch = job.batch
    try:
        sheet = sheet_of(folder, job.file)
        with reading(engine) as session:
            table = table_of(session, batch, sheet)
            columns = layout(batch.kind, table, mapping_of(session, batch)).columns
            args = {"by": job.actor, "at": clock()}
            ready = prepared(session, batch.kind, table, columns, **args)
        reason = f"导入{batch.kind.label}：新增 {batch.new}、变更 {batch.changed}"
        options = {"table": table, "reason": reason, "ready": ready}
        perform(engine, apply_batch, batch.id, by=job.actor.id, now=clock(), **options)
        learn(engine)  # many new rows: the indexes may have to be chosen anew
    except PilotError as error:
        _end(engine, batch.id, state=BatchState.CHECKED, message=_said(error))


def _check(engine: Engine, folder: Place, job: _Job, clock: Clock) -> None:
    batch = job.batch
    try:
        sheet = sheet_of(folder, job.file)
        with reading(engine) as session:
            settled = _settled(session, batch, sheet)
        if settled is None:
            _end(engine, batch.id, state=BatchState.MAPPING, layout=_looked_at(sheet))
            return
        batch.mapping_id = settled or None
        with reading(engine) as session:
            table = table_of(session, batch, sheet)
            _judge(engine, session, job, table, clock)
    except FileRefused as error:
        with writing(engine) as session:
            queries_imports.forget_findings(session, batch.id)
            _keep_problems(session, batch, error.problems, 0)
        _end(
            engine, batch.id, state=BatchState.CHECKED, hard=len(error.problems), soft=0,
            digest=None, total=0, new=0, changed=0, unchanged=0, refused=0, checked_at=clock(),
            message="文件读不出来，请按下表改正后重新上传。",
        )  # fmt: skip


def _settled(session: Session, batch: ImportBatch, sheet: Sheet) -> int | None:
    """The mapping to read a file by: its id, 0 for the template's own headings, None if unknown."""
    if batch.mapping_id:
        return batch.mapping_id
    names = [name for name in headings_of(sheet.rows, 1) if name]
    known = {name for column in batch.kind.columns for name in column.names}
    if names and all(heading_key(name) in known for name in names):
        return 0
    mapping = queries_imports.latest_mapping(session, batch.source_id)
    if mapping is None:
        return None
    rows = sheet.rows[mapping.first_row - 1 :]
    names = [heading_key(name) for name in headings_of(rows, mapping.levels) if name]
    covered = names and set(names) == json.loads(mapping.columns).keys()
    return mapping.id if covered else None


def _looked_at(sheet: Sheet) -> str:
    """The top of a sheet, as a page shows it to ask where the headings are."""
    rows = [[_shown(cell) for cell in cells] for cells in sheet.rows[:LOOKED_AT]]
    return json.dumps(rows, ensure_ascii=False)


def _shown(cell: object) -> str:
    return "" if cell is None else str(cell)[:60]


def _judge(engine: Engine, session: Session, job: _Job, table: Table, clock: Clock) -> None:
    """Judge every row and keep what was found; the progress is told every few hundred rows."""
    batch = job.batch
    found = layout(batch.kind, table, mapping_of(session, batch))
    above = [*found.problems, *table.notes]
    counts = dict.fromkeys(Outcome, 0)
    hard, soft = _count(above)
    with writing(engine) as other:
        queries_imports.forget_findings(other, batch.id)
        _keep_problems(other, batch, above, 0)
        queries_imports.note(other, batch.id, total=len(table.rows), done=0)
    position, whole = len(above), hashlib.sha256()
    book = open_book(session, batch.kind, job.actor, clock())
    judged = _rows(book, table, found)
    while some := list(islice(judged, _AT_ONCE)):
        problems = [problem for plan in some for problem in plan.problems]
        rows = [_row(batch, book, plan) for plan in some]
        for plan in some:
            counts[plan.outcome] += 1
            if not plan.refused:
                note_plan(whole, book, plan)
        more = _count(problems)
        hard, soft = hard + more[0], soft + more[1]
        with writing(engine) as other:
            queries_imports.keep(other, ImportRow, rows)
            _keep_problems(other, batch, problems, position)
            values = {"done": sum(counts.values()), "leased_until": clock() + LEASE}
            queries_imports.note(other, batch.id, **values)
        position += len(problems)
    _end(
        engine, batch.id, state=BatchState.CHECKED, hard=hard, soft=soft, checked_at=clock(),
        digest=whole.hexdigest(), mapping_id=batch.mapping_id, total=len(table.rows), message="",
        **{outcome.value: number for outcome, number in counts.items()},
    )  # fmt: skip


def _rows(book: Book, table: Table, found) -> Iterator[Plan]:
    if any(problem.rule == "header-missing" for problem in found.problems):
        return iter(())
    return plans(book, table, found.columns)


def _row(batch: ImportBatch, book: Book, plan: Plan) -> dict:
    before = None
    if plan.outcome is Outcome.CHANGED:
        before = kept(book.before(plan.existing_id), book.more_before(plan))
    different = differences(book, plan)
    return {
        "base_id": batch.base_id,
        "batch_id": batch.id,
        "row": plan.row,
        "outcome": plan.outcome,
        "name": plan.name[:300],
        "record_id": plan.existing_id if (plan.existing_id or 0) > 0 else None,
        "before": before,
        "differences": json.dumps(different, ensure_ascii=False) if different else None,
    }


def _keep_problems(session: Session, batch: ImportBatch, problems: list[Problem], at: int) -> None:
    rows = [
        {
            "base_id": batch.base_id, "batch_id": batch.id, "position": place, "hard": one.hard,
            "row": one.row, "column": one.column, "rule": one.rule, "message": one.message,
            "remedy": one.remedy,
        }
        for place, one in enumerate(problems, at)
    ]  # fmt: skip
    queries_imports.keep(session, ImportProblem, rows)


def _count(problems: list[Problem]) -> tuple[int, int]:
    hard = sum(problem.hard for problem in problems)
    return hard, len(problems) - hard


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
