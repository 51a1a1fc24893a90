"""One frozen pack in the read-only interface (冻结报表包): what is in it, and each of its files.

A pack never changes: the tag of a file is its SHA-256, and who has it is not sent it again.
"""

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pilot.config import settings
from pilot.domain.api_tokens import ApiScope
from pilot.reports import api, api_packs
from pilot.services.api_tokens import Caller
from pilot.services.working import WORK
from pilot.store.engine import reading, shared
from pilot.web.api_access import guarded, is_known, unchanged
from pilot.web.exports import TURNS
from pilot.web.files import disposition
from pilot.web.headers import FILE_POLICY

_PACK = "/api/v1/packs/{number:int}"


async def described(request: Request, caller: Caller) -> Response:
    """The manifest of a pack and the addresses of its files."""
    return await to_thread.run_sync(_told, request, caller)


async def sent(request: Request, caller: Caller) -> Response:
    """A file of a pack, or the whole; in the turns of the exports."""
    return await to_thread.run_sync(_file, request, caller, limiter=TURNS)


def _told(request: Request, caller: Caller) -> Response:
    with WORK.going_on(), reading(shared(settings().url)) as session:
        found = api_packs.told(session, caller.actor, request.path_params["number"])
    tag = f'"{found["sha256"]}"'
    if is_known(tag, request):
        return unchanged(tag)
    return Response(api.as_json(found), 200, {"etag": tag}, media_type="application/json")


def _file(request: Request, caller: Caller) -> Response:
    chosen, asked = settings(), request.path_params
    with WORK.going_on(), reading(shared(chosen.url)) as session:
        row, file = api_packs.file_of(session, caller.actor, asked["number"], asked["name"])
        tag = f'"{file.sha256}"'
        if is_known(tag, request):
            return unchanged(tag)
        body = api_packs.body_of(session, row, file, chosen.attachments)
    headers = {
        "etag": tag,
        "content-disposition": disposition(f"{row.template_code}_{row.period}_{file.name}"),
        "content-security-policy": FILE_POLICY,
    }
    return Response(body, 200, headers | {"content-type": file.media_type})


routes = [
    Route(_PACK, guarded(ApiScope.PACKS, described), methods=["GET"]),
    Route(f"{_PACK}/files/{{name}}", guarded(ApiScope.PACKS, sent), methods=["GET"]),
]
"""The routes of a pack."""
