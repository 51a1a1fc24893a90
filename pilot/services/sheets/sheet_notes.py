"""What is wrong with one sheet that the spreadsheet library would pass over in silence.

Formulas without a value, error values, merged and hidden cells, rows and cells out of order or
beyond the limits. A sheet that is not read may have them; so they are noted, not raised (but for
a number of cells that no reader should walk through).
"""

import re
from collections.abc import Callable

from pilot.domain.problems import Problem
from pilot.services.sheets.table import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_PROBLEMS,
    MAX_ROWS,
    too_many_cells,
)

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main "
ROW = MAIN + "row"
_TRUE = ("1", "true")
_MERGED = re.compile(r"[A-Z]+([0-9]{1,7})(?::|$)")


def _letters(number: int) -> str:
    """The letters of a column, A for 1."""
    head, last = divmod(number - 1, 26)
    return (_letters(head) if head else "") + chr(65 + last)


_NUMBERS = {_letters(number): number for number in range(1, MAX_COLUMNS + 1)}


class SheetNotes:
    """A reader of the start and end tags of a sheet, in their order; `finish` gives the list."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.starts: dict[str, Callable[[dict[str, str]], None]] = {
            ROW: self._row,
            MAIN + "c": self._cell,
            MAIN + "f": self._formula,
            MAIN + "v": self._value,
            MAIN + "is": self._value,
            MAIN + "mergeCell": self._merged,
            MAIN + "col": self._column,
        }
        self.ends: dict[str, Callable[[], None]] = {
            MAIN + "v": self._value_end,
            MAIN + "c": self._cell_end,
        }
        self._once: set[str] = set()
        self._hidden_columns: list[int] = []
        self._row_number = self._all_cells = self._cells = self._position = self._widest = 0
        self._row_hidden = self._is_text = self._has_formula = self._has_value = False
        self._in_value = False

    def finish(self) -> list[Problem]:
        """All problems of the sheet, at most MAX_PROBLEMS."""
        for number in self._hidden_columns:
            if number <= self._widest:
                column = _letters(number)
                message = f"从 {column} 列开始有隐藏的列。"
                self._note("hidden", message, "请取消隐藏，核对内容后再上传。", None, column)
        return self.problems

    def text(self, _: str) -> None:
        """Some characters; only those of a value matter."""
        if self._in_value:
            self._has_value = True

    def _row(self, attributes: dict[str, str]) -> None:
        number = int(attributes.get("r", self._row_number + 1))
        if number <= self._row_number:
            self._note_once("order", f"第 {number} 行在文件中的顺序不正常。", _SAVE_AGAIN)
        if number > MAX_ROWS + 1:
            message = f"超过 {MAX_ROWS:,} 行。"
            self._note_once("row-limit", message, "请删除数据以下的空白行，或拆分成几个文件。")
        self._row_number, self._cells, self._position = number, 0, 0
        self._row_hidden = attributes.get("hidden") in _TRUE

    def _cell(self, attributes: dict[str, str]) -> None:
        letters = attributes.get("r", "").rstrip("0123456789")
        position = _NUMBERS.get(letters, MAX_COLUMNS + 1) if letters else self._position + 1
        self._cells += 1
        self._all_cells += 1
        if self._all_cells > MAX_CELLS:
            raise too_many_cells()
        if position > MAX_COLUMNS or self._cells > MAX_COLUMNS:
            message = f"超过 {MAX_COLUMNS} 列。"
            self._note_once("column-limit", message, "请删除右侧多余的列（包括只有格式的列）。")
        elif position <= self._position:
            message = f"第 {self._row_number} 行的单元格顺序不正常。"
            self._note_once("order", message, _SAVE_AGAIN)
        self._position = position
        self._has_formula = self._has_value = False
        kind = attributes.get("t")
        self._is_text = kind == "str"  # of a formula, which may well be an empty text
        if kind == "e":
            self._note_cell("error-value", "是公式错误值", "请改正公式或填写数值。")

    def _formula(self, _: dict[str, str]) -> None:
        self._has_formula = True

    def _value(self, _: dict[str, str]) -> None:
        self._in_value = True
        self._has_value = self._is_text
        if self._position > self._widest:
            self._widest = self._position
        if self._row_hidden:
            message = f"第 {self._row_number} 行是隐藏的。"
            remedy = "请取消隐藏和筛选，核对内容后再上传。"
            self._note("hidden", message, remedy, self._row_number, None)
            self._row_hidden = False

    def _value_end(self) -> None:
        self._in_value = False

    def _cell_end(self) -> None:
        if self._has_formula and not self._has_value:
            self._note_cell(
                "formula-value", "是公式但没有计算结果", "请在表格软件中打开并保存，或粘贴为数值。"
            )

    def _merged(self, attributes: dict[str, str]) -> None:
        """A merged heading has no one column, a merged value no one row."""
        place = attributes.get("ref", "")[:32]
        match = _MERGED.match(place)
        row = int(match.group(1)) if match else None
        message = f"{'列名' if row == 1 else ''} {place} 是合并单元格。".lstrip()
        self._note("merged", message, "请取消合并，在每个单元格中分别填写。", row, place)

    def _column(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in _TRUE and len(self._hidden_columns) < MAX_PROBLEMS:
            self._hidden_columns.append(int(attributes.get("min", 1)))

    def _note_cell(self, rule: str, what: str, remedy: str) -> None:
        column = _letters(self._position)
        message = f"{column}{self._row_number} {what}。"
        self._note(rule, message, remedy, self._row_number, column)

    def _note_once(self, rule: str, message: str, remedy: str) -> None:
        if rule not in self._once:
            self._once.add(rule)
            self._note(rule, message, remedy, self._row_number, None)

    def _note(
        self, rule: str, message: str, remedy: str, row: int | None, column: str | None
    ) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem("cell", rule, message, remedy, row=row, column=column))


_SAVE_AGAIN = "请在表格软件中打开，另存为 .xlsx 后再上传。"
