"""Who sends a request: the session's cookie, looked up in the database each time."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from pilot.config import settings
from pilot.services import door
from pilot.services.door import Limits, Visitor
from pilot.store.engine import reading, shared


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
    """The host name asked for, without the port."""
    try:
        return urlsplit(f"//{connection.headers.get('host', '')}").hostname or ""
    except ValueError:
        return ""


def _look_up(token: str) -> Visitor | None:
    with reading(shared(settings().url)) as session:
        return door.visitor(session, token, datetime.now(UTC))
