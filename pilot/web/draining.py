"""A stop that lets running actions finish (平稳停止).

The signal is held back until no action is under way and its answer has had time to go out over
the page's socket; then the server stops as usual. Nothing new begins meanwhile, and everything
ends in bounded time. A second signal is passed on at once.
"""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

from pilot.services.working import WORK

PATIENCE = 15.0  # seconds for actions under way
ANSWERING = 0.5  # seconds for the page to say what came of them
LAST_RESORT = 30.0  # seconds after the signal: whatever still hangs is cut

log = logging.getLogger("pilot.stop")
_tasks: set[asyncio.Task] = set()


def install() -> None:
    """Stand before the server's own handlers of SIGTERM and SIGINT, in its main thread."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)
        if callable(before):
            signal.signal(number, partial(_asked_to_stop, loop, before))


def _asked_to_stop(
    loop: asyncio.AbstractEventLoop,
    before: Callable[[int, FrameType | None], Any],
    number: int,
    frame: FrameType | None,
) -> None:
    if WORK.stop():
        loop.call_soon_threadsafe(_start, before, number)
    else:
        before(number, frame)


def _start(before: Callable[[int, FrameType | None], Any], number: int) -> None:
    cut = threading.Timer(LAST_RESORT, _cut)
    cut.daemon = True
    cut.start()
    _tasks.add(asyncio.create_task(_finish(before, number)))


async def _finish(before: Callable[[int, FrameType | None], Any], number: int) -> None:
    under_way, waited = WORK.running, 0.0
    while WORK.running and waited < PATIENCE:
        await asyncio.sleep(0.05)
        waited += 0.05
    if under_way:
        log.info("stopping: %d actions were under way, %d are left", under_way, WORK.running)
        await asyncio.sleep(ANSWERING)
    before(number, None)


def _cut() -> None:
    log.critical("stopping takes too long: cut off; what was not committed is undone")
    os._exit(1)
