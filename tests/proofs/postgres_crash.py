"""Every process of PostgreSQL is killed while people work: nothing acknowledged is lost.

The product is not restarted: its threads go on with the engine they have, through the command
layer. Who acts while there is no server is told so in a sentence, or is answered once there is one
again, and a retry with the same key must not do anything twice. The time until the first answer
counts from the server's first accepted connection. Two faults in the product must be noticed: no
words for a lost connection, and commits acknowledged before they are forced to the disk.
"""

import contextlib
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from sqlalchemy import Engine, event

from pilot.domain.errors import Busy, PilotError
from pilot.services import command
from pilot.store import faults
from pilot.store.durability import durability
from pilot.store.engine import make_engine, reading
from tests.proofs import ground as grounds
from tests.proofs import whole
from tests.proofs.ground import Action, Ground
from tests.proofs.plan import Effort, Finding, at_least, every, none, within
from tests.proofs.servers import Postgres, postgres

TITLE = "PostgreSQL killed"
KINDS = (
    *("decide", "correct", "attach", "note", "import", "batch", "batch"),
    *("write", "send", "accept", "join", "merge"),
)
QUICK = ("note",)  # many commits in the moment that an unforced one is not yet on the disk
WORKERS = 2
ACTIONS = 20  # acknowledged before each kill, so that there is something to lose


@dataclass(slots=True)
class Heard:
    """What the people at work were told; a try is when it began and ended, in monotonic seconds."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    answers: list[float] = field(default_factory=list)
    tries: list[tuple[float, float]] = field(default_factory=list)
    busy: int = 0
    errors: list[str] = field(default_factory=list)

    def during(self, gone: float, back: float) -> int:
        """How many tries met a server that was gone from one moment to the other."""
        return sum(begun < back and ended > gone for begun, ended in self.tries)


@dataclass(slots=True)
class Seen:
    """One server's kills: what people heard, and what was found afterwards."""

    heard: Heard = field(default_factory=Heard)
    back: list[float] = field(default_factory=list)
    met: int = 0
    lost: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    commit: str = ""


def prove(effort: Effort) -> Iterator[Finding]:
    """Kill the server again and again under two people at work; then with faults in the product."""
    with postgres() as server:
        yield from _findings(_killed(server, effort.of(2, 10)), effort)
    noticed = []
    for name, fault, notices in FAULTS:
        with postgres() as server, fault():
            found = notices(_killed(server, 2, QUICK))
        noticed.append(found)
        if not found:
            print(f"  not noticed: {name}", flush=True)
    yield every("seeded faults noticed", sum(noticed), len(FAULTS))


def _killed(server: Postgres, kills: int, kinds: tuple[str, ...] = KINDS) -> Seen:
    """Kill a server that often while people act, and look at what is left."""
    with tempfile.TemporaryDirectory() as folder:
        engine, place, seen = make_engine(server.url), Path(folder), Seen()
        more = {"rounds": 12, "submissions": 4, "merges": 3}
        ground = grounds.lay(engine, **({"rounds": 4} if kinds is QUICK else more))
        with reading(engine) as session:
            laid = whole.laid(session)
        server.settle()
        seen.commit = _durability(engine)
        with _people(engine, place, ground, kinds, seen.heard):
            for _ in range(kills):
                _let_work(seen.heard, ACTIONS)
                server.kill()
                gone = time.monotonic()
                accepted = server.start()
                seen.back.append(_first_answer(seen.heard, accepted) - accepted)
                seen.met += seen.heard.during(gone, accepted)
        _look(engine, place, laid, seen)
        engine.dispose()
    return seen


def _durability(engine: Engine) -> str:
    with contextlib.suppress(PilotError):  # what is volatile is refused; here it is only noted
        return durability(engine).settings["synchronous_commit"]
    return "off"


def _look(engine: Engine, folder: Path, laid: whole.Rows, seen: Seen) -> None:
    with reading(engine) as session:
        seen.lost = whole.lost(session, seen.heard.acknowledged)
    seen.troubles = [*whole.troubles(engine, folder, laid), *whole.orphans(engine, folder)]


def _findings(seen: Seen, effort: Effort) -> Iterator[Finding]:
    heard, kills = seen.heard, len(seen.back)
    on = seen.commit
    yield Finding("synchronous_commit of the product's sessions", "on", on, on == "on")
    yield at_least("times every server process was killed", kills, kills or 1)
    yield at_least("actions acknowledged", len(heard.acknowledged), ACTIONS * kills)
    yield none("acknowledged actions lost", len(seen.lost), len(heard.acknowledged))
    yield none("half actions, drift, broken chain, orphans", len(seen.troubles))
    yield at_least("tries that met a server that was gone", seen.met, kills)
    yield none("answers to them that are no sentence", len(heard.errors), seen.met)
    yield Finding("told: not just now", "told", f"{heard.busy} (the others waited)", True)
    yield within("slowest way back, product not restarted", max(seen.back), 5, effort)
    for trouble in [*seen.lost, *seen.troubles, *heard.errors][:10]:
        print(trouble, flush=True)


def _no_words() -> AbstractContextManager:
    """What the database says reaches people as it is."""
    stack = contextlib.ExitStack()
    for place in (command, faults):
        stack.enter_context(mock.patch.object(place, "in_words", contextlib.nullcontext))
    return stack


@contextlib.contextmanager
def _unforced() -> Iterator[None]:
    """The product no longer asks for commits that are on the disk."""

    def off(connection: object, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
        connection.commit()

    event.listen(Engine, "connect", off)
    try:
        yield
    finally:
        event.remove(Engine, "connect", off)


FAULTS: tuple[tuple[str, Callable[[], AbstractContextManager], Callable[[Seen], bool]], ...] = (
    ("no words for a lost connection", _no_words, lambda seen: bool(seen.heard.errors)),
    ("commits that are not forced", _unforced, lambda seen: bool(seen.lost)),
)


@contextlib.contextmanager
def _people(
    engine: Engine, folder: Path, ground: Ground, kinds: tuple[str, ...], heard: Heard
) -> Iterator[None]:
    """Threads that act until the block ends; each tries an action until it is answered."""
    stop = threading.Event()

    def work(seed: int) -> None:
        for action in grounds.actions(ground, kinds, seed):
            while not stop.is_set() and not _answered(engine, folder, ground, action, heard):
                time.sleep(0.1)
            if stop.is_set():
                return

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(WORKERS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _answered(engine: Engine, folder: Path, ground: Ground, action: Action, heard: Heard) -> bool:
    """Whether the action came to an end: done, or refused for good."""
    begun = time.monotonic()
    try:
        done = grounds.do(engine, folder, ground, action)
        heard.acknowledged[action.key] = done.sequence
        heard.answers.append(time.monotonic())
    except Busy:
        heard.busy += 1
        return False
    except PilotError:
        return True  # decided by the other one
    except Exception as error:  # noqa: BLE001 - what is no sentence is what the proof looks for
        heard.errors.append(repr(error)[:300])
        return True
    finally:
        heard.tries.append((begun, time.monotonic()))
    return True


def _let_work(heard: Heard, more: int, seconds: float = 120) -> None:
    """Wait until that many more actions are acknowledged, and a moment longer."""
    wanted, end = len(heard.acknowledged) + more, time.monotonic() + seconds
    while len(heard.acknowledged) < wanted and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(random.uniform(0, 0.5))


def _first_answer(heard: Heard, after: float, seconds: float = 60) -> float:
    """When the first action was acknowledged after a moment."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if later := [one for one in heard.answers if one > after]:
            return later[0]
        time.sleep(0.01)
    return end
