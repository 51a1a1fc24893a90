"""The door's pages (登录、退出、修改密码): plain HTML forms that work without scripts."""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

from anyio import to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from pilot.config import ROOT, settings
from pilot.domain import demo
from pilot.domain.errors import PilotError
from pilot.services import door, joining
from pilot.services.door import SignIn
from pilot.store.engine import reading, shared
from pilot.web import forms
from pilot.web.forms import EXPIRED
from pilot.web.gate import LOGIN, PASSWORD
from pilot.web.visitors import address_of, limits, token_of, visitor_of


async def show_login(request: Request) -> Response:
    """The form; somebody already signed in goes where they wanted to."""
    wanted = safe_next(request.query_params.get("next", ""))
    if await visitor_of(request):
        return RedirectResponse(wanted, 303)
    left = "您已退出登录。" if "out" in request.query_params else ""
    return await _login_page(request, wanted, notice=left)


async def sign_in(request: Request) -> Response:
    """Try the password; a failure shows the form again with the login still in it."""
    fields = await forms.fields(request)
    wanted, login = safe_next(fields.get("next", "")), fields.get("login", "")[:64]
    if not forms.is_own(request, fields):
        return await _login_page(request, wanted, login=login, error=EXPIRED, status=403)
    found = await try_password(request, login, fields.get("password", ""))
    if found.token is None:
        return await _login_page(request, wanted, login=login, error=found.sentence, status=401)
    return welcome(found, wanted)


async def show_password(request: Request) -> Response:
    """The form to change one's own password."""
    return await _password_page(request)


async def change_password(request: Request) -> Response:
    """Change the password, end every session and start a new one."""
    fields = await forms.fields(request)
    current, new = fields.get("current", ""), fields.get("new", "")
    if not forms.is_own(request, fields):
        return await _password_page(request, EXPIRED, 403)
    if new != fields.get("again", ""):
        return await _password_page(request, "两次输入的新密码不一致。", 400)
    try:
        login = await to_thread.run_sync(_change, request, current, new, limiter=forms.QUEUE)
    except PilotError as error:
        return await _password_page(request, error.message, 400)
    return welcome(await try_password(request, login, new), "/")


async def ask_to_leave(request: Request) -> Response:
    """What a plain link to the sign-out shows: leaving itself takes a POST."""
    return forms.page(request, "logout.html")


async def sign_out(request: Request) -> Response:
    """End the session; the gate has refused requests of other sites."""
    engine = shared(settings().url)
    await run_in_threadpool(door.sign_out, engine, token_of(request), now=datetime.now(UTC))
    answer = RedirectResponse(f"{LOGIN}?out=1", 303)
    answer.delete_cookie(settings().cookie, secure=settings().secure_cookie, httponly=True)
    return answer


async def style(_request: Request) -> Response:
    """The style sheet of the door's pages."""
    return FileResponse(forms.ASSETS / "door.css", media_type="text/css")


async def icon(_request: Request) -> Response:
    """The product's mark."""
    return FileResponse(ROOT / "pilot" / "ui" / "static" / "icon.png")


def safe_next(text: str) -> str:
    """Where to go after the sign-in: a path of ours, or the start page."""
    is_path = text.startswith("/") and not re.match(r"/[/\\]", text)
    if not is_path or re.search(r"[\x00-\x20\\\x7f]", text) or urlsplit(text).netloc:
        return "/"
    return "/" if text.startswith("/auth/") else text


async def try_password(request: Request, login: str, password: str) -> SignIn:
    """Try to sign in, waiting for a turn to hash."""
    return await to_thread.run_sync(_sign_in, request, login, password, limiter=forms.QUEUE)


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


def welcome(found: SignIn, wanted: str) -> Response:
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


async def _login_page(
    request: Request, wanted: str, *, status: int = 200, **texts: str
) -> Response:
    accounts = demo.ACCOUNTS if settings().demo else ()
    return forms.page(
        request,
        "login.html",
        status,
        next=wanted,
        accounts=accounts,
        demo_password=demo.PASSWORD,
        asking=await run_in_threadpool(_may_strangers_ask),
        **texts,
    )


def _may_strangers_ask() -> bool:
    """Whether the form offers to ask for an account; not while the database is away."""
    try:
        with reading(shared(settings().url)) as session:
            return bool(joining.open_bases(session))
    except PilotError:
        return False


async def _password_page(request: Request, error: str = "", status: int = 200) -> Response:
    who = await visitor_of(request)
    if who is None:
        return RedirectResponse(LOGIN, 303)
    first = who.must_change
    return forms.page(request, "password.html", status, login=who.login, first=first, error=error)


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
