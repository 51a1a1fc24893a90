"""A process killed in the middle of its work (SIGKILL) loses nothing it acknowledged.

Two processes run real verbs through the command layer on one database: imports, and batches that
are worked on beside the pages; decisions and corrections; attachments with their papers; drafts
that are saved, sent, accepted with result, contract and transfer, joined; results that are merged.
Each says what it tries and what it has been told is done; after 5 to 400 ms both are killed and the
database is opened again by the product's own engine: first a file of SQLite, then a PostgreSQL that
goes on running. Steps that are saved in two parts, and a save that
is said to be done and is not, must be noticed.
"""

import json
import os
import random
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlmodel import Session

from pilot.domain.errors import PilotError
from pilot.services import acceptance, merging, submissions
from pilot.services.importing import batches
from pilot.store import queries_submissions
from pilot.store.engine import make_engine, reading
from tests.begun import COPIES, import_first
from tests.proofs import ground as grounds
from tests.proofs import whole
from tests.proofs.ground import Action, Ground
from tests.proofs.plan import Effort, Finding, at_least, every, named, none, within
from tests.proofs.two_databases import cluster, copied, fresh, left_alone

TITLE = "crash"
KINDS = {
    "import": ("import", "note"),
    "decide": ("decide", "decide", "correct", "note"),
    "attach": ("attach", "note"),
    "batch": ("batch", "note"),
    "submit": ("write", "write", "send", "accept", "join", "merge"),
}
_SHARES = ("submit", "import", "decide", "batch", "submit", "attach", "decide", "submit", "batch")
_SHARES += ("import",)  # of ten kills
# Parts of one step after which a faulty product commits, and is gone: the kind of step, the part.
_PARTED: dict[str, tuple[str, ModuleType, str]] = {
    "an acceptance in two parts": ("accept", acceptance, "take_in"),
    "a joining in two parts": ("join", acceptance, "take_in"),
    "a sending in two parts": ("send", submissions, "_send"),
    "a merge in two parts": ("merge", merging, "_follow"),
    "a batch in two parts": ("batch", batches, "write"),
}
_UNSAVED = "a save that is said to be done and is not"
_KILLS_A_COPY = 10
_WARM = 2  # actions before the time to the kill begins: the first of a process are slow
import_first("tests.proofs.crash")


@dataclass(slots=True)
class Tally:
    """What the kills came to."""

    kills: int = 0
    interrupted: int = 0
    acknowledged: int = 0
    stored_unsaid: int = 0
    slowest: float = 0.0
    lost: list[str] = field(default_factory=list)
    halves: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    repeats: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    """A copy of the laid portfolio that is being killed."""

    folder: Path
    url: str
    ground: Ground
    laid: whole.Rows

    @property
    def files(self) -> Path:
        """The stored files of the copy."""
        return self.folder / "attachments"


