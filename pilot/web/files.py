"""Downloads of stored files (附件): the session is looked up again, the bytes are inert."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from pilot.config import settings
from pilot.services.downloads import open_attachment
from pilot.store.engine import shared
from pilot.web.headers import FILE_POLICY
from pilot.web.visitors import token_of

_CHUNK = 256 * 1024
_MEDIA_TYPE = re.compile(r"[a-z]+/[A-Za-z0-9.+-]+")


async def attachment(request: Request) -> Response:
    """One stored file, always as a download."""
    chosen = settings()
    found = await run_in_threadpool(
        open_attachment,
        shared(chosen.url),
        chosen.attachments,
        request.path_params["attachment_id"],
        by=token_of(request),
        now=datetime.now(UTC),
    )
    inert = "application/octet-stream"
    return StreamingResponse(
        _chunks(found.body),
        media_type=found.media_type if _MEDIA_TYPE.fullmatch(found.media_type) else inert,
        headers={
            "content-disposition": disposition(found.name),
            "content-length": str(found.size),
            "content-security-policy": FILE_POLICY,
        },
    )


def disposition(name: str) -> str:
    """A header that saves under `name`, whatever it contains (RFC 6266, RFC 5987)."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)[-80:]
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, '', errors='replace')}"


def _chunks(body: BinaryIO) -> Iterator[bytes]:
    with body:
        while chunk := body.read(_CHUNK):
            yield chunk


routes = [Route("/files/{attachment_id:int}", attachment)]
