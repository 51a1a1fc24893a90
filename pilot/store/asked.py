"""Questions about a base that are built once (备问): of everything in it, or of some rows.

Building a statement takes longer than SQLite takes to answer it; every command asks a dozen.
"""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Select, bindparam
from sqlmodel import Session, col

Ids = Collection[int] | None  # None stands for everything of the base


def some(column: Any) -> Any:
    """The condition that a column is one of the `ids` that a statement is asked with."""
    return col(column).in_(bindparam("ids", expanding=True))


class OfBase:
    """A question whose `base` is told when it is asked, and the `ids` of `column` if not all."""

    def __init__(self, query: Select, column: Any) -> None:
        self._all, self._some = query, query.where(some(column))

    def rows(self, session: Session, base_id: int, ids: Ids) -> Iterable[Any]:
        """What there is of these ids, or of the whole base; nothing is asked about nothing."""
        if ids is None:
            return session.exec(self._all, params={"base": base_id})
        if not ids:
            return ()
        return session.exec(self._some, params={"base": base_id, "ids": list(ids)})
