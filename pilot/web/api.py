"""The read-only interface (数据接口) under /api/v1/: the lists of the pages for other systems.

JSON a part at a time, or the whole list as CSV; both times are parameters. docs/api.md tells more.
"""

import functools
import re
from dataclasses import replace
from urllib.parse import urlencode

from anyio import to_thread
from sqlmodel import Session
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from pilot.config import settings
from pilot.domain.api_tokens import ApiScope
from pilot.domain.errors import Invalid
from pilot.domain.moment import Moment
from pilot.domain.report_periods import period
from pilot.reports import api, exports
from pilot.reports.exports import Encoding, Export
from pilot.reports.tables import Chosen
from pilot.services.api_tokens import Caller
from pilot.services.working import WORK
from pilot.store.engine import reading, shared
from pilot.web.api_access import guarded, is_known, problem, unchanged
from pilot.web.api_document import document
from pilot.web.api_packs import routes as packs
from pilot.web.exports import TURNS, chunks, filters_of, spooled, view_of

ROOT = "/api/v1/"


async def listed(scope: ApiScope, request: Request, caller: Caller) -> Response:
    """A list: JSON page by page, or CSV whole; the latter in the turns of the exports."""
    form = request.query_params.get("format", "json")
    if form not in _FORMS:
        raise Invalid("format", f"format 可用：{'、'.join(_FORMS)}。")
    turns = TURNS if form == "csv" else None
    return await to_thread.run_sync(_FORMS[form], scope, request, caller, limiter=turns)


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
        export = _asked(session, scope, request, caller, place)
        tag = _tag(session, export, request)
        if is_known(tag, request):
            return unchanged(tag)
        found = api.answer(session, export, limit, place.offset if place else 0)
    if found["next"]:
        found["next"] = _next(request, found["next"])
    return Response(api.as_json(found), 200, {"etag": tag}, media_type="application/json")


def _csv(scope: ApiScope, request: Request, caller: Caller) -> Response:
    with reading(shared(settings().url)) as session:
        export = _asked(session, scope, request, caller)
        tag = _tag(session, export, request)
        if is_known(tag, request):
            return unchanged(tag)
        with spooled() as body:
            exports.write_csv(session, export, body, Encoding.UTF8)
    headers = {"etag": tag, "content-length": str(body.tell())}
    body.seek(0)
    return StreamingResponse(chunks(body), 200, headers, media_type="text/csv; charset=utf-8")


def _asked(
    session: Session,
    scope: ApiScope,
    request: Request,
    caller: Caller,
    place: api.Place | None = None,
) -> Export:
    asked = request.query_params
    view, chosen = view_of(asked, known="known_on"), filters_of(asked)
    if scope is ApiScope.PACKS:
        chosen = _packs_of(chosen, view, asked)
    return api.asked(session, caller.actor, scope, view, chosen, place)


def _packs_of(chosen: Chosen, view: Moment, asked: QueryParams) -> Chosen:
    """The packs of a template, a period, or a year; of every year if none is named."""
    key = asked.get("period", "")
    if key:
        period(key)
    year = view.year if asked.get("year") else None
    template = asked.get("template", "").replace("\0", "")[:16]
    return replace(chosen, template=template, period=key, period_year=year)


def _tag(session: Session, export: Export, request: Request) -> str:
    question = f"{request.url.path}?{request.url.query}"
    return f'"{api.fingerprint(session, export, question)}"'


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
    *packs,
    Route(f"{ROOT}openapi.json", guarded(None, described), methods=_GET),
    Route("/api/{rest:path}", guarded(None, lost), methods=_GET),
]
