"""Counts at two times over many events, beside DuckDB and the sqlite3 tool over the same rows."""

import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
from sqlalchemy import func
from sqlmodel import Session, select

from benchmarks.table import Line, absolute, ratio
from pilot.domain.moment import Moment, moment
from pilot.store import queries_stage_counts
from pilot.store.engine import make_engine, reading
from pilot.store.models import ProjectSpan

_SQL = """
SELECT stage, state, count(*) FROM project_span
WHERE valid_from <= '{day}' AND valid_to > '{day}' AND known_from <= '{at}' AND known_to > '{at}'
AND state NOT IN ('voided', 'merged') GROUP BY stage, state ORDER BY 1, 2
"""


def measure(folder: Path, limit: float, rounds: int = 3) -> Iterator[Line]:
    """Stage counts today, as of a past day, and as known on a past day."""
    engine = make_engine(f"sqlite:///{folder / 'pilot.db'}")
    memory = _in_duckdb(folder)
    with reading(engine) as session:
        number = events(session)
        for title, view in _views():
            ours, duck, tool = [], [], []
            for _ in range(rounds):
                ours.append(_taken(lambda view=view: _ours(session, view)))
                query = _SQL.format(day=view.as_of, at=_text(view.known_at))
                duck.append(_taken(lambda query=query: memory.execute(query).fetchall()))
                tool.append(_taken(lambda query=query: _tool(folder, query)))
            beside = f"{statistics.median(duck):.1f} ms DuckDB in memory"
            yield absolute(f"stage counts, {title}, {number:,} events", ours, limit, "ms", beside)
            figure = f"stage counts, {title}, beside the tool"
            yield ratio(figure, ours, tool, 1, "sqlite3 tool with its start")
    engine.dispose()


def by_the_clock(url: str, limit: float) -> Iterator[Line]:
    """The same counts on a server, beside nothing."""
    engine = make_engine(url)
    with reading(engine) as session:
        number = events(session)
        for title, view in _views():
            taken = [_taken(lambda view=view: _ours(session, view)) for _ in range(3)]
            yield absolute(f"stage counts, {title}, {number:,} events", taken, limit, "ms")
    engine.dispose()


def events(session: Session) -> int:
    """How many changes of projects there are: every one opened a span."""
    changes = select(ProjectSpan.project_id, ProjectSpan.known_from).distinct().subquery()
    return session.exec(select(func.count()).select_from(changes)).one()


def _views() -> Iterator[tuple[str, Moment]]:
    now = datetime.now(UTC)
    past = date(now.year - 2, 6, 30)
    yield "today", moment(now)
    yield "as of a past day", moment(now, as_of=past)
    yield "as known on a past day", moment(now, as_of=past, known_on=past + timedelta(days=90))


def _ours(session: Session, view: Moment) -> object:
    found = queries_stage_counts.stage_counts(session, [1], view)
    session.rollback()
    return found


def _taken(act: Callable[[], object], times: int = 5) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1000


def _in_duckdb(folder: Path) -> duckdb.DuckDBPyConnection:
    """The same spans in DuckDB's memory, read from a file that the sqlite3 tool wrote."""
    file = folder / "spans.csv"
    columns = "stage, state, valid_from, valid_to, known_from, known_to"
    with file.open("w") as out:
        query = f"SELECT {columns} FROM project_span"
        command = ["sqlite3", "-header", "-csv", folder / "pilot.db", query]
        subprocess.run(command, stdout=out, check=True)
    memory = duckdb.connect()
    memory.execute("SET threads = 1")
    read = f"read_csv('{file}', all_varchar = true)"
    memory.execute(f"CREATE TABLE project_span AS SELECT * FROM {read}")
    file.unlink()
    return memory


def _tool(folder: Path, query: str) -> bytes:
    return subprocess.check_output(["sqlite3", folder / "pilot.db", query])


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
