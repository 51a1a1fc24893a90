"""Trying again (重试): the one place that repeats a transaction the database gave up on.

A serialization failure, a deadlock, a lock that took too long, a lost connection: on PostgreSQL and
on the distributed engines that speak its protocol each may come from any statement or from COMMIT
itself, so a try is the whole transaction, never a part of it.
"""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from pilot.domain.errors import Busy, Unsure

PAUSES = (0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8)  # seconds before each try, about: jittered
PATIENCE = 5.0  # seconds after which work that has waited is not tried once more
Answer = TypeVar("Answer")


def again(work: Callable[[int], Answer], noticed: Callable[[], object] = lambda: None) -> Answer:
    """What `work` returns: one short transaction, run anew until the database takes it.

    `work` gets the number of its try. A try that failed at COMMIT may have been saved after all:
    `work` has to find that out in the next one. `noticed` is called for each try that failed.
    Raises Busy after the last, Unsure if any try may have been saved.
    """
    worst, start = None, time.monotonic()
    for number, pause in enumerate(PAUSES):
        time.sleep(pause * random.uniform(0.5, 1.5))
        try:
            return work(number)
        except Busy as error:
            noticed()
            worst = error if worst is None or isinstance(error, Unsure) else worst
            if time.monotonic() - start > PATIENCE:
                break
    raise worst
