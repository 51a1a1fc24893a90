"""Checks between tables (勾稽关系): two figures that a receiver will hold against each other.

A check is data, an equation of figures:

    R1.sum(counted; indicator_code=M3; scope=全市) = R3.distinct(result_code; standing=计入)
    R1.sum(counted; code=M1) = R1@previous.sum(counted; code=M1) + R1.sum(month; code=M1)

A figure names a table, what it does with a column (`sum`, `count`, `distinct`) and which rows;
`@previous` is the report of the period before in the same year, `@filed` the same period as it
was frozen. A missing previous report is 0 in the first period of a year and else “unknown”.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pilot.domain.errors import Invalid
from pilot.domain.parsing import ParseError, parse_decimal

HERE, PREVIOUS, FILED = "", "previous", "filed"
_FIGURE = re.compile(
    r"(?P<table>\w+)(?:@(?P<when>previous|filed))?"
    r"\.(?P<how>sum|count|distinct)\((?P<column>\w*)(?P<where>(?:;[^;()]*)*)\)"
)
_BETWEEN = "、"

Row = Mapping[str, Any]
Find = Callable[[str, str], Sequence[Row] | None]  # table, when → its rows; None: no such report


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a table: the sum or the number of the rows that are meant."""

    table: str
    when: str
    how: str
    column: str
    where: tuple[tuple[str, tuple[str, ...]], ...]

    def rows(self, rows: Sequence[Row]) -> list[Row]:
        """The rows that are meant."""
        return [
            row
            for row in rows
            if all(str(_blank(row.get(column))) in values for column, values in self.where)
        ]

    def value(self, rows: Sequence[Row]) -> Decimal:
        """The number; a cell that is no number counts nothing, its own rule speaks of it."""
        meant = self.rows(rows)
        if self.how == "count":
            return Decimal(len(meant))
        if self.how == "distinct":
            return Decimal(len({row.get(self.column) for row in meant}))
        return sum((_number(row.get(self.column)) for row in meant), Decimal(0))


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """An equation between tables; `key` names the rows that differ, `left=right` if the two sides
    call their column differently."""

    code: str
    template: str
    text: str
    left: tuple[Figure, ...]
    right: tuple[Figure, ...]
    key: str = ""
    hard: bool = True
    remedy: str = ""
    source: str = ""
    year_from: int = 2000
    year_to: int = 9999


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an equation came out: the two numbers, and the rows that only one side has.

    `left` or `right` is None where a table could not be had; then nothing is said to differ.
    """

    check: CrossCheck
    left: Decimal | None
    right: Decimal | None
    only_left: tuple[str, ...] = ()
    only_right: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether both sides have a number."""
        return self.left is not None and self.right is not None

    @property
    def agrees(self) -> bool:
        """Whether the two numbers are equal; an unknown one disagrees with nothing."""
        return not self.known or self.left == self.right

    @property
    def key(self) -> str:
        """What an explanation of this difference is about: other numbers want another word."""
        return f"{self.check.code}/{self.left}≠{self.right}"


def parse_check(text: str) -> tuple[tuple[Figure, ...], tuple[Figure, ...]]:
    """The two sides of an equation; Invalid with what cannot be read."""
    sides = re.split(r"(?<=\)) *= *", text.strip())  # a condition's “=” follows no bracket
    if len(sides) != 2:
        raise Invalid("equation", "勾稽关系应写成“左边 = 右边”。")
    return _side(sides[0]), _side(sides[1])


def check(each: CrossCheck, find: Find) -> Outcome:
    """How one equation comes out; `find` gives the rows of a table."""
    left, left_rows = _total(each.left, find)
    right, right_rows = _total(each.right, find)
    if left is None or right is None or left == right or not each.key:
        return Outcome(each, left, right)
    name, _, other = each.key.partition("=")
    ours = {str(row[name]) for row in left_rows if row.get(name)}
    theirs = {str(row[other or name]) for row in right_rows if row.get(other or name)}
    return Outcome(each, left, right, tuple(sorted(ours - theirs)), tuple(sorted(theirs - ours)))


def _side(text: str) -> tuple[Figure, ...]:
    return tuple(_figure(part.strip()) for part in text.split("+"))


def _figure(text: str) -> Figure:
    match = _FIGURE.fullmatch(text)
    if match is None or (match["how"] != "count" and not match["column"]):
        raise Invalid("equation", f"“{text[:60]}”看不懂；例如 R3.sum(amount; standing=计入)。")
    parts = [part.strip() for part in match["where"].split(";") if part.strip()]
    if any("=" not in part for part in parts):
        raise Invalid("equation", f"“{text[:60]}”的条件应写成“列=值”。")
    pairs = (part.partition("=") for part in parts)
    where = tuple((name.strip(), tuple(value.strip().split(_BETWEEN))) for name, _, value in pairs)
    return Figure(match["table"], match["when"] or HERE, match["how"], match["column"], where)


def _total(figures: Sequence[Figure], find: Find) -> tuple[Decimal | None, list[Row]]:
    total, rows = Decimal(0), []
    for figure in figures:
        found = find(figure.table, figure.when)
        if found is None:
            return None, []
        total += figure.value(found)
        rows += figure.rows(found)
    return total, rows


def _number(value: Any) -> Decimal:
    try:
        return parse_decimal(value) if value not in (None, "") else Decimal(0)
    except ParseError:
        return Decimal(0)


def _blank(value: Any) -> Any:
    return "" if value is None else value
