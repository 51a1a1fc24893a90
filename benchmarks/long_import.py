"""One long import while somebody else saves: its speed, its memory, how long the other waits."""

import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
from sqlalchemy import Engine

from benchmarks import commits
from benchmarks.table import Line, absolute, ratio
from pilot.domain.errors import Busy
from pilot.services import projects
from pilot.services.command import perform
from pilot.store.engine import make_engine

_PAUSE = 0.2  # seconds between two saves of the other user
_OTHER = 2  # an account that may note progress


class Other(threading.Thread):
    """Somebody who saves a note now and then, and watches how much memory the process takes."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine, self._ended = engine, threading.Event()
        self.waits: list[float] = []  # seconds
        self.refused = 0
        self.peak = 0  # bytes

    def run(self) -> None:
        """Save until told to stop."""
        while not self._ended.wait(_PAUSE):
            start = time.perf_counter()
            try:
                now, text = datetime.now(UTC), f"第 {len(self.waits)} 条"
                perform(self._engine, projects.note, 1, text, by=_OTHER, now=now)
            except Busy:
                self.refused += 1
            self.waits.append(time.perf_counter() - start)
            self.peak = max(self.peak, psutil.Process().memory_info().rss)

    def end(self) -> None:
        """Stop after the save under way."""
        self._ended.set()
        self.join()


def measure(folder: Path, rows: int) -> Iterator[Line]:
    """The lines of one import of `rows` results, on a copy of a small portfolio."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=folder.parent) as place:
        copy = Path(place) / "long.db"
        shutil.copy(folder / "pilot.db", copy)
        engine = make_engine(f"sqlite:///{copy}")
        text = commits.results_file(rows, 0, commits.units(engine))
        plain = commits.by_pydantic(text, Path(place) / "plain.db")
        before, other = psutil.Process().memory_info().rss, Other(engine)
        other.start()
        taken = commits.bring_in(engine, text)
        other.end()
        engine.dispose()
    name = f"import of {rows:,} results"
    yield ratio(f"{name} while another saves", [taken], [plain], 2, "per-row pydantic into SQLite")
    yield absolute("longest save of the other meanwhile", [max(other.waits)], 10, "s")
    yield absolute("saves of the other that were refused", [other.refused], 0, "")
    yield absolute(f"memory of the {name}", [(other.peak - before) / 2**20], 200, "MB")
