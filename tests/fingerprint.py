"""One number for everything the product has recorded, to tell whether anything changed."""

import hashlib

from sqlalchemy import Engine
from sqlmodel import SQLModel, select

from pilot.store.engine import reading

# The door's and the scheduler's own bookkeeping: using a page, and time passing, is noted there.
DOOR = {"login_session", "login_attempt", "job_run"}


def fingerprint(engine: Engine) -> str:
    """The SHA-256 of every row of every table but the door's and the scheduler's."""
    return hashlib.sha256(repr(by_table(engine)).encode()).hexdigest()


def by_table(engine: Engine) -> dict[str, str]:
    """The same, a SHA-256 a table."""
    found = {}
    with reading(engine) as session:
        for table in SQLModel.metadata.sorted_tables:
            if table.name not in DOOR:
                rows = sorted(map(repr, session.execute(select(table)).all()))
                found[table.name] = hashlib.sha256(
                    repr(rows).encode(errors="surrogatepass")
                ).hexdigest()
    return found
