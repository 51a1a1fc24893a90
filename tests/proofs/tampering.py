"""Twelve ways to change a journal behind the product's back, on a raw SQLite connection.

Each takes the connection, a source of chance, and the number of entries that an anchor covers.
"""

import random
from collections.abc import Callable
from sqlite3 import Connection

from pilot.domain.chain import Link, digest

Kind = Callable[[Connection, random.Random, int], None]
_COLUMNS = ", ".join(Link._fields)
_FAR = 1_000_000_000


def _set(column: str, value: str) -> Kind:
    def edit(db: Connection, chance: random.Random, length: int) -> None:
        at = chance.randint(1, length)
        changed = db.execute(
            f"UPDATE journal_entry SET {column} = {value} WHERE base_id = 1 AND sequence = ?", [at]
        )
        assert changed.rowcount == 1

    return edit


def _rehash_one(db: Connection, chance: random.Random, length: int) -> None:
    """Edit an entry and compute its own hash anew, but not those that follow."""
    at = chance.randint(1, length)
    link = _link(db, at)._replace(reason="改过")
    _write(db, link._replace(hash=digest(link)))


def _delete(db: Connection, chance: random.Random, length: int) -> None:
    db.execute("DELETE FROM journal_entry WHERE sequence = ?", [chance.randint(1, length)])


def _delete_and_close_the_gap(db: Connection, chance: random.Random, length: int) -> None:
    at = chance.randint(1, length)
    db.execute("DELETE FROM journal_entry WHERE sequence = ?", [at])
    _shift(db, at, -1)


def _swap(db: Connection, chance: random.Random, length: int) -> None:
    """Two entries change places, numbers and all."""
    one, other = chance.sample(range(1, length + 1), 2)
    for old, new in ((one, _FAR), (other, one), (_FAR, other)):
        db.execute("UPDATE journal_entry SET sequence = ? WHERE sequence = ?", [new, old])


def _insert(db: Connection, chance: random.Random, length: int) -> None:
    """A new entry in the middle, well chained to the one before it."""
    at = chance.randint(1, length)
    _shift(db, at, +1)
    after = _link(db, at + 1)
    link = after._replace(sequence=at, action="project.note", reason="添加", key=None)
    values = link._replace(hash=digest(link))
    db.execute(f"INSERT INTO journal_entry ({_COLUMNS}) VALUES ({'?, ' * 13}?)", _stored(values))
    db.execute("UPDATE journal_head SET sequence = sequence + 1 WHERE base_id = 1")


def _cut_off(db: Connection, chance: random.Random, length: int) -> None:
    """The end vanishes and the head says so."""
    left = chance.randint(1, length - 1)
    db.execute("DELETE FROM journal_entry WHERE sequence > ?", [left])
    _end(db, left)


def _compute_anew(db: Connection, chance: random.Random, length: int) -> None:
    """An entry is edited and every hash after it is computed anew, up to the head."""
    at = chance.randint(1, length)
    link = _link(db, at)._replace(reason="改过")
    last = db.execute("SELECT max(sequence) FROM journal_entry").fetchone()[0]
    while True:
        link = link._replace(hash=digest(link))
        _write(db, link)
        if link.sequence == last:
            return _end(db, last)
        link = _link(db, link.sequence + 1)._replace(previous=link.hash)


def _end(db: Connection, at: int) -> None:
    found = _link(db, at)
    db.execute("UPDATE journal_head SET sequence = ?, hash = ? WHERE base_id = 1", [at, found.hash])


def _shift(db: Connection, after: int, by: int) -> None:
    """Renumber what comes after a place; by way of far numbers, which are free."""
    where = "WHERE sequence >= ?"
    db.execute(f"UPDATE journal_entry SET sequence = sequence + {_FAR} {where}", [after])
    db.execute(f"UPDATE journal_entry SET sequence = sequence - {_FAR} + ({by}) {where}", [_FAR])


def _link(db: Connection, sequence: int) -> Link:
    query = f"SELECT {_COLUMNS} FROM journal_entry WHERE base_id = 1 AND sequence = ?"
    link = Link(*db.execute(query, [sequence]).fetchone())
    at = link.at.replace(" ", "T").removesuffix(".000000") + "+00:00"
    return link._replace(at=at, clock_went_back=bool(link.clock_went_back))


def _write(db: Connection, link: Link) -> None:
    db.execute(
        "UPDATE journal_entry SET reason = ?, previous = ?, hash = ? WHERE sequence = ?",
        [link.reason, link.previous, link.hash, link.sequence],
    )


def _stored(link: Link) -> list:
    at = link.at.removesuffix("+00:00").replace("T", " ")
    return list(link._replace(at=at if "." in at else f"{at}.000000"))


ONLY_ANCHORED = ("the end cut off", "the end computed anew")
KINDS: dict[str, Kind] = {
    "the reason edited": _set("reason", "reason || '改'"),
    "what changed edited": _set("changes", "replace(changes, '[', '[ ')"),
    "the time edited": _set("at", "datetime(at, '+1 second') || '.000000'"),
    "another person blamed": _set("by_id", "by_id + 1"),
    "the key taken away or given": _set("key", "coalesce(key, '') || 'x'"),
    "an entry edited and hashed anew": _rehash_one,
    "an entry deleted": _delete,
    "an entry deleted and the gap closed": _delete_and_close_the_gap,
    "two entries swapped": _swap,
    "an entry inserted": _insert,
    ONLY_ANCHORED[0]: _cut_off,
    ONLY_ANCHORED[1]: _compute_anew,
}
