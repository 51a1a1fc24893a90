"""Saving and importing: one save beside a bare commit, an import beside pydantic into SQLite."""

import csv
import functools
import io
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pydantic import BaseModel, Field
from sqlalchemy import Engine
from sqlmodel import select

from benchmarks.table import Line, ratio
from pilot.domain.import_columns import ImportKind
from pilot.services import importing, projects
from pilot.services.command import perform
from pilot.services.sheets import read_table
from pilot.store.engine import make_engine, reading, sqlite_driver
from pilot.store.models import Organisation

_SAVES = 60
_MANAGER = 2  # the first account after the administrator


def measure(folder: Path, rows: int, rounds: int = 3) -> Iterator[Line]:
    """The lines of saving and importing, on a copy of a small portfolio."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=folder.parent) as place:
        bare, saves, plain, imports = [], [], [], []
        for number in range(rounds):
            copy = Path(place) / f"{number}.db"
            shutil.copy(folder / "pilot.db", copy)
            engine = make_engine(f"sqlite:///{copy}")
            commit, save = _in_turns(Path(place) / f"bare-{number}.db", engine)
            bare.append(commit)
            saves.append(save)
            text = results_file(rows, number, units(engine))
            plain.append(by_pydantic(text, Path(place) / f"plain-{number}.db"))
            imports.append(bring_in(engine, text))
            engine.dispose()
        yield ratio("one save (a dated note)", saves, bare, 10, "bare WAL/FULL commit")
        what = "per-row pydantic into SQLite"
        yield ratio(f"import of {rows:,} results, all checks", imports, plain, 2, what)


def _in_turns(path: Path, engine: Engine) -> tuple[float, float]:
    """Medians of a bare commit and of a save, one after the other so that both meet the same hour
    of the machine and the same cold caches; milliseconds.
    """
    bare, saves = [], []
    with _bare_commits(path) as commit:
        for number in range(-1, _SAVES):
            bare.append(_taken(commit, number))
            saves.append(_taken(functools.partial(_save, engine), number))
    return statistics.median(bare), statistics.median(saves)


def _taken(act: Callable[[int], object], number: int) -> float:
    start = time.perf_counter()
    act(number)
    return (time.perf_counter() - start) * 1000


@contextmanager
def _bare_commits(path: Path) -> Iterator[Callable[[int], None]]:
    """One row into one table with an index, and the disk waited for."""
    line = sqlite_driver().connect(path, isolation_level=None)
    line.execute("PRAGMA journal_mode=WAL")
    line.execute("PRAGMA synchronous=FULL")
    line.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, day TEXT, words TEXT)")
    line.execute("CREATE INDEX note_day ON note (day)")

    def commit(number: int) -> None:
        line.execute("BEGIN IMMEDIATE")
        line.execute("INSERT INTO note (day, words) VALUES (?, ?)", ("2026-01-01", f"第{number}条"))
        line.execute("COMMIT")

    try:
        yield commit
    finally:
        line.close()


def _save(engine: Engine, number: int) -> None:
    """The transaction of a small verb: actor, turn, permission, row, journal, commit."""
    project, words = number % 50 + 1, f"第 {number} 条进展"
    now, key = datetime.now(UTC), f"bench-{number}"
    perform(engine, projects.note, project, words, by=_MANAGER, now=now, key=key)


_HEADINGS = ("成果名称", "成果类型", "技术领域", "持有方", "成果简介", "非密声明")


def units(engine: Engine) -> list[str]:
    """The names of the units that a file may name."""
    with reading(engine) as session:
        return list(session.exec(select(Organisation.name)))


def results_file(rows: int, number: int, holders: list[str]) -> str:
    """A file of valid results that no base has yet."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(_HEADINGS)
    fields = ("催化剂", "医药中间体", "电子化学品", "高分子材料")
    for row in range(rows):
        title = f"示例第{number}批连续加氢制备技术{row:06d}"
        unit = holders[row % len(holders)]
        out.writerow((title, "发明专利", fields[row % 4], unit, "已完成小试，正在放大。", "是"))
    return text.getvalue()


def bring_in(engine: Engine, text: str) -> float:
    """Read, check and apply the file as `pilot import … --apply` does."""
    start = time.perf_counter()
    table = read_table(text.encode("utf-8-sig"), "成果.csv")
    batch = importing.run(
        engine, ImportKind.RESULTS, table, by=_MANAGER, now=datetime.now(UTC), apply_it=True
    )
    if not batch.applied:
        raise RuntimeError(f"the import was refused: {batch.problems[:3]}")
    return (time.perf_counter() - start) * 1000


class _Row(BaseModel):
    """What the floor checks of a row: that it is typed, not too long, and one of the words."""

    title: str = Field(alias="成果名称", min_length=1, max_length=200)
    kind: str = Field(alias="成果类型", max_length=32)
    field: str = Field(alias="技术领域", max_length=32)
    holder: str = Field(alias="持有方", max_length=500)
    summary: str = Field(alias="成果简介", max_length=500)
    entered: date = date(2026, 1, 1) + timedelta(days=1)


def by_pydantic(text: str, path: Path) -> float:
    """The floor: each row through pydantic into one plain table; milliseconds."""
    line = sqlite_driver().connect(path, isolation_level=None)
    line.execute("PRAGMA journal_mode=WAL")
    line.execute(
        "CREATE TABLE result (id INTEGER PRIMARY KEY, code TEXT UNIQUE, title TEXT, kind TEXT,"
        " field TEXT, summary TEXT, entered TEXT)"
    )
    line.execute("CREATE INDEX result_title ON result (title)")
    start = time.perf_counter()
    line.execute("BEGIN IMMEDIATE")
    read = map(_Row.model_validate, csv.DictReader(io.StringIO(text)))
    line.executemany(
        "INSERT INTO result (code, title, kind, field, summary, entered) VALUES (?,?,?,?,?,?)",
        (
            (f"CG-{n:06d}", row.title, row.kind, row.field, row.summary, row.entered.isoformat())
            for n, row in enumerate(read)
        ),
    )
    line.execute("COMMIT")
    taken = (time.perf_counter() - start) * 1000
    line.close()
    return taken
