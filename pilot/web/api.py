"""The read-only interface (数据接口) under /api/v1/: the lists of the pages for other systems.

JSON a part at a time, or the whole list as CSV; both times are parameters. docs/api.md tells more.
"""

import functools
import re
from datetime import UTC, date, datetime
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from pilot.config import settings
from pilot.domain.api_tokens import ApiScope
from pilot.domain.errors import Invalid
from pilot.domain.moment import Moment, moment
from pilot.reports import api, exports
from pilot.reports.exports import Encoding
from pilot.services.api_tokens import Caller
from pilot.services.working import WORK
from pilot.store.engine import reading, shared
from pilot.web.api_access import guarded, problem
from pilot.web.api_document import document
from pilot.web.exports import chunks, filters_of, spooled

PREFIX = "/api/"
ROOT = "/api/v1/"
_TAGS = re.compile(r'"([^"]*)"')


async def listed(scope: ApiScope, request: Request, caller: Caller) -> Response:
    """A list: JSON page by page, or CSV whole."""
    form = request.query_params.get("format", "json")
    if form not in _FORMS:
        raise Invalid("format", f"format 可用：{'、'.join(_FORMS)}。")
    return await run_in_threadpool(_FORMS[form], scope, request, caller)


async def described(_request: Request, caller: Caller) -> Response:
    """The OpenAPI document of what this token opens."""
    return JSONResponse(document(caller.scopes))


async def lost(_request: Request, _caller: Caller) -> Response:
    """An address that is none."""
    return problem(404, f"没有这个地址；见 {ROOT}openapi.json。")


def _json(scope: ApiScope, request: Request, caller: Caller) -> Response:
    chosen = request.query_params
    limit, place = _limit(chosen), _place(chosen)
    with WORK.going_on(), reading(shared(settings().url)) as session:
        export = api.asked(session, caller.actor, scope, _view(chosen), filters_of(chosen), place)
        tag = api.fingerprint(session, export, f"{request.url.path}?{request.url.query}")
        if tag in _TAGS.findall(request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers={"etag": f'"{tag}"'})
        found = api.answer(session, export, limit, place.offset if place else 0)
    if found["next"]:
        found["next"] = _next(request, found["next"])
    headers = {"etag": f'"{tag}"', "cache-control": "private, no-cache"}
    return Response(api.as_json(found), 200, headers, media_type="application/json")


def _csv(scope: ApiScope, request: Request, caller: Caller) -> Response:
    chosen = request.query_params
    with spooled() as body, reading(shared(settings().url)) as session:
        export = api.asked(session, caller.actor, scope, _view(chosen), filters_of(chosen))
        tag = api.fingerprint(session, export, f"{request.url.path}?{request.url.query}")
        exports.write_csv(session, export, body, Encoding.UTF8)
    size = body.tell()
    body.seek(0)
    headers = {"etag": f'"{tag}"', "content-length": str(size)}
    return StreamingResponse(chunks(body), 200, headers, media_type="text/csv; charset=utf-8")


def _view(chosen: QueryParams) -> Moment:
    year = chosen.get("year")
    if year and not re.fullmatch("20[0-9]{2}", year):
        raise Invalid("year", "year 应为四位年份，如 2026。")
    return moment(
        datetime.now(UTC),
        year=int(year) if year else None,
        as_of=_day(chosen, "as_of"),
        known_on=_day(chosen, "known_on"),
    )


def _day(chosen: QueryParams, name: str) -> date | None:
    text = chosen.get(name)
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise Invalid(name, f"{name} 应为日期，如 2026-06-01。")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(name, f"{name} 不是一个存在的日期。") from error


def _limit(chosen: QueryParams) -> int:
    text = chosen.get("limit", str(api.LIMIT))
    if not re.fullmatch("[0-9]{1,4}", text) or not 1 <= int(text) <= api.MOST:
        raise Invalid("limit", f"limit 应为 1 至 {api.MOST} 的整数。")
    return int(text)


def _place(chosen: QueryParams) -> api.Place | None:
    cursor = chosen.get("cursor")
    return api.Place.parse(cursor) if cursor else None


def _next(request: Request, cursor: str) -> str:
    """The address of what follows: the same question with the cursor."""
    asked = [(name, text) for name, text in request.query_params.multi_items() if name != "cursor"]
    return f"{request.url.path}?{urlencode([*asked, ('cursor', cursor)])}"


_GET = ["GET"]
_FORMS = {"json": _json, "csv": _csv}
routes = [
    *[
        Route(
            f"{ROOT}{scope.value}", guarded(scope, functools.partial(listed, scope)), methods=_GET
        )
        for scope in ApiScope
    ],
    Route(f"{ROOT}openapi.json", guarded(None, described), methods=_GET),
    Route("/api/{rest:path}", guarded(None, lost), methods=_GET),
]
