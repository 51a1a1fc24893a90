"""Undo a batch (撤销导入): put back what it changed, take out what it entered, all or nothing.

Only while nothing rests on it: a record that was changed since, or that something names, stands
in the way, and every one that does is listed by its row.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session

from pilot.domain.errors import Conflict, GuardFailed, Invalid, NotAllowed, PilotError, Refused
from pilot.domain.import_columns import ImportKind
from pilot.domain.importing import BatchState, Outcome
from pilot.domain.moment import local_day
from pilot.domain.people import Actor, Role
from pilot.domain.problems import Problem
from pilot.domain.vocabulary import Gate
from pilot.services import (
    consequences,
    lifecycle,
    notices,
    organisations,
    projects,
    results,
    transfers,
)
from pilot.services.command import verb
from pilot.services.importing import entered_contracts, many_results
from pilot.services.importing.batches import standing
from pilot.services.importing.keeping import draft_of, more_of, says
from pilot.services.importing.portions import back, is_long
from pilot.services.reads import read
from pilot.store import queries, queries_gates, queries_imports, queries_people
from pilot.store.models import (
    ImportBatch,
    ImportRow,
    Organisation,
    Person,
    Project,
    Result,
    Transfer,
)

_RECORDS = {
    ImportKind.PROJECTS: Project,
    ImportKind.RESULTS: Result,
    ImportKind.TRANSFERS: Transfer,
    ImportKind.PERSONS: Person,
    ImportKind.ORGANISATIONS: Organisation,
}
# Parts of a record, and what is worked out from it: they go with it.
_PARTS = frozenset(
    {
        "project_site", "project_span", "gate_plan", "result_holder", "result_identifier",
        "result_span", "transfer_span", "claim", "claim_source", "move", "snapshot_projects",
        "snapshot_claims",
    }
)  # fmt: skip
_TABLES = {
    "account": "账号",
    "contract": "合同",
    "evidence": "材料",
    "landing": "产业化落地",
    "person": "人员",
    "pilot_run": "运行批次",
    "project": "项目",
    "project_note": "进展",
    "project_result": "成果与项目的关联",
    "result": "成果",
    "result_holder": "成果（持有方）",
    "review": "评审",
    "submission": "填报",
    "transfer": "转化事件",
}
_MOST = 200  # obstacles that are listed


@read("import.read")
def obstacles(session: Session, actor: Actor, batch_id: int) -> list[Problem]:
    """What stands in the way of undoing a batch, row by row; empty if nothing does.

    Of a long one this is looked for when it is undone: no page waits for it.
    """
    batch = queries.one(session, ImportBatch, actor.base_id, batch_id)
    if batch.state is not BatchState.APPLIED or is_long(batch):
        return []
    return list(in_the_way(session, batch, queries_imports.written_rows(session, batch.id)))


def by_two(batch: ImportBatch) -> bool:
    """Whether undoing voids projects: that takes a second person, as voiding one does."""
    return batch.kind is ImportKind.PROJECTS and batch.new > 0


@verb("import.undo")
def ask_undo(
    session: Session, batch_id: int, *, by: Actor, at: datetime, reason: str
) -> ImportBatch:
    """Ask that a batch be undone whose projects are voided with it (申请撤销); another confirms."""
    batch = standing(session, by, batch_id, "undo")
    if not by_two(batch):
        raise Conflict("这一批没有新增项目，不需要第二人确认，可以直接撤销。")
    _check_reason(reason)
    _check(session, batch)
    batch.undo_asked_by_id, batch.undo_asked_at = by.id, at
    batch.undo_reason = reason.strip()
    others = set(queries_people.holders(session, by.base_id, [Role.MANAGER])) - {by.id}
    text = f"导入批次 {batch.id}：{by.name}申请整批撤销，请核对后确认。"
    notices.tell(session, by.base_id, others, text, page="imports", about_id=batch.id, at=at)
    return batch


@verb("import.undo")
def withdraw_undo(session: Session, batch_id: int, *, by: Actor, at: datetime) -> ImportBatch:
    """Take one's request to undo a batch back (撤回申请); the batch stays as it is."""
    batch = standing(session, by, batch_id, "undo")
    if batch.undo_asked_by_id is None:
        raise Conflict("这一批没有等待确认的撤销申请。")
    if batch.undo_asked_by_id != by.id:
        raise NotAllowed("只有申请人本人能撤回撤销申请；不同意的，不确认即可。")
    batch.undo_asked_by_id, batch.undo_asked_at, batch.undo_reason = None, None, None
    return batch


