"""Which request or page run a line of the log belongs to (请求编号), and for whom it ran."""

import contextlib
import contextvars
import secrets
from collections.abc import Iterator

_request: contextvars.ContextVar[str] = contextvars.ContextVar("request", default="")
_over: contextvars.ContextVar[bool] = contextvars.ContextVar("over", default=True)
_actor: contextvars.ContextVar[int | None] = contextvars.ContextVar("actor", default=None)


def new_id() -> str:
    """A new number of a request: 16 hexadecimal digits."""
    return secrets.token_hex(8)


@contextlib.contextmanager
def tracing(request: str) -> Iterator[None]:
    """Whatever is logged inside belongs to this request."""
    request_was, over_was = _request.set(request), _over.set(False)
    actor_was = _actor.set(None)
    try:
        yield
    finally:
        _request.reset(request_was)
        _over.reset(over_was)
        _actor.reset(actor_was)


@contextlib.contextmanager
def page_run() -> Iterator[None]:
    """One run of a page; an action that ran before the page (a callback) belongs to it too.

    The number outlives the run until the next one begins, for the report of its error.
    """
    begin()
    try:
        yield
    finally:
        _over.set(True)


def begin() -> None:
    """Start a number of its own unless one is running: pages run in threads of their own."""
    if _over.get():
        _request.set(new_id())
        _over.set(False)


def acts(account_id: int | None) -> None:
    """From here on it runs for this account."""
    _actor.set(account_id)


def request_id() -> str:
    """The number of the running request or page run; empty outside of any."""
    return _request.get()


def actor_id() -> int | None:
    """The account it runs for, once that is known."""
    return _actor.get()
