"""What a stranger gets, what other sites and names get, which headers every answer has."""

import contextlib
from collections.abc import Iterator

from websockets.exceptions import InvalidStatus

from tests import serving
from tests.proofs import stage
from tests.proofs.plan import Effort, Finding, every, none
from tests.serving import Server
from tests.web.client import Answer, Browser
from tests.web.surface import INNER, METHODS, PAGES, around
from tests.web.tab import Tab

_REFUSED = (303, 400, 401, 403, 404, 405, 411, 421, 422, 501)
_ORIGINS = ["https://evil.example", "null", "http://localhost:1", "http://127.0.0.1.evil.example"]
_HOSTS = ["evil.example", "127.0.0.1.evil.example", "evil.example:80", "[::1].evil", ""]
_UPLOAD = "/_stcore/upload_file/3d3f7c3e-0000-4000-8000-000000000000/1"
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_KEPT = ("/static/", "/i18n/", "/auth/style.css", "/auth/icon.png", "/favicon.png")


def surface(server: Server, effort: Effort) -> Iterator[Finding]:
    """Everything a stranger can send, then what pages of other sites can make a visitor send."""
    answered, tried = _stranger(server, effort)
    yield none("requests of a stranger that were answered", len(answered), tried)
    yield none("sockets opened without a session", _sockets(server), 4)
    crossed, tried = _crossed(server)
    yield none("requests from other sites or host names accepted", len(crossed), tried)
    bare, seen = _bare(server)
    yield none("answers without every header or with a loose policy", len(bare), seen)
    stage.tell("edge", answered, crossed, bare)


def _stranger(server: Server, effort: Effort) -> tuple[list, int]:
    stranger, answered, tried = Browser(server), [], 0
    paths = around()[:: effort.of(3, 1)]
    wanted = [(method, path) for path in [*PAGES, *INNER, _UPLOAD] for method in METHODS]
    wanted += [("GET", path) for path in paths]
    for method, path in wanted:
        body = b"x" * 100 if method in ("POST", "PUT", "PATCH") else b""
        answer = stranger.send(method, path, body, accept="text/html" if path in PAGES else "*/*")
        tried += 1
        if answer.status not in _REFUSED or _tells(answer):
            answered.append((method, path, answer.status, answer.body[:60]))
    return answered, tried


def _tells(answer: Answer) -> bool:
    """Whether a refusal holds more than a short sentence, or leads elsewhere than to the door."""
    inside = answer.status == 303 and not answer.location.startswith("/auth/login")
    return inside or len(answer.body) > 200


def _sockets(server: Server) -> int:
    opened = 0
    for cookies in ({}, {"pilot_session": "x" * 43}, {"pilot_form": "x"}, {"_streamlit_user": "x"}):
        with contextlib.suppress(InvalidStatus), Browser(server, cookies).socket():
            opened += 1
    return opened


def _crossed(server: Server) -> tuple[list, int]:
    """A visitor with a live session, as other sites would have his browser act."""
    visitor, accepted, tried = Browser(server), [], 0
    visitor.sign_in("manager")
    for origin in _ORIGINS:
        tried += 3
        with contextlib.suppress(InvalidStatus), visitor.socket(Origin=origin):
            accepted.append(("socket", origin))
        form = {"form": visitor.cookies["pilot_form"]}
        if visitor.post("/auth/logout", form, origin=origin).status != 403:
            accepted.append(("form", origin))
        if visitor.send("PUT", _UPLOAD, b"x", origin=origin).status != 403:
            accepted.append(("upload", origin))
    for host in _HOSTS:
        for path in ("/overview", "/export/projects.csv", "/_stcore/host-config", "/auth/login"):
            tried += 1
            if visitor.send("GET", path, host=host).status not in (400, 421):
                accepted.append((path, host))
    return accepted, tried


def _bare(server: Server) -> tuple[list, int]:
    """One answer of every kind: which lack a header, allow too much or may be kept."""
    answers = list(_kinds(server))
    wrong = []
    for path, answer in answers:
        wrong += [(path, answer.status, why) for why in _lacks(path, answer)]
    return wrong, len(answers)


def _kinds(server: Server) -> Iterator[tuple[str, Answer]]:
    stranger, boss, manager = (Browser(server) for _ in range(3))
    boss.sign_in(serving.ADMIN)
    manager.sign_in("manager")
    page = boss.page("/").body
    script = page.partition('src="./')[2].partition('"')[0]
    for path in ("/", "/auth/login", "/healthz", "/readyz", "/i18n/zh.js", f"/{script}", "/nope"):
        yield path, stranger.page(path)
    yield "/auth/login", stranger.post("/auth/login", {"login": "x", "password": "y"})
    yield "/auth/login", Browser(server).sign_in("manager", "Wrong-Horse-77")
    for path in ("/", "/overview", "/auth/password", "/auth/login", "/_stcore/metrics", "/nope"):
        yield path, boss.page(path)
    for path in ("csv", "xlsx", "json"):
        yield path, manager.send("GET", f"/export/projects.{path}")
    for path in ("/files/1", "/files/999", "/export/nothing.csv", "/export/projects.csv?year=x"):
        yield path, manager.send("GET", path)
    yield "/people", manager.send("GET", "/_stcore/metrics")
    yield "/x", manager.send("GET", "/overview", host="evil.example")
    yield "/x", manager.send("DELETE", "/auth/login")
    yield "/x", manager.send("PUT", _UPLOAD, b"x")


def _lacks(path: str, answer: Answer) -> Iterator[str]:
    for name, value in _HEADERS.items():
        if answer.headers.get(name) != value:
            yield f"{name} is {answer.headers.get(name)}"
    policy = answer.headers.get("content-security-policy", "")
    loose = [word for word in ("unsafe", "*", "http:", "https:", "'strict") if word in policy]
    if loose or "default-src 'none'" not in policy or "frame-ancestors 'none'" not in policy:
        yield f"policy {policy}"
    if not path.startswith(_KEPT) and answer.headers.get("cache-control") != "no-store":
        yield f"cache-control {answer.headers.get('cache-control')}"
    cookie = answer.headers.get("set-cookie", "").lower()
    if cookie and "_streamlit_xsrf" not in cookie and not _is_safe(cookie):
        yield f"cookie {cookie}"


def _is_safe(cookie: str) -> bool:
    return "httponly" in cookie and ("samesite=lax" in cookie or "samesite=strict" in cookie)


def crash(server: Server) -> Iterator[Finding]:
    """A bug in a route and one in a page: a number and the headers, the rest in the log."""
    visitor = Browser(server)
    visitor.sign_in("manager")
    with server.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE attachment RENAME TO gone")
    answer = visitor.send("GET", "/files/1")
    with server.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO attachment")
    with Tab(visitor, "broken").open() as tab:
        shown = [answer.body, tab.text]
    log = server.log.read_text()
    bare = [text for text in shown if not _is_number_only(text, log)]
    stage.tell("edge", bare, list(_lacks("/files/1", answer)))
    yield every("faults shown by a number whose text is in the log", len(shown) - len(bare), 2)
    yield none("headers missing from the answer of a fault", len(list(_lacks("/x", answer))), 8)


def _is_number_only(shown: str, log: str) -> bool:
    number = shown.partition("编号 ")[2][:8]
    secret = ("planted", "Traceback", "sqlite", "SELECT", "/pilot/", "ValueError")
    return number in log and len(number) == 8 and not any(word in shown for word in secret)
