"""A database furnished once (备好的库): later tests get the same rows, copied in.

What `make(session)` wrote into an empty database is kept, and what it returned; the next call for
the same kind of database puts the rows back, in the session's own transaction.
"""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlmodel import Session

from tests import kept_rows, remembered

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class _Kept:
    rows: kept_rows.Rows
    made: bytes


_KEPT: dict[tuple[str, str], _Kept] = {}


def furnished(session: Session, make: Callable[[Session], Made]) -> Made:
    """What `make(session)` returns, with all it wrote; it runs once a process and kind."""
    connection = session.connection()
    key = connection.dialect.name, f"{make.__module__}.{make.__qualname__}"
    if (kept := _KEPT.get(key)) is None:
        made = make(session)
        session.flush()
        told = made, list(session), session.info.get(remembered.CLOCK)
        _KEPT[key] = _Kept(kept_rows.read(connection), pickle.dumps(told))
    else:
        kept_rows.write(connection, kept.rows)
        made, objects, clock = pickle.loads(kept.made)
        remembered.put_clock(session, clock)
        session.add_all(objects)
    remembered.begin(connection.engine, key)
    return made
