"""How a stored value is written for people: one writer for pages and every kind of file."""

import functools
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pilot.domain.moment import SHANGHAI
from pilot.reports.columns import Column, Kind

Cell = str | Decimal | int | None
Labels = Mapping[int, Mapping[str, Mapping[str, str]]]  # base → list name → code → label
Write = Callable[[Any], Cell]

CENT = Decimal("0.01")
_BETWEEN = "、"


def writer(columns: Sequence[Column], labels: Labels) -> Callable[[Mapping[str, Any]], list[Cell]]:
    """A function from a row of a statement to the cells of these columns.

    Days and instants are ISO (instants with +08:00), money has exactly two decimals, words and
    codes of a code list become their Chinese terms, yes and no 是 and 否; nothing stays None.
    """

    @functools.cache
    def of_base(base: int | None) -> list[tuple[str, Write]]:
        lists = labels.get(base, {})
        return [(column.key, _writer(column, lists)) for column in columns]

    def written(row: Mapping[str, Any]) -> list[Cell]:
        cells = []
        for key, write in of_base(row.get("base_id")):
            value = row.get(key)
            cells.append(None if value is None or value == "" else write(value))
        return cells

    return written


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
    Kind.DAY: date.isoformat,
    Kind.INSTANT: _instant,
    Kind.MONEY: _money,
    Kind.NUMBER: _number,
    Kind.YES_NO: _yes_no,
}
