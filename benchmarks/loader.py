"""A portfolio of any size in an empty database: every constraint on, every number from a ledger.

`python -m benchmarks.loader city sqlite:///tmp/bench/pilot.db` fills one by hand.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from benchmarks.book import EPOCH, Book
from benchmarks.lives import Life
from benchmarks.results import Package, Piloted
from benchmarks.sizes import SIZES, Size
from benchmarks.world import Staff, World
from benchmarks.writer import Writer
from pilot.domain.draft_counting import TargetDraft
from pilot.domain.moment import local_day
from pilot.domain.people import Role
from pilot.domain.vocabulary import Gate, Indicator, Scope
from pilot.services import accounts, opening
from pilot.services.command import perform
from pilot.services.opening import NewBase
from pilot.services.targets import save_target
from pilot.store import queries_codes, queries_counting, schema
from pilot.store.engine import learn, make_engine, writing
from pilot.store.models import Filing

PASSWORD = "Bench-Horse-77"
LOGINS = {
    "manager": (Role.MANAGER,),
    "manager2": (Role.MANAGER,),
    "reviewer": (Role.REVIEWER,),
    "reviewer2": (Role.REVIEWER,),
    "officer": (Role.OFFICER,),
    "province": (Role.PROVINCE,),
}
FIRST_YEAR = 2020


def load(engine: Engine, size: Size, tell: Callable[[str], None] = lambda _line: None) -> int:
    """Fill a database that has no table yet; returns how many rows were written in bulk."""
    schema.upgrade(engine)
    base_id, staff = _open(engine)
    today = local_day(datetime.now(UTC))
    _goals(engine, staff, size, today)
    with writing(engine) as session:
        writer = Writer(session.connection())
        world = _world(session, writer, size, base_id, staff, today)
        world.found_units(EPOCH.date() + timedelta(days=1))
        writer.flush()
        _projects(world, tell)
        _filings(world)
        world.book.write(writer)
        writer.settle()
    learn(engine)
    return writer.rows


def _open(engine: Engine) -> tuple[int, Staff]:
    """The base and its accounts, through the product's own verbs, on the first day."""
    base = NewBase("PJ", "示例中试基地", "211100", "盘锦市")
    base_id = opening.open_first_base(
        engine, base, login="boss", name="示例管理员", password=PASSWORD, at=EPOCH
    )
    ids = {}
    for login, roles in LOGINS.items():
        args = (login, f"示例{login}", roles, "First-Horse-77")
        ids[login] = perform(engine, accounts.create, *args, by=1, now=EPOCH).subject_id
        change = accounts.change_password, "First-Horse-77", PASSWORD
        perform(engine, *change, by=ids[login], now=EPOCH)
    assessors = ids["reviewer"], ids["reviewer2"]
    return base_id, Staff(ids["manager"], ids["manager2"], assessors)


def _goals(engine: Engine, staff: Staff, size: Size, today: date) -> None:
    """A goal for each year and indicator, about as high as what will be reached."""
    share = {Indicator.NEW_PILOT: 10, Indicator.INDUSTRIALISED: 25, Indicator.TRANSFERRED: 3}
    for year in range(FIRST_YEAR, today.year + 1):
        for indicator, part in share.items():
            goal = max(size.projects // part, 1)
            draft = TargetDraft(year, indicator, Scope.CITY, goal, f"示例：{year} 年度目标")
            perform(engine, save_target, draft, by=staff.manager, now=EPOCH)


def _world(
    session: Session, writer: Writer, size: Size, base_id: int, staff: Staff, today: date
) -> World:
    checklist = defaultdict(list)
    for item in queries_codes.checklist_items(session, base_id):
        checklist[item.gate].append(item)
    return World(
        size,
        writer,
        Book(base_id),
        base_id,
        staff,
        queries_counting.rules(session, base_id),
        {gate: checklist[gate] for gate in Gate},
        today,
    )


def _projects(world: World, tell: Callable[[str], None]) -> None:
    """Each project with its ten results; later years begin more projects than earlier ones."""
    span = (world.today - date(FIRST_YEAR, 2, 1)).days
    for number in range(world.size.projects):
        entered = date(FIRST_YEAR, 2, 1) + timedelta(days=int(span * world.random.random() ** 0.7))
        life = Life(world, min(entered, world.today - timedelta(days=2)))
        life.live()
        _results(world, life)
        world.writer.flush_if_full()
        if number % max(world.size.projects // 10, 1) == 0:
            tell(f"{world.size.name}: {number * 100 // world.size.projects} %")
    world.writer.flush()


def _results(world: World, life: Life) -> None:
    """Ten results for a project: a package of three now and then, three of ten piloted by it."""
    left = world.size.results_each
    while left > 0:
        members = min(3 if world.chance(0.08) else 1, left)
        piloted = Piloted(life.id, life.in_base) if world.chance(0.3) else None
        day = max(life.entered - world.days(0, 300), date(FIRST_YEAR, 1, 10))
        Package(world, day, piloted).live(members)
        left -= members


def _filings(world: World) -> None:
    """The years before this one have been reported in January."""
    for year in range(FIRST_YEAR + 3, world.today.year):
        at = world.at(date(year + 1, 1, 15))
        by = world.staff.manager
        values = {"year": year, "cut_off": at, "note": "示例：年度报表已上报"}
        row = world.writer.add(Filing, base_id=world.base_id, by_id=by, recorded_at=at, **values)
        world.tell(at, by, "year.file", "filing", row)


def main(name: str, url: str) -> None:
    """Fill one database and say how long it took."""
    start = time.perf_counter()
    rows = load(make_engine(url), SIZES[name], print)
    seconds = time.perf_counter() - start
    print(f"{name}: {rows:,} rows in {seconds:.1f} s, {rows / seconds:,.0f} rows/s")


if __name__ == "__main__":
    main(*sys.argv[1:3])
