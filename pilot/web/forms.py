"""Plain HTML forms at the door: small bodies, a token against forged posts, one frame."""

import hmac
import secrets
from pathlib import Path
from urllib.parse import parse_qsl

from anyio import CapacityLimiter
from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from pilot.config import settings
from pilot.domain.passwords import RULE
from pilot.web.headers import DOOR_POLICY

FORM_COOKIE = "pilot_form"
EXPIRED = "页面已过期或未允许 Cookie，请重新填写。"
ASSETS = Path(__file__).parent / "assets"
# Threads that wait for a turn to hash are few, so that they can't starve the other requests.
QUEUE = CapacityLimiter(8)
_MOST_BYTES = 16 * 1024
_PAGES = Environment(loader=FileSystemLoader(ASSETS), autoescape=True)


async def fields(request: Request) -> dict[str, str]:
    """The fields of a small form; nothing of a body that is too large or not a form."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            return {}
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        return {}


def is_own(request: Request, sent: dict[str, str]) -> bool:
    """Whether the form was drawn for this browser: its field matches its cookie (CSRF)."""
    cookie, field = request.cookies.get(FORM_COOKIE, ""), sent.get("form", "")
    return bool(cookie) and hmac.compare_digest(cookie.encode(), field.encode())


def page(request: Request, template: str, status: int = 200, **values: object) -> Response:
    """A page with a form token in a cookie and in the form; only this browser has both."""
    form = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(24)
    html = _PAGES.get_template(template).render(
        form=form, demo=settings().demo, rule=RULE, **values
    )
    answer = HTMLResponse(html, status, {"content-security-policy": DOOR_POLICY})
    answer.set_cookie(
        FORM_COOKIE,
        form,
        path="/auth",
        httponly=True,
        samesite="strict",
        secure=settings().secure_cookie,
    )
    return answer
