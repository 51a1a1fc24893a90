"""Many at once: no gate is decided twice, no change is lost, nobody sees an error.

Eight processes decide the same rounds in different orders on both databases; eight change one
project, each time what they have just read; thirty visitors work on the real server, each
saving something every ten seconds or so; fifty researchers fill in and send their submissions at
once, and click twice; a few do so on a product with two faults, which must be noticed. The short
set has fewer of them and runs beside other work: its times are told, not judged.
"""

import contextlib
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from pilot.domain.errors import Busy, Conflict, StalePage
from pilot.domain.vocabulary import Conclusion, Gate
from pilot.services import decisions, projects
from pilot.services.command import Seen, perform
from pilot.services.verify import verify_all
from pilot.store import queries_import
from pilot.store.engine import make_engine, reading
from pilot.store.models import Project
from tests import serving
from tests.begun import COPIES, import_first
from tests.proofs import crowd, crowd_researchers
from tests.proofs import ground as grounds
from tests.proofs.ground import HELD, NOW, Ground
from tests.proofs.plan import Effort, Finding, at_least, every, named, none, within
from tests.proofs.two_databases import KINDS, cluster, fresh

TITLE = "concurrency"
PROCESSES = 8
CONCLUSIONS = (Conclusion.PASS, Conclusion.SUPPLEMENT, Conclusion.HOLD, Conclusion.REJECT)
FAULTY = Path(__file__).parent / "faulty"
import_first("tests.proofs.concurrency")


@dataclass(frozen=True, slots=True)
class Try:
    """One command of one process: what it was about, what came of it, how long it took (s)."""

    about: int
    outcome: str
    seconds: float


def prove(effort: Effort) -> Iterator[Finding]:
    """Both databases, then the server."""
    with tempfile.TemporaryDirectory(prefix="pilot-many-") as place:
        folder = Path(place)
        for name in KINDS:
            url = fresh(name, cluster(), folder, "proof_many")
            engine = make_engine(url)
            rounds = effort.of(10, 150)
            ground = grounds.lay(engine, rounds, gate=Gate.G0, deciders=PROCESSES)
            engine.dispose()
            yield from named(name, _deciders(url, ground, folder, effort))
            yield from named(name, _writers(url, ground, effort.of(8, 60)))
    with tempfile.TemporaryDirectory(prefix="pilot-crowd-") as place:
        yield from _visitors(Path(place), effort)
    yield from named("SQLite", _researchers(effort))
    if effort.long:
        url = fresh("PostgreSQL", cluster(), Path(), "proof_researchers")
        yield from named("PostgreSQL", _researchers(effort, database=url))
    yield _faults_noticed()


def _deciders(url: str, ground: Ground, folder: Path, effort: Effort) -> Iterator[Finding]:
    """Everybody tries to decide every round."""
    tries = _together(_decide_all, url, ground)
    engine = make_engine(url)
    with reading(engine) as session:
        made = session.execute(text("SELECT review_id, conclusion FROM decision WHERE gate = 'G0'"))
        stored = {(review, word) for review, word in made}
        drift = [one for base in verify_all(session, folder) for one in base.differences]
    engine.dispose()
    count = Counter(review for review, _ in stored)
    said = {(one.about, one.outcome) for one in tries if one.outcome in set(CONCLUSIONS)}
    rounds = set(ground.rounds)
    others = [one for one in tries if one.outcome.startswith("error")]
    yield none("rounds decided twice", sum(n > 1 for n in count.values()), len(rounds))
    yield none("rounds left undecided", len(rounds - set(count)), len(rounds))
    yield none("answers that contradict the record", len(said ^ stored), len(said))
    losers = len(tries) - len(said) - len(others)
    yield every("losers told who decided", losers, len(rounds) * (PROCESSES - 1))
    yield none("errors shown", len(others), len(tries))
    yield none("differences found by the check of the base", len(drift))
    yield within("slowest decision", max(one.seconds for one in tries), 3, effort)
    for one in others[:5]:
        print(one.outcome, flush=True)


def _decide_all(url: str, ground: Ground, number: int, _amount: int) -> list[Try]:
    engine, dice, tries = make_engine(url), random.Random(number), []
    who = ground.deciders[number]
    with contextlib.suppress(Busy):  # the first is slow, and here it only warms up
        perform(engine, projects.note, ground.projects[0], "示例", by=who, now=NOW)
    for review in dice.sample(ground.rounds, len(ground.rounds)):
        conclusion, start = dice.choice(CONCLUSIONS), time.monotonic()
        told = {"reason": "示例", "held_on": HELD, "by": ground.deciders[number], "now": NOW}
        outcome = _outcome(
            conclusion, perform, engine, decisions.decide, review, conclusion, **told
        )
        tries.append(Try(review, outcome, time.monotonic() - start))
    return tries


