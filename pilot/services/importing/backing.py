"""Taking a long batch back (收回) in portions, from its last row to its first.

By the rules of undoing, row by row: what has been changed since, or is named by something else,
stays, is told, and waits for somebody to decide.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session, col

from pilot.domain.errors import Invalid, Refused
from pilot.domain.importing import LEASE, BatchState
from pilot.domain.people import Actor
from pilot.domain.problems import Problem
from pilot.services import consequences
from pilot.services.command import perform, verb
from pilot.services.importing import many_results
from pilot.services.importing.batches import standing
from pilot.services.importing.jobs import Job
from pilot.services.importing.portions import Pace, back
from pilot.services.importing.undoing import in_the_way, take_back
from pilot.services.reads import read
from pilot.store import queries, queries_imports, queries_portions
from pilot.store.engine import reading
from pilot.store.models import ImportBatch, ImportRow

_LOOKED_AT = 2_000  # rows whose obstacles are looked for at a time
_NAMED = 20  # rows that a message names


@read("import.read")
def standing_rows(session: Session, actor: Actor, batch_id: int, limit: int) -> list[Problem]:
    """What keeps the rows of a batch that could not be taken back, the last rows first."""
    batch = queries.one(session, ImportBatch, actor.base_id, batch_id)
    rows = queries_portions.last_written(session, batch.id, None, limit)
    return list(in_the_way(session, batch, rows))


@verb("import.undo")
def back_portion(
    session: Session,
    batch_id: int,
    *,
    by: Actor,
    at: datetime,
    rows: Sequence[int],
    pace: Pace,
    reason: str = "",
) -> ImportBatch:
    """Take back some rows of a batch (收回一段); those that something rests on stay."""
    pace.begin()
    batch = standing(session, by, batch_id, "back")
    some = queries_portions.some_written(session, batch.id, rows)
    kept = {problem.row for problem in in_the_way(session, batch, some)}
    why = f"撤销导入 {batch.id}：{batch.undo_reason or ''}"[:300]
    with consequences.together(session, by.base_id, at=at, reason=why):
        free = [row for row in some if row.row not in kept]
        gone = _taken_back(session, batch, free, by, at, why)
    queries_portions.note_taken_back(session, batch.id, gone)
    queries_imports.note(
        session, batch.id, done=col(ImportBatch.done) - len(gone), leased_until=at + LEASE, tries=0
    )
    return batch


def _taken_back(
    session: Session,
    batch: ImportBatch,
    rows: Sequence[ImportRow],
    by: Actor,
    at: datetime,
    why: str,
) -> list[int]:
    """The rows that are gone: results that stood alone in a few statements, others one by one."""
    gone = many_results.void(session, batch, rows, at=at, reason=why)
    rest = (row for row in rows if row.row not in gone)
    return [*gone, *(row.row for row in rest if _gone(session, batch, row, by, at, why))]


def _gone(
    session: Session, batch: ImportBatch, row: ImportRow, by: Actor, at: datetime, why: str
) -> bool:
    try:
        with session.begin_nested():
            take_back(session, batch, row, by, at, why)
    except Refused:
        return False
    return True


@verb("import.undo")
def end_back(
    session: Session, batch_id: int, *, by: Actor, at: datetime, left: int, reason: str
) -> ImportBatch:
    """Say how taking back ended (收回完毕): nothing is left, or which rows stand."""
    batch = standing(session, by, batch_id, "back")
    batch.leased_until, batch.message = None, reason[:500]
    if left:
        batch.state = BatchState.HELD
        return batch
    batch.state, batch.undone_at, batch.undone_by_id = BatchState.UNDONE, at, by.id
    return batch


@verb("import.undo")
def refuse_back(
    session: Session, batch_id: int, *, by: Actor, at: datetime, reason: str
) -> ImportBatch:
    """Leave an applied batch as it is, because something rests on it (不能撤销)."""
    batch = standing(session, by, batch_id, "back")
    batch.state, batch.message, batch.leased_until = BatchState.APPLIED, reason[:500], None
    batch.undo_asked_by_id = batch.undo_asked_at = batch.undo_reason = None
    return batch


@verb("import.undo")
def back_again(session: Session, batch_id: int, *, by: Actor, at: datetime) -> ImportBatch:
    """Try once more to take back the rows that stand (再次收回)."""
    batch = standing(session, by, batch_id, "back_again")
    batch.undo_asked_by_id, batch.undo_asked_at = by.id, at
    return back(batch, batch.undo_reason or "再次收回。")


@verb("import.undo")
def leave(session: Session, batch_id: int, *, by: Actor, at: datetime, reason: str) -> ImportBatch:
    """Leave the rows that stand as they are (保留), for a reason; they may be undone later."""
    if not reason.strip():
        raise Invalid("reason", "保留没有收回的行必须填写理由。")
    batch = standing(session, by, batch_id, "leave")
    number = queries_portions.how_many(session, batch.id)
    batch.state, batch.leased_until = BatchState.APPLIED, None
    if batch.applied_at is None:
        batch.applied_at, batch.applied_by_id = at, by.id
    batch.undo_asked_by_id = batch.undo_asked_at = None
    batch.message = f"收回后保留了 {number:,} 行（{by.name}：{reason.strip()}）。"[:500]
    return batch


def take_all_back(engine: Engine, job: Job) -> None:
    """Take back what is written, then say how it ended; a batch that rests under others stays."""
    batch, by, pace, before = job.batch, job.actor, Pace(), None
    if (
        batch.applied_at
        and batch.done == batch.new + batch.changed
        and (said := _rests(engine, job))
    ):
        perform(engine, refuse_back, batch.id, by=by.id, now=job.clock(), reason=said)
        return
    while True:
        with reading(engine) as session:
            some = queries_portions.last_written(session, batch.id, before, pace.size)
            rows = [row.row for row in some]
        if not rows:
            break
        reason = f"收回导入 {batch.id}：第 {rows[-1]:,}–{rows[0]:,} 行"
        options = {"rows": rows, "pace": pace, "reason": reason}
        perform(engine, back_portion, batch.id, by=by.id, now=job.clock(), **options)
        pace.end(len(rows))
        before = rows[-1]
    with reading(engine) as session:
        left, said = _ended(session, batch.id)
    options = {"left": left, "reason": said}
    perform(engine, end_back, batch.id, by=by.id, now=job.clock(), **options)


def _ended(session: Session, batch_id: int) -> tuple[int, str]:
    batch = session.get(ImportBatch, batch_id)
    why = batch.undo_reason or ""
    left = queries_portions.how_many(session, batch_id)
    if not left:
        return 0, f"{why}写入的行已全部收回。"
    rows = [row.row for row in queries_portions.last_written(session, batch_id, None, _NAMED)]
    named = "、".join(str(row) for row in sorted(rows)) + ("等" if left > len(rows) else "")
    said = f"有 {left:,} 行没有收回（第 {named} 行），因为已有其他记录用到或又改动过。"
    return left, f"{said}请处理后点“再次收回”，或点“保留”。原因：{why}"


def _rests(engine: Engine, job: Job) -> str:
    """What rests on an applied batch, as a sentence; empty if nothing does."""
    found: list[Problem] = []
    with reading(engine) as session:
        before = None
        while some := queries_portions.last_written(session, job.batch.id, before, _LOOKED_AT):
            found += in_the_way(session, job.batch, some)
            before = some[-1].row
            session.expunge_all()
            session.rollback()
    if not found:
        return ""
    first = min(found, key=lambda problem: problem.row or 0)
    return f"没有撤销。{first.message}{first.remedy}（共 {len(found):,} 处）"
