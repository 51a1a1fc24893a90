"""How a stored value is written for people: one writer for pages and every kind of file."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pilot.domain.moment import SHANGHAI
from pilot.reports.columns import Column, Kind

Cell = str | Decimal | int | None
Labels = Mapping[int, Mapping[str, Mapping[str, str]]]  # base → list name → code → label

CENT = Decimal("0.01")
_BETWEEN = "、"


def writer(columns: Sequence[Column], labels: Labels) -> Callable[[Mapping[str, Any]], list[Cell]]:
    """A function from a row of a statement to the cells of these columns.

    Days and instants are ISO (instants with +08:00), money has exactly two decimals, words and
    codes of a code list become their Chinese terms, yes and no 是 and 否; nothing stays None.
    """

    def written(row: Mapping[str, Any]) -> list[Cell]:
        lists = labels.get(row.get("base_id"), {})
        return [_cell(column, row.get(column.key), lists) for column in columns]

    return written


def _cell(column: Column, value: Any, lists: Mapping[str, Mapping[str, str]]) -> Cell:
    if value is None or value == "":
        return None
    if column.words is not None:
        return column.words(value).label
    if column.codes is not None:
        known = lists.get(column.codes, {})
        return _BETWEEN.join(known.get(code, code) for code in str(value).split(_BETWEEN))
    return _BY_KIND[column.kind](value)


def _instant(value: datetime) -> str:
    return value.astimezone(SHANGHAI).isoformat(timespec="seconds")


def _day(value: date) -> str:
    return value.isoformat()


def _money(value: Decimal) -> Decimal:
    return value.quantize(CENT)


def _number(value: Any) -> Cell:
    return value if isinstance(value, int | Decimal) else str(value)


def _yes_no(value: bool) -> str:
    return "是" if value else "否"


_BY_KIND: dict[Kind, Callable[[Any], Cell]] = {
    Kind.TEXT: str,
    Kind.CODE: str,
    Kind.DAY: _day,
    Kind.INSTANT: _instant,
    Kind.MONEY: _money,
    Kind.NUMBER: _number,
    Kind.YES_NO: _yes_no,
}
