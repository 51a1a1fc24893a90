"""The history of a project in words (历史): who changed what from what to what, when and why."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import RowMapping
from sqlmodel import Session

from pilot.domain.moment import Moment, minute
from pilot.reports.actions import action_word
from pilot.reports.fields import FIELDS
from pilot.reports.history_words import TITLED, Words, told
from pilot.reports.project import Head
from pilot.store import queries_codes, queries_history

PAGE = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One accepted action: time in Asia/Shanghai, name, act, reason, every change in words."""

    at: str
    who: str
    what: str
    reason: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """A page of the history, the latest first, and how many pages there are."""

    entries: tuple[Entry, ...]
    pages: int


def history(session: Session, shown: Head, view: Moment, page: int = 1) -> History:
    """Page `page` (from 1) of what was recorded about a project by then."""
    total = queries_history.count(session, shown.base_id, shown.id, view)
    pages = max(-(-total // PAGE), 1)
    offset = (min(max(page, 1), pages) - 1) * PAGE
    rows = queries_history.page(session, shown.base_id, shown.id, view, limit=PAGE, offset=offset)
    changes = [json.loads(row["JournalEntry"].changes) for row in rows]
    words = Words(
        lists=queries_codes.lists(session, shown.base_id, retired=True),
        names=queries_history.names(session, shown.base_id, _ids(changes)),
    )
    found = (_entry(row, each, words) for row, each in zip(rows, changes, strict=True))
    return History(tuple(found), pages)


def _entry(row: RowMapping, changes: list[dict], words: Words) -> Entry:
    entry = row["JournalEntry"]
    return Entry(
        at=minute(entry.at),
        who=row["who"] or "系统",
        what=action_word(entry.action),
        reason=entry.reason,
        changes=tuple(line for line in told(changes, words) if not _repeats(line, entry.reason)),
    )


def _repeats(line: str, reason: str) -> bool:
    """A row often keeps the reason that the entry has itself."""
    return bool(reason) and line.endswith(f"：{reason}")


def _ids(changes: list[list[dict]]) -> dict[str, set[int]]:
    """Every row that these changes name, by kind."""
    found: dict[str, set[int]] = defaultdict(set)
    for change in (change for each in changes for change in each):
        for kind, row_id in _named(change):
            found[kind].add(row_id)
    return found


def _named(change: dict) -> Iterator[tuple[str, int]]:
    if change["table"] in TITLED:
        yield change["table"], change["id"]
    known = FIELDS.get(change["table"], {})
    for column, (old, new) in change["fields"].items():
        kind = known[column].names if column in known else None
        if kind:
            yield from ((kind, row_id) for row_id in (old, new) if row_id is not None)
