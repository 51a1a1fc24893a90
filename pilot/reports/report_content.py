"""What a report says (报表内容): rows of a template, as text that every machine reads alike."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from pilot.domain.report_templates import ColumnType, Template, TemplateColumn
from pilot.reports import tables
from pilot.reports.cells import Cell, writer
from pilot.reports.columns import Column, Kind
from pilot.reports.report_datasets import Source
from pilot.reports.report_rows import Asked
from pilot.store import streams

NUMERIC = frozenset({ColumnType.MONEY, ColumnType.NUMBER})
_CENTS = -2  # the exponent of an amount
Cells = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """The rows of a report as cells in the template's columns, each with the unit it is about."""

    template: Template
    rows: tuple[Cells, ...]
    units: tuple[str, ...]

    def totals(self) -> list[Cells]:
        """The rows of sums: the label in the first column that is not summed up."""
        return [self._total(one.label, one.fields) for one in self.template.totals]

    def _total(self, label: str, fields: tuple[str, ...]) -> Cells:
        cells: list[Cell] = []
        for place, column in enumerate(self.template.columns):
            values = [row[place] for row in self.rows if row[place] is not None]
            cells.append(sum(values) if column.field in fields and values else None)
        free = [
            place
            for place, column in enumerate(self.template.columns)
            if column.field not in fields
        ]
        if free:
            cells[free[0]] = label
        return tuple(cells)


def filled(session: Session, template: Template, source: Source, asked: Asked) -> Content:
    """The rows that a template picks from a source, at the view and for the period asked."""
    columns = [_column(column, source) for column in template.columns]
    write = writer(columns, tables.labels(session, asked.bases))
    rows, units = [], []
    found = ({"base_id": asked.bases[0], **row} for row in source.rows(session, asked))
    while some := list(itertools.islice(found, streams.MANY)):
        rows += [tuple(map(_plain, line)) for line in write(some)]
        units += [row["unit"] for row in some]
    return Content(template, tuple(rows), tuple(units))


def dumps(found: Content) -> str:
    """The rows as JSON: the same content gives the same text, amounts as decimal text."""
    data = {
        "fields": [column.field for column in found.template.columns],
        "columns": [column.title for column in found.template.columns],
        "units": list(found.units),
        "rows": [
            [f"{cell:f}" if isinstance(cell, Decimal) else cell for cell in row]
            for row in found.rows
        ],
    }
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in data.pop("rows"))
    head = json.dumps(data, ensure_ascii=False, indent=1).removesuffix("\n}")
    return f'{head},\n "rows": [\n{lines}\n ]\n}}\n'


def loads(text: str, template: Template) -> Content:
    """The rows that `dumps` wrote for this template; ValueError, KeyError or TypeError if not."""
    data = json.loads(text)
    kinds = [column.type for column in template.columns]
    rows = tuple(
        tuple(_read(cell, kind) for cell, kind in zip(row, kinds, strict=True))
        for row in data["rows"]
    )
    units = tuple(str(unit) for unit in data["units"])
    if len(units) != len(rows):
        raise ValueError("as many units as rows")
    return Content(template, rows, units)


def _column(column: TemplateColumn, source: Source) -> Column:
    """The template's column as the writer of cells knows it.

    A word is written as its Chinese term and a code as its label, unless the type is 代码.
    """
    known = source.column(column.field)
    if column.type is ColumnType.CODE:
        return Column(column.field, column.title, Kind.CODE)
    if column.type is ColumnType.TEXT:
        if known.words or known.codes or column.codes:
            return Column(
                column.field, column.title, words=known.words, codes=column.codes or known.codes
            )
        return Column(column.field, column.title, known.kind)
    return Column(column.field, column.title, Kind(column.type.value))


def _plain(cell: Cell) -> Cell:
    """A number without the digits that only say how one database adds; money keeps its cents."""
    if not isinstance(cell, Decimal) or cell.as_tuple().exponent == _CENTS:
        return cell
    return int(cell) if cell == cell.to_integral_value() else cell.normalize()


def _read(cell: Any, kind: ColumnType) -> Cell:
    if kind in NUMERIC and isinstance(cell, str):
        return Decimal(cell)
    if cell is not None and not isinstance(cell, str | int):
        raise TypeError(f"{cell!r} is no cell")
    return cell


def headings(template: Template) -> Sequence[str]:
    """The headings in one line each, as above a CSV."""
    return [column.title for column in template.columns]
