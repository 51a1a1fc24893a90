"""The power goes at any moment: nothing acknowledged is lost, nothing is half there.

What this covers: a process runs real verbs through the product's command layer, its own engine
with its own pragmas and its own SQLite (the bundled wheel, else Python's). Every write, truncation
and sync that SQLite hands to the operating system is noted (tests/proofs/between.py), and every
rename and fsync of attachments, in one order with the acknowledgements. From these notes the disk
is built as it may be after a cut at any point (tests/proofs/platter.py), and opened again.

What it can't: a disk that lies about its cache, a file system that breaks its own promises, more
than one writing process at a time. That the simulation bites is shown by two seeded faults.
"""

import contextlib
import os
import pickle
import random
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from sqlalchemy import event

from pilot.store import files
from pilot.store.engine import make_engine, reading
from tests.begun import COPIES, import_first
from tests.proofs import ground as grounds
from tests.proofs import whole
from tests.proofs.between import stand_between
from tests.proofs.ground import Ground
from tests.proofs.plan import Effort, Finding, at_least, every, none
from tests.proofs.platter import Files, after_cut

TITLE = "power cut"
KINDS = ("decide", "correct", "attach", "import", "note", "note", "write", "send", "accept")
FAULTS = {
    "synchronous=NORMAL": "acknowledged actions lost",
    "folders of attachments not forced": "files missing",
}
import_first(__name__)


@dataclass(frozen=True, slots=True)
class Run:
    """What one process did: the files before, everything seen, in one order."""

    folder: str
    before: Files
    seen: list[tuple]
    laid: whole.Rows

    @property
    def acknowledged(self) -> list[int]:
        """Where in what was seen an action was acknowledged."""
        return [place for place, one in enumerate(self.seen) if one[0] == "ack"]


def prove(effort: Effort) -> Iterator[Finding]:
    """One run of the product as it is, cut at many places; short runs with a fault seeded."""
    with tempfile.TemporaryDirectory(prefix="pilot-cut-") as folder:
        run = _record(Path(folder) / "run", effort.of(30, 240))
        cuts, lost, torn = _cut(run, effort.of(24, 240))
        yield at_least("power cuts", cuts, effort.of(24, 240))
        yield none("acknowledged actions lost", len(lost), len(run.acknowledged))
        yield none("half actions, drift, broken chain or file", len(torn))
        log = sum(one[0] == "sync" and one[1].endswith("-wal") for one in run.seen)
        all_syncs = sum(one[0] == "sync" for one in run.seen)
        yield at_least("syncs of the database", all_syncs, len(run.acknowledged))
        yield at_least("checkpoints on the way", all_syncs - log, 1)
        for trouble in [*lost, *torn][:10]:
            print(trouble, flush=True)
        for fault, harm in FAULTS.items():
            broken = _record(Path(folder) / fault, effort.of(20, 60), fault)
            _cuts, lost, torn = _cut(broken, effort.of(8, 40))
            yield at_least(f"seeded fault {fault}: {harm}", len(lost or torn), 1)
        yield _pooled(Path(folder))


def _pooled(folder: Path) -> Finding:
    """Every connection of a full pool and of its overflow forces its commits."""
    engine = make_engine(f"sqlite:///{folder / 'pooled.db'}")
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(engine.connect()) for _ in range(60)]
        said = [one.exec_driver_sql("PRAGMA synchronous").scalar() for one in opened]
    engine.dispose()
    return every("pooled connections with synchronous=2 (FULL)", said.count(2), len(said))


def _record(folder: Path, count: int, fault: str = "") -> Run:
    """Let a process of its own do that many actions, and bring back what was seen."""
    folder.mkdir()
    work = COPIES.Process(target=_work, args=(folder, count, fault))
    work.start()
    work.join()
    return pickle.loads((folder / "run.pickle").read_bytes())


def _work(folder: Path, count: int, fault: str) -> None:
    between = stand_between()
    engine = make_engine(f"sqlite:///{folder / 'pilot.db'}")
    if fault.startswith("synchronous"):
        event.listen(engine, "connect", lambda raw, _: raw.execute(f"PRAGMA {fault}"))
    ground = grounds.lay(engine, rounds=6, submissions=3)
    with reading(engine) as session:
        laid = whole.laid(session)
    engine.dispose()  # everything is in the main file now, whatever the fault
    before = {str(path): path.read_bytes() for path in folder.glob("pilot.db*")}
    between.seen.clear()
    _note_files(between.seen)
    if fault.startswith("folders"):
        files.sync_folder = lambda _folder: None
    _act(engine, folder, ground, count, between.seen)
    run = Run(str(folder), before, between.seen, laid)
    (folder / "run.pickle").write_bytes(pickle.dumps(run))


def _act(engine, folder: Path, ground: Ground, count: int, seen: list[tuple]) -> None:
    for number, action in enumerate(grounds.actions(ground, KINDS, seed=7)):
        if number == count:
            return
        done = grounds.do(engine, folder / "attachments", ground, action)
        seen.append(("ack", action.key, done.sequence))


def _note_files(seen: list[tuple]) -> None:
    """Note what the store's module of files asks of the operating system."""

    def fsync(handle: int) -> None:
        os.fsync(handle)
        path = os.readlink(f"/proc/self/fd/{handle}")
        if os.path.isdir(path):
            seen.append(("folder-forced", path))
        else:
            seen.append(("stored", path, Path(path).read_bytes()))
            seen.append(("sync", path))

    def replace(source, target) -> None:
        rename(source, target)
        seen.append(("rename", str(source), str(target)))

    def mkdir(path, mode=0o777) -> None:
        make(path, mode)
        seen.append(("folder-made", str(path)))

    rename, make = os.replace, os.mkdir
    os.replace, os.mkdir = replace, mkdir
    files.os = SimpleNamespace(**{**vars(os), "fsync": fsync})


def _cut(run: Run, cuts: int) -> tuple[int, list[str], list[str]]:
    """Cut the power at places spread over the run; a third of them right after an answer."""
    dice = random.Random(len(run.seen))
    lost, torn = [], []
    for number in range(cuts):
        place = dice.randrange(1, len(run.seen) + 1)
        if number % 3 == 0:
            place = dice.choice(run.acknowledged) + 1
        seen = run.seen[:place]
        _restore(run, after_cut(run.before, seen, dice))
        some_lost, some_torn = _look(run, seen)
        lost += some_lost
        torn += some_torn
    return cuts, lost, torn


def _restore(run: Run, found: Files) -> None:
    folder = Path(run.folder)
    shutil.rmtree(folder)
    folder.mkdir()
    for path, data in found.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(data)


def _look(run: Run, seen: list[tuple]) -> tuple[list[str], list[str]]:
    """Open what is left: which acknowledged keys are lost, and what is not whole."""
    folder = Path(run.folder)
    engine = make_engine(f"sqlite:///{folder / 'pilot.db'}")
    with reading(engine) as session:
        acknowledged = {key: number for _, key, number in _acks(seen)}
        lost = [f"{key} lost" for key in whole.lost(session, acknowledged)]
    torn = list(whole.troubles(engine, folder / "attachments", run.laid))
    engine.dispose()
    return lost, torn


def _acks(seen: list[tuple]) -> Iterator[tuple]:
    return (one for one in seen if one[0] == "ack")
