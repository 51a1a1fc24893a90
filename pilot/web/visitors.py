"""Who sends a request: the session's cookie, looked up in the database each time."""

import re
from datetime import UTC, datetime, timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from pilot.config import settings
from pilot.services import door
from pilot.services.door import Limits, Visitor
from pilot.store.engine import reading, shared

# A name or an address, a port or none: nothing in front of it and nothing behind.
_HOST = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9._-]+))(?::[0-9]{1,5})?")


def token_of(connection: HTTPConnection) -> str:
    """The session token that the browser sent, or nothing."""
    return connection.cookies.get(settings().cookie, "")


async def visitor_of(connection: HTTPConnection) -> Visitor | None:
    """Who stands behind the request now."""
    token = token_of(connection)
    return await run_in_threadpool(_look_up, token) if token else None


def limits() -> Limits:
    """How long sessions last here."""
    chosen = settings()
    return Limits(timedelta(minutes=chosen.idle_minutes), timedelta(hours=chosen.session_hours))


def address_of(connection: HTTPConnection) -> str:
    """Where the request comes from, for the limits on guessing."""
    return connection.client.host if connection.client else "local"


def host_of(connection: HTTPConnection) -> str:
    """The host name asked for, without the port; nothing for a header that is not one."""
    found = _HOST.fullmatch(connection.headers.get("host", ""))
    return (found["six"] or found["name"]).lower() if found else ""


def _look_up(token: str) -> Visitor | None:
    with reading(shared(settings().url)) as session:
        return door.visitor(session, token, datetime.now(UTC))
