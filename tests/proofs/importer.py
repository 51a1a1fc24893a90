"""The importer: hostile files with a verdict for each row, dangerous files, random damage.

The verdicts are written down here, apart from the product's readers: a value, or a refusal. Three
importers with a fault each (float, words for nothing in every column, a bad row passed over) must
be noticed by the same verdicts.
"""

import io
import multiprocessing
import random
import resource
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from unittest.mock import patch

from openpyxl import Workbook

from pilot.domain.arrangement import Arrangement
from pilot.domain.import_columns import ImportKind
from pilot.domain.parsing import ParseError
from pilot.services.importing import cells
from pilot.services.sheets import FileRefused, arranged, read_sheet
from tests.proofs.plan import Effort, Finding, at_least, at_most, none, within

TITLE = "importer"
NO = object()  # the row is refused
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")
HEADINGS = ("项目编号", "项目名称", "预算（万元）", "进入本阶段日期")

AMOUNTS: tuple[tuple[str, object], ...] = (
    ("120.50", Decimal("120.50")), ("1,234.50", Decimal("1234.50")), ("１２０", Decimal("120.00")),
    ("1.9亿", Decimal("19000.00")), ("约300万元", Decimal("300.00")), ("", None), ("—", None),
    ("¥1205000元", Decimal("120.50")), ("0", Decimal("0.00")), ("1e308", NO), ("1e400", NO),
    ("NaN", NO), ("inf", NO), ("1_000", NO), ("١٢", NO), ("0x10", NO), ("12万3千", NO),
    ("120美元", NO), ("1,20", NO), ("007", NO), ("1.234", NO), ("1元", NO), ("--5", NO),
)  # fmt: skip
DAYS: tuple[tuple[str, object], ...] = (
    ("2024-10-08", date(2024, 10, 8)), ("2024年10月8日", date(2024, 10, 8)),
    ("2024.10.8", date(2024, 10, 8)), ("２０２４／１０／８", date(2024, 10, 8)),
    ("2024/10", date(2024, 10, 1)), ("2024-02-29", date(2024, 2, 29)), ("", None), ("无", None),
    ("2023-02-29", NO), ("2100-02-29", NO), ("2024-13-01", NO), ("24-10-08", NO), ("45573", NO),
    ("10/8/2024", NO), ("2024-10/08", NO), ("2024-10-08T25:99", NO), ("十月八日", NO), ("60", NO),
)  # fmt: skip
NAMES: tuple[tuple[str, object], ...] = (
    ("NA", "NA"), ("None", "None"), ("null", "null"), ("00123", "00123"), ("1E5", "1E5"),
    ("MARCH1", "MARCH1"), ("𬭩𠀀", "𬭩𠀀"), ("5*10 kW*2 $3", "5*10 kW*2 $3"), ("👩‍🔬", "👩‍🔬"),
    ("<svg onload=x>", "<svg onload=x>"), ("'=1+1", "=1+1"), ("\u3000甲\u00a0", "甲"),
    ("甲\u202e乙", NO), ("甲\x1b乙", NO), ("a,b\n\"c\"", 'a,b\n"c"'),
)  # fmt: skip
Row = tuple[str, str, str]


def prove(effort: Effort) -> Iterator[Finding]:
    """Judge rows, open dangerous files, damage good ones; then the seeded faults."""
    chance = random.Random(20261126)
    made = [_file(chance, number) for number in range(effort.of(120, 400))]
    rows = sum(len(verdicts) for _, _, verdicts in made)
    yield at_least("judged rows", rows, effort.of(400, 1400))
    yield none("wrong verdicts", sum(_complaints(*one) for one in made), rows)
    yield from _dangerous(effort)
    yield from _damaged(chance, effort.of(400, 20_000))
    for name, fault in FAULTS.items():
        with fault():
            wrong = sum(_complaints(*one) for one in made)
        yield at_least(f"complaints about an importer with {name}", wrong, 1)


def _file(chance: random.Random, number: int) -> tuple[bytes, str, list[tuple]]:
    """A file of some rows with the verdict of each; CSV in any encoding, or a workbook."""
    picked = [tuple(chance.choice(kind) for kind in (NAMES, AMOUNTS, DAYS)) for _ in range(5)]
    texts = [tuple(cell for cell, _ in row) for row in picked]
    verdicts = [tuple(verdict for _, verdict in row) for row in picked]
    if number % 4 == 0 and not any("\x1b" in cell for row in texts for cell in row):
        return _workbook(texts), "甲.xlsx", verdicts
    text = "\r\n".join(",".join(map(_quoted, row)) for row in [HEADINGS, *_numbered(texts)])
    return text.encode(ENCODINGS[number % len(ENCODINGS)]), "甲.csv", verdicts


