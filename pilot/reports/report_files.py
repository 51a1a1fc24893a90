"""The files of a report (报表文件), drawn from frozen content alone: the same bytes everywhere.

RENDERER names this way of drawing; `pilot verify-pack` draws again and compares. Whoever changes
a byte of what is drawn gives it a new number and keeps the old way for the packs that have it.
Nothing here is compressed: how well zlib does it
differs between machines.
"""

import csv
import io
import shutil
import tempfile
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import IO, BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pilot.domain.formula import mark
from pilot.domain.report_headings import heading_cells
from pilot.domain.report_templates import ColumnType, Template
from pilot.reports.cells import Cell
from pilot.reports.report_content import NUMERIC, Content, headings

RENDERER = 2
RENDERERS = frozenset({1, RENDERER})  # 1: pages that were not made for phones
_PIECE = 1024 * 1024
_EPOCH = (1980, 1, 1, 0, 0, 0)
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False}
_WIDTHS = {ColumnType.DAY: 12, ColumnType.INSTANT: 26, ColumnType.MONEY: 14, ColumnType.NUMBER: 10}


@dataclass(frozen=True, slots=True)
class Cover:
    """What stands on the cover (封面): lines of name and value, and when it was made."""

    lines: tuple[tuple[str, str], ...]
    made: datetime


def as_csv(found: Content, codec: str) -> bytes:
    """The rows under one line of headings (RFC 4180, CRLF); no totals, they are no records."""
    text = io.StringIO(newline="")
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow([mark(one) for one in headings(found.template)])
    out.writerows([_text(cell) for cell in row] for row in found.rows)
    return text.getvalue().encode(codec)


def write_xlsx(found: Content, cover: Cover, out: BinaryIO) -> None:
    """A workbook: the cover, then the rows under merged headings, codes and days as text."""
    with tempfile.TemporaryFile() as body:
        with Workbook(body, _OPTIONS) as book:
            title = found.template.title
            book.set_properties({"title": title, "created": cover.made.replace(tzinfo=None)})
            _cover(book, title, cover)
            sheet = book.add_worksheet(sheet_name(title))
            _headings(book, sheet, found.template)
            _rows(book, sheet, found)
            _page(sheet, found.template)
        _stored(body, out)


def pack(files: Mapping[str, bytes]) -> bytes:
    """Files in one zip, in the order given: no clock, no compression, no machine in it."""
    body = io.BytesIO()
    write_pack(body, ((name, len(data), io.BytesIO(data)) for name, data in files.items()))
    return body.getvalue()


def write_pack(out: BinaryIO, files: Iterable[tuple[str, int, IO[bytes]]]) -> None:
    """The same from files that are open: name, size in bytes, what to read; piece by piece."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
        for name, size, file in files:
            info = _member(name)
            info.file_size = size
            with made.open(info, "w") as member:
                shutil.copyfileobj(file, member, _PIECE)


def members(content: bytes, names: Collection[str] | None = None) -> dict[str, bytes]:
    """The files of a zip that `pack` made, in order; only those of these names if told."""
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {
            name: opened.read(name) for name in opened.namelist() if names is None or name in names
        }


def sheet_name(title: str) -> str:
    """A title as the name of a sheet: 31 characters, none that Excel refuses."""
    plain = "".join("_" if character in "[]:*?/\\'" else character for character in title)
    return plain[:31]


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.create_system, info.external_attr = 3, 0o644 << 16
    return info


def _stored(body: BinaryIO, out: BinaryIO) -> None:
    """A workbook's zip packed anew, as `pack` does it."""
    with zipfile.ZipFile(body) as made:
        write_pack(out, _opened(made))


def _opened(made: zipfile.ZipFile) -> Iterator[tuple[str, int, IO[bytes]]]:
    for info in made.infolist():
        with made.open(info) as file:
            yield info.filename, info.file_size, file


def _cover(book: Workbook, title: str, cover: Cover) -> None:
    sheet = book.add_worksheet("封面")
    large = book.add_format({"bold": True, "font_size": 18, "align": "center", "valign": "vcenter"})
    name = book.add_format({"bold": True, "valign": "top", "border": 1})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "border": 1})
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 80)
    sheet.set_row(0, 36)
    sheet.merge_range(0, 0, 0, 1, "", large)
    sheet.write_string(0, 0, mark(title), large)
    for row, (label, value) in enumerate(cover.lines, 1):
        sheet.write_string(row, 0, label, name)
        sheet.write_string(row, 1, mark(value), text)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _headings(book: Workbook, sheet: Worksheet, template: Template) -> None:
    style = {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1}
    bold = book.add_format(style)
    for place, column in enumerate(template.columns):
        wide = max(len(part) for part in (*column.heading, column.unit))
        sheet.set_column(place, place, max(_WIDTHS.get(column.type, 16), 2.0 * wide + 2))
    for cell in heading_cells(template):
        last_row, last_column = cell.row + cell.rows - 1, cell.column + cell.columns - 1
        if (last_row, last_column) != (cell.row, cell.column):
            sheet.merge_range(cell.row, cell.column, last_row, last_column, "", bold)
        sheet.write_string(cell.row, cell.column, mark(cell.text), bold)
    sheet.freeze_panes(template.levels, 1)


def _rows(book: Workbook, sheet: Worksheet, found: Content) -> None:
    plain = [book.add_format(_style(column.type)) for column in found.template.columns]
    bold = [
        book.add_format(_style(column.type) | {"bold": True}) for column in found.template.columns
    ]
    first = found.template.levels
    for number, row in enumerate(found.rows, first):
        _row(sheet, number, row, plain)
    for number, row in enumerate(found.totals(), first + len(found.rows)):
        _row(sheet, number, row, bold)


def _row(sheet: Worksheet, number: int, row: Sequence[Cell], formats: Sequence[Format]) -> None:
    for place, cell in enumerate(row):
        if isinstance(cell, str):
            sheet.write_string(number, place, mark(cell), formats[place])
        elif cell is None:
            sheet.write_blank(number, place, None, formats[place])
        else:
            sheet.write_number(number, place, cell, formats[place])


def _style(kind: ColumnType) -> dict:
    number = "#,##0.00" if kind is ColumnType.MONEY else "General" if kind in NUMERIC else "@"
    return {"num_format": number, "valign": "top", "border": 1}


def _page(sheet: Worksheet, template: Template) -> None:
    """A4, lying where there are many columns, its headings on every page."""
    sheet.set_paper(9)
    if len(template.columns) > 6:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, template.levels - 1)
    sheet.set_footer("&C第 &P 页，共 &N 页")


def _text(cell: Cell) -> str | int | None:
    if isinstance(cell, str):
        return mark(cell)
    return f"{cell:f}" if isinstance(cell, Decimal) else cell
