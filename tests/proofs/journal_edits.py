"""Journal: 12 kinds of tampering, each found by `pilot verify` with an anchor kept elsewhere.

The chain alone cannot show that its end was cut off or computed anew; that limit is measured too.
"""

import contextlib
import random
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from unittest import mock

from sqlalchemy import Engine
from typer.testing import CliRunner

from pilot import seed
from pilot.cli import app
from pilot.config import settings
from pilot.services import projects, verify_journal
from pilot.services.command import perform
from pilot.services.projects import ProjectDraft
from pilot.store import journal, journal_reading, schema
from pilot.store.engine import make_engine, reading, shared, writing
from pilot.store.models import Base, JournalHead
from tests import factories
from tests.proofs import long_journal
from tests.proofs.plan import Effort, Finding, at_most, every, none
from tests.proofs.tampering import KINDS, ONLY_ANCHORED
from tests.proofs.two_databases import postgres

TITLE = "journal"
EACH = 5
SPEED = 100_000  # entries a second of the verifying process


def prove(effort: Effort) -> Iterator[Finding]:
    """Tamper, verify with and without the anchor; then measure reading and appending."""
    with tempfile.TemporaryDirectory(prefix="pilot-proof-") as name:
        folder = Path(name)
        yield from _edits(folder, effort)
        engine = make_engine(f"sqlite:///{folder / 'pilot.db'}")
        patterns = long_journal.templates(engine)
        yield from _figures(engine, patterns, effort, "SQLite")
        engine.dispose()
    with postgres() as engine:
        yield from _figures(engine, patterns, effort, "PostgreSQL")


def _edits(folder: Path, effort: Effort) -> Iterator[Finding]:
    original = folder / "pilot.db"
    anchor, length = _walked(original, folder, effort)
    yield none("differences in the untouched database", _finds(original, anchor), 1)
    chance = random.Random(20260601)
    tried = [(name, kind) for name, kind in KINDS.items() for _ in range(EACH)]
    with_anchor, without = [], []
    for number, (name, kind) in enumerate(tried):
        copy = folder / f"copy-{number}.db"
        shutil.copyfile(original, copy)
        _tamper(copy, kind, chance, length)
        with_anchor += [name] * _finds(copy, anchor)
        alone = _chain_breaks if name in ONLY_ANCHORED else _finds
        without += [name] * alone(copy)
        copy.unlink()
    yield every("edits found with the anchor (12 kinds × 5)", len(with_anchor), len(tried))
    within = [name for name in without if name not in ONLY_ANCHORED]
    plain = [name for name, _ in tried if name not in ONLY_ANCHORED]
    yield every("of these, kinds that the chain shows alone", len(within), len(plain))
    hidden = len(without) - len(within)
    most = len(tried) - len(plain)
    limit = f"{hidden} of {most}"
    yield Finding("end cut off or computed anew, chain alone", "0 (its limit)", limit, hidden == 0)


def _walked(file: Path, folder: Path, effort: Effort) -> tuple[str, int]:
    """A base with a history by the real verbs: its anchor, printed on the way, and its length."""
    engine = make_engine(f"sqlite:///{file}")
    schema.upgrade(engine)
    if effort.long:
        seed.load(engine, folder / "attachments")
        anchor, length = _stands(engine)
        manager = _manager(engine)
    else:
        with writing(engine) as session:
            manager = factories.team(session).manager.id
        _commands(engine, manager, 60)
        anchor, length = _stands(engine)
    _commands(engine, manager, 10)  # life goes on after the report was printed
    engine.dispose()
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return anchor, length


def _commands(engine: Engine, by: int, number: int) -> None:
    for turn in range(number):
        now = long_journal.BEGUN + timedelta(days=1000, minutes=turn)
        if turn % 3 == 0:
            made = perform(engine, projects.register, ProjectDraft(name="示例"), by=by, now=now)
        else:
            perform(engine, projects.note, made.subject_id, f"进展 {turn}", by=by, now=now)


def _stands(engine: Engine) -> tuple[str, int]:
    with reading(engine) as session:
        anchor = journal_reading.anchor(session, session.get(Base, 1))
    return str(anchor), anchor.sequence


