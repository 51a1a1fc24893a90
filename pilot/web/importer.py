"""The importer (导入台): a task of the server that checks and applies long batches beside pages.

It has its own lane, one batch at a time, so that neither a page nor a backup waits for a long file.
Every server of an installation has one; a lease in the database lets each batch be done once.
"""

import asyncio
import logging
import random
from datetime import UTC, datetime
from uuid import uuid4

from starlette.concurrency import run_in_threadpool

from pilot.config import settings
from pilot.services import importing, trace
from pilot.services.working import WORK
from pilot.store.engine import shared

EVERY = 2.0  # seconds
_HOLD_EVERY = importing.LEASE.total_seconds() / 3
log = logging.getLogger("pilot.importer")


async def keep_importing() -> None:
    """Do what waits until the server stops."""
    while True:
        await asyncio.sleep(EVERY * random.uniform(0.8, 1.2))
        [trouble] = await asyncio.gather(look(), return_exceptions=True)
        if isinstance(trouble, BaseException):
            log.error("importer found no work: the database gave no answer", exc_info=trouble)


async def look() -> None:
    """Check and apply the batches that wait, one after the other."""
    engine = shared(settings().url)
    for batch_id in await run_in_threadpool(importing.waiting, engine, _now()):
        await _do(batch_id)


async def _do(batch_id: int) -> None:
    """One batch: hold its lease while the work goes on; a bug is noted with its number."""
    engine = shared(settings().url)
    work = asyncio.create_task(asyncio.to_thread(_run, batch_id))
    while not (await asyncio.wait({work}, timeout=_HOLD_EVERY))[0]:
        await run_in_threadpool(importing.hold, engine, batch_id, _now())
    error = work.exception()
    if error is None:
        return
    number = uuid4().hex[:8]
    log.error("import batch %s failed, number %s", batch_id, number, exc_info=error)
    if await run_in_threadpool(importing.broke, engine, batch_id, number, _now()):
        log.error("import batch %s is given up, number %s", batch_id, number)


def _run(batch_id: int) -> None:
    with trace.tracing(trace.new_id()), WORK.going_on():
        importing.work(shared(settings().url), settings().attachments, batch_id, _now)


def _now() -> datetime:
    return datetime.now(UTC)
