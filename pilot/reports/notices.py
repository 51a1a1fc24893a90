"""Messages inside the product (通知) as their receiver reads them."""

from dataclasses import dataclass

from sqlmodel import Session

from pilot.domain.moment import minute
from pilot.domain.people import Actor
from pilot.services.reads import read
from pilot.store import queries_notices, streams
from pilot.store.models import Notice

PAGE = 20
_MOST = 5


@dataclass(frozen=True, slots=True)
class Message:
    """A notice, and the page it leads to."""

    id: int
    text: str
    at: str
    page: str
    about_id: int | None
    unread: bool


@dataclass(frozen=True, slots=True)
class Messages:
    """A page of the list and how long the whole list is."""

    lines: list[Message]
    total: int


@read("notice.read")
def messages(session: Session, actor: Actor) -> tuple[int, list[Message]]:
    """How many notices are unread, and the latest of them."""
    unread = queries_notices.unread(session, actor.id)
    latest = queries_notices.latest(session, actor.id, _MOST) if unread else []
    return unread, [_message(one) for one in latest if one.read_at is None]


@read("notice.read")
def unread(session: Session, actor: Actor) -> int:
    """How many notices are unread."""
    return queries_notices.unread(session, actor.id)


@read("notice.read")
def listed(session: Session, actor: Actor, *, all: bool, page: int = 1) -> Messages:
    """A page of one's notices, the latest first: the unread ones, or all."""
    query = queries_notices.listed(actor.id, unread=not all)
    rows = streams.page(session, query, PAGE, (page - 1) * PAGE)
    return Messages([_message(row["Notice"]) for row in rows], streams.count(session, query))


def _message(one: Notice) -> Message:
    at = minute(one.recorded_at)
    return Message(one.id, one.text, at, one.page, one.about_id, one.read_at is None)
