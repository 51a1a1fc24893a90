"""Whose turn it is to wait for SQLite's one writer (轮候), so that nobody is overtaken for ever.

SQLite's own waiting is a poll with growing pauses: a writer that begins again at once is always
quicker than those who sleep, and they give up. Here only one waits for the database at a time;
who has just written queues behind it. Threads queue at a lock, processes at a locked file.
"""

import contextlib
import os
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

from filelock import lock_descriptor, unlock_descriptor

from pilot.domain.errors import Busy
from pilot.store.faults import BUSY

_POLL = 0.004  # seconds


class Turn:
    """The queue before one database file; what is locked stays open from turn to turn."""

    def __init__(self, file: Path, patience: float) -> None:
        self._file, self._patience = file, patience  # seconds
        self._threads = threading.Lock()
        self._descriptor, self._opener = -1, 0

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        """Be the one who waits for the database; Busy if the queue does not move in time."""
        if not self._threads.acquire(timeout=self._patience):
            raise Busy(BUSY)
        try:
            descriptor = self._opened()
            self._lock(descriptor)
            try:
                yield
            finally:
                unlock_descriptor(descriptor)
        finally:
            self._threads.release()

    def _lock(self, descriptor: int) -> None:
        end = time.monotonic() + self._patience
        while not lock_descriptor(descriptor, blocking=False):
            if time.monotonic() > end:
                raise Busy(BUSY)
            time.sleep(_POLL)

    def _opened(self) -> int:
        """The locked file, opened once by each process: a forked child would share its lock."""
        if self._opener != os.getpid():
            self._descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
            self._opener = os.getpid()
            weakref.finalize(self, os.close, self._descriptor)
        return self._descriptor
