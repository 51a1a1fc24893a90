"""Every request gets a number (请求编号): in the log, in the answer, on the error page."""

import logging
import re
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pilot.services import telemetry, trace

HEADER = "x-request-id"
NUMBER = "pilot.request"  # where a scope keeps it
_GIVEN = re.compile(r"[0-9a-fA-F-]{16,64}")  # as a proxy in front of us makes them
# Where a request went, in few words: paths themselves hold ids, and sessions' ids too.
_PLACES = (
    ("/healthz", "probe"),
    ("/readyz", "probe"),
    ("/metrics", "metrics"),
    ("/auth/", "door"),
    ("/export/", "export"),
    ("/api/", "api"),
    ("/files/", "file"),
    ("/static/", "asset"),
    ("/i18n/", "asset"),
    ("/_stcore/upload_file", "upload"),
    ("/_stcore/", "streamlit"),
    ("/media/", "media"),
    ("/component/", "asset"),
)
_QUIET = 401  # strangers and their tools: counted, not logged

log = logging.getLogger("pilot.requests")


class Requests:
    """Numbers requests, counts the answers, and logs those that went wrong."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        number, start = _number(scope), time.perf_counter()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = number
                _note(scope, message["status"], time.perf_counter() - start)
            elif message["type"] == "websocket.accept":
                telemetry.REQUESTS.labels("socket", "101").inc()
            await send(message)

        scope[NUMBER] = number  # for the handler of crashes, which stands outside of this
        with trace.tracing(number):
            try:
                await self.app(scope, receive, counted)
            except Exception:
                telemetry.REQUESTS.labels(place_of(scope["path"]), "crash").inc()
                raise


def place_of(path: str) -> str:
    """The part of the product that a path belongs to."""
    return next((place for start, place in _PLACES if path.startswith(start)), "page")


def _number(scope: Scope) -> str:
    given = Headers(scope=scope).get(HEADER, "")
    return given if _GIVEN.fullmatch(given) else trace.new_id()


def _note(scope: Scope, status: int, seconds: float) -> None:
    place = place_of(scope["path"])
    telemetry.REQUESTS.labels(place, str(status)).inc()
    if status >= 400 and status != _QUIET:
        fields = {"place": place, "method": scope["method"], "status": status}
        telemetry.line(log, "request", **fields, ms=round(seconds * 1000, 1))
