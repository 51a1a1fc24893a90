"""Files of the lists (报表导出): the same rows as on the page, as CSV or XLSX, and what they are.

A table file holds one heading row and the rows, nothing else. What it is about (year, the two
times, definition versions, anchors of the journal, number of rows) stands in its name, in a second
file of metadata and, in a workbook, on a sheet of its own.
"""

import csv
import hashlib
import io
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO
from urllib.parse import urlencode

import pandas as pd
from sqlmodel import Session

from pilot.domain.formula import mark
from pilot.domain.moment import SHANGHAI, Moment
from pilot.domain.people import Actor
from pilot.domain.vocabulary import Term
from pilot.reports import tables
from pilot.reports.cells import Cell
from pilot.reports.columns import Column, Kind
from pilot.reports.tables import Chosen, Table
from pilot.reports.workbook import write_workbook
from pilot.services.reads import read
from pilot.store import journal_reading, queries_bases, queries_goals
from pilot.store.models import Base

_OURS = frozenset({Kind.DAY, Kind.INSTANT, Kind.YES_NO})  # written by us, as no formula is


class Encoding(Term):
    """How a CSV is encoded (编码)."""

    UTF8 = "utf-8", "UTF-8（带 BOM）"
    GB18030 = "gb18030", "GB18030"

    @property
    def codec(self) -> str:
        """The name Python knows it by; UTF-8 begins with its byte order mark."""
        return "utf-8-sig" if self is Encoding.UTF8 else self.value


class Format(Term):
    """What kind of file (格式); the ending of its name."""

    XLSX = "xlsx", "Excel 工作簿（.xlsx）"
    CSV = "csv", "CSV（.csv）"


@dataclass(frozen=True, slots=True)
class Export:
    """What a reader asked for and may have: a list, its view, its filters, the bases seen."""

    table: Table
    view: Moment
    chosen: Chosen
    bases: tuple[Base, ...]

    @property
    def base_ids(self) -> tuple[int, ...]:
        """The ids of the bases."""
        return tuple(base.id for base in self.bases)

    @property
    def place(self) -> tuple[tuple[int, ...], Moment, Chosen]:
        """Where its rows come from."""
        return self.base_ids, self.view, self.chosen

    @property
    def stem(self) -> str:
        """The file's name without its ending: list, year and the two times."""
        view = self.view
        days = f"截至{view.as_of.isoformat()}_知悉{view.known_on.isoformat()}"
        scope = f"_{self.chosen.scope.label}" if self.chosen.scope else ""
        return f"{self.table.title}_{view.year}年{scope}_{days}"


@read("report.export")
def asked(
    session: Session, actor: Actor, name: str, view: Moment, chosen: Chosen = tables.EVERYTHING
) -> Export:
    """The export an actor asks for; NotAllowed without the right, NotFound without the list."""
    bases = tuple(queries_bases.visible(session, actor))
    return Export(tables.table_named(name), view, chosen, bases)


def address(export: Export, kind: str, encoding: Encoding = Encoding.UTF8) -> str:
    """Where the file is downloaded (`kind` csv, xlsx or json for the metadata), on this server.

    A view of today asks for what is known when the download begins.
    """
    view, chosen = export.view, export.chosen
    known = {"known": view.known_on.isoformat()} if not view.live else {}
    query = {"year": view.year, "as_of": view.as_of.isoformat(), **known}
    for name in ("scope", "indicator", "standing"):
        if word := getattr(chosen, name):
            query[name] = word.value
    if kind != Format.XLSX:
        query["encoding"] = encoding.value
    return f"/export/{export.table.name}.{kind}?{urlencode(query)}"


def preview(session: Session, export: Export, limit: int = 20) -> tuple[pd.DataFrame, dict]:
    """The first rows as they will stand in the file, and its metadata."""
    rows, number = beginning(session, export.table.name, *export.place, limit)
    return rows, metadata(session, export, number)


def beginning(
    session: Session, name: str, bases: tuple[int, ...], view: Moment, chosen: Chosen, limit: int
) -> tuple[pd.DataFrame, int]:
    """The first rows of a list as a file writes them, and how many there are."""
    place = tables.table_named(name), bases, view, chosen
    return tables.frame(session, *place, limit=limit), tables.count(session, *place)


def write_csv(session: Session, export: Export, file: BinaryIO, encoding: Encoding) -> dict:
    """Write the list as CSV (RFC 4180, CRLF); returns its metadata with its SHA-256.

    A text that a spreadsheet would run carries the formula mark.
    """
    hashed = _Hashed(file)
    text = io.TextIOWrapper(hashed, encoding.codec, newline="")
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow([column.heading for column in export.table.columns])
    number = 0
    for rows in tables.chunks(session, export.table, *export.place):
        cells = zip(*rows, strict=True)
        out.writerows(zip(*map(_texts, export.table.columns, cells), strict=True))
        number += len(rows)
    text.flush()
    text.detach()
    about = {"编码": encoding.label, "SHA-256": hashed.digest.hexdigest()}
    return metadata(session, export, number) | about


