"""The disk is full or takes no writes: nothing is saved, people are told, reads go on.

A small file system in memory (tmpfs) holds a database and its attachments; ballast fills it and is
taken away again, and it is mounted read-only for a start. Mounting needs the right to; where it is
missing (many containers), the same errors are put between SQLite and the disk instead, and the
figure says so. A disk that fails under a running server is always shown that way: a file system
can't be made read-only while files are open for writing.
"""

import contextlib
import json
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import Engine

from pilot.domain.errors import PilotError, Unwritable
from pilot.services.verify import verify_all
from pilot.store import files
from pilot.store.engine import make_engine, reading
from tests import serving
from tests.begun import COPIES, import_first
from tests.proofs import ground as grounds
from tests.proofs import whole
from tests.proofs.between import FAILED_WRITE, FULL, stand_between
from tests.proofs.ground import Action, Ground
from tests.proofs.plan import Effort, Finding, at_least, none

import_first(__name__)
TITLE = "disk full"
SIZE = 12  # MB of the small disk
KINDS = ("decide", "note", "import", "attach")


@dataclass(slots=True)
class Told:
    """What became of actions on a disk that takes no writes."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    sentences: set[str] = field(default_factory=set)
    bugs: list[str] = field(default_factory=list)
    reads: int = 0


def prove(effort: Effort) -> Iterator[Finding]:
    """Fill a small disk, free it, mount it read-only; fail under a running process."""
    with tempfile.TemporaryDirectory(prefix="pilot-small-") as folder:
        place = Path(folder)
        if _mount(place):
            try:
                yield from _in_a_process("full disk", place, effort.of(1, 10), _fill)
                yield from _read_only_start(place)
            finally:
                _umount(place)
        else:
            name = "full (no right to mount)"
            yield from _in_a_process(name, place, effort.of(1, 10), _refuse_full)
    with tempfile.TemporaryDirectory(prefix="pilot-failing-") as folder:
        rounds = effort.of(1, 10)
        yield from _in_a_process("disk failing live", Path(folder), rounds, _refuse_writes)


def _in_a_process(name: str, folder: Path, rounds: int, broken: Callable) -> Iterator[Finding]:
    """Work, break the disk, work on, mend it, work again: all in one process without a restart."""
    results = COPIES.SimpleQueue()
    work = COPIES.Process(target=_work, args=(folder, rounds, broken, results))
    work.start()
    for one in results.get():
        yield replace(one, figure=f"{name}: {one.figure}")
    work.join()


def _work(folder: Path, rounds: int, broken: Callable, results) -> None:
    between = stand_between()
    engine = make_engine(f"sqlite:///{folder / 'pilot.db'}")
    ground = grounds.lay(engine, rounds=6)
    with reading(engine) as session:
        laid = whole.laid(session)
    told, after = Told(), Told()
    todo = grounds.actions(ground, KINDS, seed=3)
    with patch.object(files, "LEAST_FREE", 0):  # so that the disk itself refuses, not our reserve
        for _ in range(rounds):
            with broken(folder, between):
                for _ in range(12):
                    _try(engine, folder, ground, next(todo), told)
            for _ in range(3):
                _try(engine, folder, ground, next(todo), after)
    results.put(list(_findings(engine, folder, laid, told, after)))


def _try(engine: Engine, folder: Path, ground: Ground, action: Action, told: Told) -> None:
    """Act, then read: an answer, a sentence, or a bug."""
    try:
        done = grounds.do(engine, folder / "attachments", ground, action)
        told.acknowledged[action.key] = done.sequence
    except Unwritable as error:
        told.refused.append(action.key)
        told.sentences.add(error.message)
    except PilotError as error:
        told.bugs.append(f"{action.key}: {error.message}")
    except Exception as error:  # noqa: BLE001 - what is no sentence is what the proof looks for
        told.bugs.append(f"{action.key}: {error!r}")
    with contextlib.suppress(Exception), reading(engine) as session:
        told.reads += all(base.entries >= 0 for base in verify_all(session, folder / "attachments"))


def _findings(
    engine: Engine, folder: Path, laid: whole.Rows, told: Told, after: Told
) -> Iterator[Finding]:
    place = folder / "attachments"
    with reading(engine) as session:
        known, acknowledged = whole.keys(session), told.acknowledged | after.acknowledged
        lost = whole.lost(session, acknowledged)
    tried = len(told.acknowledged) + len(told.refused) + len(told.bugs)
    yield at_least("actions refused in a sentence", len(told.refused), 5)
    said = all("没有" in one for one in told.sentences)
    yield Finding("sentences that say what was not saved", "all", f"{len(told.sentences)}", said)
    yield none("errors that are no such sentence", len(told.bugs + after.bugs), tried)
    yield none("acknowledged actions lost", len(lost), len(acknowledged))
    yield none("refused actions saved all the same", sum(key in known for key in told.refused))
    yield none("reads refused meanwhile", tried - told.reads, tried)
    yield none("actions refused once there is room, without a restart", len(after.refused))
    troubles = [*whole.troubles(engine, place, laid), *whole.orphans(engine, place)]
    yield none("half actions, drift, orphans", len(troubles))
    for trouble in [*told.bugs, *after.bugs, *troubles][:10]:
        print(trouble, flush=True)


@contextlib.contextmanager
def _fill(folder: Path, _between) -> Iterator[None]:
    """Leave no more than 40 KB free."""
    ballast = folder / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    with ballast.open("r+b") as file:
        file.truncate(max(0, ballast.stat().st_size - 40_960))
    try:
        yield
    finally:
        ballast.unlink()


@contextlib.contextmanager
def _refuse_full(_folder: Path, between) -> Iterator[None]:
    between.refuse = FULL
    yield
    between.refuse = None


@contextlib.contextmanager
def _refuse_writes(_folder: Path, between) -> Iterator[None]:
    between.refuse = FAILED_WRITE
    yield
    between.refuse = None


def _read_only_start(folder: Path) -> Iterator[Finding]:
    """A server on a read-only disk does not start, and says why."""
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    with tempfile.TemporaryDirectory(prefix="pilot-log-") as elsewhere:
        said = _start(Path(elsewhere), folder)
    refused = "只能读取" in said or "打不开" in said
    yield Finding("start on a read-only disk", "refused, with the reason", said[:40], refused)
    yield none("tracebacks of that start", said.count("Traceback"))
    subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)


def _start(log: Path, data: Path) -> str:
    """What a server whose data lie in `data` says when it is started."""
    try:
        with serving.serving(log, seed=lambda _: None, PILOT_DATA_DIR=str(data)):
            return "started"
    except RuntimeError:
        lines = (log / "server.log").read_text().splitlines()
        told = [json.loads(line) for line in lines if line.startswith("{")]
        said = [one["message"] for one in told if one["level"] == "critical"]
        return said[0] if said else "\n".join(lines)


def _mount(folder: Path) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}m,mode=0700", "tmpfs", str(folder)]
    with contextlib.suppress(FileNotFoundError):
        return subprocess.run(command, capture_output=True).returncode == 0
    return False


def _umount(folder: Path) -> None:
    subprocess.run(["umount", "-l", str(folder)], check=True)
