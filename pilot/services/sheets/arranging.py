"""From a sheet as it is to a table: titles, sums and notes left out, each said; headings joined."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from pilot.domain.arrangement import Arrangement, RowKind, headings_of, row_kind
from pilot.domain.problems import Problem
from pilot.domain.readings import is_blank
from pilot.services.sheets.table import (
    MAX_LONG,
    MAX_ROWS,
    Cell,
    Findings,
    Lines,
    Row,
    Sheet,
    Table,
    body,
    headings,
)

_PLACE = re.compile(r"[A-Z]+([0-9]+)(?::[A-Z]+([0-9]+))?")
_MOST_SAID = 50  # rows left out that are named one by one


def arranged(sheet: Sheet, where: Arrangement) -> Table:
    """The table whose headings stand at `where`.

    Raises FileRefused for headings that are missing or twice, for rows of data that are merged or
    (CSV) longer or shorter than the headings, and at the limits.
    """
    findings = Findings()
    lines = sheet.rows[where.first - 1 : where.last]
    names = headings(headings_of(lines, where.levels), findings)
    left_out: list[Problem] = _above(sheet, where)

    def rows(findings: Findings, left_out: list[Problem]) -> Iterator[Row]:
        records = _data(sheet, where, len(names), findings, left_out)
        return body(names, records, findings, most=MAX_LONG if sheet.even else MAX_ROWS)

    found = rows(findings, left_out)
    if isinstance(sheet.rows, Lines):
        kept = Lines(lambda: rows(Findings(), []), sum(1 for _ in found))
    else:
        kept = list(found)
        _check_merged(sheet, kept, findings)
    findings.check()
    return Table(
        headers=tuple(name for name in names if name),
        rows=kept,
        encoding=sheet.encoding,
        sheet=sheet.sheet,
        other_sheets=sheet.other_sheets,
        date1904=sheet.date1904,
        notes=(*_few(left_out), *_other_sheets(sheet)),
    )


def _check_merged(sheet: Sheet, rows: list[Row], findings: Findings) -> None:
    taken = {number for number, _ in rows}
    for problem in sheet.merged:
        if not taken.isdisjoint(_rows_of(problem)):
            findings.add(problem.rule, problem.message, problem.remedy, row=problem.row)


def _above(sheet: Sheet, where: Arrangement) -> list[Problem]:
    """What stands above the headings, and that they stand on several lines."""
    notes = []
    for number, cells in enumerate(sheet.rows[: where.first - 1], 1):
        if text := next((str(cell) for cell in cells if not is_blank(cell)), None):
            message = f"第 {number} 行“{text[:30]}”在列名之上，按标题或说明处理，没有导入。"
            notes.append(_note("row-above", message, number))
    if where.levels > 1:
        message = f"第 {where.first} 至 {where.last} 行合并为一行列名，上下级之间用“/”连接。"
        notes.append(_note("headings-joined", message, where.first))
    return notes


def _data(
    sheet: Sheet, where: Arrangement, width: int, findings: Findings, left_out: list[Problem]
) -> Iterator[tuple[int, Sequence[Cell]]]:
    """The rows of data with their numbers; others are noted in `left_out`."""
    for number, cells in enumerate(islice(sheet.rows, where.last, None), where.last + 1):
        kind = row_kind(cells)
        if kind is RowKind.BLANK:
            continue
        if kind is not RowKind.DATA:
            text = next(str(cell) for cell in cells if not is_blank(cell))
            message = f"第 {number} 行“{text[:30]}”是{kind.label}，没有导入。"
            left_out.append(_note(f"row-{kind.value}", message, number))
        elif sheet.even and len(cells) != width:
            message = f"第 {number} 行有 {len(cells)} 列，与列名的 {width} 列不一致。"
            remedy = "内容含逗号时请用英文双引号括起来。"
            findings.add("ragged", message, remedy, row=number)
        else:
            yield number, cells


def _other_sheets(sheet: Sheet) -> list[Problem]:
    if not sheet.other_sheets:
        return []
    message = (
        f"只读取第一个工作表“{sheet.sheet}”，另有 {len(sheet.other_sheets)} 个工作表没有读取。"
    )
    return [_note("other-sheets", message, None)]


def _few(notes: list[Problem]) -> list[Problem]:
    more = len(notes) - _MOST_SAID
    if more <= 0:
        return notes
    last = _note("row-more", f"另有 {more} 行没有导入（合计行、注释行等）。", None)
    return [*notes[:_MOST_SAID], last]


def _note(rule: str, message: str, row: int | None) -> Problem:
    return Problem("file", rule, message, "如不对，请改正文件后重新上传。", hard=False, row=row)


def _rows_of(problem: Problem) -> range:
    match = _PLACE.match(problem.column or "")
    if not match:
        return range(0)
    first = int(match.group(1))
    return range(first, int(match.group(2) or first) + 1)
