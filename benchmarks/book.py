"""The journal of an invented past: commands in any order, written in the order of their times."""

import heapq
import json
import pickle
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update

from benchmarks.writer import Writer
from pilot.domain.chain import link_of
from pilot.store import journal
from pilot.store.models import JournalEntry, JournalHead

_RUN = 200_000


@dataclass(slots=True)
class Command:
    """What one accepted command leaves in the journal; `link_of` reads it like an entry."""

    at: datetime
    by_id: int
    action: str
    subject: str
    subject_id: int
    project_id: int | None = None
    reason: str = ""
    changes: str = "[]"
    key: str | None = None
    base_id: int = 0
    sequence: int = 0
    clock_went_back: bool = False
    previous: str = ""
    hash: str = ""


_FIELDS = [item.name for item in fields(Command)]


@dataclass
class Book:
    """Takes commands and, at the end, chains them after what the base's journal has already."""

    base_id: int
    _new: list[tuple] = field(default_factory=list)
    _runs: list[Any] = field(default_factory=list)

    def add(self, command: Command) -> None:
        """Take a command; equal times are refused later by the sort's own order of fields."""
        self._new.append(tuple(getattr(command, name) for name in _FIELDS))
        if len(self._new) >= _RUN:
            self._keep_run()

    def write(self, writer: Writer) -> int:
        """Chain and write everything; returns the last sequence number."""
        where = JournalHead.base_id == self.base_id
        head = writer.connection.execute(select(JournalHead).where(where)).one()
        sequence, previous, at = head.sequence, head.hash, head.at
        for values in self._in_order():
            entry = Command(*values)
            if entry.at <= at:
                raise ValueError(f"two commands at {at}")
            sequence, at = sequence + 1, entry.at
            entry.base_id, entry.sequence, entry.previous = self.base_id, sequence, previous
            previous = entry.hash = journal.digest(link_of(entry))
            writer.add(JournalEntry, **{name: getattr(entry, name) for name in _FIELDS})
            writer.flush_if_full()
        writer.flush()
        done = update(JournalHead).where(where).values(sequence=sequence, hash=previous, at=at)
        writer.connection.execute(done)
        return sequence

    def _in_order(self) -> Iterator[tuple]:
        self._new.sort()
        return heapq.merge(*map(_read, self._runs), iter(self._new))

    def _keep_run(self) -> None:
        self._new.sort()
        run = tempfile.TemporaryFile()  # noqa: SIM115 - read again at the end
        for start in range(0, len(self._new), 5000):
            pickle.dump(self._new[start : start + 5000], run)
        self._runs.append(run)
        self._new = []


def inserted(table: str, row_id: int, values: dict[str, Any]) -> dict[str, Any]:
    """A new row as the journal tells it."""
    told = {name: [None, journal.plain(value)] for name, value in values.items()}
    kept = {name: pair for name, pair in told.items() if pair[1] is not None}
    return {"table": table, "id": row_id, "fields": kept}


def changed(table: str, row_id: int, **pairs: tuple[object, object]) -> dict[str, Any]:
    """A changed row as the journal tells it: before and after."""
    told = {name: [journal.plain(a), journal.plain(b)] for name, (a, b) in pairs.items()}
    return {"table": table, "id": row_id, "fields": told}


def as_text(changes: list[dict[str, Any]]) -> str:
    """Changes as an entry holds them."""
    return json.dumps(changes, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _read(run: Any) -> Iterator[tuple]:
    run.seek(0)
    while True:
        try:
            yield from pickle.load(run)
        except EOFError:
            return


EPOCH = datetime(2020, 1, 2, 1, 0, tzinfo=UTC)
