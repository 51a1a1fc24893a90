"""Freezing a year of 100,000 rows beside writing the same rows as CSV, and the memory it takes.

A process of its own draws the pack from rows that are there already: the whole zip with workbook,
two CSV and two pages. Processor time, since drawing is one core's work.
"""

import multiprocessing
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random

from benchmarks import words
from benchmarks.table import Line, absolute, ratio
from pilot.domain import report_template_files
from pilot.domain.moment import Moment
from pilot.domain.report_periods import period
from pilot.domain.report_templates import ColumnType
from pilot.reports import pack_files
from pilot.reports.cells import Cell
from pilot.reports.pack_files import Frozen
from pilot.reports.report_content import Content
from pilot.reports.report_files import Cover, as_csv
from pilot.services.packs import Order, Signers
from pilot.store.models import ReportTemplate

_TEMPLATE = Path(__file__).resolve().parents[1] / "data" / "templates" / "R2.json"


def measure(rows: int = 100_000) -> Iterator[Line]:
    """Once: it takes long, and drawing is as good as the same every time."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        ours, csv, memory, size = pool.apply(_once, (rows,))
    yield ratio(f"freezing a year of {rows:,} rows", [ours], [csv], 60, "the same rows as one CSV")
    yield absolute(f"memory that takes, for {size:.0f} MB of pack", [memory], 3000, "MB")


def _once(rows: int) -> tuple[float, float, float, float]:
    """Milliseconds of the pack and of one CSV, then MB of memory above the rows, MB of the pack."""
    frozen = _frozen(rows)
    start = time.process_time()
    as_csv(frozen.content, "utf-8-sig")
    csv, before = time.process_time() - start, _peak()
    start = time.process_time()
    with tempfile.TemporaryFile() as out:
        pack_files.write(_order(), frozen, out)
        size = out.tell()
    ours = time.process_time() - start
    return ours * 1000, csv * 1000, _peak() - before, size / 2**20


def _frozen(rows: int) -> Frozen:
    """The ledger of projects (R2) with invented cells."""
    template, random = report_template_files.read(_TEMPLATE.read_text("utf-8")), Random(1)
    kinds = [column.type for column in template.columns]
    lines = tuple(
        tuple(_cell(kind, random, place, number) for place, kind in enumerate(kinds))
        for number in range(rows)
    )
    units = tuple(f"project:{number}" for number in range(rows))
    content = Content(template, lines, units)
    about = tuple(
        (name, "示例") for name in ("填报单位", "报告期", "截至日期", "口径版本", "日志锚")
    )
    return Frozen(content, Cover(about, datetime(2026, 1, 1, tzinfo=UTC)), (), (), "", "")


def _order() -> Order:
    """What the manifest names."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    view = Moment(2026, at.date(), at, live=False)
    template = ReportTemplate(code="R2", version=1)
    return Order(1, template, period("2026"), view, Signers(), "test", Path())


def _cell(kind: ColumnType, random: Random, place: int, number: int) -> Cell:
    if kind is ColumnType.MONEY:
        return Decimal(random.randint(100, 900_000)) / 100
    if kind is ColumnType.NUMBER:
        return random.randint(0, 100)
    if kind is ColumnType.DAY:
        return f"2026-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}"
    if place == 0:
        return f"ZS-2026-{number:06d}"
    return words.technology(random) if place == 1 else random.choice(("进行中", "示例化工", "2661"))


def _peak() -> float:
    """The most memory that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
