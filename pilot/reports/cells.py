"""How a stored value is written for people: one writer for pages and every kind of file."""

import functools
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from pilot.domain.moment import SHANGHAI
from pilot.reports.columns import Column, Kind

Cell = str | Decimal | int | None
Labels = Mapping[int, Mapping[str, Mapping[str, str]]]  # base → list name → code → label
Rows = Iterable[Mapping[str, Any]]
Write = Callable[[Any], Cell]

CENT = Decimal("0.01")
_BETWEEN = "、"


def writer(columns: Sequence[Column], labels: Labels) -> Callable[[Rows], list[tuple[Cell, ...]]]:
    """A function from rows of a statement to their cells of these columns, in the same order.

    Days and instants are ISO (instants with +08:00), money has exactly two decimals, words and
    codes of a code list become their Chinese terms, yes and no 是 and 否; nothing stays None.
    It writes column by column: the more rows it gets at once, the quicker.
    """

    @functools.cache
    def of_base(base: int | None) -> list[tuple[str, Write]]:
        lists = labels.get(base, {})
        return [(column.key, _writer(column, lists)) for column in columns]

    def written(rows: Rows) -> list[tuple[Cell, ...]]:
        lines = []
        for base, some in itertools.groupby(rows, key=_base):
            own = list(some)
            lines += zip(*[_column(own, key, write) for key, write in of_base(base)], strict=True)
        return lines

    return written


def _base(row: Mapping[str, Any]) -> int | None:
    return row.get("base_id")


def _column(rows: Sequence[Mapping[str, Any]], key: str, write: Write) -> list[Cell]:
    values = [row.get(key) for row in rows]
    return [None if value is None or value == "" else write(value) for value in values]


def _writer(column: Column, lists: Mapping[str, Mapping[str, str]]) -> Write:
    """How the values of one column are written, for one base."""
    if column.words is not None:
        return {word.value: word.label for word in column.words}.__getitem__
    if column.codes is None:
        return _BY_KIND[column.kind]
    known = lists.get(column.codes, {})

    @functools.cache
    def label(value: str) -> str:
        return _BETWEEN.join(known.get(code, code) for code in value.split(_BETWEEN))

    return label


def _instant(value: datetime) -> str:
    return value.astimezone(SHANGHAI).isoformat(timespec="seconds")


def _money(value: Decimal) -> Decimal:
    return value.quantize(CENT)


def _number(value: Any) -> Cell:
    return value if isinstance(value, int | Decimal) else str(value)


def _yes_no(value: bool) -> str:
    return "是" if value else "否"


_BY_KIND: dict[Kind, Write] = {
    Kind.TEXT: str,
    Kind.CODE: str,
    Kind.DAY: str,  # a day, or its text as it was stored
    Kind.INSTANT: _instant,
    Kind.MONEY: _money,
    Kind.NUMBER: _number,
    Kind.YES_NO: _yes_no,
}
