"""The journal (日志): every accepted command, once, chained by hash, in the same transaction.

What changed is read from the unit of work itself, so a verb can't forget to say it.
"""

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Row, bindparam, event, insert, inspect, update
from sqlalchemy.orm.attributes import PASSIVE_NO_INITIALIZE, set_committed_value
from sqlmodel import Session, SQLModel, select

from pilot.domain import chain
from pilot.domain.chain import GENESIS, Link
from pilot.domain.vocabulary import Term
from pilot.store import texts
from pilot.store.models import Base, JournalEntry, JournalHead

HIDDEN = "…"
_PRIVATE = {
    ("account", "password_hash"),
    ("api_token", "token_hash"),
    ("person", "phone"),
    ("person", "email"),
    ("mail_address", "address"),
    ("invitation", "token_hash"),
    ("registration", "token_hash"),
    ("registration", "name"),
    ("registration", "contact"),
}
# Derived rows and the door's own bookkeeping are rebuilt or short-lived: no entry of their own.
SILENT = {
    "project_span",
    "transfer_span",
    "result_span",
    "journal_head",
    "journal_entry",
    "login_session",
    "login_attempt",
    "import_row",
    "import_problem",
    "job_run",
    "mail",
    "digest_run",
    "count_snapshot",
    "snapshot_projects",
    "snapshot_claims",
}

Changes = list[dict[str, Any]]
_CHANGES = "journal.changes"

# Built once: every command sends them.
_HEAD = select(JournalHead).where(JournalHead.base_id == bindparam("base")).with_for_update()
_ENTRIES = JournalEntry.__table__
_KEYED = select(_ENTRIES.c.sequence, _ENTRIES.c.subject, _ENTRIES.c.subject_id).where(
    _ENTRIES.c.base_id == bindparam("base"),
    _ENTRIES.c.by_id == bindparam("by"),
    _ENTRIES.c.key == bindparam("key"),
)
_ENTRY = insert(_ENTRIES)
_LONGEST_REASON = _ENTRIES.c.reason.type.length
_END = update(JournalHead.__table__).where(JournalHead.__table__.c.base_id == bindparam("base"))


@dataclass(frozen=True, slots=True)
class Note:
    """What a command did, for the journal."""

    base_id: int
    at: datetime
    by_id: int | None
    action: str
    subject: str
    subject_id: int
    project_id: int | None = None
    reason: str = ""
    key: str | None = None


def lock(session: Session, base_id: int) -> JournalHead:
    """Take the base's turn to write: other writers of this base wait until this one ends."""
    return session.execute(_HEAD, {"base": base_id}).scalar_one()


def open_book(session: Session, base: Base, at: datetime) -> None:
    """Start the journal of a new base."""
    session.add(JournalHead(base_id=base.id, sequence=0, hash=GENESIS, at=at))


@contextlib.contextmanager
def recording(session: Session) -> Iterator[Changes]:
    """Collect every field changed by the flushes inside the block.

    A text that no draft has looked at (a reason, a note) is looked at here: ParseError, Invalid.
    """
    changes: Changes = []
    session.info[_CHANGES] = changes
    try:
        yield changes
    finally:
        del session.info[_CHANGES]


def note_new(session: Session, table: str, row: Mapping[str, Any]) -> None:
    """Tell of a row that was entered past the unit of work, in the same words."""
    told = {name: plain(value) for name, value in row.items() if name != "rev"}
    fields = {name: [None, value] for name, value in told.items() if value is not None}
    texts.check("\n".join(value for value in row.values() if type(value) is str))
    changes = session.info.get(_CHANGES)
    if changes is not None:
        key = row["id"]
        changes.append({"table": table, "id": key, "row": (key,), "told": _dumped(fields)})


@event.listens_for(Session, "after_flush")
def _collect(session: Session, _context: object) -> None:
    changes = session.info.get(_CHANGES)
    if changes is None:
        return
    new, dirty = sorted(session.new, key=_place), sorted(session.dirty, key=_place)
    changes.extend(filter(None, [_change(row, fresh=True) for row in new]))
    changes.extend(filter(None, [_change(row, fresh=False) for row in dirty]))
    changes.extend(_gone(row) for row in session.deleted if row.__tablename__ not in SILENT)


@event.listens_for(Session, "before_flush")
def _check_texts(session: Session, _context: object, _instances: object) -> None:
    """Look at every text of a command before it is written."""
    if _CHANGES not in session.info:
        return
    for row in (*session.new, *session.dirty):
        if row.__tablename__ not in SILENT:
            texts.check_row(row)


