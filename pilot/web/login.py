"""The door's pages (登录、退出、修改密码): plain HTML forms that work without scripts."""

import hmac
import re
import secrets
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from anyio import CapacityLimiter, to_thread
from jinja2 import Environment, FileSystemLoader
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from pilot.config import ROOT, settings
from pilot.domain import demo
from pilot.domain.errors import PilotError
from pilot.domain.passwords import RULE
from pilot.services import door
from pilot.services.door import SignIn
from pilot.store.engine import shared
from pilot.web.gate import LOGIN, PASSWORD
from pilot.web.headers import DOOR_POLICY
from pilot.web.visitors import address_of, limits, token_of, visitor_of

FORM_COOKIE = "pilot_form"
EXPIRED = "页面已过期或未允许 Cookie，请重新填写。"
_MOST_BYTES = 16 * 1024
_HERE = Path(__file__).parent
_PAGES = Environment(loader=FileSystemLoader(_HERE / "assets"), autoescape=True)
# Threads that wait for a turn to hash are few, so that they can't starve the other requests.
_QUEUE = CapacityLimiter(8)


async def show_login(request: Request) -> Response:
    """The form; somebody already signed in goes where they wanted to."""
    wanted = safe_next(request.query_params.get("next", ""))
    if await visitor_of(request):
        return RedirectResponse(wanted, 303)
    left = "您已退出登录。" if "out" in request.query_params else ""
    return _login_page(request, wanted, notice=left)


async def sign_in(request: Request) -> Response:
    """Try the password; a failure shows the form again with the login still in it."""
    fields = await _fields(request)
    wanted, login = safe_next(fields.get("next", "")), fields.get("login", "")[:64]
    if not _is_own_form(request, fields):
        return _login_page(request, wanted, login=login, error=EXPIRED, status=403)
    found = await _try(request, login, fields.get("password", ""))
    if found.token is None:
        return _login_page(request, wanted, login=login, error=found.sentence, status=401)
    return _welcome(found, wanted)


async def show_password(request: Request) -> Response:
    """The form to change one's own password."""
    return await _password_page(request)


async def change_password(request: Request) -> Response:
    """Change the password, end every session and start a new one."""
    fields = await _fields(request)
    current, new = fields.get("current", ""), fields.get("new", "")
    if not _is_own_form(request, fields):
        return await _password_page(request, EXPIRED, 403)
    if new != fields.get("again", ""):
        return await _password_page(request, "两次输入的新密码不一致。", 400)
    try:
        login = await to_thread.run_sync(_change, request, current, new, limiter=_QUEUE)
    except PilotError as error:
        return await _password_page(request, error.message, 400)
    return _welcome(await _try(request, login, new), "/")


async def ask_to_leave(request: Request) -> Response:
    """What a plain link to the sign-out shows: leaving itself takes a POST."""
    return _page(request, "logout.html")


async def sign_out(request: Request) -> Response:
    """End the session; the gate has refused requests of other sites."""
    engine = shared(settings().url)
    await run_in_threadpool(door.sign_out, engine, token_of(request), now=datetime.now(UTC))
    answer = RedirectResponse(f"{LOGIN}?out=1", 303)
    answer.delete_cookie(settings().cookie, secure=settings().secure_cookie, httponly=True)
    return answer


async def style(_request: Request) -> Response:
    """The style sheet of the door's pages."""
    return FileResponse(_HERE / "assets" / "door.css", media_type="text/css")


async def icon(_request: Request) -> Response:
    """The product's mark."""
    return FileResponse(ROOT / "pilot" / "ui" / "static" / "icon.png")


def safe_next(text: str) -> str:
    """Where to go after the sign-in: a path of ours, or the start page."""
    is_path = text.startswith("/") and not re.match(r"/[/\\]", text)
    if not is_path or re.search(r"[\x00-\x20\\\x7f]", text) or urlsplit(text).netloc:
        return "/"
    return "/" if text.startswith("/auth/") else text


async def _fields(request: Request) -> dict[str, str]:
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


def _is_own_form(request: Request, fields: dict[str, str]) -> bool:
    """Whether the form was drawn for this browser: its field matches its cookie (CSRF)."""
    cookie, field = request.cookies.get(FORM_COOKIE, ""), fields.get("form", "")
    return bool(cookie) and hmac.compare_digest(cookie.encode(), field.encode())


async def _try(request: Request, login: str, password: str) -> SignIn:
    return await to_thread.run_sync(_sign_in, request, login, password, limiter=_QUEUE)


def _sign_in(request: Request, login: str, password: str) -> SignIn:
    return door.sign_in(
        shared(settings().url),
        login,
        password,
        address=address_of(request),
        agent=request.headers.get("user-agent", ""),
        now=datetime.now(UTC),
        old=token_of(request),
        limits=limits(),
    )


def _change(request: Request, current: str, new: str) -> str:
    return door.change_password(
        shared(settings().url),
        token_of(request),
        current,
        new,
        address=address_of(request),
        now=datetime.now(UTC),
    )


def _welcome(found: SignIn, wanted: str) -> Response:
    """To the page asked for, or first to a new password, with the session's cookie."""
    answer = RedirectResponse(PASSWORD if found.must_change else wanted, 303)
    answer.set_cookie(
        settings().cookie,
        found.token or "",
        max_age=settings().session_hours * 3600,
        httponly=True,
        samesite="lax",
        secure=settings().secure_cookie,
    )
    return answer


def _login_page(request: Request, wanted: str, *, status: int = 200, **texts: str) -> Response:
    accounts = demo.ACCOUNTS if settings().demo else ()
    return _page(
        request,
        "login.html",
        status,
        next=wanted,
        accounts=accounts,
        demo_password=demo.PASSWORD,
        **texts,
    )


async def _password_page(request: Request, error: str = "", status: int = 200) -> Response:
    who = await visitor_of(request)
    if who is None:
        return RedirectResponse(LOGIN, 303)
    first = who.must_change
    return _page(request, "password.html", status, login=who.login, first=first, error=error)


def _page(request: Request, template: str, status: int = 200, **values: object) -> Response:
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


routes = [
    Route(LOGIN, show_login, methods=["GET"]),
    Route(LOGIN, sign_in, methods=["POST"]),
    Route(PASSWORD, show_password, methods=["GET"]),
    Route(PASSWORD, change_password, methods=["POST"]),
    Route("/auth/logout", ask_to_leave, methods=["GET"]),
    Route("/auth/logout", sign_out, methods=["POST"]),
    Route("/auth/style.css", style),
    Route("/auth/icon.png", icon),
]
