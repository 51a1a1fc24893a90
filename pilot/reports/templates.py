"""Templates for import files (导入模板): headings to fill in below, notes, and the code lists."""

from collections.abc import Sequence
from typing import BinaryIO

from sqlmodel import Session
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pilot.domain.draft_fields import Lists
from pilot.domain.formula import mark
from pilot.domain.import_columns import ImportColumn, ImportKind, Reads
from pilot.store import queries_codes

NOTES, CODES = "填写说明", "代码表"
PREPARED = 2000  # rows with text cells and drop-down lists
_READS = {
    Reads.TEXT: "文字",
    Reads.DAY: "日期，如 2026-03-01 或 2026年3月1日",
    Reads.MONEY: "数字，单位万元，最多两位小数",
    Reads.NUMBER: "整数",
    Reads.YES_NO: "是 / 否",
    Reads.WORD: "从下拉列表选择",
    Reads.CODE: "代码或名称，见“代码表”",
    Reads.CODES: "代码或名称，见“代码表”",
    Reads.TEXTS: "文字",
    Reads.READINESS: "标准、版本、等级",
    Reads.NOTHING: "不读",
}
_GENERAL = (
    ("第一行", "列名不能改动；不需要的列可以整列删除，列的顺序不限。"),
    ("已有记录", "文件里没有的列保持原样；有这一列但单元格空白，表示没有内容。"),
    ("日期", "可写 2026-03-01、2026/3/1、2026.3.1、2026年3月1日，或日期格式的单元格。"),
    ("导入", "先检查，列出全部问题；没有错误才能写入，全部写入或全部不写；重复导入不会重复登记。"),
)


def write_template(session: Session, base_id: int, kind: ImportKind, file: BinaryIO) -> None:
    """Write the template of one kind of import with the code lists of a base."""
    lists = queries_codes.lists(session, base_id)
    columns = [column for column in kind.columns if column.reads is not Reads.NOTHING]
    with Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(f"{kind.label}导入")
        _headings(book, sheet, columns)
        _notes(book, columns)
        places = _code_lists(book, columns, lists)
        _choices(sheet, columns, places)


def _headings(book: Workbook, sheet: Worksheet, columns: Sequence[ImportColumn]) -> None:
    """Every cell below is text, so that codes and dates stay as they are typed."""
    text = book.add_format({"num_format": "@"})
    plain = book.add_format({"bold": True, "border": 1, "text_wrap": True})
    needed = book.add_format({"bold": True, "border": 1, "text_wrap": True, "bg_color": "#FFF2CC"})
    for number, column in enumerate(columns):
        width = max(12.0, 2.0 * len(column.heading) + 2)
        sheet.set_column(number, number, width, text)
        sheet.write_string(0, number, column.heading, needed if column.required else plain)
    sheet.freeze_panes(1, 0)


def _notes(book: Workbook, columns: Sequence[ImportColumn]) -> None:
    sheet = book.add_worksheet(NOTES)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True, "border": 1})
    for number, width in enumerate((26, 8, 34, 70)):
        sheet.set_column(number, number, width, wrapped)
    for number, heading in enumerate(("列名", "必填", "写法", "说明")):
        sheet.write_string(0, number, heading, bold)
    for row, column in enumerate(columns, 1):
        needed = "是" if column.required else ""
        cells = (column.heading, needed, _READS[column.reads], column.note)
        for number, cell in enumerate(cells):
            sheet.write_string(row, number, cell, wrapped)
    for row, (name, rule) in enumerate(_GENERAL, len(columns) + 2):
        sheet.write_string(row, 0, name, wrapped)
        sheet.write_string(row, 3, rule, wrapped)
    sheet.freeze_panes(1, 0)


def _code_lists(
    book: Workbook, columns: Sequence[ImportColumn], lists: Lists
) -> dict[str, tuple[int, int]]:
    """One pair of columns a list, code and label; where the labels of each list stand."""
    sheet = book.add_worksheet(CODES)
    bold = book.add_format({"bold": True, "border": 1})
    text = book.add_format({"num_format": "@"})
    places = {}
    for column in columns:
        if column.codes is None or column.codes in places:
            continue
        start = 2 * len(places)
        sheet.set_column(start, start, 16, text)
        sheet.set_column(start + 1, start + 1, 26, text)
        sheet.write_string(0, start, f"{column.heading}·代码", bold)
        sheet.write_string(0, start + 1, "名称", bold)
        entries = lists.get(column.codes, {})
        for row, (code, label) in enumerate(entries.items(), 1):
            sheet.write_string(row, start, mark(code), text)
            sheet.write_string(row, start + 1, mark(label), text)
        places[column.codes] = start + 1, len(entries)
    sheet.freeze_panes(1, 0)
    return places


def _choices(
    sheet: Worksheet, columns: Sequence[ImportColumn], places: dict[str, tuple[int, int]]
) -> None:
    """Drop-down lists, which suggest and never forbid: a code may be typed instead."""
    for number, column in enumerate(columns):
        if column.reads is Reads.YES_NO:
            source: object = ["是", "否"]
        elif column.words is not None:
            source = [word.label for word in column.words]
        elif column.reads is Reads.CODE and places[column.codes][1]:
            place, entries = places[column.codes]
            letters = _letters(place)
            source = f"='{CODES}'!${letters}$2:${letters}${entries + 1}"
        else:
            continue
        choice = {"validate": "list", "source": source, "show_error": False}
        sheet.data_validation(1, number, PREPARED, number, choice)


def _letters(number: int) -> str:
    """The letters of a column, A for 0."""
    head, last = divmod(number, 26)
    return (_letters(head - 1) if head else "") + chr(65 + last)
