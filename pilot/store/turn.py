"""Whose turn it is to wait for SQLite's one writer (轮候), so that nobody is overtaken for ever.

SQLite's own waiting is a poll with growing pauses: a writer that begins again at once is always
quicker than those who sleep, and they give up. Here only one waits for the database at a time;
who has just written queues behind it. Threads queue at a lock, processes at a locked file.
"""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from pilot.domain.errors import Busy
from pilot.store.faults import BUSY

_POLL = 0.004  # seconds


class Turn:
    """The queue before one database file."""

    def __init__(self, file: Path, patience: float) -> None:
        self._patience = patience  # seconds
        self._threads = threading.Lock()
        self._processes = FileLock(file, timeout=patience, mode=0o600, thread_local=False)

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        """Be the one who waits for the database; Busy if the queue does not move in time."""
        if not self._threads.acquire(timeout=self._patience):
            raise Busy(BUSY)
        try:
            with self._processes.acquire(poll_interval=_POLL):
                yield
        except Timeout as error:
            raise Busy(BUSY) from error
        finally:
            self._threads.release()
