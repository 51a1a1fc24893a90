"""The headers that tell a browser what a page of ours may do (安全响应头)."""

import base64
import functools
import hashlib
import re
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pilot.config import settings
from pilot.web.chinese import STYLE

# For the HTML pages of the door: no script at all.
DOOR_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# For stored files: even one that slipped through as a page could do nothing.
FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"

# The inline styles of Streamlit 1.67, by hash: elements without a text that a script fills, the
# table grid's, and two of the charts'. Formulas and Mermaid drawings would need more, and stay out.
_STYLES = (
    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    "38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o=",
    "AxXafLC2yNU/3Lg+zDmkYjwsZc5mxpXIdju+mGfmiCg=",
    "3DGwvqeuzfpl1OM1mb285/TwB5+qWlC5a2FoZJ0askE=",
)
_ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_CACHEABLE = ("/static/", "/favicon.png", "/i18n/", "/auth/style.css", "/auth/icon.png")


class Headers:
    """Adds the headers to every answer; a route may have set a stricter policy of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                dress(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await self.app(scope, receive, dressed if scope["type"] == "http" else send)


def dress(headers: MutableHeaders, path: str) -> None:
    """Add the headers that an answer for this path lacks."""
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    headers.setdefault("content-security-policy", shell_policy())
    if not path.startswith(_CACHEABLE):
        headers["cache-control"] = "no-store"
    if settings().secure_cookie:
        headers["strict-transport-security"] = "max-age=31536000"


@functools.cache
def shell_policy() -> str:
    """The policy of Streamlit's page: its own files, the hash of its one inline script."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text("utf-8")
    inline = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    scripts = " ".join(f"'sha256-{_digest(script)}'" for script in inline)
    styles = " ".join(f"'sha256-{style}'" for style in (*_STYLES, _digest(STYLE)))
    rules = {
        "default-src": "'none'",
        "script-src": f"'self' {scripts}",
        "style-src": f"'self' {styles}",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "media-src": "'self' blob:",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
