"""Who may ask the read-only interface (数据接口), and how often: with a token, counted by token."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pilot.config import settings
from pilot.domain.api_tokens import ApiScope
from pilot.domain.errors import Busy, Gone, Invalid, NotAllowed, NotFound, PilotError, Unwritable
from pilot.services import api_tokens, security
from pilot.services.api_tokens import Caller
from pilot.services.api_turns import Turns
from pilot.store.engine import shared

PROBLEM = "application/problem+json"
Answer = Callable[[Request, Caller], Awaitable[Response]]

_TURNS = Turns()
_STATUS = {NotAllowed: 403, NotFound: 404, Gone: 410, Busy: 503, Unwritable: 503}
_TAGS = re.compile('"[^"]*"')
_SLOWER = "请求过于频繁：每个令牌每分钟最多 {most} 次，请在 {seconds} 秒后再试。"


def guarded(scope: ApiScope | None, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """A route that only a live token reaches, with `scope` if one is named, and not too often."""

    async def asked(request: Request) -> Response:
        try:
            caller = await run_in_threadpool(_caller, request)
        except NotAllowed as error:
            security.refused(error, request.url.path[:100], None)
            return problem(401, error.message, {"www-authenticate": "Bearer"})
        if refusal := await run_in_threadpool(_too_often, caller):
            return refusal
        try:
            _check_scope(caller, scope)
            return await answer(request, caller)
        except PilotError as error:
            return _refused(request, caller, error)

    return asked


def problem(
    status: int, detail: str, headers: dict[str, str] | None = None, **more: str
) -> JSONResponse:
    """A refusal as RFC 9457 has it: status and a sentence, and which parameter it is about."""
    body = {"status": status, "detail": detail, **more}
    return JSONResponse(body, status, headers, media_type=PROBLEM)


def is_known(tag: str, request: Request) -> bool:
    """Whether who asks says that they have this answer already."""
    return tag in _TAGS.findall(request.headers.get("if-none-match", ""))


def unchanged(tag: str) -> Response:
    """304: what they have still holds."""
    return Response(status_code=304, headers={"etag": tag})


def _caller(request: Request) -> Caller:
    given = request.headers.get("authorization", "")
    kind, _, token = given.partition(" ")
    known = token.strip() if kind.lower() == "bearer" else ""
    return api_tokens.caller(shared(settings().url), known, datetime.now(UTC))


def _check_scope(caller: Caller, scope: ApiScope | None) -> None:
    if scope is not None and scope not in caller.scopes:
        raise NotAllowed(f"这个令牌不能读取“{scope.label}”；请系统管理员另建一个包含它的令牌。")


def _too_often(caller: Caller) -> Response | None:
    most = settings().api_per_minute
    seconds = _TURNS.wait(shared(settings().url), caller, most, datetime.now(UTC))
    if not seconds:
        return None
    sentence = _SLOWER.format(most=most, seconds=seconds)
    return problem(429, sentence, {"retry-after": str(seconds)})


def _refused(request: Request, caller: Caller, error: PilotError) -> Response:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 400)
    if status in (403, 404):
        security.refused(error, request.url.path[:100], caller.actor.id)
    field = {"field": error.field} if isinstance(error, Invalid) else {}
    return problem(status, error.message, **field)
