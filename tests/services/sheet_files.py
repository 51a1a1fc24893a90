"""Table files for tests, and how they are refused."""

import io
import zipfile

import pytest
import xlsxwriter

from pilot.services.sheets import FileRefused, read_table


def refused(data: bytes | str, filename: str = "项目.csv") -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read_table(data.encode() if isinstance(data, str) else data, filename)
    return caught.value


def rules(refusal: FileRefused) -> list[str]:
    return [problem.rule for problem in refusal.problems]


def problems(data: bytes, filename: str) -> list | None:
    """What the file is refused for, None when it is read."""
    try:
        read_table(data, filename)
    except FileRefused as refusal:
        return refusal.problems
    return None


def workbook(*rows, fill=None, **options) -> bytes:
    """An .xlsx as a spreadsheet program writes it; `fill(book, sheet)` adds what rows cannot."""
    stream = io.BytesIO()
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, settings | options) as book:
        sheet = book.add_worksheet("项目")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if fill:
            fill(book, sheet)
    return stream.getvalue()


def repacked(data: bytes, changes: dict[str, bytes], *extra: tuple[str, bytes]) -> bytes:
    """The same workbook with some parts replaced and others put in."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, old.read(name)))
        for name, content in extra:
            new.writestr(name, content)
    return stream.getvalue()


def sheet_xml(rows: str, dimension: str = "A1:B2") -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{main}">'
        f'<dimension ref="{dimension}"/><sheetData>{rows}</sheetData></worksheet>'
    ).encode()


def with_sheet(rows: str, dimension: str = "A1:B2") -> bytes:
    """A workbook whose sheet is written by hand."""
    return repacked(workbook(["a"]), {"xl/worksheets/sheet1.xml": sheet_xml(rows, dimension)})


def inline(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'
