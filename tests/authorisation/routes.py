"""Every route of ours behind the gate, asked by everybody, without a server or a network."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.middleware import Middleware

from pilot.config import settings
from pilot.store import files
from pilot.store.engine import shared, writing
from pilot.store.models import Attachment, ImportBatch, LoginSession
from pilot.store.tokens import token_hash
from pilot.web import routes
from pilot.web.faults import HANDLERS
from pilot.web.gate import Gate
from tests.authorisation import filed
from tests.authorisation.matrix import ACTORS, listening, table
from tests.authorisation.world import World

_PDF = b"%PDF-1.4\n%" + b"x" * 200 + b"\n%%EOF\n"


def names() -> set[str]:
    """Every address that answers a GET."""
    return {route.path for route in routes() if "GET" in (route.methods or ())}


def answers(url: str, engine: Engine, folder: Path, world: World) -> Iterator[tuple[str, str]]:
    """Each cell (`route by actor`) and what is wrong with it, or nothing."""
    with _settings(url, folder):
        _signed_in(engine, world)
        _stored(engine, folder / "attachments", world)
        shutil.copytree(filed.FOLDER, folder / "attachments", dirs_exist_ok=True)
        app = Starlette(routes=routes(), middleware=[Middleware(Gate)], exception_handlers=HANDLERS)
        for row in table("routes"):
            path = row["route"].replace("{table}", "projects")
            path = path.replace("{attachment_id:int}", str(world.own["attachment"]))
            path = path.replace("{submission_id:int}", str(world.own["sent"]))
            path = path.replace("{kind}", "projects")
            path = path.replace("{batch_id:int}", str(world.own["batch"]))
            path = path.replace("{number:int}", "1").replace("{name}", "pack.zip")
            path = path.replace("{pack_id:int}/{member}", f"{world.own['pack']}/print.html")
            for actor in ACTORS:
                yield f"{row['route']} by {actor}", _wrong(app, path, actor, int(row[actor]))
        for actor in ("researcher", "reviewer"):
            foreign = f"/receipt/{world.others['sent']}"
            yield f"{foreign} by {actor}", _wrong(app, foreign, actor, 404)
        foreign = f"/pack/{world.others['pack']}/zip"
        for actor in ("admin", "manager", "officer"):
            yield f"{foreign} by {actor}", _wrong(app, foreign, actor, 404)
        foreign = f"/files/{world.others['attachment']}"
        for actor in ("admin", "manager", "reviewer", "officer"):
            yield f"{foreign} by {actor}", _wrong(app, foreign, actor, 404)


def _wrong(app: Starlette, path: str, actor: str, demanded: int) -> str:
    with listening() as lines:
        status = asyncio.run(_get(app, path, actor))
    if status != demanded:
        return f"{path} by {actor}: {status}, not {demanded}"
    if status in (403, 404) and len(lines) != 1:
        return f"{path} by {actor}: {len(lines)} lines in the security log"
    return ""


async def _get(app: Starlette, path: str, actor: str) -> int:
    """The status of one request, told to the application as a server would."""
    cookie = f"{settings().cookie}=token-{actor}".encode()
    headers = [(b"host", b"127.0.0.1"), *([(b"cookie", cookie)] * (actor != "anonymous"))]
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(),
        "query_string": b"", "headers": headers, "scheme": "http", "http_version": "1.1",
        "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1), "root_path": "",
    }  # fmt: skip
    found: list[int] = []
    sent = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict:
        if not sent:
            await asyncio.Event().wait()  # the browser stays until it has everything
        return sent.pop()

    async def send(message: dict) -> None:
        if message["type"] == "http.response.start":
            found.append(message["status"])

    await app(scope, receive, send)
    return found[0]


def _signed_in(engine: Engine, world: World) -> None:
    now = datetime.now(UTC)
    with writing(engine) as session:
        for name, account_id in world.people.items():
            session.add(
                LoginSession(
                    account_id=account_id, token_hash=token_hash(f"token-{name}"),
                    created_at=now, last_seen_at=now, expires_at=now + timedelta(hours=1),
                    address="local",
                )
            )  # fmt: skip


def _stored(engine: Engine, folder: Path, world: World) -> None:
    stored = files.save(folder, _PDF, shown_name="示例.pdf", limit_bytes=10_000)
    table = files.save(folder, b"name\nx\n", shown_name="x.csv", limit_bytes=10_000)
    with writing(engine) as session:
        session.get(Attachment, world.own["attachment"]).sha256 = stored.sha256
        batch = session.get(ImportBatch, world.own["batch"])
        session.get(Attachment, batch.attachment_id).sha256 = table.sha256


@contextmanager
def _settings(url: str, folder: Path) -> Iterator[None]:
    with (
        mock.patch.object(settings(), "database_url", url),
        mock.patch.object(settings(), "data_dir", folder),
    ):
        yield
    shared(url).dispose()
