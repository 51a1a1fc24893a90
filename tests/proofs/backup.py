"""Backups under two writers: each valid, each restored with an equal fingerprint, either way."""

import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, text
from sqlmodel import SQLModel

from pilot.domain.errors import PilotError
from pilot.domain.vocabulary import Gate
from pilot.services import attachments, backup, evidence, projects, restore
from pilot.services.backup import Backup, Site
from pilot.services.command import perform
from pilot.services.projects import ProjectDraft
from pilot.store import journal, schema
from pilot.store.engine import make_engine, writing
from tests import factories
from tests.begun import COPIES, import_first
from tests.proofs.plan import Effort, Finding, at_least, at_most, every, none, within
from tests.proofs.two_databases import KINDS, cluster, fresh

import_first(__name__)
TITLE = "backup and restore"
SLOWEST = 10.0  # seconds for one backup


@dataclass(slots=True)
class _Tally:
    """What came of the restored backups."""

    sound: int = 0
    equal: int = 0
    files_named: int = 0
    files_whole: int = 0


def prove(effort: Effort) -> Iterator[Finding]:
    """The same on SQLite and on PostgreSQL; each backup is restored into either kind."""
    server = cluster()
    with tempfile.TemporaryDirectory(prefix="pilot-proof-") as place:
        for kind in KINDS:
            yield from _of(kind, server, Path(place) / kind, effort)
        if effort.long:
            for kind in KINDS:
                yield _large(kind, server, Path(place) / f"large-{kind}")


def _of(kind: str, server: str, place: Path, effort: Effort) -> Iterator[Finding]:
    many = effort.of(2, 20)
    site = _installed(fresh(kind, server, place, "proof_source"), place)
    made, took, written, failed = _under_writers(site, many)
    yield every(f"{kind}: backups valid by their own check", len(made), many)
    yield within(f"{kind}: slowest backup", max(took), SLOWEST, effort)
    yield at_least(f"{kind}: commands committed meanwhile", written, many)
    yield none(f"{kind}: commands that failed meanwhile", failed, written + failed)
    tally = _Tally()
    for number, one in enumerate(made):
        target = KINDS[number % 2]
        url = fresh(target, server, place / f"back-{number}", "proof_target")
        _restored(one, url, place / f"back-{number}", tally)
    yield every(f"{kind}: restored with an equal fingerprint", tally.equal, many)
    yield every(f"{kind}: restored with sums, chain and spans in order", tally.sound, many)
    yield every(f"{kind}: attachments there, with their hash", tally.files_whole, tally.files_named)
    site.engine.dispose()


def _installed(url: str, place: Path) -> Site:
    """A base with landed projects, claims and a manager, as one command of its journal."""
    engine = make_engine(url)
    schema.upgrade(engine)
    with writing(engine) as session:
        people = factories.team(session)
        head = journal.lock(session, people.base.id)
        with journal.recording(session) as changes:
            for gate in (Gate.G2, Gate.G4):
                row = factories.before_gate(session, people, gate)
            session.flush()
        at = factories.clock(session)
        note = journal.Note(
            people.base.id, at, people.manager.id, "project.register", "project", row.id
        )
        journal.append(session, head, note, changes, at)
    return Site(engine, place / "attachments", place / "work", place / "backups")


def _under_writers(site: Site, many: int) -> tuple[list[Backup], list[float], int, int]:
    """Make backups while two processes write; also how long each took, and what was written."""
    stop, ready, said = COPIES.Event(), COPIES.Barrier(3), COPIES.Queue()
    url = site.engine.url.render_as_string(hide_password=False)
    args = (url, str(site.attachments), stop, ready, said)
    writers = [COPIES.Process(target=_write, args=args) for _ in range(2)]
    for writer in writers:
        writer.start()
    ready.wait(120)
    made, took = [], []
    for _ in range(many):
        start = time.monotonic()
        made.append(backup.make(site, now=datetime.now(UTC)))
        took.append(time.monotonic() - start)
    stop.set()
    counts = [said.get(timeout=60) for _ in writers]
    for writer in writers:
        writer.join(60)
    return made, took, sum(done for done, _ in counts), sum(bad for _, bad in counts)


