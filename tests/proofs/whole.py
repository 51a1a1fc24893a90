"""Whether a database that was stopped by force is whole: what a proof looks for after it.

Nothing here trusts the process that was stopped: the file is opened again by the product's engine.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, text
from sqlmodel import Session, SQLModel

from pilot.domain.errors import Conflict
from pilot.services import attachments
from pilot.services.verify import verify_all
from pilot.store import queries_verify
from pilot.store.engine import reading
from tests.proofs.ground import Action, Ground, do

# Rows that are written without an entry of their own: derived, or the door's bookkeeping.
_SILENT = {
    "project_span",
    "transfer_span",
    "result_span",
    "journal_head",
    "journal_entry",
    "login_session",
    "login_attempt",
}
Rows = dict[str, int]


def rows(session: Session) -> Rows:
    """How many rows each table has."""
    names = [table.name for table in SQLModel.metadata.sorted_tables]
    return {
        name: session.execute(text(f'SELECT count(*) FROM "{name}"')).scalar() for name in names
    }


def keys(session: Session) -> dict[str, int]:
    """The once-only keys that the journal holds, with their sequence numbers."""
    found = session.execute(text("SELECT key, sequence FROM journal_entry WHERE key IS NOT NULL"))
    return {key: sequence for key, sequence in found}


def troubles(engine: Engine, folder: Path, before: Rows) -> Iterator[str]:
    """Everything that is not whole; `before` counts the rows of the laid portfolio."""
    with reading(engine) as session:
        yield from _file(session)
        for base in verify_all(session, folder):
            yield from base.differences
        yield from _halves(session, before)


def orphans(engine: Engine, folder: Path) -> Iterator[str]:
    """Files that no row names after the sweep, which is told that they are old."""
    with reading(engine) as session:
        attachments.sweep(session, folder, at=datetime.now(UTC) + timedelta(days=2))
        named = queries_verify.named_files(session)
    stored = (path for path in folder.rglob("*") if path.is_file())
    yield from (str(path) for path in stored if path.parent.name + path.name not in named)


def again(
    engine: Engine, folder: Path, ground: Ground, tried: Sequence[Action], known: dict[str, int]
) -> Iterator[str]:
    """What goes wrong when actions are tried again with the keys they had."""
    for action in tried:
        try:
            done = do(engine, folder, ground, action)
        except Conflict as error:  # somebody else decided that round, with a key of his own
            if action.key in known:
                yield f"{action.key}: {error.message}"
            continue
        if done.repeated != (action.key in known):
            yield f"{action.key} was answered repeated={done.repeated}"
        with reading(engine) as session:
            first = rows(session)
        if not do(engine, folder, ground, action).repeated:
            yield f"{action.key} was done twice"
        with reading(engine) as session:
            if rows(session) != first:
                yield f"{action.key} added rows when it was repeated"


def _file(session: Session) -> Iterator[str]:
    if session.get_bind().dialect.name != "sqlite":
        return
    said = session.execute(text("PRAGMA integrity_check")).scalar()
    if said != "ok":
        yield f"integrity_check: {said}"
    yield from (f"foreign key: {row}" for row in session.execute(text("PRAGMA foreign_key_check")))


def _halves(session: Session, before: Rows) -> Iterator[str]:
    """Each table must hold what was laid and what the journal says was added, nothing else."""
    added = dict.fromkeys(before, 0)
    for (changes,) in session.execute(text("SELECT changes FROM journal_entry")):
        for change in json.loads(changes):
            added[change["table"]] += _balance(change)
    for name, count in rows(session).items():
        if name not in _SILENT and count != before[name] + added[name]:
            yield f"{name} has {count} rows, {before[name]} were laid and {added[name]} journalled"


def _balance(change: dict) -> int:
    """+1 for a change that adds a row, −1 for one that takes it away; its primary key tells."""
    names = SQLModel.metadata.tables[change["table"]].primary_key.columns.keys()
    pairs = [change["fields"].get(name, (0, 0)) for name in names]
    added = all(was is None for was, _now in pairs)
    gone = all(now is None for _was, now in pairs)
    return added - gone
