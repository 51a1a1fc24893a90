"""Start and stop of the server (启动检查): safe settings, the right schema, a warm process."""

import asyncio
import contextlib
import gc
import importlib
import logging
import os
import pkgutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from streamlit import config as streamlit_config

from pilot.config import LOOPBACK, ROOT, settings
from pilot.domain.errors import PilotError
from pilot.services import attachments, backup, opening, upgrading
from pilot.store.engine import learn, reading, shared
from pilot.web import draining, importer, postman, scheduler, sweeping
from pilot.web import log as server_log

log = logging.getLogger("pilot.start")

# What .streamlit/config.toml must say; the defaults of these options are dangerous.
REQUIRED: dict[str, tuple[object, ...]] = {
    "client.showErrorDetails": ("none",),
    "client.allowedOrigins": ([],),
    "client.disableDataExport": (True,),
    "client.toolbarMode": ("viewer", "minimal"),
    "server.enableXsrfProtection": (True,),
    "server.enableCORS": (True,),
    "server.enableStaticServing": (False,),
    "server.enableAgentApi": (False,),
    "server.fileWatcherType": ("none",),
    "server.trustedUserHeaders": ({"x-pilot-session": "session"},),
    "browser.gatherUsageStats": (False,),
    "runner.magicEnabled": (False,),
    "runner.postScriptGC": (False,),
}
_WARM = ("pandas", "altair", "sqlalchemy", "pilot.ui")


class UnsafeStart(PilotError):
    """The server would run with settings that are not safe."""


@contextlib.asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Check, migrate and warm up before the first request is answered."""
    server_log.set_up()
    os.umask(0o077)  # what the server creates belongs to the operator alone
    try:
        check_settings()
        await run_in_threadpool(open_database)
    except PilotError as error:
        log.critical("%s", error.message)
        raise SystemExit(error.message) from None
    warm_up()
    log.info("serving %s data", "demonstration" if settings().demo else "real")
    draining.install()
    timed = (scheduler.keep_time, postman.keep_delivering, importer.keep_importing)
    lanes = (sweeping.keep_sweeping, *(timed if settings().jobs else ()))
    tasks = [asyncio.create_task(lane()) for lane in lanes]
    yield
    for task in tasks:
        task.cancel()
    shared(settings().url).dispose()


def check_settings() -> None:
    """Raise UnsafeStart with every setting that must be different."""
    chosen = settings()
    wrong = [
        f"{name} 应为 {' 或 '.join(map(repr, allowed))}"
        for name, allowed in REQUIRED.items()
        if streamlit_config.get_option(name) not in allowed
    ]
    if streamlit_config.get_option("server.maxUploadSize") > chosen.max_import_mb:
        wrong.append(f"server.maxUploadSize 应不超过 {chosen.max_import_mb}")
    if chosen.demo and chosen.host not in LOOPBACK:
        wrong.append("演示模式只能监听本机地址 127.0.0.1")
    if wrong:
        raise UnsafeStart("配置不安全，没有启动：" + "；".join(wrong) + "。")


def open_database() -> None:
    """Bring the database to this version, say in the log which one it is, look whose data it holds.

    Raises a PilotError where it, or the folder of attachments, does not keep what is saved.
    """
    chosen, now = settings(), datetime.now(UTC)
    engine = shared(chosen.url)
    before, after = upgrading.upgrade(backup.site_of(engine, chosen), now=now)
    if before != after:
        log.info("database schema upgraded from %s to %s", before or "nothing", after)
    found = opening.check_durability(engine)
    log.info("database %s", found)
    for warning in found.warnings:
        log.warning("%s", warning)
    opening.check_mode(engine, demo=chosen.demo)
    attachments.check_folder(chosen.attachments)
    learn(engine)
    with reading(engine) as session:
        gone = attachments.sweep(session, chosen.attachments, at=now)
    if gone:
        log.info("deleted %s stored files that no record names", gone)


def warm_up() -> None:
    """Import what pages will need and keep it out of every later garbage collection.

    With the modules frozen a collection (sweeping) costs a tenth. There is none before: imports
    leave next to no garbage, and looking for it takes a tenth of the start.
    """
    found = pkgutil.iter_modules([str(ROOT / "pilot" / "reports")])
    reports = [f"pilot.reports.{module.name}" for module in found]
    gc.disable()
    for name in (*_WARM, *reports):
        importlib.import_module(name)
    gc.freeze()
    gc.enable()
