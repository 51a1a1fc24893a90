"""How strangers come in (加入、申请账号): plain HTML forms behind the same gate as the login."""

from datetime import UTC, datetime
from functools import partial

from anyio import to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pilot.config import settings
from pilot.domain.errors import NotFound, PilotError, Refused
from pilot.domain.joining import SHORTEST_SEARCH, RegistrationDraft
from pilot.domain.people import Role
from pilot.services import invitations, joining, security
from pilot.services.joining import CLOSED, DEAD, Asked, Offer
from pilot.store.engine import reading, shared
from pilot.web import forms
from pilot.web.gate import JOIN, LOGIN, REGISTER
from pilot.web.login import try_password, welcome
from pilot.web.visitors import address_of

_TYPED = ("base", "name", "unit", "unit_id", "contact", "reason")


async def show_join(request: Request) -> Response:
    """What a link opens: a form, how a request stands, or one sentence for any dead link."""
    return await _join_page(request, request.query_params.get("key", ""))


async def join(request: Request) -> Response:
    """Open the account and go in with it; a refusal keeps what was typed but the passwords."""
    sent = await forms.fields(request)
    key, login, name = (sent.get(field, "") for field in ("key", "login", "name"))
    again = partial(_join_page, request, key, login=login[:64], name=name[:100])
    if not forms.is_own(request, sent):
        return await again(error=forms.EXPIRED, status=403)
    password = sent.get("password", "")
    if password != sent.get("again", ""):
        return await again(error="两次输入的密码不一致。", status=400)
    opening = partial(_join, request, key, login, name, password)
    try:
        offer = await run_in_threadpool(_offer, key)
        login = await to_thread.run_sync(opening, limiter=forms.QUEUE)
    except NotFound:
        return _dead(request)
    except PilotError as error:
        return await again(error=error.message, status=400)
    found = await try_password(request, login, password)
    if found.token is None:
        return RedirectResponse(LOGIN, 303)
    researcher = offer is not None and offer.role is Role.RESEARCHER
    return welcome(found, "/submissions" if researcher else "/")


async def show_register(request: Request) -> Response:
    """The request for an account; its secret is made here, so that a repeated click is one."""
    return await _register_page(request, {"key": invitations.new_key()})


async def register(request: Request) -> Response:
    """Look up a unit, or leave the request and show how it stands."""
    sent = await forms.fields(request)
    if not forms.is_own(request, sent):
        fresh = {"key": invitations.new_key()} | sent
        return await _register_page(request, fresh, errors=[forms.EXPIRED], status=403)
    if "find" in sent:
        found = await run_in_threadpool(_units, request, sent)
        return await _register_page(request, sent, found=found)
    try:
        await run_in_threadpool(_ask, request, sent)
    except Refused as error:
        lines = [f"{one.message}{one.remedy}" for one in error.problems]
        return await _register_page(request, sent, errors=lines, status=400)
    except PilotError as error:
        return await _register_page(request, sent, errors=[error.message], status=400)
    return RedirectResponse(f"{JOIN}?key={sent['key']}", 303)


async def _join_page(request: Request, key: str, *, status: int = 200, **texts: str) -> Response:
    offer = await run_in_threadpool(_offer, key)
    if offer is not None:
        return forms.page(request, "join.html", status, key=key, offer=offer, **texts)
    asked = await run_in_threadpool(_asked, key)
    if asked is not None and not asked.over:
        return forms.page(request, "asked.html", status, asked=asked)
    security.refused(NotFound(DEAD), "invitation.read", None)
    return _dead(request)


def _dead(request: Request) -> Response:
    return forms.page(request, "dead_link.html", 404, sentence=DEAD)


async def _register_page(
    request: Request,
    sent: dict[str, str],
    *,
    errors: list[str] | None = None,
    found: dict[int, str] | None = None,
    status: int = 200,
) -> Response:
    bases = await run_in_threadpool(_bases)
    if not bases:
        return forms.page(request, "dead_link.html", status, sentence=CLOSED)
    typed = {name: sent.get(name, "") for name in _TYPED}
    return forms.page(
        request, "register.html", status, key=sent.get("key", ""), bases=bases, typed=typed,
        errors=errors or [], found=found, shortest=SHORTEST_SEARCH,
    )  # fmt: skip


def _offer(key: str) -> Offer | None:
    with reading(shared(settings().url)) as session:
        return joining.offer(session, key, datetime.now(UTC))


def _asked(key: str) -> Asked | None:
    with reading(shared(settings().url)) as session:
        return joining.asked(session, key)


def _bases() -> dict[int, str]:
    with reading(shared(settings().url)) as session:
        return joining.open_bases(session)


def _join(request: Request, key: str, login: str, name: str, password: str) -> str:
    return joining.join(
        shared(settings().url), key, login, name, password,
        address=address_of(request), now=datetime.now(UTC),
    )  # fmt: skip


def _ask(request: Request, sent: dict[str, str]) -> None:
    draft = RegistrationDraft(
        name=sent.get("name", ""),
        unit=sent.get("unit", ""),
        contact=sent.get("contact", ""),
        reason=sent.get("reason", ""),
        organisation_id=_number(sent.get("unit_id", "")) or None,
    )
    joining.ask(
        shared(settings().url), _number(sent.get("base", "")), draft, sent.get("key", ""),
        address=address_of(request), now=datetime.now(UTC),
    )  # fmt: skip


def _units(request: Request, sent: dict[str, str]) -> dict[int, str]:
    return joining.units_like(
        shared(settings().url), _number(sent.get("base", "")), sent.get("unit", ""),
        address=address_of(request), now=datetime.now(UTC),
    )  # fmt: skip


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


routes = [
    Route(JOIN, show_join, methods=["GET"]),
    Route(JOIN, join, methods=["POST"]),
    Route(REGISTER, show_register, methods=["GET"]),
    Route(REGISTER, register, methods=["POST"]),
]
