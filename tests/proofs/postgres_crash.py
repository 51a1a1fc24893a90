"""Every process of PostgreSQL is killed while people work: nothing acknowledged is lost.

The product is not restarted: its threads go on with the engine they have, through the command
layer; what they are told meanwhile must be a sentence, and a retry with the same key must not do
anything twice. The time until the first answer counts from the server's first accepted connection.
"""

import contextlib
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from pilot.domain.errors import Busy, PilotError
from pilot.store.durability import durability
from pilot.store.engine import make_engine, reading
from tests.proofs import ground as grounds
from tests.proofs import whole
from tests.proofs.ground import Action, Ground
from tests.proofs.plan import Effort, Finding, at_least, at_most, none
from tests.proofs.servers import postgres

TITLE = "PostgreSQL killed"
KINDS = ("decide", "correct", "attach", "note", "note")
WORKERS = 2
ACTIONS = 20  # acknowledged before each kill, so that there is something to lose


@dataclass(slots=True)
class Heard:
    """What the people at work were told."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    answers: list[float] = field(default_factory=list)
    busy: int = 0
    errors: list[str] = field(default_factory=list)


def prove(effort: Effort) -> Iterator[Finding]:
    """Kill the server again and again under two people at work."""
    with postgres() as server, tempfile.TemporaryDirectory() as folder:
        engine = make_engine(server.url)
        ground, place = grounds.lay(engine, rounds=12), Path(folder)
        with reading(engine) as session:
            laid = whole.rows(session)
        commit = durability(engine).settings
        heard, back = Heard(), []
        with _people(engine, place, ground, heard):
            for _ in range(effort.of(2, 10)):
                _let_work(heard, ACTIONS)
                server.kill()
                accepted = server.start()
                back.append(_first_answer(heard, accepted) - accepted)
        yield from _findings(engine, place, laid, heard, back, commit)
        engine.dispose()


def _findings(
    engine: Engine,
    folder: Path,
    laid: whole.Rows,
    heard: Heard,
    back: list[float],
    commit: dict[str, str],
) -> Iterator[Finding]:
    with reading(engine) as session:
        known = whole.keys(session)
    lost = [key for key, number in heard.acknowledged.items() if known.get(key) != number]
    troubles = [*whole.troubles(engine, folder, laid), *whole.orphans(engine, folder)]
    on = commit["synchronous_commit"]
    yield Finding("synchronous_commit of the product's sessions", "on", on, on == "on")
    yield at_least("times every server process was killed", len(back), len(back) or 1)
    yield at_least("actions acknowledged", len(heard.acknowledged), ACTIONS * len(back))
    yield none("acknowledged actions lost", len(lost), len(heard.acknowledged))
    yield none("half actions, drift, broken chain, orphans", len(troubles))
    yield none("errors that are no sentence", len(heard.errors))
    yield at_least("tries answered: not just now", heard.busy, 1)
    yield at_most("slowest way back, product not restarted", max(back), 5, " s")
    for trouble in [*lost, *troubles, *heard.errors][:10]:
        print(trouble, flush=True)


@contextlib.contextmanager
def _people(engine: Engine, folder: Path, ground: Ground, heard: Heard) -> Iterator[None]:
    """Threads that act until the block ends; each tries an action until it is answered."""
    stop = threading.Event()

    def work(seed: int) -> None:
        for action in grounds.actions(ground, KINDS, seed):
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
    try:
        done = grounds.do(engine, folder, ground, action)
    except Busy:
        heard.busy += 1
        return False
    except PilotError:
        return True  # decided by the other one
    except Exception as error:  # noqa: BLE001 - what is no sentence is what the proof looks for
        heard.errors.append(repr(error)[:300])
        return True
    heard.acknowledged[action.key] = done.sequence
    heard.answers.append(time.monotonic())
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
