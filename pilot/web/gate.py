"""The session gate: a pure ASGI middleware, so that sockets pass it as well as requests.

Without a live session nothing but the door, the health checks and Streamlit's public assets is
answered: no page, socket, upload, media file or metric.
"""

import functools
from pathlib import Path
from urllib.parse import quote, urlsplit

import streamlit
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pilot.config import LOOPBACK, settings
from pilot.domain.errors import NotAllowed
from pilot.domain.people import Role, may
from pilot.services import security
from pilot.services.door import Visitor
from pilot.web import metrics
from pilot.web.uploads import refused_upload
from pilot.web.visitors import host_of, visitor_of

API = "/api/"  # asks for a token itself, and knows no session: pilot/web/api_access.py
LOGIN, PASSWORD = "/auth/login", "/auth/password"
JOIN, REGISTER = "/auth/join", "/auth/register"
PROBES = frozenset({"/healthz", "/readyz", "/_stcore/health"})
OPEN = PROBES | {
    LOGIN,
    JOIN,
    REGISTER,
    "/auth/logout",
    "/auth/style.css",
    "/auth/icon.png",
    "/auth/session.js",
    "/i18n/history.js",
    "/i18n/zh.js",
    "/favicon.png",
}
ADMIN_ONLY = (metrics.PATH, "/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check")
SESSION_HEADER = b"x-pilot-session"
_SAFE = ("GET", "HEAD", "OPTIONS")


class Gate:
    """Lets a request through only for a live session; forged identity headers never pass."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = [pair for pair in scope["headers"] if not pair[0].lower().startswith(b"x-pilot-")]
        scope = {**scope, "headers": headers}
        connection = HTTPConnection(scope)
        refusal = _foreign(connection)
        if refusal is None and not is_open(scope["path"]) and not metrics.is_scraper(connection):
            who = await visitor_of(connection)
            refusal = _refusal(connection, who)
            if who is not None:
                proof = (SESSION_HEADER, str(who.session_id).encode())
                scope = {**scope, "headers": [*headers, proof]}
        if refusal is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # before accept: HTTP 403
        else:
            await refusal(scope, receive, send)


def is_open(path: str) -> bool:
    """Whether a path is answered without a session."""
    return path in OPEN or path in program_files() or path.startswith(API)


@functools.cache
def program_files() -> frozenset[str]:
    """The addresses of Streamlit's own scripts, styles and fonts; they hold nothing of ours.

    Any other address under /static/ would get its page, which is for those who have signed in.
    """
    folder = Path(streamlit.__file__).parent / "static"
    inner = folder / "static"
    return frozenset(f"/{path.relative_to(folder).as_posix()}" for path in inner.rglob("*.*"))


def _foreign(connection: HTTPConnection) -> Response | None:
    """Refuse what a page of another site, or another name for this machine, can send."""
    if not _is_local_demo(connection):
        return JSONResponse({"error": "演示模式只接受本机访问"}, 403)
    if connection.scope["path"] not in PROBES and host_of(connection) not in settings().hosts:
        return JSONResponse({"error": "不接受这个主机名，请检查 PILOT_ALLOWED_HOSTS"}, 421)
    origin = connection.headers.get("origin")
    risky = connection.scope["type"] == "websocket" or connection.scope["method"] not in _SAFE
    if risky and origin is not None and not _same_place(origin, connection):
        return JSONResponse({"error": "不接受来自其他网站的请求"}, 403)
    return None


def _is_local_demo(connection: HTTPConnection) -> bool:
    """In a demonstration, whose passwords are shown, the socket itself must be local."""
    server = connection.scope.get("server")
    return not settings().demo or server is None or server[1] is None or server[0] in LOOPBACK


def _same_place(origin: str, connection: HTTPConnection) -> bool:
    host = connection.headers.get("host", "").lower()
    return bool(host) and urlsplit(origin).netloc.lower() == host


def _refusal(connection: HTTPConnection, who: Visitor | None) -> Response | None:
    """Why this visitor may not have this path, as an answer; None if he may."""
    path = connection.scope["path"]
    if who is None:
        if _wants_page(connection):
            return RedirectResponse(f"{LOGIN}?next={quote(_here(connection), safe='/')}", 303)
        return JSONResponse({"error": "请先登录"}, 401)
    if who.must_change and path != PASSWORD:
        if _wants_page(connection):
            return RedirectResponse(PASSWORD, 303)
        return JSONResponse({"error": "请先修改初始密码"}, 403)
    if path.startswith(ADMIN_ONLY) and not who.actor.is_any(Role.ADMIN):
        refusal = NotAllowed("需要系统管理员角色")
        security.refused(refusal, path[:100], who.actor.id)
        return JSONResponse({"error": refusal.message}, 403)
    return refused_upload(connection, who.session_id, imports=may(who.actor, "import.stage"))


def _wants_page(connection: HTTPConnection) -> bool:
    if connection.scope["type"] != "http" or connection.scope["method"] not in ("GET", "HEAD"):
        return False
    return "text/html" in connection.headers.get("accept", "")


def _here(connection: HTTPConnection) -> str:
    query = connection.scope["query_string"].decode("latin-1")
    return connection.scope["path"] + (f"?{query}" if query else "")