@verb("import.undo")
def undo(session: Session, batch_id: int, *, by: Actor, at: datetime, reason: str) -> ImportBatch:
    """Take back all that a batch did (撤销), for a reason; Refused with each row in the way.

    Where projects are voided, somebody else must have asked for it. A long batch is taken back by
    the server, in portions.
    """
    batch = standing(session, by, batch_id, "undo")
    _check_reason(reason)
    if is_long(batch):
        batch.undo_asked_by_id, batch.undo_asked_at = by.id, at
        return back(batch, reason.strip())
    if by_two(batch):
        _check_second(batch, by)
    rows = _check(session, batch)
    why = f"撤销导入 {batch.id}：{reason.strip()}"[:300]
    with consequences.together(session, by.base_id, at=at, reason=why):
        gone = many_results.void(session, batch, rows, at=at, reason=why)
        for row in rows:
            if row.row not in gone:
                take_back(session, batch, row, by, at, why)
        entered_contracts.free(session, batch)
    batch.state, batch.undone_at, batch.undone_by_id = BatchState.UNDONE, at, by.id
    batch.undo_reason = reason.strip()
    return batch


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("reason", "撤销导入必须填写理由。")


def _check(session: Session, batch: ImportBatch) -> Sequence[ImportRow]:
    """The rows to take back; Refused with each row in the way."""
    rows = queries_imports.written_rows(session, batch.id)
    if found := list(in_the_way(session, batch, rows)):
        raise Refused(found[:_MOST])
    return rows


def _check_second(batch: ImportBatch, by: Actor) -> None:
    if batch.undo_asked_by_id is None:
        raise GuardFailed(["撤销会作废新增的项目，需要两人：请先由一人申请撤销"])
    if batch.undo_asked_by_id == by.id:
        raise NotAllowed("撤销须由申请人以外的第二人确认。")


def in_the_way(
    session: Session, batch: ImportBatch, rows: Sequence[ImportRow]
) -> Iterator[Problem]:
    """What stands in the way of taking back these rows of a batch."""
    kind = _RECORDS[batch.kind]
    ids = {row.record_id for row in rows}
    entered = {row.record_id for row in rows if row.outcome is Outcome.NEW}
    now = queries_imports.revisions(session, kind, ids)
    last = queries_imports.last_changes(session, batch.base_id, kind.__tablename__, ids)
    but = _PARTS - {"result_holder"} if batch.kind is ImportKind.ORGANISATIONS else _PARTS
    named = queries_imports.naming(session, kind.__tablename__, entered, but, batch.id)
    for row in sorted(rows, key=lambda row: row.row):
        if now.get(row.record_id) != row.record_rev:
            yield _changed_since(row, last.get(row.record_id))
        elif tables := named.get(row.record_id):
            words = "、".join(sorted({_TABLES.get(table, table) for table in tables}))
            message = f"第 {row.row} 行“{row.name}”：已有{words}用到它。"
            remedy = "请先处理这些记录；不能处理的，请在该记录的页面上更正。"
            yield Problem("row", "named-since", message, remedy, row=row.row)
    yield from entered_contracts.in_use(session, batch, ids, _PARTS)


def _changed_since(row: ImportRow, last: tuple[datetime, str] | None) -> Problem:
    when = f"（{local_day(last[0])}，{last[1]}）" if last else ""
    message = f"第 {row.row} 行“{row.name}”：导入之后又改动过{when}。"
    remedy = "撤销会丢掉后来的改动；请在该记录的页面上逐项更正。"
    return Problem("row", "changed-since", message, remedy, row=row.row)