def prove(effort: Effort) -> Iterator[Finding]:
    """Kill, look, kill again; on SQLite, then on PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="pilot-crash-") as folder:
        for kind, kills, acks in (
            ("SQLite", effort.of(10, 200), effort.of(30, 3_000)),
            ("PostgreSQL", effort.of(5, 50), effort.of(10, 500)),
        ):
            template = _laid(kind, Path(folder) / kind, effort)
            tally = _killed(template, kills, acks)
            yield from named(kind, _findings(tally, kills, acks, effort))
            if kind == "SQLite":
                noticed = [fault for fault in (*_PARTED, _UNSAVED) if _notices(template, fault)]
    yield every("seeded faults noticed", len(noticed), len(_PARTED) + 1)


def _killed(template: Place, kills: int, acks: int) -> Tally:
    """At least so many kills, more until enough was acknowledged."""
    tally = Tally()
    while (tally.kills < kills or tally.acknowledged < acks) and tally.kills < 4 * kills:
        if tally.kills % _KILLS_A_COPY == 0:  # a fresh copy, so that looking stays quick
            place = _copy(template, f"copy-{tally.kills // _KILLS_A_COPY}")
        _kill(place, tally)
    return tally


def _findings(tally: Tally, kills: int, acks: int, effort: Effort) -> Iterator[Finding]:
    yield at_least("kills, of two processes each", tally.kills, kills)
    yield at_least("actions acknowledged", tally.acknowledged, acks)
    yield at_least("kills in the middle of an action", tally.interrupted, tally.kills // 2)
    yield none("acknowledged actions lost", len(tally.lost), tally.acknowledged)
    yield none("half actions, drift, broken chain or file", len(tally.halves))
    yield none("orphan files after the sweep", len(tally.orphans))
    yield none("repeated keys that did something", len(tally.repeats))
    stored = f"{tally.stored_unsaid} (answered: already done)"
    yield Finding("stored, but never acknowledged", "told", stored, True)
    yield within("slowest reopening", tally.slowest, 2, effort)
    for trouble in [*tally.lost, *tally.halves, *tally.orphans, *tally.repeats][:10]:
        print(trouble, flush=True)


def _laid(kind: str, folder: Path, effort: Effort) -> Place:
    """The portfolio that every copy begins with."""
    url = fresh(kind, cluster() if kind == "PostgreSQL" else "", folder, "proof_crash")
    engine = make_engine(url)
    rounds, submissions, merges = effort.of(12, 30), effort.of(5, 8), effort.of(4, 6)
    ground = grounds.lay(engine, rounds=rounds, submissions=submissions, merges=merges)
    with reading(engine) as session:
        laid = whole.laid(session)
    engine.dispose()
    return Place(folder, url, ground, laid)


def _copy(template: Place, name: str) -> Place:
    """A place to kill at that begins as the template does."""
    folder = template.folder / name
    folder.mkdir(parents=True)
    url = copied(template.url, folder)
    return replace(template, folder=folder, url=url)


def _kill(place: Place, tally: Tally) -> None:
    """Let two processes work, kill both, and look at what they leave."""
    kinds = KINDS[_SHARES[tally.kills % len(_SHARES)]]
    told = [place.folder / f"told-{tally.kills}-{n}" for n in range(2)]
    work = [
        COPIES.Process(target=_work, args=(place, kinds, tally.kills * 10 + n, told[n]))
        for n in range(2)
    ]
    for process in work:
        process.start()
    try:
        _until(lambda: all(path.exists() and b"ready" in path.read_bytes() for path in told))
        time.sleep(random.uniform(0.005, 0.4))
    finally:
        for process in work:
            process.kill()
        for process in work:
            process.join()
    tally.kills += 1
    tried, acknowledged = _heard(told)
    _look(place, tried, acknowledged, tally)


def _work(place: Place, kinds: tuple[str, ...], seed: int, told: Path) -> None:
    """What a killed process does: act, and say so before and after, for ever."""
    out = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    engine = make_engine(place.url)
    for number, action in enumerate(grounds.actions(place.ground, kinds, seed)):
        if number == _WARM:
            _say(out, {"ready": number})
        _say(out, {"try": asdict(action)})
        try:
            done = grounds.do(engine, place.files, place.ground, action)
        except PilotError:
            continue  # the other process held the database, or took that step
        _say(out, {"ack": action.key, "sequence": done.sequence})


def _say(out: int, line: dict) -> None:
    os.write(out, json.dumps(line).encode() + b"\n")


def _heard(told: list[Path]) -> tuple[list[Action], dict[str, int]]:
    """The actions that were under way, and the keys that were acknowledged with their numbers."""
    under_way, acknowledged = [], {}
    for path in told:
        lines = [json.loads(line) for line in path.read_bytes().splitlines()]
        acknowledged |= {line["ack"]: line["sequence"] for line in lines if "ack" in line}
        tried = [Action(**line["try"]) for line in lines if "try" in line]
        under_way += [action for action in tried[-1:] if action.key not in acknowledged]
    return under_way, acknowledged


def _look(
    place: Place, under_way: list[Action], acknowledged: dict[str, int], tally: Tally
) -> None:
    """Open the database again and add up what is wrong with it."""
    engine = make_engine(place.url)
    left_alone(engine)
    start = time.monotonic()
    with reading(engine) as session:
        known = whole.keys(session)
        lost = whole.lost(session, acknowledged)
    tally.slowest = max(tally.slowest, time.monotonic() - start)
    tally.interrupted += bool(under_way)
    tally.acknowledged += len(acknowledged)
    tally.stored_unsaid += sum(action.key in known for action in under_way)
    tally.lost += lost
    tally.halves += whole.troubles(engine, place.files, place.laid)
    tally.orphans += whole.orphans(engine, place.files)
    tally.repeats += whole.again(engine, place.files, place.ground, under_way, known)
    engine.dispose()


def _notices(template: Place, fault: str) -> bool:
    """Whether what a faulty product leaves behind is found to be lost or half done."""
    place = _copy(template, fault)
    told, tally = place.folder / "told", Tally()
    process = COPIES.Process(target=_err, args=(place, fault, told))
    process.start()
    process.join(60)
    process.kill()
    _look(place, *_heard([told]), tally)
    if not tally.lost + tally.halves:
        print(f"  not noticed: {fault}", flush=True)
    return bool(tally.lost + tally.halves)


def _err(place: Place, fault: str, told: Path) -> None:
    """Act with a fault in the product until the process is gone."""
    if fault == _UNSAVED:
        answers = iter([True] * 5)
        queries_submissions.save_content = lambda *_: next(answers, None) or _gone()
        _work(place, ("write",), 1, told)
    kind, module, name = _PARTED[fault]
    part = getattr(module, name)

    def parted(session: Session, *args: Any, **options: Any) -> None:
        part(session, *args, **options)
        session.commit()
        _gone()

    setattr(module, name, parted)
    _work(place, (kind,), 1, told)


def _gone() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _until(ready, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError("the processes did not start")
        time.sleep(0.001)
