"""Frozen packs (冻结报表包): the whole zip, or one of its files; the print page in the browser."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pilot.config import settings
from pilot.domain.errors import NotAllowed, NotFound
from pilot.domain.people import Actor
from pilot.reports import packs
from pilot.reports.report_files import members
from pilot.store.engine import reading, shared
from pilot.web.files import disposition
from pilot.web.headers import FILE_POLICY
from pilot.web.visitors import visitor_of

WHOLE = "zip"
_PAGE = "text/html; charset=utf-8"
_PAGE_POLICY = f"{FILE_POLICY}; style-src 'unsafe-inline'"
_TYPES = {
    ".html": _PAGE,
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}


async def pack(request: Request) -> Response:
    """A pack or a file of it; the print page is shown, everything else is saved."""
    who = await visitor_of(request)
    if who is None:
        raise NotAllowed("登录已失效，请重新登录。")
    name, body = await run_in_threadpool(
        _read, who.actor, request.path_params["pack_id"], request.path_params["member"]
    )
    media_type = _TYPES.get(name[name.rindex(".") :], "application/octet-stream")
    shown = media_type == _PAGE
    headers = {
        "content-security-policy": _PAGE_POLICY if shown else FILE_POLICY,
        "cache-control": "no-store",
    }
    if not shown:
        headers["content-disposition"] = disposition(name)
    return Response(body, media_type=media_type, headers=headers)


def _read(actor: Actor, pack_id: int, member: str) -> tuple[str, bytes]:
    with reading(shared(settings().url)) as session:
        row, content = packs.frozen(session, actor, pack_id, settings().attachments)
    stem = f"{row.template_code}_{row.period}"
    if member == WHOLE:
        return f"{stem}.zip", content
    found = members(content)
    if member not in found:
        raise NotFound("这个报表包里没有这个文件。")
    return f"{stem}_{member}", found[member]


routes = [Route("/pack/{pack_id:int}/{member}", pack)]
