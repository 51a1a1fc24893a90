"""By what it is known that a page would read the same again (读数标记)."""

from typing import Any

from sqlmodel import Session

from pilot.domain.moment import Moment
from pilot.domain.people import MAY
from pilot.store import queries_packs, queries_portfolio

# What is done with a report between its first row and its freezing changes no fact. A freezing is
# none of these: what comes later is a correction (更正) of it.
HANDLING = frozenset(
    action for action in MAY
    if action.startswith(("filing.", "receiver_rule.", "report_calendar.", "report_template."))
    and action != "filing.freeze"
)  # fmt: skip

_ASKED = "heads"


def mark(session: Session, *about: Any) -> str:
    """Equal marks mean equal answers to a read that asks about the same.

    In it are the database, the end of every base's journal, and what is asked about: the whole of
    each value, with a person's roles. A view that knows every entry is told by its days alone, so
    that everybody shares it; one that does not, by its instant too. An entry of today may lie after
    a view of today: written while the page ran, or by a machine whose clock is ahead.
    """
    heads = _heads(session)
    place = session.get_bind().url.render_as_string()
    return repr((place, [head[:2] for head in heads], [_told(each, heads) for each in about]))


def fact_mark(session: Session, base_id: int, *about: Any) -> str:
    """The same for a read of one base's facts, which the handling of its reports does not move."""
    last = queries_packs.last_entry(session, base_id, HANDLING)
    place = session.get_bind().url.render_as_string()
    heads = [last] if last else []
    return repr((place, base_id, last, [_told(each, heads) for each in about]))


def _heads(session: Session) -> list:
    """Asked once a session: what it reads later may be newer than its mark, never older."""
    if _ASKED not in session.info:
        session.info[_ASKED] = queries_portfolio.journal_heads(session)
    return session.info[_ASKED]


def _told(value: Any, heads: list) -> object:
    if not isinstance(value, Moment):
        return value
    knows_all = all(at <= value.known_at for *_, at in heads)
    instant = None if knows_all else value.known_at
    return value.year, value.as_of, value.known_on, value.live, instant
