"""From the cells of a file to plain values; every cell that can't be read is a problem."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pilot.domain.draft_fields import Lists
from pilot.domain.import_columns import (
    SEPARATORS,
    ImportColumn,
    ImportKind,
    Reads,
    heading_key,
)
from pilot.domain.parsing import (
    ParseError,
    clean_text,
    parse_bool,
    parse_int,
)
from pilot.domain.problems import Problem
from pilot.domain.readings import (
    half_width,
    is_blank,
    read_amount,
    read_day,
    stands_for_nothing,
    unit_of_heading,
)
from pilot.services.sheets import Cell, Table

_READINESS = re.compile(r"(.+?)(?: ([0-9]{4}))? ([0-9]{1,2}) ?级?")
_SHOWN = 12
_RECORD_CODES = frozenset({"code", "parent", "package"})  # written by the system, half-width


@dataclass(frozen=True, slots=True)
class Layout:
    """Which heading of a file is which column, and what is wrong with the headings."""

    columns: dict[str, ImportColumn]
    problems: tuple[Problem, ...]


def layout(
    kind: ImportKind, table: Table, mapping: Mapping[str, str | None] | None = None
) -> Layout:
    """Match the headings of a file with the catalogue; unknown and missing ones are problems.

    A confirmed `mapping` (normalised heading → key of a column, None for one that is not imported)
    decides alone; without one only names and aliases of the catalogue are known.
    """
    known = _known(kind, mapping)
    columns: dict[str, ImportColumn] = {}
    problems = []
    for heading in table.headers:
        place = heading_key(heading)
        column = known.get(place)
        if column is None and place in known:
            problems.append(_passed_over(heading))
        elif column is None:
            problems.append(_unknown(heading, kind))
        elif column in columns.values():
            problems.append(_twice(heading, column))
        else:
            columns[heading] = column
    for column in kind.columns:
        if column.required and column not in columns.values():
            problems.append(_missing(column))
    return Layout(columns, tuple(problems))


def _known(
    kind: ImportKind, mapping: Mapping[str, str | None] | None
) -> dict[str, ImportColumn | None]:
    if mapping is None:
        return {name: column for column in kind.columns for name in column.names}
    by_key = {column.key: column for column in kind.columns}
    return {place: by_key.get(key) for place, key in mapping.items()}


def read_row(
    cells: Mapping[str, Cell], columns: Mapping[str, ImportColumn], lists: Lists, table: Table
) -> tuple[dict[str, Any], list[Problem]]:
    """The values of a row by column key (None for a blank), and the cells that can't be read.

    A cell that was not read literally leaves a soft problem.
    """
    values: dict[str, Any] = {}
    problems = []
    for heading, column in columns.items():
        try:
            values[column.key], said = _read(column, heading, cells.get(heading), lists, table)
        except ParseError as error:
            message = f"{column.heading}：{error.message}"
            problems.append(Problem(column.key, f"read-{column.reads}", message, error.remedy))
        else:
            if said:
                problems.append(_loosely(column, said))
    return values, problems


def _read(
    column: ImportColumn, heading: str, cell: Cell, lists: Lists, table: Table
) -> tuple[Any, str | None]:
    """The value and, where it is not what literally stands there, a sentence."""
    if is_blank(cell):
        return None, None
    try:
        if column.reads is Reads.DAY:
            return read_day(cell, date1904=table.date1904)
        if column.reads is Reads.MONEY:
            return read_amount(cell, unit_of_heading(heading))
        if column.reads in _PLAIN:
            return _PLAIN[column.reads](cell), None
        return _read_text(column, clean_text(cell, column.longest), lists)
    except ParseError:
        if not stands_for_nothing(cell):
            raise
        return None, f"“{cell.strip()}”按空白读取。"


def _read_text(column: ImportColumn, text: str | None, lists: Lists) -> tuple[Any, str | None]:
    if text is None:
        return None, None
    if column.key in _RECORD_CODES:
        return half_width(text)
    return (_OF_TEXT[column.reads](column, text, lists) if column.reads in _OF_TEXT else text), None


def _loosely(column: ImportColumn, said: str) -> Problem:
    remedy = "如不对，请改正该单元格。"
    return Problem(column.key, "read-loosely", f"{column.heading}：{said}", remedy, hard=False)


def _word(column: ImportColumn, text: str, _lists: Lists) -> Any:
    for word in column.words:
        if _same(text) in (_same(word.label), _same(word.value)):
            return word
    raise ParseError(f"“{text}”不是可选的值。", f"可填：{_some(w.label for w in column.words)}。")


def _code(column: ImportColumn, text: str, lists: Lists) -> str:
    """By code, else by label where only one code has it."""
    known = lists.get(column.codes, {})
    if text in known:
        return text
    found = [code for code, label in known.items() if _same(label) == _same(text)]
    if len(found) == 1:
        return found[0]
    if found:
        raise ParseError(f"“{text}”有多个代码。", f"请改填代码：{_some(found)}。")
    raise ParseError(f"“{text}”不在代码表中。", f"可填：{_some(known.values())}。")


def _codes(column: ImportColumn, text: str, lists: Lists) -> tuple[str, ...]:
    return tuple(sorted(_code(column, part, lists) for part in _parts(text)))


def _texts(_column: ImportColumn, text: str, _lists: Lists) -> tuple[str, ...]:
    return tuple(_parts(text))


def _readiness(_column: ImportColumn, text: str, _lists: Lists) -> tuple[str, str | None, int]:
    match = _READINESS.fullmatch(" ".join(unicodedata.normalize("NFKC", text).split()))
    if not match:
        raise ParseError(f"“{text}”读不出标准、版本和等级。", "请写成：GB/T 37264 2018 6级。")
    scheme, version, level = match.groups()
    return scheme, version, int(level)


def _nothing(_column: ImportColumn, _text: str, _lists: Lists) -> None:
    return None


def _parts(text: str) -> list[str]:
    return [part.strip() for part in SEPARATORS.split(text) if part.strip()]


def _same(text: str) -> str:
    return heading_key(text)


def _some(words: Sequence[str]) -> str:
    listed = list(words)
    more = f"等 {len(listed)} 项" if len(listed) > _SHOWN else ""
    return "、".join(listed[:_SHOWN]) + more


def _unknown(heading: str, kind: ImportKind) -> Problem:
    message = f"列名“{heading}”不是{kind.label}导入的列。"
    remedy = "请改成模板中的列名；不需要导入的列请删除。"
    return Problem("header", "header-unknown", message, remedy, row=1, column=heading)


def _passed_over(heading: str) -> Problem:
    message = f"列“{heading}”按确认的列名对应不导入。"
    remedy = "如需导入，请修改该来源的列名对应。"
    return Problem("header", "header-passed-over", message, remedy, hard=False, column=heading)


def _twice(heading: str, column: ImportColumn) -> Problem:
    message = f"列名“{heading}”和另一列都是“{column.heading}”。"
    return Problem("header", "header-twice", message, "请只保留一列。", row=1, column=heading)


def _missing(column: ImportColumn) -> Problem:
    message = f"缺少必需的列“{column.heading}”。"
    remedy = "请补上该列；可先下载模板。"
    return Problem("header", "header-missing", message, remedy, row=1, column=column.heading)


_PLAIN: dict[Reads, Callable[[Cell], Any]] = {
    Reads.NUMBER: parse_int,
    Reads.YES_NO: parse_bool,
}
_OF_TEXT: dict[Reads, Callable[[ImportColumn, str, Lists], Any]] = {
    Reads.WORD: _word,
    Reads.CODE: _code,
    Reads.CODES: _codes,
    Reads.TEXTS: _texts,
    Reads.READINESS: _readiness,
    Reads.NOTHING: _nothing,
}