def _manager(engine: Engine) -> int:
    entries = long_journal.templates(engine)
    return next(entry.by_id for entry in entries if entry.action == "project.register")


def _tamper(file: Path, kind: Callable, chance: random.Random, length: int) -> None:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("BEGIN")
    kind(connection, chance, length)
    connection.execute("COMMIT")
    connection.close()


def _finds(file: Path, *anchors: str) -> bool:
    """Whether `pilot verify` finds something in the journal of a database."""
    url = f"sqlite:///{file}"
    words = ["verify", *(word for anchor in anchors for word in ("--anchor", anchor))]
    with (
        mock.patch.object(settings(), "database_url", url),
        mock.patch.object(settings(), "data_dir", file.parent),
    ):
        done = CliRunner().invoke(app, words)
    shared(url).dispose()
    if done.exit_code not in (0, 1) or (
        done.exit_code and not isinstance(done.exception, SystemExit)
    ):
        raise RuntimeError(done.output) from done.exception
    return done.exit_code == 1 and "日志" in done.output


def _chain_breaks(file: Path) -> bool:
    """Whether the chain by itself, without ledger and anchor, shows that it was changed."""
    engine = make_engine(f"sqlite:///{file}")
    with reading(engine) as session:
        broken = verify_journal.walk(session, session.get(Base, 1)).broken
    engine.dispose()
    return bool(broken)


def _figures(engine: Engine, patterns: list, effort: Effort, kind: str) -> Iterator[Finding]:
    # The short set runs beside other work, on processors that it shares.
    length, least = effort.of(20_000, 200_000), effort.of(0, SPEED)
    dearest = 1.25 if effort.long else 2
    base_id = long_journal.grow(engine, patterns, length)
    speed, wall = _read(engine, base_id, length)
    yield Finding(
        f"`verify` walks {length:,} entries, {kind}",
        f"≥ {least:,} entries per s of processor" if least else "told",
        f"{speed:,.0f} ({wall:,.0f} by the clock)",
        speed >= least,
    )
    ratio = _append(engine, effort.of(60, 300))
    yield at_most(f"a commit of one row with journal ÷ without, {kind}", ratio, dearest, "×")


def _read(engine: Engine, base_id: int, length: int) -> tuple[float, float]:
    """The best of three walks, in entries a second of processor time and of the clock."""
    best = (float("inf"), float("inf"))
    for _ in range(3):
        with reading(engine) as session:
            processor, clock = time.process_time(), time.perf_counter()
            walked = verify_journal.walk(session, session.get(Base, base_id))
            spent = time.process_time() - processor, time.perf_counter() - clock
        if walked.broken or walked.entries != length:
            raise RuntimeError(f"the long journal is not sound: {walked.broken[:1]}")
        best = min(best, spent)
    return length / best[0], length / best[1]


def _append(engine: Engine, pairs: int) -> float:
    """The median commit of a note, with its entry, against the same commit without one."""
    with writing(engine) as session:
        people = factories.team(session, "MS")
    now = factories.NOON + timedelta(days=1)
    made = perform(
        engine, projects.register, ProjectDraft(name="示例"), by=people.manager.id, now=now
    )
    spent: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(2 * pairs):
        journalled = turn % 2 == 0
        with _journal(journalled):
            start = time.perf_counter()
            perform(engine, projects.note, made.subject_id, "进展", by=people.manager.id, now=now)
            spent[journalled].append(time.perf_counter() - start)
    return statistics.median(spent[True]) / statistics.median(spent[False])


@contextlib.contextmanager
def _journal(kept: bool) -> Iterator[None]:
    """With the journal as it is, or as if there were none."""
    if kept:
        yield
        return
    with (
        mock.patch.object(journal, "recording", _no_changes),
        mock.patch.object(journal, "append", _no_entry),
    ):
        yield


def _no_changes(_session: object) -> contextlib.nullcontext:
    return contextlib.nullcontext([])


def _no_entry(_session: object, head: JournalHead, *_rest: object) -> int:
    return head.sequence
