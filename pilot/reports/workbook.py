"""A list as an Excel workbook: streamed to disk, codes as text, nothing a formula or a link."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pilot.domain.errors import PilotError
from pilot.domain.formula import mark
from pilot.reports.cells import Cell
from pilot.reports.columns import Column, Kind
from pilot.reports.tables import Table

MOST_ROWS = 1_048_575  # of a sheet, below its headings
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
NOTES = "说明"
_WIDTHS = {Kind.DAY: 12, Kind.INSTANT: 26, Kind.MONEY: 14, Kind.NUMBER: 10, Kind.YES_NO: 10}


class TooLong(PilotError):
    """More rows than a sheet can hold."""


def write_workbook(
    file: BinaryIO,
    table: Table,
    rows: Iterable[list[Cell]],
    notes: Callable[[int], Sequence[tuple[str, str]]],
    made: datetime,
) -> int:
    """Write the list and a sheet 说明 of what `notes` says about that many rows; their number.

    The same rows and notes give the same bytes. Raises TooLong when something does not fit.
    """
    number = 0
    with Workbook(file, OPTIONS) as book:
        book.set_properties({"title": table.title, "created": made.replace(tzinfo=None)})
        sheet = book.add_worksheet(table.title)
        _lay_out(book, sheet, table.columns)
        formats = [_format(book, column) for column in table.columns]
        for number, row in enumerate(rows, 1):
            if number > MOST_ROWS:
                raise TooLong(f"超过 {MOST_ROWS:,} 行，工作簿放不下；请改为导出 CSV。")
            _write_row(sheet, number, row, formats)
        _write_notes(book, notes(number))
    return number


def _lay_out(book: Workbook, sheet: Worksheet, columns: Sequence[Column]) -> None:
    """The headings: bold, frozen, as wide as their kind of value."""
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1})
    for number, column in enumerate(columns):
        sheet.set_column(number, number, _width(column))
    for number, column in enumerate(columns):
        sheet.write_string(0, number, column.heading, bold)
    sheet.freeze_panes(1, 0)


def _write_row(
    sheet: Worksheet, number: int, row: Sequence[Cell], formats: Sequence[Format]
) -> None:
    for place, cell in enumerate(row):
        if isinstance(cell, str):
            if sheet.write_string(number, place, mark(cell), formats[place]):
                raise TooLong(f"第 {number} 行有文字超过一个单元格的长度；请改为导出 CSV。")
        elif cell is not None:
            sheet.write_number(number, place, cell, formats[place])


def _write_notes(book: Workbook, notes: Sequence[tuple[str, str]]) -> None:
    sheet = book.add_worksheet(NOTES)
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 80)
    for number, (name, value) in enumerate(notes):
        sheet.write_string(number, 0, name, text)
        sheet.write_string(number, 1, mark(value), text)


def _format(book: Workbook, column: Column) -> Format:
    """Money with two decimals, plain numbers, and everything else as text."""
    if column.kind is Kind.MONEY:
        return book.add_format({"num_format": "#,##0.00"})
    return book.add_format({"num_format": "General" if column.kind is Kind.NUMBER else "@"})


def _width(column: Column) -> float:
    """In characters; a heading in Chinese takes two a character."""
    if column.kind is Kind.CODE:
        return max(20.0, 2.0 * len(column.heading) + 2)
    return max(_WIDTHS.get(column.kind, 24), 2.0 * len(column.heading) + 2)
