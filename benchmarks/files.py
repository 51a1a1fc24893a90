"""CSV over HTTP beside the database's own tool, and what it does to the server's memory."""

import http.client
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.pages import Site
from benchmarks.table import Line, absolute, ratio

_PROJECTS = """
SELECT b.name, s.code, s.name, s.stage, s.state, s.stage_since, s.next_gate, s.next_planned_on,
 s.holder, s.holder_uscc, s.pilot_org, s.manager, s.field, s.industry, s.area, s.sites, s.in_base,
 s.readiness, s.budget
FROM project_span s JOIN base b ON b.id = s.base_id
WHERE s.known_to = '9999-12-31 00:00:00.000000' AND s.valid_to = '9999-12-31'
AND s.state NOT IN ('voided', 'merged') ORDER BY s.base_id, s.code
"""


_RESULTS = """
SELECT b.name, r.code, r.title, r.kind, r.field, r.registration_no,
 (SELECT group_concat(o.name, '、') FROM result_holder h
  JOIN organisation o ON o.id = h.organisation_id WHERE h.result_id = r.id),
 (SELECT p.code FROM result p WHERE p.id = r.package_id),
 (SELECT count(*) FROM transfer t WHERE t.result_id = r.id AND t.voided_at IS NULL)
FROM result r JOIN base b ON b.id = r.base_id WHERE r.voided_at IS NULL
ORDER BY r.base_id, r.code DESC
"""


@dataclass(frozen=True, slots=True)
class Tool:
    """Another program that writes a query's rows as CSV: its name, its words, its SQL."""

    name: str
    command: Sequence[str]
    said: Callable[[str], str] = str

    def write(self, query: str, file: Path) -> None:
        """Write the file, and delete it."""
        with file.open("w") as out:
            subprocess.run([*self.command, self.said(query)], stdout=out, check=True)
        file.unlink()


def sqlite_tool(folder: Path) -> Tool:
    """The sqlite3 tool on the database of a folder."""
    return Tool("sqlite3 -csv", ("sqlite3", "-header", "-csv", str(folder / "pilot.db")))


def psql(url: str) -> Tool:
    """PostgreSQL's own client."""
    return Tool("psql --csv", ("psql", "--no-psqlrc", "--csv", "-d", url, "-c"), _on_postgres)


def _on_postgres(query: str) -> str:
    return query.replace("group_concat", "string_agg")


def measure(site: Site, tool: Tool, folder: Path) -> Iterator[Line]:
    """Two lists as CSV, both ways, from the same database."""
    yield from _measure(site, tool, folder, "projects", _PROJECTS)
    yield from _measure(site, tool, folder, "results", _RESULTS)


def long_list(site: Site, tool: Tool, folder: Path) -> Iterator[Line]:
    """The same for a list that is too long to be tried often."""
    yield from _measure(site, tool, folder, "results", _RESULTS, rounds=1)


def _measure(
    site: Site, tool: Tool, folder: Path, table: str, query: str, rounds: int = 3
) -> Iterator[Line]:
    process = psutil.Process(site.pid)
    _download(site, "projects", process)  # what is loaded once for any list is no growth
    before = process.memory_info().rss
    ours, theirs, peak = [], [], before
    for _ in range(rounds):
        start = time.perf_counter()
        rows, highest = _download(site, table, process)
        ours.append((time.perf_counter() - start) * 1000)
        peak = max(peak, highest)
        start = time.perf_counter()
        tool.write(query, folder / "tool.csv")
        theirs.append((time.perf_counter() - start) * 1000)
    speed = f"{tool.name}; {rows / min(ours):,.0f} and {rows / min(theirs):,.0f} rows/ms"
    yield ratio(f"CSV of {rows:,} {table} over HTTP", ours, theirs, 4, speed)
    figure = f"memory growth while {rows:,} {table} are written"
    yield absolute(figure, [(peak - before) / 2**20], 50, "MB")


def _download(site: Site, table: str, process: psutil.Process) -> tuple[int, int]:
    """How many rows came, and the most memory the server had meanwhile, in bytes."""
    rows = peak = 0
    with closing(http.client.HTTPConnection(site.host, timeout=600)) as line:
        line.request("GET", f"/export/{table}.csv", headers={"cookie": site.cookie})
        answer = line.getresponse()
        if answer.status != 200:
            raise RuntimeError(f"the export answered {answer.status}")
        while chunk := answer.read(1 << 18):
            rows += chunk.count(b"\n")
            peak = max(peak, process.memory_info().rss)
    return rows - 1, peak