def take_back(
    session: Session, batch: ImportBatch, row: ImportRow, by: Actor, at: datetime, why: str
) -> None:
    """Take back what one row did; Refused with the row if a verb will not."""
    step = _ENTERED if row.outcome is Outcome.NEW else _CHANGED
    try:
        step[batch.kind](session, row, by, at, why)
        session.flush()
    except PilotError as error:
        message = f"第 {row.row} 行“{row.name}”：{error.message}"
        raise Refused(
            [Problem("row", "not-undone", message, "请在该记录的页面上处理。", row=row.row)]
        ) from error


def _void_project(session: Session, row: ImportRow, by: Actor, at: datetime, why: str) -> None:
    project = queries.one(session, Project, by.base_id, row.record_id)
    lifecycle.take(session, project, "void", on=project.entered_on, by=by, at=at, reason=why)
    project.code = entered_contracts.freed(project.code, row.batch_id)


def _void_result(session: Session, row: ImportRow, by: Actor, at: datetime, why: str) -> None:
    result = results.void_result(session, row.record_id, by=by, at=at, reason=why)
    result.code = entered_contracts.freed(result.code, row.batch_id)


def _void_transfer(session: Session, row: ImportRow, by: Actor, at: datetime, why: str) -> None:
    transfers.void_transfer(session, row.record_id, by=by, at=at, reason=why)


def _delete_person(session: Session, row: ImportRow, by: Actor, _at: datetime, _why: str) -> None:
    """Nothing names them: the journal keeps who it was."""
    session.delete(queries.one(session, Person, by.base_id, row.record_id))


def _delete_unit(session: Session, row: ImportRow, by: Actor, _at: datetime, _why: str) -> None:
    """Nothing names it: the journal keeps what it was."""
    session.delete(queries.one(session, Organisation, by.base_id, row.record_id))


def _restore_project(session: Session, row: ImportRow, by: Actor, at: datetime, why: str) -> None:
    draft = draft_of(ImportKind.PROJECTS, row.before)
    projects.edit(session, row.record_id, draft, by=by, at=at, reason=why)
    plan = more_of(row.before)
    if not plan:
        return
    gate, day = Gate(plan["gate"]), plan["planned_on"]
    if day is not None:
        day = date.fromisoformat(day)
        projects.plan_gate(session, row.record_id, gate, day, by=by, at=at, reason=why)
    elif current := queries_gates.plans(session, row.record_id).get(gate):
        current.known_to = at
        project = queries.one(session, Project, by.base_id, row.record_id)
        projects.touch(session, project, on=local_day(at), at=at)


def _restore_result(session: Session, row: ImportRow, by: Actor, at: datetime, why: str) -> None:
    draft = draft_of(ImportKind.RESULTS, row.before)
    if not says(row.before, "contact_id"):
        result = queries.one(session, Result, by.base_id, row.record_id)
        draft = replace(draft, contact_id=result.contact_id)
    results.save_result(session, draft, result_id=row.record_id, by=by, at=at, reason=why)


def _restore_unit(session: Session, row: ImportRow, by: Actor, at: datetime, why: str) -> None:
    draft = draft_of(ImportKind.ORGANISATIONS, row.before)
    organisations.save_organisation(
        session, draft, organisation_id=row.record_id, by=by, at=at, reason=why
    )


def _restore_transfer(session: Session, row: ImportRow, by: Actor, at: datetime, why: str) -> None:
    draft = draft_of(ImportKind.TRANSFERS, row.before)
    transfers.correct_transfer(session, row.record_id, draft, by=by, at=at, reason=why)


def _restore_person(session: Session, row: ImportRow, by: Actor, at: datetime, _why: str) -> None:
    draft = draft_of(ImportKind.PERSONS, row.before)
    organisations.save_person(session, draft, person_id=row.record_id, by=by, at=at)


_ENTERED = {
    ImportKind.PROJECTS: _void_project,
    ImportKind.RESULTS: _void_result,
    ImportKind.TRANSFERS: _void_transfer,
    ImportKind.PERSONS: _delete_person,
    ImportKind.ORGANISATIONS: _delete_unit,
}
_CHANGED = {
    ImportKind.PROJECTS: _restore_project,
    ImportKind.RESULTS: _restore_result,
    ImportKind.TRANSFERS: _restore_transfer,
    ImportKind.PERSONS: _restore_person,
    ImportKind.ORGANISATIONS: _restore_unit,
}
