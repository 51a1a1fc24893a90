"""Work in progress (进行中的操作): a stop of the server waits for it and lets nothing new begin."""

import contextlib
import threading
from collections.abc import Iterator

from pilot.domain.errors import Busy


class Work:
    """How many actions run in this process, and whether it is about to stop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running = 0
        self._stopping = False

    @contextlib.contextmanager
    def going_on(self) -> Iterator[None]:
        """One action; Busy with nothing begun once the server is stopping."""
        with self._lock:
            if self._stopping:
                raise Busy("系统正在重启，没有保存任何内容；请过一分钟再试。")
            self._running += 1
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1

    def stop(self) -> bool:
        """Let nothing new begin; False if that was so already. Takes no lock: signals call it."""
        first, self._stopping = not self._stopping, True
        return first

    @property
    def stopping(self) -> bool:
        """Whether nothing new may begin."""
        return self._stopping

    @property
    def running(self) -> int:
        """How many actions are under way."""
        return self._running


WORK = Work()
