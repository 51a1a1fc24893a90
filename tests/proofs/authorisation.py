"""Authorisation: every cell of the written tables: verbs, reads and routes, on both databases."""

import importlib
import pkgutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, event

import pilot.reports
import pilot.services
from pilot.services.command import VERBS
from pilot.services.reads import READS
from pilot.store import schema
from pilot.store.engine import make_engine
from tests.authorisation import matrix, reading, routes, world
from tests.proofs.plan import Effort, Finding, none
from tests.proofs.two_databases import postgres

TITLE = "authorisation"

for _package in (pilot.services, pilot.reports):
    for _module in pkgutil.walk_packages(_package.__path__, f"{_package.__name__}."):
        importlib.import_module(_module.name)


def prove(effort: Effort) -> Iterator[Finding]:
    """Both directions of every cell; the short set on SQLite alone, the long one on both."""
    yield none("verbs and reads without a row", len(_without_a_row()), len(VERBS) + len(READS))
    with tempfile.TemporaryDirectory(prefix="pilot-proof-") as name:
        url = f"sqlite:///{name}/pilot.db"
        engine = make_engine(url)
        event.listen(engine, "connect", _fast)
        schema.upgrade(engine)
        yield from _cells(engine, url, Path(name), "SQLite")
        engine.dispose()
    if effort.long:
        with postgres() as engine, tempfile.TemporaryDirectory(prefix="pilot-proof-") as name:
            url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
            yield from _cells(engine, url, Path(name), "PostgreSQL")


def _fast(connection: object, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")  # what is proved here is not durability


def _without_a_row() -> set[str]:
    verbs = {row["verb"].partition(":")[0] for row in matrix.table("verbs")}
    reads = {row["read"].partition(":")[0] for row in matrix.table("reads")}
    return (set(VERBS) - verbs) | (set(READS) - reads)


def _cells(engine: Engine, url: str, folder: Path, kind: str) -> Iterator[Finding]:
    made = world.make(engine)
    tried = list(matrix.tries(engine, made))
    wrong = [matrix.wrong(cell, result) for cell, result in tried]
    yield _none(f"verbs × actors × objects that answer otherwise, {kind}", wrong)
    refused = [result for _cell, result in tried if result.answer != "yes"]
    yield none(
        f"refusals that left a change, {kind}", sum(r.changed for r in refused), len(refused)
    )
    unlogged = sum(len(result.logged) != 1 for result in refused)
    yield none(f"refusals without exactly one line in the log, {kind}", unlogged, len(refused))
    apart = matrix.told_apart(tried)
    pairs = sum(cell.object == "others" for cell, _ in tried)
    yield none(f"objects of another base told from missing ones, {kind}", len(apart), pairs)
    seen = [one.wrong for one in reading.looks(engine, made)]
    yield _none(f"reads × actors × objects that answer otherwise, {kind}", seen)
    answered = [wrong for _cell, wrong in routes.answers(url, engine, folder, made)]
    yield _none(f"routes × actors that answer otherwise, {kind}", answered)


def _none(figure: str, sentences: list[str | None]) -> Finding:
    for sentence in filter(None, sentences):
        print(f"  {sentence}", flush=True)
    return none(figure, sum(map(bool, sentences)), len(sentences))
