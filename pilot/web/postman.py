"""The postman (邮递): a task of the server that hands over what waits in the queue of mails.

It has its own lane beside the scheduler's jobs, so that a long backup holds up no mail, and no
page ever waits for a mail server.
"""

import asyncio
import logging
import os
import random
import secrets
import socket
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool

from pilot.config import settings
from pilot.domain.errors import PilotError
from pilot.services import trace
from pilot.services.mail import delivery
from pilot.services.mail.delivery import Post
from pilot.services.working import WORK
from pilot.store.engine import shared

EVERY = 10.0  # seconds
log = logging.getLogger("pilot.mail")


async def keep_delivering() -> None:
    """Deliver what is due until the server stops; without a mail server there is nothing to do."""
    post = _post()
    if post is None:
        return
    worker = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
    log.info("mail goes out through %s", post.server)
    while True:
        await asyncio.sleep(EVERY * random.uniform(0.8, 1.2))
        [trouble] = await asyncio.gather(
            run_in_threadpool(_round, post, worker), return_exceptions=True
        )
        if isinstance(trouble, PilotError):
            log.warning("no mail went out: %s", trouble.message)
        elif isinstance(trouble, BaseException):
            log.error("no mail went out", exc_info=trouble)


def _post() -> Post | None:
    try:
        return delivery.post_of(settings())
    except PilotError as error:
        log.error("no mail goes out: %s", error.message)
        return None


def _round(post: Post, worker: str) -> int:
    with trace.tracing(trace.new_id()), WORK.going_on():
        return delivery.deliver(shared(settings().url), post, worker, lambda: datetime.now(UTC))
