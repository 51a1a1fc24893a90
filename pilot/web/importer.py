"""The importer (导入台): a task of the server that checks and applies long batches beside pages.

It has its own lane, one batch at a time, so that neither a page nor a backup waits for a long file.
Every server of an installation has one; a lease in the database lets each batch be done once.
"""

import asyncio
import logging
import random
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool

from pilot.config import settings
from pilot.services import importing, trace
from pilot.services.working import WORK
from pilot.store.engine import shared

EVERY = 2.0  # seconds
log = logging.getLogger("pilot.importer")


async def keep_importing() -> None:
    """Do what waits until the server stops."""
    while True:
        await asyncio.sleep(EVERY * random.uniform(0.8, 1.2))
        [trouble] = await asyncio.gather(run_in_threadpool(look), return_exceptions=True)
        if isinstance(trouble, BaseException):
            log.error("a batch was left for the next try", exc_info=trouble)


def look() -> None:
    """Check and apply the batches that wait, one after the other."""
    engine, folder = shared(settings().url), settings().attachments
    for batch_id in importing.waiting(engine, _now()):
        with trace.tracing(trace.new_id()), WORK.going_on():
            importing.work(engine, folder, batch_id, _now)


def _now() -> datetime:
    return datetime.now(UTC)
