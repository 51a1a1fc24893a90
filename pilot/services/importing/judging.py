"""Judging the file of a batch (检查) row by row; what was found is kept some hundreds at a time."""

import hashlib
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from pilot.domain.importing import LEASE, Outcome
from pilot.domain.problems import Problem
from pilot.services.importing.batches import mapping_of
from pilot.services.importing.book import Book
from pilot.services.importing.cells import Layout, layout
from pilot.services.importing.differences import differences
from pilot.services.importing.jobs import Job
from pilot.services.importing.keeping import kept
from pilot.services.importing.plan import Plan
from pilot.services.importing.planning import AHEAD, TO_WRITE, note_plan, open_book, plans, rest
from pilot.services.importing.portions import too_many
from pilot.services.sheets import Table
from pilot.store import queries_imports
from pilot.store.engine import writing
from pilot.store.models import ImportBatch, ImportProblem, ImportRow


def judge(engine: Engine, session: Session, job: Job, table: Table) -> dict[str, Any]:
    """Judge every row and keep what was found; what the batch is to say of it.

    The progress is told every few hundred rows, and no old state of the database is held.
    """
    batch = job.batch
    found = layout(batch.kind, table, mapping_of(session, batch))
    above = [*found.problems, *table.notes]
    counts, whole = dict.fromkeys(Outcome, 0), hashlib.sha256()
    hard, soft = _count(above)
    refuse_file(engine, batch, above)
    with writing(engine) as other:
        queries_imports.note(other, batch.id, total=len(table.rows), done=0)
    position = len(above)
    book = open_book(session, batch.kind, job.actor, job.clock())
    judged = _rows(book, table, found)
    rest(session)
    while some := list(islice(judged, AHEAD)):
        problems = [problem for plan in some for problem in plan.problems]
        rows = [_row(batch, book, plan, whole) for plan in some]
        for plan in some:
            counts[plan.outcome] += 1
        problems += too_many(batch.kind, sum(counts[outcome] for outcome in TO_WRITE), some)
        more = _count(problems)
        hard, soft = hard + more[0], soft + more[1]
        with writing(engine) as other:
            queries_imports.keep(other, ImportRow, rows)
            _keep_problems(other, batch, problems, position)
            values = {"done": sum(counts.values()), "leased_until": job.clock() + LEASE}
            queries_imports.note(other, batch.id, **values)
        position += len(problems)
        rest(session)
    return {
        "hard": hard, "soft": soft, "checked_at": job.clock(), "digest": whole.hexdigest(),
        "mapping_id": batch.mapping_id, "total": len(table.rows),
        **{outcome.value: number for outcome, number in counts.items()},
    }  # fmt: skip


def refuse_file(engine: Engine, batch: ImportBatch, problems: list[Problem]) -> None:
    """Keep what is said of the file as a whole, instead of what an earlier check found."""
    with writing(engine) as session:
        queries_imports.forget_findings(session, batch.id)
        _keep_problems(session, batch, problems, 0)


def _rows(book: Book, table: Table, found: Layout) -> Iterator[Plan]:
    if any(problem.rule == "header-missing" for problem in found.problems):
        return iter(())
    return plans(book, table, found.columns)


def _row(batch: ImportBatch, book: Book, plan: Plan, whole) -> dict:
    """A row as it is kept; one that is not refused is one more in the digest."""
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
        "digest": None if plan.refused else note_plan(whole, book, plan),
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
