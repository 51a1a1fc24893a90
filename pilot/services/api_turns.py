"""How often a token may ask (请求次数): turns of one minute, counted in the database for everybody.

A process takes a few turns at a time out of the token's count, at most a quarter of those left,
and gives them to its requests without another write: 120 requests in a minute cost one process
some 18 of them. No token ever gets more than its number, from however many processes; what a
process took and did not use lapses with the minute.
"""

import logging
import threading
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from pilot.domain.errors import Busy, Unwritable
from pilot.services.api_tokens import Caller
from pilot.store import queries_api
from pilot.store.engine import writing

_SHARE = 4

log = logging.getLogger("pilot.api")


@dataclass(slots=True)
class Kept:
    """What a process has of a token's turns in a minute: taken so far, and still to give."""

    minute: int
    taken: int = 0
    left: int = 0


class Turns:
    """The turns that one process has taken for its tokens; threads may share it."""

    def __init__(self) -> None:
        self._kept: dict[int, Kept] = {}
        self._lock = threading.Lock()

    def wait(self, engine: Engine, caller: Caller, most: int, now: datetime) -> int:
        """0 if the caller may go on, else in how many seconds to ask again (1 to 60)."""
        minute = int(now.timestamp()) // 60
        if self._give(caller.token_id, minute):
            return 0
        used = caller.counted if caller.counted_minute >= minute else 0
        share = max(1, (most - used) // _SHARE)
        for number in sorted({share, 1}, reverse=True):
            if self._take(engine, caller.token_id, minute, number, most, now):
                return 0
        return 60 - int(now.timestamp()) % 60

    def _give(self, token_id: int, minute: int) -> bool:
        with self._lock:
            kept = self._kept.get(token_id)
            if kept is None or kept.minute != minute or not kept.left:
                return False
            kept.left -= 1
            return True

    def _take(
        self, engine: Engine, token_id: int, minute: int, number: int, most: int, now: datetime
    ) -> bool:
        """Take turns out of the count and give one; alone where the database takes no writes."""
        try:
            with writing(engine) as session:
                taken = queries_api.take_turns(session, token_id, minute, number, most, now)
        except (Busy, Unwritable) as error:
            log.warning("turns of token %s not counted for all: %s", token_id, error.message)
            taken = self._taken(token_id, minute) + number <= most
        if taken:
            self._put(token_id, minute, number)
        return taken

    def _taken(self, token_id: int, minute: int) -> int:
        with self._lock:
            kept = self._kept.get(token_id)
            return kept.taken if kept is not None and kept.minute == minute else 0

    def _put(self, token_id: int, minute: int, number: int) -> None:
        with self._lock:
            kept = self._kept.get(token_id)
            if kept is None or kept.minute != minute:
                kept = self._kept[token_id] = Kept(minute)
            kept.taken += number
            kept.left += number - 1
