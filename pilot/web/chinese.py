"""Streamlit's page in Chinese (界面中文化): it has no translation of its own.

The one HTML page is rewritten on its way out, and a script puts Chinese words in the place of
Streamlit's English ones. Check assets/zh.js against the bundle at every Streamlit upgrade.
"""

import re
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ASSETS = Path(__file__).parent / "assets"
# Chinese words; one step back a page; the door's links and sessions that have ended.
SCRIPTS = ("/i18n/zh.js", "/i18n/history.js", "/auth/session.js")
_TAGS = "".join(f'<script src="{address}" defer></script>' for address in SCRIPTS).encode()
# Where the keyboard is: Streamlit shows it on links and toolbars by a tint alone.
FOCUS = (
    ":is(a, button, summary, [role=button]):focus-visible"
    " { outline: 2px solid currentColor !important; outline-offset: 1px }"
)
# On a phone: lines instead of a wide table, and choices that a finger meets.
PHONE = (
    "@media (max-width: 640px) { .st-key-wide { display: none !important }"
    " .st-key-narrow button, .st-key-narrow button * { justify-content: start; text-align: start }"
    " [data-testid=stRadioOption]"
    " { min-height: 2.5rem !important; display: flex !important; align-items: center } }"
    " @media (min-width: 640.02px) { .st-key-narrow { display: none !important } }"
)
STYLE = f"{FOCUS} {PHONE}"
_STYLE = f"<style>{STYLE}</style>".encode()
_NO_SCRIPT = "<noscript><p>请在浏览器中启用 JavaScript 后再打开本页。</p></noscript>".encode()
_TITLE = "<title>中试项目组合</title>".encode()
# An answer "not changed" or a packed one could not be rewritten.
_NOT_ASKED = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")


class Chinese:
    """Rewrites Streamlit's HTML page: language, title, the words for no script, our scripts."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        if "text/html" in Headers(scope=scope).get("accept", ""):
            kept = [pair for pair in scope["headers"] if pair[0] not in _NOT_ASKED]
            scope = {**scope, "headers": kept}
        await self.app(scope, receive, _Page(send))


class _Page:
    """Holds back an HTML answer until it is whole; passes anything else straight on."""

    def __init__(self, send: Send) -> None:
        self.send, self.start, self.body = send, None, b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if "text/html" in Headers(scope=message).get("content-type", ""):
                self.start = message
                return
        elif message["type"] == "http.response.body" and self.start is not None:
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self.start)
            return
        await self.send(message)

    async def _finish(self, start: Message) -> None:
        body = rewritten(self.body)
        headers = MutableHeaders(scope=start)
        for name in ("etag", "last-modified") if body != self.body else ():
            del headers[name]
        headers["content-length"] = str(len(body))
        await self.send(start)
        await self.send({"type": "http.response.body", "body": body})


def rewritten(page: bytes) -> bytes:
    """Streamlit's page made ours; any other page as it is."""
    if b'<div id="root">' not in page:
        return page
    page = page.replace(b'<html lang="en">', b'<html lang="zh-CN">', 1)
    page = re.sub(rb"<title>.*?</title>", _TITLE, page, count=1)
    page = re.sub(rb"<noscript>.*?</noscript>", _NO_SCRIPT, page, count=1, flags=re.DOTALL)
    page = re.sub(rb'<link rel="service-desc"[^>]*>', b"", page, count=1)
    return page.replace(b"</head>", _STYLE + _TAGS + b"</head>", 1)


async def script(request: Request) -> Response:
    """One of our scripts, by the last part of its address."""
    file = request.url.path.rpartition("/")[2]
    return FileResponse(_ASSETS / file, media_type="text/javascript; charset=utf-8")


routes = [Route(address, script) for address in SCRIPTS]