def write_xlsx(session: Session, export: Export, file: BinaryIO) -> dict:
    """Write the list as a workbook with a sheet 说明; returns its metadata."""
    rows = tables.rows(session, export.table, *export.place)
    number = write_workbook(
        file,
        export.table,
        rows,
        lambda number: shown(metadata(session, export, number)),
        export.view.known_at,
    )
    return metadata(session, export, number)


def csv_metadata(session: Session, export: Export, encoding: Encoding) -> dict:
    """The metadata of the CSV as `write_csv` would write it, its SHA-256 included."""
    with open(os.devnull, "wb") as nowhere:
        return write_csv(session, export, nowhere, encoding)


def metadata(session: Session, export: Export, number: int) -> dict:
    """What a file of this export is: names, times, definition versions, anchors, number of rows."""
    view = export.view
    known = view.known_at.astimezone(SHANGHAI).isoformat(timespec="microseconds")
    return {
        "表名": export.table.title,
        "基地": [base.name for base in export.bases],
        "年度": view.year,
        "截至日期": view.as_of.isoformat(),
        "知悉日期": view.known_on.isoformat(),
        "知悉时刻": known,
        "筛选条件": _conditions(export.chosen),
        "口径版本": definition_versions(session, export.bases, view),
        "日志锚": anchors(session, export.bases, view),
        "行数": number,
        "列名": [column.heading for column in export.table.columns],
    }


def as_json(about: dict) -> bytes:
    """Metadata as a file of its own."""
    return (json.dumps(about, ensure_ascii=False, indent=2) + "\n").encode()


def shown(about: dict) -> list[tuple[str, str]]:
    """Metadata as lines of a sheet or a page, without the columns' names and what is empty."""
    return [
        (key, "；".join(value) if isinstance(value, list) else str(value))
        for key, value in about.items()
        if key != "列名" and value != []
    ]


def definition_versions(session: Session, bases: Sequence[Base], view: Moment) -> list[str]:
    """The definitions (口径) that hold in the view's year, as known then."""
    found = []
    for base in bases:
        prefix = f"{base.name} " if len(bases) > 1 else ""
        for row, _approver in queries_goals.versions(session, base.id, view):
            known = row.superseded_at is None or row.superseded_at > view.known_at
            if known and row.valid_from.year <= view.year <= row.valid_to.year:
                found.append(f"{prefix}{row.indicator.value} 第 {row.version} 版")
    return found


def anchors(session: Session, bases: Sequence[Base], view: Moment) -> list[str]:
    """Where the bases' journals stood at the view's knowledge time (日志锚).

    A printed or sent file carries them off the machine; `pilot verify --anchor` holds them
    against the journal.
    """
    found = (journal_reading.anchor(session, base, view.known_at) for base in bases)
    return [str(anchor) for anchor in found if anchor]


class _Hashed(io.BufferedIOBase):
    """A file that knows the SHA-256 of what was written to it."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: bytes) -> int:
        """Pass the bytes on."""
        self.digest.update(data)
        self.file.write(data)
        return len(data)


def _texts(column: Column, cells: Sequence[Cell]) -> Sequence[str | int | None]:
    """A column of a CSV. Only what people wrote may need the mark, and not if a letter or a digit
    begins it: nearly all."""
    if column.words or column.kind in _OURS:
        return cells
    return [cell if isinstance(cell, str) and cell[:1].isalnum() else _text(cell) for cell in cells]


def _text(cell: Cell) -> str | int | None:
    """A number is written as it is; a text gets the mark where it needs one."""
    if isinstance(cell, str):
        return mark(cell)
    return f"{cell:f}" if isinstance(cell, Decimal) else cell


def _conditions(chosen: Chosen) -> list[str]:
    parts = (
        ("查找", [chosen.text] if chosen.text else []),
        ("阶段", [one.label for one in chosen.stages]),
        ("状态", [one.label for one in chosen.states]),
        ("技术领域", list(chosen.fields)),
        ("区划", list(chosen.areas)),
        ("统计范围", [chosen.scope.label] if chosen.scope else []),
        ("指标", [chosen.indicator.label] if chosen.indicator else []),
        ("计入情况", [chosen.standing.label] if chosen.standing else []),
    )
    return [f"{name}：{'、'.join(values)}" for name, values in parts if values]
