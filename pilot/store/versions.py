"""The page version of a row whose own columns did not change, only what hangs on it."""

from sqlalchemy import update
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session

from pilot.store.models import Versioned


def bump(session: Session, row: Versioned) -> None:
    """Let `rev` grow by one; StaleDataError if somebody else's did meanwhile."""
    table = type(row).__table__
    grown = session.connection().execute(
        update(table).where(table.c.id == row.id, table.c.rev == row.rev).values(rev=row.rev + 1)
    )
    if grown.rowcount != 1:
        raise StaleDataError(f"{table.name} {row.id} changed meanwhile")
    set_committed_value(row, "rev", row.rev + 1)
