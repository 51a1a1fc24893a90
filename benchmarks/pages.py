"""Pages beside their floor: opening, rerunning, the processor's time, thirty sessions at once."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

import psutil

from benchmarks import words
from benchmarks.client import Page
from benchmarks.table import Line, absolute, ratio

SESSIONS = 30
PAGES = (
    ("总览", "overview", ""),
    ("项目台账", "projects", ""),
    ("项目详情", "project", "id=7"),
    ("阶段门", "gate", ""),
    ("成果", "results", ""),
    ("转化", "results", "section=transfers"),
    ("合同", "results", "section=contracts"),
    ("指标明细 M1", "claims", "indicator=M1"),
    ("指标明细 M3", "claims", "indicator=M3"),
    ("变动记录", "claims", "indicator=M1&standing=record"),
    ("报表导出", "exports", ""),
    ("口径与目标", "definitions", ""),
    ("我的账号", "my_account", ""),
)


@dataclass(frozen=True, slots=True)
class Site:
    """A running server and the cookie that opens it; the floor needs none."""

    host: str
    pid: int
    cookie: str = ""

    def page(self, name: str, query: str = "") -> Page:
        """A page that is not open yet."""
        return Page(self.host, name, query, self.cookie)


@dataclass
class Times:
    """What the rounds measured, by name, in milliseconds."""

    found: dict[str, list[float]] = field(default_factory=dict)

    def note(self, name: str, milliseconds: float) -> None:
        """One round's figure."""
        self.found.setdefault(name, []).append(milliseconds)

    def __getitem__(self, name: str) -> list[float]:
        return self.found[name]


def _typed() -> Iterator[str]:
    """What people type into the search of a list; never the same twice, for answers are kept."""
    random, told = Random(7), set()
    while True:
        name = words.technology(random)
        start = random.randrange(len(name) - 2)
        text = name[start : start + random.choice((2, 3))]
        if text not in told:
            told.add(text)
            yield text


_TYPED = _typed()


async def opened(site: Site, name: str, query: str = "", times: int = 5) -> float:
    """Connect and run once: the median in ms."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        async with site.page(name, query) as page:
            await page.run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1000


async def rerun(site: Site, name: str, query: str = "", key: str = "", times: int = 12) -> float:
    """Run an open page again and again, with new words in the field `key` each time: ms."""
    async with site.page(name, query) as page:
        await page.run()
        await page.run(**({key: next(_TYPED)} if key else {}))
        taken = []
        for _ in range(times):
            await asyncio.sleep(0.02)
            taken.append(await page.run(**({key: next(_TYPED)} if key else {})))
    return statistics.median(taken) * 1000


async def crowd(site: Site, name: str, query: str = "", reruns: int = 4) -> float:
    """Thirty sessions that rerun without a thought: the 95th percentile in ms."""
    taken: list[float] = []

    async def one() -> None:
        async with site.page(name, query) as page:
            await page.run()
            for _ in range(reruns):
                taken.append(await page.run())

    await asyncio.gather(*(one() for _ in range(SESSIONS)))
    return statistics.quantiles(taken, n=20)[-1] * 1000


async def round_of(times: Times, floor: Site, large: Site, small: Site) -> None:
    """One round: each figure of ours right after the one it is set beside."""
    times.note("floor table rerun", await rerun(floor, "", "shape=table", "q"))
    times.note("list rerun", await rerun(large, "projects", key="q-choice"))
    times.note("floor charts rerun", await rerun(floor, "", "shape=charts"))
    times.note("overview rerun", await rerun(large, "overview"))
    times.note("floor table open", await opened(floor, "", "shape=table"))
    times.note("list open", await opened(large, "projects"))
    times.note("floor empty open", await opened(floor, "", ""))
    times.note("home open", await opened(large, "overview"))
    for what, name, query in (("overview", "overview", ""), ("list", "projects", "")):
        times.note(f"{what} small", await rerun(small, name, query, times=8))
        times.note(f"{what} large", await rerun(large, name, query, times=8))
    times.note("project small", await rerun(small, "project", "id=7", times=8))
    times.note("project large", await rerun(large, "project", "id=7", times=8))


def lines(times: Times, large: str, small: str) -> Iterator[Line]:
    """The table's lines of the rounds."""
    for figure, ours, other, limit, what in (
        ("list, rerun on a filter change", "list rerun", "floor table rerun", 5, "floor, table"),
        ("overview, rerun", "overview rerun", "floor charts rerun", 4, "floor, table + 4 charts"),
        ("list, open", "list open", "floor table open", 6, "floor, table"),
        ("home (overview), open", "home open", "floor empty open", 12, "floor, empty"),
    ):
        yield ratio(f"{figure} ({large})", times[ours], times[other], limit, what)
    for what in ("overview", "list", "project"):
        figure = f"{what}, rerun at {large}"
        yield ratio(figure, times[f"{what} large"], times[f"{what} small"], 2, f"at {small}")


async def processor(site: Site, times: int = 12) -> list[Line]:
    """The server's processor time for a rerun of every page."""
    process = psutil.Process(site.pid)
    found = []
    for title, name, query in PAGES:
        async with site.page(name, query) as page:
            await page.run()
            await page.run()
            before = sum(process.cpu_times()[:2])
            for _ in range(times):
                await page.run()
            spent = (sum(process.cpu_times()[:2]) - before) / times * 1000
        found.append(absolute(f"{title}, processor time of a rerun", [spent], 60, "ms"))
    return found


async def growth(site: Site, reruns: int, sessions: int) -> Line:
    """How much the server's memory grows over many reruns and sessions."""
    process = psutil.Process(site.pid)
    async with site.page("overview") as page:
        for _ in range(20):
            await page.run()
    before = process.memory_info().rss
    async with site.page("overview") as page:
        for _ in range(reruns):
            await page.run()
    for _ in range(sessions):
        async with site.page("projects") as page:
            await page.run()
    grown = 100 * (process.memory_info().rss - before) / before
    figure = f"memory growth over {reruns} reruns and {sessions} sessions"
    return absolute(figure, [grown], 5, "%", f"of {before / 2**20:.0f} MB")
