"""Messages inside the product (通知) as their receiver reads them."""

from dataclasses import dataclass

from sqlmodel import Session

from pilot.domain.people import Actor
from pilot.reports import submission_thread
from pilot.services.reads import read
from pilot.store import queries_notices

_MOST = 5


@dataclass(frozen=True, slots=True)
class Message:
    """An unread notice and the submission it leads to."""

    text: str
    at: str
    about_id: int | None


@read("notice.read")
def messages(session: Session, actor: Actor) -> tuple[int, list[Message]]:
    """How many notices are unread, and the latest of them."""
    unread = queries_notices.unread(session, actor.id)
    latest = queries_notices.latest(session, actor.id, _MOST) if unread else []
    return unread, [
        Message(one.text, submission_thread.instant(one.recorded_at), one.about_id)
        for one in latest
        if one.read_at is None
    ]
