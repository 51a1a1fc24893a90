"""The scheduler (定时): a task of the server that looks for due work and does it beside the rest.

Every server of an installation has one; the leases in the database let each job run once.
"""

import asyncio
import logging
import os
import random
import secrets
import socket
from datetime import UTC, datetime
from uuid import uuid4

from starlette.concurrency import run_in_threadpool

from pilot.config import settings
from pilot.domain.errors import PilotError
from pilot.services import backup, jobs, telemetry, trace
from pilot.services.working import WORK
from pilot.store.engine import shared

FIRST_LOOK = (5.0, 15.0)  # seconds after the start; servers that start together look apart
EVERY = 30.0
_HOLD_EVERY = jobs.LEASE.total_seconds() / 3

log = logging.getLogger("pilot.scheduler")


async def keep_time() -> None:
    """Look for due work until the server stops."""
    worker = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
    await asyncio.sleep(random.uniform(*FIRST_LOOK))
    while True:
        [trouble] = await asyncio.gather(look(worker), return_exceptions=True)
        if trouble is not None:
            log.error("scheduler found no work: the database gave no answer", exc_info=trouble)
        await asyncio.sleep(EVERY)


async def look(worker: str) -> None:
    """Do what is due now and what no other server has taken."""
    engine = shared(settings().url)
    await run_in_threadpool(jobs.schedule, engine, _now())
    for name in await run_in_threadpool(jobs.due, engine, _now()):
        if settings().demo and name == jobs.BACKUP:
            continue
        if await run_in_threadpool(jobs.take, engine, name, worker, now=_now()):
            await _do(name, worker)


async def _do(name: str, worker: str) -> None:
    """One job: hold its lease while it runs, then note how it went."""
    engine = shared(settings().url)
    work = asyncio.create_task(asyncio.to_thread(_run, name))
    while not (await asyncio.wait({work}, timeout=_HOLD_EVERY))[0]:
        await run_in_threadpool(jobs.hold, engine, worker, now=_now())
    error = work.exception()
    if error is None:
        said = work.result()
        log.info("job %s: %s", name, said)
        kept = await run_in_threadpool(jobs.done, engine, name, worker, said, now=_now())
    else:
        said = _sentence(name, error)
        kept = await run_in_threadpool(jobs.failed, engine, name, worker, said, now=_now())
    telemetry.JOBS.labels(name, "ok" if error is None else "failed").inc()
    if not kept:
        log.warning("job %s: the lease had passed to another server", name)


def _run(name: str) -> str:
    chosen = settings()
    site = backup.site_of(shared(chosen.url), chosen)
    with trace.tracing(trace.new_id()), WORK.going_on():
        return jobs.JOBS[name].run(site, chosen.backup_keep, _now())


def _sentence(name: str, error: BaseException) -> str:
    """What an administrator reads about a failure; the log has the rest."""
    if isinstance(error, PilotError):
        log.error("job %s: %s", name, error.message)
        return error.message
    number = uuid4().hex[:8]
    log.error("job %s failed, number %s", name, number, exc_info=error)
    return f"出错，编号 {number}；详情见服务日志。"


def _now() -> datetime:
    return datetime.now(UTC)
