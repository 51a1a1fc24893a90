"""A long import while somebody else saves: its speed, its memory, how long the other waits.

By hand, with any number of rows (a million take some time):
`python -m benchmarks.long_import FOLDER ROWS`, FOLDER holding the pilot.db of a run before.
"""

import shutil
import sys
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
from pilot.domain.import_columns import ImportKind
from pilot.domain.importing import AT_WORK, BatchState
from pilot.services import attachments, importing, projects
from pilot.services.command import perform
from pilot.store.engine import make_engine, reading
from pilot.store.models import ImportBatch

_PAUSE = 0.2  # seconds between two saves of the other user
_ALONE = 5.0  # seconds in which the other saves before the import begins
_OTHER = 2  # an account that may note progress
_MANAGER = 2


class Other(threading.Thread):
    """Somebody who saves a note now and then, and watches how much memory the process takes."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(daemon=True)
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
        stored = _stored(Path(place), text)
        del text
        alone, other = Other(engine), Other(engine)
        alone.start()
        time.sleep(_ALONE)
        alone.end()
        before = psutil.Process().memory_info().rss
        other.start()
        checked, written = bring_in(engine, Path(place), stored)
        other.end()
        engine.dispose()
    name = f"import of {rows:,} results"
    taken = (checked + written) * 1000
    yield ratio(f"{name} while another saves", [taken], [plain], 2, "per-row pydantic into SQLite")
    yield absolute("1,000 rows of it, checked and written", [taken / rows], 1, "s")
    yield absolute("longest save of the other without it", [max(alone.waits)], 1, "s")
    yield absolute("longest save of the other meanwhile", [max(other.waits)], 2, "s")
    yield absolute("saves of the other that were refused", [other.refused], 0, "")
    yield absolute(f"memory of the {name}", [(other.peak - before) / 2**20], 200, "MB")


def bring_in(engine: Engine, place: Path, stored: attachments.StoredFile) -> tuple[float, float]:
    """Check and write the file as the server does; the seconds that each took."""
    start = time.perf_counter()
    options = {"by": _MANAGER, "now": datetime.now(UTC)}
    batch_id = perform(
        engine, importing.stage, ImportKind.RESULTS, file=stored, **options
    ).subject_id
    _work(engine, place, batch_id)
    checked = time.perf_counter()
    perform(engine, importing.queue, batch_id, by=_MANAGER, now=datetime.now(UTC))
    batch = _work(engine, place, batch_id)
    if batch.state is not BatchState.APPLIED:
        raise RuntimeError(f"the import was refused: {batch.message}")
    return checked - start, time.perf_counter() - checked


def _work(engine: Engine, place: Path, batch_id: int) -> ImportBatch:
    while True:
        importing.work(engine, place / "files", batch_id, lambda: datetime.now(UTC))
        with reading(engine) as session:
            batch = session.get(ImportBatch, batch_id)
        if batch.state not in AT_WORK:
            return batch


def _stored(place: Path, text: str) -> attachments.StoredFile:
    data = text.encode("utf-8-sig")
    return attachments.keep(place / "files", data, shown_name="成果.csv", limit_bytes=2**30)


if __name__ == "__main__":
    for line in measure(Path(sys.argv[1]), int(sys.argv[2])):
        print(line, flush=True)