def append(session: Session, head: JournalHead, note: Note, changes: Changes, now: datetime) -> int:
    """Write one entry at the end of the chain; returns its sequence number.

    Two plain statements: an entry is never changed, so that the unit of work need not know it.
    """
    texts.check(note.reason)
    texts.check_length("reason", note.reason, _LONGEST_REASON)
    link = Link(
        base_id=note.base_id,
        sequence=head.sequence + 1,
        at=plain(note.at),
        by_id=note.by_id,
        action=note.action,
        subject=note.subject,
        subject_id=note.subject_id,
        project_id=note.project_id,
        reason=note.reason,
        key=note.key,
        changes=_merged(changes),
        clock_went_back=now < head.at,
        previous=head.hash,
    )
    entry = link._asdict() | {"at": note.at, "hash": digest(link)}
    end = {"sequence": link.sequence, "hash": entry["hash"], "at": note.at}
    connection = session.connection()
    connection.execute(_ENTRY, entry)
    connection.execute(_END, end | {"base": note.base_id})
    for name, value in end.items():
        set_committed_value(head, name, value)
    return link.sequence


def digest(link: Link) -> str:
    """The SHA-256 (hex) that chains an entry to the one before it, by a quicker writer of JSON."""
    return chain.digest(link, to_json)


def project_of(changes: Changes) -> int | None:
    """The project a command touched, if it touched just one."""
    touched = {change["id"] for change in changes if change["table"] == "project"}
    return touched.pop() if len(touched) == 1 else None


def with_key(session: Session, base_id: int, by_id: int, key: str) -> Row | None:
    """Sequence and subject of the entry that an earlier try with the same once-only key left."""
    return session.execute(_KEYED, {"base": base_id, "by": by_id, "key": key}).first()


def _merged(changes: Changes) -> str:
    """Several flushes of one row as one change: what it was first, what it is in the end; as JSON.

    Rows that were entered past the unit of work are text already: a long import has many.
    """
    found: dict[tuple, dict[str, list] | str] = {}
    for change in changes:
        place = change["table"], change["id"], change["row"]
        if place not in found and "told" in change:
            found[place] = change["told"]
            continue
        fields = found.setdefault(place, {})
        if isinstance(fields, str):
            fields = found[place] = json.loads(fields)
        for name, (before, after) in change["fields"].items():
            fields[name] = [fields[name][0] if name in fields else before, after]
    return "[" + ",".join(_lines(found)) + "]"


def _lines(found: Mapping[tuple, dict[str, list] | str]) -> Iterator[str]:
    for (table, row_id, _row), fields in found.items():
        if isinstance(fields, str):
            kept = fields
        elif changed := {name: pair for name, pair in fields.items() if pair[0] != pair[1]}:
            kept = _dumped(changed)
        else:
            continue
        yield f'{{"fields":{kept},"id":{_dumped(row_id)},"table":{_dumped(table)}}}'


_dumped = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _place(row: SQLModel) -> tuple[str, int]:
    return row.__tablename__, _key(row)


def _key(row: SQLModel) -> int:
    return next((part for part in _identity(row) if isinstance(part, int)), 0)


def _identity(row: SQLModel) -> tuple:
    """The whole primary key: several rows may share the number that the entry shows."""
    state = inspect(row)
    return tuple(state.identity or state.mapper.primary_key_from_instance(row))


def _change(row: SQLModel, *, fresh: bool) -> dict[str, Any] | None:
    """What a flush wrote of a row: every column of a new one, the changed ones of another."""
    table, state = row.__tablename__, inspect(row)
    if table in SILENT:
        return None
    columns, fields = state.mapper.column_attrs, {}
    for name in columns.keys() if fresh else list(state.committed_state):
        history = state.get_history(name, PASSIVE_NO_INITIALIZE)
        if name == "rev" or name not in columns or not history.has_changes():
            continue
        before = plain(history.deleted[0]) if history.deleted else None
        after = plain(history.added[0]) if history.added else None
        if before != after:
            private = (table, name) in _PRIVATE
            pair = [before and HIDDEN, after and HIDDEN] if private else [before, after]
            fields[name] = pair
    if not fields:
        return None
    return {"table": table, "id": _key(row), "row": _identity(row), "fields": fields}


def _gone(row: SQLModel) -> dict[str, Any]:
    values = {key: [plain(value), None] for key, value in row.model_dump().items()}
    return {
        "table": row.__tablename__,
        "id": _key(row),
        "row": _identity(row),
        "fields": values,
    }


_AS_IT_IS = frozenset({str, int, bool, float})


def plain(value: object) -> object:
    """A stored value as the journal writes it; an instant in UTC, as it is read back."""
    if value is None or type(value) in _AS_IT_IS:
        return value
    if isinstance(value, Term):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
