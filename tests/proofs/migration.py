"""Migrations killed at each statement start again; a newer schema is refused and not touched."""

import hashlib
import multiprocessing
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from sqlalchemy import Engine, event, text

from pilot.domain.chain import GENESIS
from pilot.services import backup, restore, upgrading
from pilot.services.backup import Site
from pilot.store import schema
from pilot.store.engine import make_engine
from tests.factories import NOON
from tests.proofs.plan import Effort, Finding, every, none
from tests.proofs.two_databases import KINDS, cluster, fresh

TITLE = "migration"
FIRST = "0001"
_BASES = 10


def prove(effort: Effort) -> Iterator[Finding]:
    """From each released schema, and from nothing, on both databases."""
    server = cluster()
    with tempfile.TemporaryDirectory(prefix="pilot-proof-") as place:
        for kind in KINDS:
            for start in (FIRST, None):
                yield from _killed(kind, server, Path(place), start, effort.of(2, 40))
            yield from _refused(kind, server, Path(place) / "newer")


def _killed(kind: str, server: str, place: Path, start: str | None, most: int) -> Iterator[Finding]:
    """Kill an upgrade before its n-th step, look at the database, and start again."""
    name = f"proof_from_{start or 'nothing'}"
    steps = _steps(_site(kind, server, place / f"{name}-counted", name, start))
    tried = sorted({1 + round(i * (steps - 1) / (most - 1)) for i in range(most)})
    whole = finished = kept = backed = 0
    for step in tried:
        site = _site(kind, server, place / f"{name}-{step}", name, start)
        _in_a_process(site, step)
        whole += _is_whole(site, start)
        finished += (
            upgrading.upgrade(site, now=NOON)[1] == schema.head() == schema.current(site.engine)
        )
        kept += start is None or _bases(site.engine) == _BASES
        backed += _backups_are_good(site, start)
        site.engine.dispose()
    of = f"{kind}, from {start or 'nothing'}, killed at {len(tried)} of {steps} steps"
    yield every(f"{of}: as before or as after, and sound", whole, len(tried))
    yield every(f"{of}: the next start completes", finished, len(tried))
    yield every(f"{of}: every row still there", kept, len(tried))
    if kind == "SQLite" and start:
        yield every(f"{of}: backed up before, and that restores", backed, len(tried))


def _site(kind: str, server: str, place: Path, name: str, start: str | None) -> Site:
    """An installation at a revision with some rows, or with nothing yet."""
    engine = make_engine(fresh(kind, server, place, name))
    if start:
        with engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
            command.upgrade(schema.config(connection), start)
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO base (code, name, city_code, city_name, is_demo)"
                    " VALUES (:code, '示例基地', '211100', '盘锦市', false)"
                ),
                [{"code": f"B{number}"} for number in range(_BASES)],
            )
            connection.execute(  # every base has a journal from its first moment
                text(
                    "INSERT INTO journal_head (base_id, sequence, hash, at)"
                    " SELECT id, 0, :hash, :at FROM base"
                ),
                {"hash": GENESIS, "at": NOON},
            )
    return Site(engine, place / "attachments", place, place / "backups")


def _in_a_process(site: Site, die_at: int | None) -> int | None:
    """Upgrade in a process of its own, which is killed before its `die_at`-th step."""
    url = site.engine.url.render_as_string(hide_password=False)
    site.engine.dispose()
    context = multiprocessing.get_context("fork")  # nothing is imported again
    answer = context.Queue()
    args = (url, str(site.work), die_at, answer)
    process = context.Process(target=_upgrade, args=args)
    process.start()
    process.join(120)
    if die_at is None:
        return answer.get(timeout=10)
    if process.exitcode != -signal.SIGKILL:
        raise RuntimeError(f"the upgrade was to be killed at step {die_at}: {process.exitcode}")
    return None


def _steps(site: Site) -> int:
    """How many steps an upgrade has: statements on any database, and renames."""
    return _in_a_process(site, None)


def _upgrade(url: str, work: str, die_at: int | None, answer) -> None:
    """The upgrade with a counter before each step; at the chosen one the process is gone."""
    steps = 0

    def step(*_args) -> None:
        nonlocal steps
        steps += 1
        if steps == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    rename = os.replace

    def counted_rename(*args, **options) -> None:
        step()
        rename(*args, **options)

    event.listen(Engine, "before_cursor_execute", step)
    event.listen(Engine, "commit", step)
    os.replace = counted_rename
    place = Path(work)
    site = Site(make_engine(url), place / "attachments", place, place / "backups")
    upgrading.upgrade(site, now=NOON)
    answer.put(steps)


def _is_whole(site: Site, start: str | None) -> bool:
    """At the old revision or at the new one, with nothing half-made, and sound."""
    if schema.current(site.engine) not in (start, schema.head()):
        return False
    if site.engine.dialect.name != "sqlite":
        return True
    with site.engine.connect() as connection:
        sound = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
        return sound and not connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()


def _bases(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(text("SELECT count(*) FROM base")).scalar_one()


def _backups_are_good(site: Site, start: str | None) -> bool:
    """At least one backup of the old database, and everything that looks like one is one."""
    found = backup.kept(site.backups)
    manifests = [restore.check(site, path) for path in found]
    return any(manifest["schema"] == start for manifest in manifests)


def _refused(kind: str, server: str, place: Path) -> Iterator[Finding]:
    """A database of a later version: a sentence, and every byte as it was."""
    site = _site(kind, server, place, "proof_newer", FIRST)
    upgrading.upgrade(site, now=NOON)
    with site.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    site.engine.dispose()
    before, refused = _content(site), 0
    for _ in range(3):
        try:
            upgrading.upgrade(site, now=NOON)
        except schema.SchemaTooNew as error:
            refused += "9999" in error.message
        site.engine.dispose()
    yield every(f"{kind}: a newer schema refused", refused, 3)
    yield none(f"{kind}: bytes or rows changed by the refusal", int(_content(site) != before), 1)
    site.engine.dispose()


def _content(site: Site) -> str:
    """The bytes of the file, or every table and row count of the server's database."""
    if site.engine.dialect.name == "sqlite":
        return hashlib.sha256(Path(site.engine.url.database).read_bytes()).hexdigest()
    with site.engine.connect() as connection:
        names = connection.execute(
            text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        )
        return str(
            [
                (name, connection.execute(text(f'SELECT * FROM "{name}"')).all())
                for name in sorted(names.scalars())
            ]
        )
