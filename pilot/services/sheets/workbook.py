"""XLSX: the first sheet of a workbook that passed the guard, cell by cell.

A library does the reading; what it would lose, round or guess is read or refused here.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError, iterparse

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from pilot.domain.formula import unmark
from pilot.domain.problems import Problem
from pilot.services.sheets.package_guard import BROKEN_ZIP, damaged, inspect
from pilot.services.sheets.table import (
    Cell,
    FileRefused,
    Findings,
    Sheet,
    Table,
    body,
    check_size,
    headings,
    refusal,
)

_UNREADABLE = (
    *BROKEN_ZIP,
    ParseError,
    InvalidFileException,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
)
_STRING, _TEXT, _RUN = (f"{{{SHEET_MAIN_NS}}}{tag}" for tag in ("si", "t", "r"))
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


class _Reader(ExcelReader):
    """The library's reader, except that it keeps shared texts exactly as they are stored."""

    def read_strings(self) -> None:
        """The library would drop every `x005F_`, so that `_x000D_` loses its meaning."""
        part = self.package.find(SHARED_STRINGS)
        if part is None:
            return
        with self.archive.open(part.PartName[1:]) as source:
            self.shared_strings = list(_shared_texts(source))


def read_workbook(data: bytes) -> Table:
    """The table in the first sheet of an .xlsx file.

    Dates come as dates by the date system of the file, other numbers as they are. Raises
    FileRefused for what the guard refuses, for a first sheet that is hidden, and with every
    cell that has no one value (formula without result, error, merged, hidden, time of day).
    """
    noted = inspect(data)
    reader = _opened(data)
    try:
        return _table(reader, noted)
    finally:
        reader.wb.close()


def workbook_sheet(data: bytes) -> Sheet:
    """The first sheet before anybody says where its headings are; merged cells are kept aside."""
    noted = inspect(data)
    reader = _opened(data)
    try:
        return _sheet(reader, noted)
    finally:
        reader.wb.close()


def _sheet(reader: _Reader, noted: dict[str, list[Problem]]) -> Sheet:
    sheet, *others = reader.wb.worksheets or [None]
    found = noted.get(_first_part(reader))
    merged = [one for one in found or () if one.rule == "merged"]
    _check_sheet(sheet, None if found is None else [one for one in found if one not in merged])
    findings, rows = Findings(), []
    for number, cells in _records(sheet, findings):
        check_size(number, len(cells), rows)
        rows.append(cells)
    findings.check()
    return Sheet(
        rows=rows,
        encoding="utf-8",
        merged=tuple(merged),
        sheet=sheet.title,
        other_sheets=tuple(other.title for other in others),
        date1904=reader.wb.epoch == MAC_EPOCH,
    )


def _opened(data: bytes) -> _Reader:
    """The workbook, opened by the library without formulas, links or macros."""
    try:
        reader = _Reader(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        reader.read()
    except _UNREADABLE as error:
        raise damaged() from error
    return reader


def _table(reader: _Reader, noted: dict[str, list[Problem]]) -> Table:
    """The first sheet as a Table, once nothing is noted against it."""
    sheet, *others = reader.wb.worksheets or [None]
    _check_sheet(sheet, noted.get(_first_part(reader)))
    findings = Findings()
    records = _records(sheet, findings)
    _, first = next(records, (1, []))
    names = headings(first, findings)
    rows = list(body(names, records, findings))
    findings.check()
    return Table(
        headers=tuple(name for name in names if name),
        rows=rows,
        encoding="utf-8",
        sheet=sheet.title,
        other_sheets=tuple(other.title for other in others),
        date1904=reader.wb.epoch == MAC_EPOCH,
    )


def _check_sheet(sheet, noted: list[Problem] | None) -> None:
    """Refuse a sheet that is missing, hidden, or has something noted against it."""
    if sheet is None or noted is None:
        raise damaged()
    if sheet.sheet_state != "visible":
        message = f"第一个工作表“{sheet.title}”是隐藏的。"
        raise refusal("hidden", message, "请取消隐藏，或把数据表移到最前。")
    if noted:
        raise FileRefused(noted)


def _first_part(reader: _Reader) -> str | None:
    """The name of the part that holds the first sheet with cells, as the library chooses it."""
    for _, relation in reader.parser.find_sheets():
        if relation.target in reader.valid_files and "chartsheet" not in relation.Type:
            return relation.target
    return None


def _records(sheet, findings: Findings) -> Iterator[tuple[int, Sequence[Cell]]]:
    """The rows with their numbers from 1, their cells as a Table has them."""
    for number, values in enumerate(_values(sheet), start=1):
        yield number, [_cell(value, number, findings) for value in values]


def _values(sheet) -> Iterator[Sequence[object]]:
    """The rows as the library reads them, whatever size the sheet claims to have."""
    sheet.reset_dimensions()
    try:
        yield from sheet.iter_rows(values_only=True)
    except _UNREADABLE as error:
        raise damaged() from error


def _cell(value: object, number: int, findings: Findings) -> Cell:
    """One value: text without escapes and formula mark, midnight as a plain date."""
    if isinstance(value, str):
        return unmark(_ESCAPE.sub(_unescaped, value)) or None
    if isinstance(value, datetime) and value.time() == time():
        return value.date()
    if isinstance(value, time | timedelta):
        message = f"第 {number} 行有单元格是时间格式（{value}）。"
        findings.add("time-value", message, "请改为数字或文本格式后重新填写。", row=number)
        return None
    return value


def _unescaped(match: re.Match[str]) -> str:
    """The character that a workbook writes as `_xHHHH_` (ECMA-376, ST_Xstring)."""
    return chr(int(match.group(1), 16))


def _shared_texts(source) -> Iterator[str]:
    """The shared texts in their order, without phonetic hints, holding one at a time."""
    events = iterparse(source, events=("start", "end"))
    _, root = next(events)
    for event, node in events:
        if event == "end" and node.tag == _STRING:
            yield "".join(part.text or "" for part in _text_parts(node))
            root.clear()


def _text_parts(node: Element) -> list[Element]:
    """A plain text has one part, a formatted one a part for each run."""
    runs = (child.findall(_TEXT) if child.tag == _RUN else (child,) for child in node)
    return [part for run in runs for part in run if part.tag == _TEXT]
