"""The auditors of exported files find what they are there for."""

import io
from decimal import Decimal

import pytest
import xlsxwriter

from pilot.reports.columns import Column, Kind
from tests import auditing

COLUMNS = (
    Column("code", "编号", Kind.CODE),
    Column("name", "名称"),
    Column("on", "日期", Kind.DAY),
    Column("budget", "预算", Kind.MONEY),
)
GOOD = "编号,名称,日期,预算\r\n00123,甲,2026-01-05,1.50\r\n1E5,'=1,,2.00\r\n"
SUMS = {"budget": Decimal("3.50")}


def complaints(text: str, encoding: str = "utf-8", bom: bool = True) -> list[str]:
    data = (b"\xef\xbb\xbf" if bom else b"") + text.encode(encoding)
    return list(auditing.csv_complaints(data, encoding, COLUMNS, 2, SUMS))


def test_a_good_file_has_no_complaint():
    assert complaints(GOOD) == []
    assert complaints(GOOD, "gb18030", bom=False) == []


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("\r\n", "\n", "line ends"),
        ("编号,", "号,", "headings"),
        ("1E5,'=1,,2.00\r\n", "", "1 records, not 2"),
        ("甲,", "甲,乙,", "row 2: 5 fields"),
        ("'=1", "=1", "row 3, name: runs as a formula '=1'"),
        ("'=1", "\u200b＋1", "row 3, name: runs as a formula '\\u200b＋1'"),
        ("2026-01-05", "2026/1/5", "row 2, on: not the shape of its kind '2026/1/5'"),
        ("2.00", "nan", "row 3, budget: not the shape of its kind 'nan'"),
        ("2.00", "2", "row 3, budget: not the shape of its kind '2'"),
        ("2.00", "2.01", "budget adds up to 3.51, not 3.50"),
    ],
)
def test_a_seeded_fault_of_a_csv_is_found(old, new, why):
    assert why in complaints(GOOD.replace(old, new))


def test_a_missing_and_an_unwanted_byte_order_mark_are_found():
    assert complaints(GOOD, bom=False) == ["byte order mark"]


def book(write) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as workbook:
        sheet = workbook.add_worksheet()
        text = workbook.add_format({"num_format": "@"})
        sheet.write_row(0, 0, [column.heading for column in COLUMNS])
        sheet.write_string(1, 0, "00123", text)
        sheet.write_string(1, 1, "甲", text)
        sheet.write_number(1, 3, 1.5)
        write(sheet, text)
    return file.getvalue()


@pytest.mark.parametrize(
    ("write", "why"),
    [
        (lambda sheet, _: sheet.write_number(1, 0, 123), "A2, code: type n"),
        (lambda sheet, _: sheet.write_formula(1, 3, "=1+1"), "formula or link"),
        (lambda sheet, _: sheet.write_url(1, 1, "http://evil.example"), "outside link"),
        (lambda sheet, text: sheet.write_string(1, 1, "=1", text), "B2, name: runs as a formula"),
        (lambda sheet, text: sheet.write_string(1, 3, "1.5", text), "D2, budget: not a number"),
    ],
)
def test_a_seeded_fault_of_a_workbook_is_found(write, why):
    found = list(auditing.xlsx_complaints(book(write), COLUMNS, 1))
    assert any(why in one for one in found)


def test_a_good_workbook_has_no_complaint():
    assert list(auditing.xlsx_complaints(book(lambda *_: None), COLUMNS, 1)) == []