def _writers(url: str, ground: Ground, times: int) -> Iterator[Finding]:
    """Everybody adds 1 to one project's budget, again and again, from the page they see."""
    tries = _together(_add_all, url, ground, times)
    engine = make_engine(url)
    with reading(engine) as session:
        budget = session.get_one(Project, ground.projects[0]).budget
    engine.dispose()
    wanted = PROCESSES * times
    errors = [one.outcome for one in tries if one.outcome.startswith("error")]
    yield every("read-modify-writes kept", int(budget or 0), wanted)
    yield none("errors shown to writers", len(errors), len(tries))
    stale = sum(one.outcome == "refused" for one in tries)
    yield at_least("stale pages told apart on the way", stale, 1)
    for one in errors[:5]:
        print(one, flush=True)


def _add_all(url: str, ground: Ground, number: int, times: int) -> list[Try]:
    engine, tries, left = make_engine(url), [], times
    project_id = ground.projects[0]
    while left:
        start = time.monotonic()
        with reading(engine) as session:
            row = session.get_one(Project, project_id)
            sites = queries_import.sites(session, row.base_id).get(row.id, ())
            draft = projects.draft_of(row, sites)
        more = replace(draft, budget=(draft.budget or Decimal(0)) + 1)
        seen = Seen("project", row.id, row.rev)
        told = {"by": ground.deciders[number], "now": NOW, "seen": seen}
        outcome = _outcome("done", perform, engine, projects.edit, row.id, more, **told)
        left -= outcome != "refused"
        tries.append(Try(row.id, outcome, time.monotonic() - start))
    return tries


def _outcome(good: str, action: Callable, *args: Any, **options: Any) -> str:
    try:
        action(*args, **options)
    except (Conflict, StalePage):
        return "refused"
    except Exception as error:  # noqa: BLE001 - every other end is an error that somebody sees
        return f"error {error!r}"[:300]
    return good


def _together(work: Callable, url: str, ground: Ground, amount: int = 0) -> list[Try]:
    with COPIES.Pool(PROCESSES) as pool:
        jobs = [(url, ground, number, amount) for number in range(PROCESSES)]
        return [one for tries in pool.starmap(work, jobs, chunksize=1) for one in tries]


def _visitors(folder: Path, effort: Effort) -> Iterator[Finding]:
    """Thirty sessions on the real server, for a minute."""
    many = effort.of(10, 30)
    with serving.serving(folder, seed=lambda engine: crowd.people(engine, many)) as server:
        seen = crowd.visit(server, many, effort.of(6, 60))
        with reading(server.engine) as session:
            stored = session.execute(text("SELECT count(*) FROM project_note")).scalar_one()
        log = server.log.read_text()
    took = sorted(seen.commands)
    yield at_least("visitors with a page", len(seen.openings), many)
    yield every("their commands stored once", stored, len(took))
    yield none("errors shown to visitors", len(seen.errors), len(took))
    yield none("“database is locked” in the log", log.count("is locked"))
    yield none("page errors in the log", log.count("page error"))
    yield within("p95 of a command", took[int(len(took) * 0.95)], 1, effort)
    for error in seen.errors[:5]:
        print(error, flush=True)


def _researchers(effort: Effort, **place: Any) -> Iterator[Finding]:
    """Fifty researchers on the real server."""
    many = effort.of(12, 50)
    drafts, saves, think = effort.of(1, 4), effort.of(2, 4), (0.0, effort.of(1, 6))
    sent, found, log = _handed_in(many, drafts, saves, think, **place)
    yield every("submissions of researchers sent once", sum(one.once for one in found.values()),
                many * drafts)  # fmt: skip
    receipts = {one.receipt for one in found.values()} - {None}
    yield every("receipt numbers, each its own", len(receipts), len(found))
    lost = _lost(sent, found)
    yield none("saved texts lost", lost, len(sent.typed))
    yield none("errors shown to researchers", len(sent.errors), len(sent.saves))
    yield none("page errors or locked databases in their log", log)
    said = ", ".join(crowd_researchers.told(sent))
    yield Finding("p95 of what researchers wait for", "told", said, True)
    for error in sent.errors[:5]:
        print(error, flush=True)


def _faults_noticed() -> Finding:
    """A few researchers, on a server with two faults."""
    sent, found, _ = _handed_in(8, 1, 3, (0.0, 0.0), app="faulty:app", app_dir=FAULTY)
    noticed = [bool(sent.errors), _lost(sent, found) > 0]
    return every(
        "seeded faults noticed: keys not once-only, saves lost", sum(noticed), len(noticed)
    )


def _lost(sent: crowd_researchers.Sent, found: dict[int, crowd_researchers.Stored]) -> int:
    return sum(found[draft].summary != text for draft, text in sent.typed.items())


def _handed_in(count: int, drafts: int, saves: int, think: tuple[float, float], **app: Any):
    """What so many saw, what the database has of it, and how often the log tells of trouble."""

    def seed(engine: Engine) -> None:
        crowd_researchers.researchers(engine, count, drafts)

    with (
        tempfile.TemporaryDirectory(prefix="pilot-crowd-") as place,
        serving.serving(Path(place), seed=seed, **app) as server,
    ):
        sent = crowd_researchers.hand_in(server, count, saves, think)
        log = server.log.read_text()
        troubles = log.count("is locked") + log.count("page error")
        return sent, crowd_researchers.stored(server.engine), troubles
