"""Auditors of exported files: they know nothing of how the product writes them."""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from decimal import Decimal

from openpyxl import load_workbook

from pilot.reports.columns import Column, Kind

_RUNS = tuple("=+-@|\t\r\n＝＋－＠")
_SKIPPED = {"Zs", "Zl", "Zp", "Cc", "Cf"}
_SHAPES = {
    Kind.DAY: r"\d{4}-\d{2}-\d{2}",
    Kind.INSTANT: r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+08:00",
    Kind.MONEY: r"-?\d+\.\d{2}",
    Kind.NUMBER: r"-?\d+(\.\d+)?",
    Kind.YES_NO: "是|否",
}
_BOM = b"\xef\xbb\xbf"


def csv_complaints(
    data: bytes, encoding: str, columns: Sequence[Column], rows: int, sums: dict[str, Decimal]
) -> Iterator[str]:
    """What is wrong with a CSV of these columns that should have `rows` and these `sums`."""
    if data.startswith(_BOM) != (encoding == "utf-8"):
        yield "byte order mark"
    text = data.removeprefix(_BOM).decode(encoding, "strict")
    if re.search(r"(?<!\r)\n", re.sub(r'"(?:[^"]|"")*"', "", text)) or not text.endswith("\r\n"):
        yield "line ends"
    records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    if records[0] != [column.heading for column in columns]:
        yield "headings"
    if len(records) - 1 != rows:
        yield f"{len(records) - 1} records, not {rows}"
    for number, record in enumerate(records[1:], 2):
        if len(record) != len(columns):
            yield f"row {number}: {len(record)} fields"
            continue
        for column, cell in zip(columns, record, strict=True):
            if why := _cell_complaint(column, cell):
                yield f"row {number}, {column.key}: {why} {cell!r}"
    for key, total in sums.items():
        place = [column.key for column in columns].index(key)
        cells = [record[place] for record in records[1:] if len(record) > place]
        numbers = [Decimal(cell) for cell in cells if re.fullmatch(_SHAPES[Kind.MONEY], cell)]
        found = sum(numbers, Decimal())
        if found != total:
            yield f"{key} adds up to {found}, not {total}"


def _cell_complaint(column: Column, cell: str) -> str:
    if not cell:
        return ""
    shape = None if column.words else _SHAPES.get(column.kind)
    if shape:
        return "" if re.fullmatch(shape, cell) else "not the shape of its kind"
    return "runs as a formula" if runs(cell) else ""


def runs(cell: str) -> bool:
    """Whether a spreadsheet may take a text for a formula: also after what it does not show."""
    for character in cell:
        if character in _RUNS:
            return True
        if unicodedata.category(character) not in _SKIPPED:
            return False
    return False


def xlsx_complaints(data: bytes, columns: Sequence[Column], rows: int) -> Iterator[str]:
    """What is wrong with a workbook of these columns."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            part = package.read(name).decode("utf-8", "replace")
            if name.startswith("xl/externalLinks") or "vba" in name.lower():
                yield f"part {name}"
            if 'TargetMode="External"' in part:
                yield f"outside link in {name}"
            if name.startswith("xl/worksheets/") and re.search(r"<f[ >]|<hyperlink", part):
                yield f"formula or link in {name}"
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    found = list(sheet.iter_rows(min_row=2))
    if len(found) != rows:
        yield f"{len(found)} records, not {rows}"
    for line in found:
        for column, cell in zip(columns, line, strict=True):
            if cell.value is not None and (why := _typed(column, cell)):
                yield f"{cell.coordinate}, {column.key}: {why} {cell.value!r}"


def _typed(column: Column, cell) -> str:
    numeric = column.kind in (Kind.MONEY, Kind.NUMBER)
    if numeric:
        return "" if cell.data_type == "n" else "not a number"
    if cell.data_type != "s" or cell.number_format != "@":
        return f"type {cell.data_type}, format {cell.number_format}"
    return "runs as a formula" if runs(cell.value) else ""
