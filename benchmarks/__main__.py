"""`make bench`: the product beside its floor, one table; SIZE=city, province, region or nation."""

import asyncio
import contextlib
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import commits, counts, files, freezing, long_import, million, pages
from benchmarks.client import cookie_of
from benchmarks.loader import PASSWORD
from benchmarks.pages import Site, Times
from benchmarks.prepare import on_postgres, prepared
from benchmarks.sizes import SIZES, Size
from benchmarks.table import HEAD, Line, absolute, ratio
from pilot.domain.moment import local_day
from tests.serving import serving

ROUNDS = int(os.environ.get("ROUNDS", "5"))
IMPORTED = 1_000
LONG_IMPORT = int(os.environ.get("LONG_IMPORT", "100000"))  # rows


def main(name: str) -> int:
    """Load what is missing, measure, print the table; 0 if every limit holds."""
    start, day, size = time.monotonic(), local_day(datetime.now(UTC)), SIZES[name]
    small = prepared(SIZES["city"], day, _tell)
    measure = _on_postgres if size.postgres else _on_sqlite
    lines = measure(size, small, str(day))
    print(
        f"{name} beside city, {day}, {os.cpu_count()} processors,"
        f" Python {platform.python_version()}\n"
    )
    print(HEAD)
    failed = 0
    for line in lines:
        print(line, flush=True)
        failed += not line.holds
    _tell(f"{time.monotonic() - start:.0f} s")
    print(f"\n{failed} figures miss their limit." if failed else "\nEvery limit holds.")
    return 1 if failed else 0


def _on_sqlite(size: Size, small: Path, day: str) -> Iterator[Line]:
    large = prepared(size, day, _tell)
    with contextlib.ExitStack() as stack:
        floor = _floor(stack)
        site, cold = _site(stack, large)
        beside = site if large == small else _site(stack, small)[0]
        yield from _pages(size, floor, site, beside)
        yield absolute("start of the server until it answers", [cold], 3, "s")
        yield from files.measure(site, files.sqlite_tool(large), large)
        yield asyncio.run(pages.growth(site, 600, 200))
    yield from counts.measure(large, 20)
    if large != small:
        yield from _million(million.multiplied(large, _tell))
    yield from commits.measure(small, IMPORTED)
    yield from freezing.measure()
    yield from long_import.measure(small, LONG_IMPORT)


def _on_postgres(size: Size, small: Path, day: str) -> Iterator[Line]:
    """What grows with a portfolio; the rest is measured at the smaller sizes."""
    folder, url = on_postgres(size, day, _tell)
    with contextlib.ExitStack() as stack:
        floor = _floor(stack)
        site, cold = _site(stack, folder, url)
        yield from _pages(size, floor, site, _site(stack, small)[0])
        yield absolute("start of the server until it answers", [cold], 3, "s")
        yield from files.measure(site, files.psql(url), folder)
        yield asyncio.run(pages.growth(site, 600, 200))
    yield from counts.by_the_clock(url, 200)


def _pages(size: Size, floor: Site, site: Site, beside: Site) -> Iterator[Line]:
    times = Times()
    for number in range(ROUNDS):
        asyncio.run(pages.round_of(times, floor, site, beside))
        _tell(f"round {number + 1} of {ROUNDS}")
    yield from pages.lines(times, size.name, "city")
    yield from asyncio.run(pages.processor(site))
    ours, other = [], []
    for _ in range(2):
        other.append(asyncio.run(pages.crowd(floor, "", "shape=charts")))
        ours.append(asyncio.run(pages.crowd(site, "overview")))
    what = "floor, table + 4 charts"
    yield ratio("30 sessions at once on the overview, p95", ours, other, 2, what)


def _million(folder: Path) -> Iterator[Line]:
    yield from counts.measure(folder, 200)
    with contextlib.ExitStack() as stack:
        yield from files.long_list(_site(stack, folder)[0], files.sqlite_tool(folder), folder)


def _site(stack: contextlib.ExitStack, folder: Path, url: str = "") -> tuple[Site, float]:
    """A server, signed in to, and the seconds until it answered that it is well; its database is
    a file of the folder, or the one at the URL.
    """
    begun = time.perf_counter()
    server = stack.enter_context(serving(folder, lambda _engine: None, database=url))
    cold = time.perf_counter() - begun
    cookie = cookie_of(server.host, "manager", PASSWORD)
    return Site(server.host, server.process.pid, cookie), cold


def _floor(stack: contextlib.ExitStack) -> Site:
    place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-floor-")))
    server = serving(place, lambda _engine: None, app="benchmarks.floor.app:app")
    server = stack.enter_context(server)
    return Site(server.host, server.process.pid)


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(os.environ.get("SIZE", "province")))