def _write(url: str, folder: str, stop, ready, said) -> None:
    """One writer: a project, then a paper with a file of its own, until it is told to stop."""
    engine, done, failed = make_engine(url), 0, 0
    with engine.connect() as connection:
        manager = connection.execute(text("SELECT min(id) FROM account")).scalar_one()
    done += _one_round(engine, Path(folder), manager)  # so that even the first backup has a file
    ready.wait(120)
    while not stop.is_set():
        try:
            done += _one_round(engine, Path(folder), manager)
        except PilotError:
            failed += 1
    engine.dispose()
    said.put((done, failed))


def _one_round(engine: Engine, folder: Path, manager: int) -> int:
    name = f"示例项目 {os.getpid()} {secrets.token_hex(4)}"
    who = {"by": manager, "now": datetime.now(UTC)}
    project = perform(engine, projects.register, ProjectDraft(name=name), **who)
    content = b"%PDF-1.7 " + secrets.token_bytes(20_000)
    file = attachments.keep(folder, content, shown_name="报告.pdf", limit_bytes=10**6)
    perform(
        engine, evidence.submit, project.subject_id, "D02", title="示例报告", file=file,
        **who | {"now": datetime.now(UTC)},
    )  # fmt: skip
    return 2


def _restored(one: Backup, url: str, place: Path, tally: _Tally) -> None:
    target = Site(make_engine(url), place / "attachments", place / "work", place / "none")
    found = restore.restore(target, one.file, now=datetime.now(UTC))
    tally.equal += found.fingerprint == one.manifest["fingerprint"]
    tally.sound += found.sound
    tally.files_named += sum(base.files for base in found.checked)
    lost = [line for base in found.checked for line in base.differences if line.startswith("附件")]
    tally.files_whole += sum(base.files for base in found.checked) - len(lost)
    target.engine.dispose()


def _large(kind: str, server: str, place: Path) -> Finding:
    """How long a backup takes with 20,000 projects and what they carry."""
    site = _installed(fresh(kind, server, place, "proof_large"), place)
    with site.engine.begin() as connection:
        for table, copies in _CARRIED.items():
            _multiply(connection, table, copies)
    start = time.monotonic()
    made = backup.make(site, now=datetime.now(UTC))
    seconds = time.monotonic() - start
    rows = sum(made.manifest["tables"].values())
    site.engine.dispose()
    return at_most(f"{kind}: backup of 20,000 projects, {rows:,} rows", seconds, SLOWEST, " s")


_CARRIED = {
    "project": 20_000,
    "project_span": 60_000,
    "evidence": 100_000,
    "journal_entry": 120_000,
}
_OWN = {"project": "code", "journal_entry": "sequence"}  # what must differ between two rows


def _multiply(connection, table: str, copies: int) -> None:
    """Copy the first row of a table many times: its size counts here, not its sense."""
    columns = [name for name in _columns(connection, table) if name not in ("id", "key")]
    picked = ", ".join(f'"{name}"' for name in columns)
    own = _OWN.get(table)
    values = ", ".join(_value(name, own) for name in columns)
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {copies})"
    first = f'(SELECT * FROM "{table}" ORDER BY 1 LIMIT 1) AS t'
    connection.execute(
        text(f'INSERT INTO "{table}" ({picked}) {numbers} SELECT {values} FROM {first}, n')
    )


def _value(name: str, own: str | None) -> str:
    if name == "changes":
        return "substr(t.changes, 1, 1500)"  # what one command writes on average
    if name != own:
        return f't."{name}"'
    return "'X-' || n.i" if own == "code" else "1000000 + n.i"


def _columns(connection, table: str) -> list[str]:

    return [column.name for column in SQLModel.metadata.tables[table].columns]