def _numbered(rows: list[Row]) -> list[tuple[str, ...]]:
    return [(f"ZS-2026-{number:03d}", *row) for number, row in enumerate(rows, 1)]


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def _workbook(rows: list[Row]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    book.active.append(HEADINGS)
    for row in _numbered(rows):
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def _complaints(data: bytes, name: str, verdicts: list[tuple]) -> int:
    """How many rows of a file come out otherwise than their verdict."""
    table = arranged(read_sheet(data, name), Arrangement())
    columns = cells.layout(ImportKind.PROJECTS, table).columns
    got = [cells.read_row(row, columns, {}, table) for _, row in table.rows]
    lost = abs(len(got) - len(verdicts))
    return lost + sum(not _fits(*one) for one in zip(got, verdicts, strict=False))


def _fits(got: tuple, verdict: tuple) -> bool:
    values, problems = got
    refused = {problem.field for problem in problems if problem.hard}
    for key, wanted in zip(("name", "budget", "stage_since"), verdict, strict=True):
        if (key in refused) != (wanted is NO):
            return False
        if wanted is not NO and (values[key] != wanted or type(values[key]) is not type(wanted)):
            return False
    return True


def _dangerous(effort: Effort) -> Iterator[Finding]:
    """Files that are made to hurt: refused, soon, in little memory."""
    with multiprocessing.get_context("spawn").Pool(1) as process:
        process.apply(_opened, _small())
        tried = [process.apply(_opened, bomb) for bomb in _bombs()]
    yield none("dangerous files that were read", sum(read for read, _, _ in tried), len(tried))
    yield within("slowest refusal", max(seconds for _, seconds, _ in tried), 5, effort)
    yield at_most("memory for it", max(memory for _, _, memory in tried), 150, " MB")


def _small() -> tuple[bytes, str]:
    return _workbook([("甲", "1", "2024-10-08")]), "a.xlsx"


def _opened(data: bytes, name: str) -> tuple[bool, float, float]:
    """In a process of its own: whether a file was read, the seconds, the MB it took."""
    before, start, read = _memory(), time.monotonic(), True
    try:
        read_sheet(data, name)
    except FileRefused:
        read = False
    return read, time.monotonic() - start, (_memory() - before) / 1024


def _bombs() -> Iterator[tuple[bytes, str]]:
    sheet = "xl/worksheets/sheet1.xml"
    whole = _workbook([("甲", "1", "2024-10-08")])
    big = b"<c><v>" + b"1" * 300_000_000 + b"</v></c>"
    yield _with(whole, sheet, lambda part: part.replace(b"<sheetData>", big)), "a.xlsx"
    dtd = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    yield _with(whole, sheet, lambda part: dtd + part), "a.xlsx"
    yield _with(whole, "xl/vbaProject.bin", lambda _: b"x"), "a.xlsx"
    yield _with(whole, "../../x.xml", lambda _: b"<x/>"), "a.xlsx"
    yield whole[:-40], "a.xlsx"
    yield b"\xd0\xcf\x11\xe0" + bytes(600), "a.xlsx"
    yield ("a," * 20_000 + "\n").encode(), "a.csv"
    yield b'a,b\n"x', "a.csv"
    yield b"a,b\nx\0,y", "a.csv"
    yield ("甲,乙\n" + "x" * 5_000_000).encode(), "a.csv"
    yield "示例,项目\n甲,乙".encode()[:-1], "a.csv"
    yield b"a,b\n" + b",\n" * 1_100_000, "a.csv"


def _with(archive: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same archive with one part changed or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w") as new:
        parts = {info.filename: old.read(info) for info in old.infolist()}
        for part, data in (parts | {name: change(parts.get(name, b""))}).items():
            new.writestr(part, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # kB


def _damaged(chance: random.Random, times: int) -> Iterator[Finding]:
    """Good files with some bytes changed: read or refused, never anything else."""
    crashed, slow = 0, 0
    for number in range(times):
        data, name, _ = _file(chance, number)
        broken = bytearray(data)
        for _ in range(chance.randint(1, 8)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        start = time.monotonic()
        try:
            table = arranged(read_sheet(bytes(broken), name), Arrangement())
            found = cells.layout(ImportKind.PROJECTS, table)
            for _, row in table.rows:
                cells.read_row(row, found.columns, {}, table)
        except FileRefused:
            pass
        except Exception:  # noqa: BLE001 - that is what is looked for
            crashed += 1
        slow += time.monotonic() - start > 2
    yield none("damaged files that raised anything but a refusal", crashed, times)
    yield none("damaged files that took more than 2 s", slow, times)


def _by_float():
    def loose(cell, _unit):
        try:
            return Decimal(str(float(cell.replace(",", "")))), None
        except ValueError as error:
            raise ParseError("不是数字。", "请改正。") from error

    return patch.object(cells, "read_amount", loose)


def _nothing_everywhere():
    def clean(text, _longest):
        return None if text in ("NA", "None", "null") else text

    return patch.object(cells, "clean_text", clean)


def _passed_over():
    real = cells.read_row

    def lenient(*args):
        values, problems = real(*args)
        return values, [problem for problem in problems if not problem.hard]

    return patch.object(cells, "read_row", lenient)


FAULTS = {
    "float()": _by_float,
    "words for nothing": _nothing_everywhere,
    "problems passed over": _passed_over,
}
