"""What a table file becomes, the limits it must keep, and how it is refused."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Generic, TypeVar

from pilot.domain.errors import PilotError
from pilot.domain.problems import Problem

MAX_COLUMNS = 200
MAX_ROWS = 200_000  # of a workbook, which is read as a whole
MAX_LONG = 1_000_000  # of text, which is read row by row
MAX_CELLS = 1_000_000
MAX_CELL_LENGTH = 100_000
MAX_PROBLEMS = 100

Cell = str | int | float | date | datetime | None
Row = tuple[int, dict[str, Cell]]
Line = TypeVar("Line")


class Lines(Generic[Line]):
    """Rows that are read anew from their file each time somebody asks for them.

    So a long file is in memory row by row; a slice reads as far as it goes.
    """

    def __init__(self, read: Callable[[], Iterator[Line]], number: int) -> None:
        self._read, self._number = read, number

    def __iter__(self) -> Iterator[Line]:
        return self._read()

    def __len__(self) -> int:
        return self._number

    def __getitem__(self, some: slice) -> list[Line]:
        return list(islice(self._read(), some.start, some.stop, some.step))


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was in the file; the formula mark is undone, an empty cell is None.

    Each row carries the number that the spreadsheet program shows (the headings are row 1);
    blank rows are left out. `encoding` and `sheet` say what was read, `other_sheets` what was
    not. `date1904` must go along when a number is read as a date. `notes` are soft problems: what
    was not taken literally.
    """

    headers: tuple[str, ...]
    rows: list[Row] | Lines[Row]
    encoding: str
    sheet: str | None = None
    other_sheets: tuple[str, ...] = ()
    date1904: bool = False
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it is in the file, before anybody says where its headings are.

    `rows` are all rows in their order, the first is row 1; `even` says that every row of data must
    have as many cells as the headings (CSV). `merged` are the merged cells, as problems.
    """

    rows: list[Sequence[Cell]] | Lines[Sequence[Cell]]
    encoding: str
    even: bool = False
    merged: tuple[Problem, ...] = ()
    sheet: str | None = None
    other_sheets: tuple[str, ...] = ()
    date1904: bool = False


class FileRefused(PilotError):
    """The whole file is refused; `problems` lists everything found, at most about a hundred."""

    def __init__(self, problems: list[Problem]) -> None:
        more = f"（共 {len(problems)} 处问题）" if len(problems) > 1 else ""
        super().__init__(f"{problems[0].message}{problems[0].remedy}{more}")
        self.problems = problems


def refusal(rule: str, message: str, remedy: str, *, row: int | None = None) -> FileRefused:
    """A refusal for one reason that makes further reading pointless."""
    return FileRefused([Problem("file", rule, message, remedy, row=row)])


def too_many_rows(most: int = MAX_ROWS) -> FileRefused:
    """The refusal of a file that is longer than any real one."""
    remedy = "请删除数据以下的空白行，或拆分成几个文件。"
    if most < MAX_LONG:
        remedy = f"请另存为 CSV（可到 {MAX_LONG:,} 行），或{remedy.removeprefix('请')}"
    return refusal("row-limit", f"超过 {most:,} 行。", remedy)


def too_many_cells() -> FileRefused:
    """The refusal of a file that would take too much memory."""
    remedy = "请另存为 CSV 后再上传，或拆分成几个文件。"
    return refusal("cell-limit", f"超过 {MAX_CELLS:,} 个单元格。", remedy)


def check_width(number: int, width: int) -> None:
    """Refuse a row with more columns than any real table has."""
    if width > MAX_COLUMNS:
        raise refusal(
            "column-limit", f"超过 {MAX_COLUMNS} 列。", "请删除多余的列后再上传。", row=number
        )


def check_size(number: int, width: int, before: Sequence[object]) -> None:
    """Refuse a sheet at the limits of rows, columns and cells, before it takes more memory."""
    if number > MAX_ROWS + 1:
        raise too_many_rows()
    check_width(number, width)
    if len(before) * width > MAX_CELLS:
        raise too_many_cells()


class Findings:
    """The problems of one file, collected; refuses early when there are too many to read."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(
        self, rule: str, message: str, remedy: str, *, row: int | None, column: str | None = None
    ) -> None:
        """Note one problem. Raises FileRefused when the list is full."""
        self.problems.append(Problem("cell", rule, message, remedy, row=row, column=column))
        if len(self.problems) >= MAX_PROBLEMS:
            message = f"问题过多，只列出前 {MAX_PROBLEMS} 处。"
            last = Problem("file", "problem-limit", message, "请先改正以上问题再上传。")
            raise FileRefused([*self.problems, last])

    def check(self) -> None:
        """Raise FileRefused when anything was found."""
        if self.problems:
            raise FileRefused(self.problems)


def headings(cells: Sequence[Cell], findings: Findings) -> list[str]:
    """The names of the columns from the first row; a column without a name is an empty text.

    Two names that differ only in width, case or blanks are the same name. Raises FileRefused
    when there is no name at all or more than MAX_COLUMNS.
    """
    if len(cells) > MAX_COLUMNS:
        raise refusal("column-limit", f"超过 {MAX_COLUMNS} 列。", "请删除多余的列后再上传。", row=1)
    names = ["" if cell is None else str(cell).strip("\ufeff \t\r\n\u3000") for cell in cells]
    if not any(names):
        raise refusal(
            "header-missing", "第一行没有列名。", "请把列名放在第一行，上方不留空行。", row=1
        )
    counts = Counter(_same_name(name) for name in names if name)
    for name in dict.fromkeys(names):
        if counts[_same_name(name)] > 1:
            message = f"列名“{name}”重复。"
            findings.add("header-twice", message, "请改名或删除重复的列。", row=1, column=name)
    return names


def body(
    names: list[str],
    records: Iterable[tuple[int, Sequence[Cell]]],
    findings: Findings,
    *,
    most: int = MAX_ROWS,
) -> Iterator[Row]:
    """The rows below the headings, blank ones left out; content without a heading is a problem.

    Raises FileRefused at the row limit, and in a workbook at that of cells.
    """
    cells_so_far = 0
    for number, cells in records:
        if number > most + 1:
            raise too_many_rows(most)
        if all(_is_blank(cell) for cell in cells):
            continue
        cells_so_far += len(names)
        if most < MAX_LONG and cells_so_far - len(names) > MAX_CELLS:
            raise too_many_cells()
        _check_cells(number, names, cells, findings)
        yield number, {name: cell for name, cell in zip(names, cells, strict=False) if name}


def _check_cells(number: int, names: list[str], cells: Sequence[Cell], findings: Findings) -> None:
    """Every cell has a heading and a length that a person could have typed."""
    for position, cell in enumerate(cells):
        if cell is None:
            continue
        name = names[position] if position < len(names) else ""
        if not name and not _is_blank(cell):
            message = f"第 {number} 行第 {position + 1} 列有内容，但该列没有列名。"
            findings.add("header-missing", message, "请补上列名或清空该列。", row=number)
        if isinstance(cell, str) and len(cell) > MAX_CELL_LENGTH:
            message = f"第 {number} 行有单元格超过 {MAX_CELL_LENGTH:,} 字。"
            findings.add(
                "cell-length", message, "请缩短后再上传。", row=number, column=name or None
            )


def _is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _same_name(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
