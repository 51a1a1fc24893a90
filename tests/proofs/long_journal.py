"""A long journal to measure on: real entries over and over, chained by the product's hash."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, insert
from sqlmodel import select

from pilot.domain.chain import GENESIS, Link, digest
from pilot.store.engine import reading, writing
from pilot.store.models import Account, Base, JournalEntry, JournalHead

BEGUN = datetime(2024, 1, 1, tzinfo=UTC)
_AT_ONCE = 5_000


def templates(engine: Engine, base_id: int = 1) -> list[JournalEntry]:
    """The entries of a base walked by the real verbs."""
    with reading(engine) as session:
        query = select(JournalEntry).where(JournalEntry.base_id == base_id)
        return list(session.exec(query.order_by(JournalEntry.sequence)))


def grow(engine: Engine, patterns: Sequence[JournalEntry], length: int) -> int:
    """A base with a journal of `length` entries that repeat the patterns; returns its id."""
    with writing(engine) as session:
        base = Base(code="LONG", name="示例长日志基地", city_code="211100", city_name="盘锦市")
        session.add(base)
        session.flush()
        account = Account(
            base_id=base.id, login="long", name="示例", password_hash="!",
            password_set_at=BEGUN, recorded_at=BEGUN,
        )  # fmt: skip
        session.add(account)
        session.flush()
        last = None
        for rows in _batches(base.id, account.id, patterns, length):
            session.connection().execute(insert(JournalEntry), rows)
            last = rows[-1]
        at = last["at"]
        session.add(JournalHead(base_id=base.id, sequence=length, hash=last["hash"], at=at))
    return base.id


def _batches(
    base_id: int, by_id: int, patterns: Sequence[JournalEntry], length: int
) -> Iterator[list[dict]]:
    previous, rows = GENESIS, []
    for sequence in range(1, length + 1):
        pattern = patterns[sequence % len(patterns)]
        at = BEGUN + timedelta(seconds=sequence)
        link = Link(
            base_id, sequence, at.isoformat(), by_id, pattern.action, pattern.subject,
            pattern.subject_id, None, pattern.reason, None, pattern.changes, False, previous,
        )  # fmt: skip
        previous = digest(link)
        rows.append({**link._asdict(), "at": at, "hash": previous})
        if len(rows) == _AT_ONCE or sequence == length:
            yield rows
            rows = []
