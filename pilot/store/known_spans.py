"""Rows that say how something read from an instant on, until it read differently (知悉时段)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, SQLModel

from pilot.domain.moment import FOREVER


def rewrite(
    session: Session,
    table: type[SQLModel],
    frame: Mapping[str, Any],
    span: SQLModel | None,
    values: Mapping[str, Any] | None,
    at: datetime,
) -> None:
    """Close the open `span` and open the next with `frame` and `values`; None ends it for good.

    A span that says the same stays; one opened in this same instant is replaced.
    """
    if span and values and all(getattr(span, name) == one for name, one in values.items()):
        return
    if span and span.known_from >= at:
        session.delete(span)
    elif span:
        span.known_to = at
    if values is not None:
        session.add(table(**frame, known_from=at, known_to=FOREVER, **values))


def joined(parts: Sequence[str], longest: int) -> str | None:
    """The parts with 、 between them; as many as fit, then how many there are (等N项)."""
    text = "、".join(parts)
    if len(text) <= longest:
        return text or None
    tail = f"等{len(parts)}项"
    kept = list(parts)
    while kept and len("、".join(kept)) + len(tail) > longest:
        kept.pop()
    return "、".join(kept) + tail
