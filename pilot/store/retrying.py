"""Trying again (重试): the one place that repeats a transaction the database gave up on.

A serialization failure, a deadlock, a lock that took too long, a lost connection: on PostgreSQL and
on the distributed engines that speak its protocol each may come from any statement or from COMMIT
itself, so a try is the whole transaction, never a part of it.
"""

import itertools
import random
import time
from collections.abc import Callable
from typing import TypeVar

from pilot.domain.errors import Busy, Unsure

PATIENCE = 8.0  # seconds after which no further try is begun
_SHORTEST, _LONGEST = 0.02, 0.2  # seconds between two tries, about; writers that collided part ways
Answer = TypeVar("Answer")


def again(work: Callable[[int], Answer], noticed: Callable[[], object] = lambda: None) -> Answer:
    """What `work` returns: one short transaction, run anew until the database takes it.

    `work` gets the number of its try. A try that failed at COMMIT may have been saved after all:
    `work` has to find that out in the next one. `noticed` is called for each try that failed.
    Raises Busy when patience ends, Unsure if any try may have been saved: by number of tries a
    writer among many would starve where the later of two always has to start over.
    """
    worst, end = None, time.monotonic() + PATIENCE
    for number in itertools.count():
        try:
            return work(number)
        except Busy as error:
            noticed()
            worst = error if worst is None or isinstance(error, Unsure) else worst
        if time.monotonic() > end:
            break
        pause = min(_SHORTEST * 2 ** min(number, 10), _LONGEST)
        time.sleep(pause * random.uniform(0.5, 1.5))
    raise worst
