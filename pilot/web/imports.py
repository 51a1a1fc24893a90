"""Downloads of the import page (导入): templates, and a file with its problems written beside."""

from collections.abc import Callable
from typing import BinaryIO

from anyio import to_thread
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from pilot.config import settings
from pilot.domain.errors import NotAllowed, NotFound
from pilot.domain.import_columns import ImportKind
from pilot.domain.people import Actor
from pilot.reports import imports
from pilot.store.engine import reading, shared
from pilot.web import exports
from pilot.web.files import disposition
from pilot.web.headers import FILE_POLICY
from pilot.web.visitors import visitor_of

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LARGEST = 2**31 - 1  # what an id column holds
Write = Callable[[Session, Actor, BinaryIO], str]


async def template(request: Request) -> Response:
    """The template of one kind, with the base's code lists."""
    name = request.path_params["kind"]
    if name not in {kind.value for kind in ImportKind}:
        raise NotFound("没有这种导入模板。")
    kind = ImportKind(name)
    return await _file(request, lambda s, actor, file: imports.template(s, actor, kind, file))


async def marked(request: Request) -> Response:
    """The file of one batch with its problems beside each row."""
    batch_id = min(request.path_params["batch_id"], _LARGEST)
    folder = settings().attachments
    return await _file(
        request, lambda s, actor, file: imports.marked(s, actor, batch_id, file, folder)
    )


async def _file(request: Request, write: Write) -> Response:
    who = await visitor_of(request)
    if who is None:
        raise NotAllowed("登录已失效，请重新登录。")
    name, body, size = await to_thread.run_sync(_written, who.actor, write, limiter=exports.TURNS)
    return StreamingResponse(
        exports.chunks(body),
        media_type=_EXCEL,
        headers={
            "content-disposition": disposition(name),
            "content-length": str(size),
            "content-security-policy": FILE_POLICY,
            "cache-control": "no-store",
        },
    )


def _written(actor: Actor, write: Write) -> tuple[str, BinaryIO, int]:
    """The finished file, rewound; it vanishes from the disk when it is closed."""
    with exports.spooled() as body, reading(shared(settings().url)) as session:
        name = write(session, actor, body)
    size = body.seek(0, 2)
    body.seek(0)
    return name, body, size


routes = [
    Route("/import/template/{kind}.xlsx", template),
    Route("/import/{batch_id:int}/marked.xlsx", marked),
]
