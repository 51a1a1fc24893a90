"""Round trip: what goes out comes in again the same; what goes out is what is recorded."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy import Engine, event
from sqlmodel import Session, select

from pilot.config import ROOT
from pilot.domain.errors import PilotError, Refused
from pilot.domain.import_columns import ImportKind
from pilot.domain.moment import Moment, end_of_day
from pilot.reports import exports, handover, tables
from pilot.reports.exports import Encoding
from pilot.reports.tables import TABLES
from pilot.services import importing
from pilot.services.sheets import read_table
from pilot.store import queries_people, schema
from pilot.store.engine import make_engine, reading, writing
from pilot.store.models import Account, Project
from tests import auditing, factories
from tests import factories_registry as registry
from tests.factories import NOON, Team, clock
from tests.portfolios import MANAGERS, PORTFOLIOS, Portfolio, enter
from tests.proofs import stage
from tests.proofs.plan import Effort, Finding, every, none

TITLE = "round_trip"
# Units first: results and projects name them.
_ORDER = (ImportKind.ORGANISATIONS, ImportKind.RESULTS, ImportKind.PROJECTS)
_ZONES = (
    {"TZ": "Asia/Shanghai"},
    {"TZ": "America/New_York", "LC_ALL": "C"},
    {"TZ": "UTC", "LC_ALL": "zh_CN.GB18030"},
    {"TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
)
_FAST = "PRAGMA synchronous=OFF"  # what is proved here does not hang on forced writes
_DAYS = {
    date(2023, 12, 31): 2023,
    date(2024, 1, 1): 2024,
    date(2024, 2, 29): 2024,
    date(2024, 12, 31): 2024,
    date(2025, 1, 1): 2025,
}


def prove(effort: Effort) -> Iterator[Finding]:
    """Random portfolios, then every table of the hostile one, then zones and turns of the year."""
    engine = make_engine(f"sqlite:///{stage.folder() / 'pilot.db'}")
    event.listen(engine, "connect", lambda connection, _: connection.execute(_FAST))
    schema.upgrade(engine)
    yield from _there_and_back(engine, effort.of(8, 300))
    yield from _turns_of_the_year(engine)
    yield from _audited(stage.product().engine)
    yield from _anywhere(_ZONES[: effort.of(2, 4)])


# --- there and back ------------------------------------------------------------------------------


def _there_and_back(engine: Engine, examples: int) -> Iterator[Finding]:
    with writing(engine) as session:
        here, there = factories.team(session, "AA"), factories.team(session, "BB")
        led = [registry.person(session, here, name=name).id for name in MANAGERS]
        for name in MANAGERS:
            registry.person(session, there, name=name)
    wrong: list[object] = []
    files = 0

    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(PORTFOLIOS)
    def compare(portfolio: Portfolio) -> None:
        nonlocal files
        with Session(engine) as session:
            enter(session, here, portfolio, led)
            for kind in _ORDER:
                files += 2
                wrong.extend(_differences(session, kind, here, there))
            session.rollback()

    compare()
    stage.tell("round_trip", wrong)
    title = f"files of {examples} portfolios that came back other than they went"
    yield none(title, len(wrong), files)


def _differences(session: Session, kind: ImportKind, here: Team, there: Team) -> Iterator[object]:
    """Out of one base, into the other, out again; in both encodings, and a second time in."""
    for encoding in Encoding:
        first = _handed_over(session, kind, here, encoding)
        table = read_table(first, "x.csv")
        try:
            if encoding is Encoding.UTF8:
                importing.apply(session, kind, table, by=there.manager, at=clock(session))
        except (PilotError, Refused) as error:
            yield kind.value, encoding.value, str(error)[:300]
            return
        second = _handed_over(session, kind, there, encoding)
        if first != second:
            lines = zip(first.split(b"\r\n"), second.split(b"\r\n"), strict=False)
            yield (
                kind.value,
                encoding.value,
                next((pair for pair in lines if len(set(pair)) > 1), 0),
            )
        batch = importing.check(session, kind, table, by=there.manager, at=clock(session))
        if not batch.idle:
            yield kind.value, encoding.value, batch.totals


def _handed_over(session: Session, kind: ImportKind, people: Team, encoding: Encoding) -> bytes:
    file = io.BytesIO()
    handover.write(session, people.manager, kind, file, encoding)
    return file.getvalue()


# --- the right year ------------------------------------------------------------------------------


def _turns_of_the_year(engine: Engine) -> Iterator[Finding]:
    """Transfers and projects of the last and first days, and of 29 February."""
    wrong, tried = [], 0
    with Session(engine) as session:
        people = factories.team(session, "CC")
        for day in _DAYS:
            contract = registry.contract(session, people, signed_on=day, no=f"HT {day}")
            registry.transfer(session, people, contract_id=contract.id)
            for hour, local in ((15, day), (16, day + timedelta(days=1))):  # in UTC
                at = NOON.replace(year=day.year, month=day.month, day=day.day, hour=hour)
                row = factories.projects.register(
                    session, factories.ProjectDraft(name=f"{at}"), by=people.manager, at=at
                )
                tried += 1
                wrong += [(at, row.entered_on)] if row.entered_on != local else []
        session.flush()
        for year in sorted(set(_DAYS.values())):
            view = Moment(year, date(year, 12, 31), end_of_day(date(2026, 6, 2)), False)
            found = tables.rows(session, TABLES["transfers"], [people.base.id], view)
            signed = sorted(row[_place("transfers", "event_on")] for row in found)
            wanted = sorted(str(day) for day, of in _DAYS.items() if of == year)
            tried += 1
            wrong += [(year, signed)] if signed != wanted else []
        session.rollback()
    stage.tell("round_trip", wrong)
    yield none(
        "events of 31 Dec, 1 Jan and 29 Feb in a wrong year or on a wrong day", len(wrong), tried
    )


def _place(table: str, key: str) -> int:
    return [column.key for column in TABLES[table].columns].index(key)


# --- audited -------------------------------------------------------------------------------------


def _audited(engine: Engine) -> Iterator[Finding]:
    """Every table of the hostile portfolio, in both encodings and as a workbook."""
    complaints, cells = [], 0
    with reading(engine) as session:
        manager = session.exec(select(Account).where(Account.login == "manager")).one()
        actor = queries_people.as_actor(session, manager)
        for asked in _all_asked(session, actor):
            table = asked.table
            rows = tables.count(session, table, asked.base_ids, asked.view, asked.chosen)
            cells += 3 * rows * len(table.columns)
            for encoding in Encoding:
                file = io.BytesIO()
                exports.write_csv(session, asked, file, encoding)
                found = auditing.csv_complaints(
                    file.getvalue(), encoding.value, table.columns, rows, _sums(session, table.name)
                )
                complaints += [(table.name, encoding.value, one) for one in found]
            book = io.BytesIO()
            exports.write_xlsx(session, asked, book)
            found = auditing.xlsx_complaints(book.getvalue(), table.columns, rows)
            complaints += [(table.name, "xlsx", one) for one in found]
    stage.tell("round_trip", complaints)
    yield none("complaints of the auditors of CSV and XLSX, by cells", len(complaints), cells)


def _all_asked(session: Session, actor) -> Iterator[exports.Export]:
    view = Moment(2026, date(2026, 12, 31), end_of_day(date(2100, 1, 1)), False)
    for name in TABLES:
        yield exports.asked(session, actor, name, view)


def _sums(session: Session, table: str) -> dict[str, Decimal]:
    """What the system itself adds up, without the lists."""
    if table != "projects":
        return {}
    budgets = session.exec(select(Project.budget).where(Project.budget.is_not(None)))
    return {"budget": sum(budgets, Decimal())}


# --- anywhere ------------------------------------------------------------------------------------


def _anywhere(zones: tuple[dict[str, str], ...]) -> Iterator[Finding]:
    """The same files from processes in other time zones and locales."""
    url = str(stage.product().engine.url)
    with ThreadPoolExecutor(2) as pool:
        hashes = list(pool.map(lambda zone: _hashes(url, zone), zones))
    files = {name: {one[name] for one in hashes} for name in hashes[0]}
    same = sum(len(kinds) == 1 for kinds in files.values())
    stage.tell("round_trip", [name for name, kinds in files.items() if len(kinds) > 1])
    yield every(f"files equal in {len(zones)} time zones and locales", same, len(files))


def _hashes(url: str, zone: dict[str, str]) -> dict[str, str]:
    run = [sys.executable, "-m", "tests.proofs.round_trip_files", url]
    done = subprocess.run(
        run, cwd=ROOT, env=os.environ | zone, capture_output=True, check=True, text=True
    )
    return json.loads(done.stdout)
