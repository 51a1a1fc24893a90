"""Errors at the edge: a number for the user, everything else for the log only."""

import logging
from uuid import uuid4

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from pilot.domain.errors import Busy, NotAllowed, NotFound, PilotError, Unwritable
from pilot.services import security, telemetry, trace
from pilot.web.headers import dress
from pilot.web.requests import HEADER, NUMBER
from pilot.web.visitors import visitor_of

log = logging.getLogger("pilot.faults")
_STATUS = {NotAllowed: 403, NotFound: 404, Busy: 503, Unwritable: 503}


def shown(error: Exception) -> bool:
    """What Streamlit calls for an uncaught error in a page; true: it need not show it itself.

    A refusal is its sentence; a bug is a number, and the log has the rest.
    """
    from pilot.ui.words import plain  # what pages need is imported once the log is set up

    if isinstance(error, PilotError):
        st.error(plain(error.message))
        return True
    number = uuid4().hex[:8]
    log.error("page error %s", number, exc_info=error)
    st.error(f"系统出错，编号 {number}。请把编号告诉系统管理员；可以刷新页面后重试。")
    return True


async def refused(request: Request, error: Exception) -> Response:
    """A refusal in a route, as its sentence; who was refused what goes to the security log."""
    telemetry.line(log, "refused", outcome=type(error).__name__)
    if not isinstance(error, Busy | Unwritable):
        who = await visitor_of(request)
        security.refused(error, request.scope["path"][:100], who and who.actor.id)
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 400)
    return PlainTextResponse(getattr(error, "message", ""), status)


async def crashed(request: Request, error: Exception) -> Response:
    """A bug in a route: its number; the server's log has the rest.

    What the gate is refused by the database comes here too, and is its sentence. This answer is
    made outside of all middleware, so it gets its headers here.
    """
    if isinstance(error, PilotError):
        answer = await refused(request, error)
    else:
        answer = _numbered(request, error)
    dress(answer.headers, request.url.path)
    return answer


def _numbered(request: Request, error: Exception) -> Response:
    number, traced = uuid4().hex[:8], request.scope.get(NUMBER, "")
    with trace.tracing(traced):
        log.error("route error %s", number, exc_info=error)
    text = f"系统出错，编号 {number}。请把编号告诉系统管理员。"
    return PlainTextResponse(text, 500, {HEADER: traced})


HANDLERS = {PilotError: refused, Exception: crashed}
