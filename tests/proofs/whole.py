"""Whether a database that was stopped by force is whole: what a proof looks for after it.

Nothing here trusts the process that was stopped: the file is opened again by the product's engine.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, text
from sqlmodel import Session, SQLModel

from pilot.domain.errors import PilotError
from pilot.services import attachments
from pilot.services.verify import verify_all
from pilot.store import queries_verify
from pilot.store.engine import reading
from pilot.store.journal import SILENT
from tests.proofs import desk
from tests.proofs.ground import Action, Ground, do

Rows = dict[str, int]


def rows(session: Session) -> Rows:
    """How many rows each table has."""
    names = [table.name for table in SQLModel.metadata.sorted_tables]
    return {
        name: session.execute(text(f'SELECT count(*) FROM "{name}"')).scalar() for name in names
    }


def laid(session: Session) -> Rows:
    """How many rows each table has that the journal does not know of; derived ones left out."""
    count = {name: number for name, number in rows(session).items() if name not in SILENT}
    for (changes,) in session.execute(text("SELECT changes FROM journal_entry")):
        for change in json.loads(changes):
            count[change["table"]] -= _balance(change)
    return count


def keys(session: Session) -> dict[str, int]:
    """The once-only keys that the journal holds, with their numbers, and the drafts as saved."""
    found = session.execute(text("SELECT key, sequence FROM journal_entry WHERE key IS NOT NULL"))
    saved = desk.saves(session).items()
    return dict(found.all()) | {desk.saved_key(*one): one[1] for one in saved}


def lost(session: Session, acknowledged: Mapping[str, int]) -> list[str]:
    """The acknowledged keys of which nothing, or only the first steps, are there.

    Of a draft the last save counts: it holds what the earlier ones wrote, or something newer.
    """
    known, saved = keys(session), desk.saves(session)
    there = {
        key
        for key, number in acknowledged.items()
        if known.get(key) == number
        or (key.startswith("write-") and saved.get(int(key.split("-")[1]), -1) >= number)
    }
    return sorted((acknowledged.keys() - there) | (acknowledged.keys() & _unapplied(session)))


def _unapplied(session: Session) -> set[str]:
    """The keys that asked for a batch to be applied which is not."""
    query = """SELECT e.key FROM journal_entry e JOIN import_batch b ON b.id = e.subject_id
        WHERE e.subject = 'import_batch' AND e.action = 'import.apply' AND b.state <> 'applied'"""
    return {key for (key,) in session.execute(text(query))}


def troubles(engine: Engine, folder: Path, before: Rows) -> Iterator[str]:
    """Everything that is not whole; `before` counts the rows of the laid portfolio."""
    with reading(engine) as session:
        yield from _file(session)
        for base in verify_all(session, folder):
            yield from base.differences
        yield from _halves(session, before)
        yield from _submissions(session)


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
        except PilotError as error:  # somebody else took that step, with a key of his own
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
    for name, count in laid(session).items():
        if count != before[name]:
            more = count - before[name]
            yield f"{name} has {more:+} rows beside those laid and those journalled"


def _submissions(session: Session) -> Iterator[str]:
    """What was accepted has its result, contract and transfer; what was not has none of its own."""
    query = """SELECT id, state, result_id IS NOT NULL AND contract_id IS NOT NULL
        AND transfer_id IS NOT NULL AS whole, transfer_id IS NOT NULL AS sold FROM submission"""
    for number, state, whole, sold in session.execute(text(query)):
        if state in ("accepted", "duplicate") and not whole:
            yield f"submission {number} is {state} without result, contract or transfer"
        if state in ("draft", "waiting", "second") and sold:
            yield f"submission {number} is {state} and has a transfer"
    torn = [number for number, save in desk.saves(session).items() if save < 0]
    yield from (f"draft {number} holds parts of two saves" for number in torn)


def _balance(change: dict) -> int:
    """+1 for a change that adds a row, −1 for one that takes it away; its primary key tells."""
    names = SQLModel.metadata.tables[change["table"]].primary_key.columns.keys()
    pairs = [change["fields"].get(name, (0, 0)) for name in names]
    added = all(was is None for was, _now in pairs)
    gone = all(now is None for _was, now in pairs)
    return added - gone
