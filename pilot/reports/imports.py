"""导入: batches, one batch with its rows and problems in pages, the marked-up file, templates."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

import pandas as pd
from sqlmodel import Session
from xlsxwriter import Workbook

from pilot.domain.arrangement import LOOKED_AT
from pilot.domain.formula import mark
from pilot.domain.import_columns import ImportKind
from pilot.domain.importing import BatchState, Outcome
from pilot.domain.moment import minute
from pilot.domain.people import Actor
from pilot.reports.templates import write_template
from pilot.services.importing.portions import is_long
from pilot.services.importing.stored_sheets import sheet_of
from pilot.services.importing.undoing import by_two
from pilot.services.reads import read
from pilot.services.sheets import FileRefused
from pilot.store import queries, queries_imports
from pilot.store.files import Place
from pilot.store.models import Account, Attachment, ImportBatch, ImportSource

PAGE = 50
_MOST_MARKED = 50_000  # rows of a file that is given back as a whole
_MARKED = "#FFC7CE"
_NOTED = "#FFEB9C"


@dataclass(frozen=True, slots=True)
class Shown:
    """One batch as a page shows it: its file, what was found, where it stands."""

    id: int
    rev: int
    kind: ImportKind
    state: BatchState
    file: str
    sha256: str
    size: int
    source: str
    message: str
    layout: list[list[str]]
    counts: Mapping[Outcome, int]
    total: int
    done: int
    hard: int
    soft: int
    facts: Mapping[str, str]
    by_two: bool
    long: bool
    written: str
    asked_by: int | None
    undo_reason: str


@read("import.read")
def listed(session: Session, actor: Actor, page: int) -> tuple[pd.DataFrame, int]:
    """A page of batches, newest first, and how many there are."""
    found = queries_imports.batches(session, actor.base_id, (page - 1) * PAGE, PAGE)
    rows = [
        {
            "id": batch.id,
            "批次": batch.id,
            "时间": minute(batch.recorded_at),
            "内容": batch.kind.label,
            "文件": file.name,
            "状态": batch.state.label,
            "新增": batch.new,
            "变更": batch.changed,
            "错误": batch.hard,
            "上传人": name,
            "来源": source or "",
        }
        for batch, file, name, source in found
    ]
    return pd.DataFrame(rows), queries_imports.how_many(session, actor.base_id)


@read("import.read")
def batch(session: Session, actor: Actor, batch_id: int) -> Shown:
    """One batch; NotFound for another base's."""
    row = queries.one(session, ImportBatch, actor.base_id, batch_id)
    file = session.get(Attachment, row.attachment_id)
    source = session.get(ImportSource, row.source_id) if row.source_id else None
    facts = {"上传": _who(session, row.recorded_at, row.by_id)}
    if row.applied_at:
        facts["写入"] = _who(session, row.applied_at, row.applied_by_id)
    if row.undo_asked_at:
        facts["申请撤销"] = _who(session, row.undo_asked_at, row.undo_asked_by_id)
    if row.undone_at:
        facts["撤销"] = f"{_who(session, row.undone_at, row.undone_by_id)}，理由：{row.undo_reason}"
    return Shown(
        id=row.id,
        rev=row.rev,
        kind=row.kind,
        state=row.state,
        file=file.name,
        sha256=file.sha256,
        size=file.size,
        source=source.name if source else "",
        message=row.message,
        layout=json.loads(row.layout) if row.layout else [],
        counts={outcome: getattr(row, outcome.value) for outcome in Outcome},
        total=row.total,
        done=row.done,
        hard=row.hard,
        soft=row.soft,
        facts=facts,
        by_two=by_two(row),
        long=is_long(row),
        written=row.written or "",
        asked_by=row.undo_asked_by_id,
        undo_reason=row.undo_reason or "",
    )


@read("import.read")
def problems(
    session: Session, actor: Actor, batch_id: int, *, hard: bool, page: int
) -> pd.DataFrame:
    """A page of the errors, or of the notes, of a batch: row, column, message, remedy, rule."""
    queries.one(session, ImportBatch, actor.base_id, batch_id)
    found = queries_imports.problems(session, batch_id, hard, (page - 1) * PAGE, PAGE)
    rows = [
        {"行": one.row, "列": one.column or "", "问题": one.message,
         "处理办法": one.remedy, "规则代号": one.rule}
        for one in found
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["行", "列", "问题", "处理办法", "规则代号"])


@read("import.read")
def rows(
    session: Session, actor: Actor, batch_id: int, outcome: Outcome, page: int
) -> pd.DataFrame:
    """A page of the rows of one outcome; of changed ones a line for each field, old beside new."""
    queries.one(session, ImportBatch, actor.base_id, batch_id)
    found = queries_imports.rows(session, batch_id, outcome, (page - 1) * PAGE, PAGE)
    if outcome is not Outcome.CHANGED:
        return pd.DataFrame([{"行": row.row, "名称": row.name} for row in found])
    lines = [
        {"行": row.row, "名称": row.name, "字段": heading, "现在": old, "导入后": new}
        for row in found
        for heading, old, new in json.loads(row.differences or "[]")
    ]
    return pd.DataFrame(lines)


@read("import.read")
def sources(session: Session, actor: Actor, kind: ImportKind) -> list[str]:
    """The names of the sources whose headings are known."""
    return [row.name for row in queries_imports.sources(session, actor.base_id, kind)]


@read("import.read")
def mappings(session: Session, actor: Actor, kind: ImportKind) -> pd.DataFrame:
    """Every confirmed mapping of a kind, the newest version of each source first."""
    headings = {column.key: column.heading for column in kind.columns}
    rows = []
    for source, mapping, name in queries_imports.mappings(session, actor.base_id, kind):
        pairs = json.loads(mapping.columns).items()
        words = [f"{heading} → {headings.get(key, '不导入')}" for heading, key in pairs]
        rows.append(
            {
                "来源": source.name,
                "版本": mapping.version,
                "列名行": f"{mapping.first_row}–{mapping.first_row + mapping.levels - 1}",
                "对应": "；".join(words),
                "确认": f"{minute(mapping.recorded_at)} {name}",
            }
        )
    return pd.DataFrame(rows)


@read("import.read")
def template(session: Session, actor: Actor, kind: ImportKind, file: BinaryIO) -> str:
    """Write the template of a kind with the base's code lists; returns its name."""
    write_template(session, actor.base_id, kind, file)
    return f"{kind.label}导入模板.xlsx"


@read("import.read")
def marked(session: Session, actor: Actor, batch_id: int, file: BinaryIO, folder: Place) -> str:
    """Write the user's own file with its problems beside each row; returns its name.

    The cells stay as they were, as text where a number could lose digits; the last column says
    what is wrong and what to do. A file that could not be read gives the list of problems alone.
    """
    row = queries.one(session, ImportBatch, actor.base_id, batch_id)
    stored = session.get(Attachment, row.attachment_id)
    found = queries_imports.problems(session, batch_id, None, 0, None)
    by_row: dict[int, list] = {}
    for one in found:
        by_row.setdefault(one.row or 0, []).append(one)
    try:
        with sheet_of(folder, stored) as sheet:
            _write_marked(file, _few(sheet.rows, by_row), by_row)
    except FileRefused:
        _write_marked(file, [], by_row)
    return f"{stored.name.rsplit('.', 1)[0]}_检查结果.xlsx"


def _few(lines, by_row: Mapping[int, list]) -> Iterator[tuple[int, Sequence]]:
    """The rows with their numbers: all, or of a long file the top and those that something is
    said of."""
    everything = len(lines) <= _MOST_MARKED
    for number, cells in enumerate(lines, 1):
        if everything or number <= LOOKED_AT or number in by_row:
            yield number, cells


def _write_marked(
    file: BinaryIO, lines: Iterable[tuple[int, Sequence]], by_row: Mapping[int, list]
) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    with Workbook(file, options) as book:
        sheet = book.add_worksheet("检查结果")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        wrong = book.add_format({"bg_color": _MARKED, "text_wrap": True, "valign": "top"})
        noted = book.add_format({"bg_color": _NOTED, "text_wrap": True, "valign": "top"})
        lines = list(lines)
        last = max((len(cells) for _, cells in lines), default=0)
        sheet.set_column(0, max(last - 1, 0), 16)
        sheet.set_column(last, last, 70)
        shown = {number for number, _ in lines}
        for line, (number, cells) in enumerate(lines):
            for place, cell in enumerate(cells):
                _write_cell(sheet, line, place, cell, day)
            if told := by_row.get(number):
                kind = wrong if any(one.hard for one in told) else noted
                words = _words(told) if number == line + 1 else f"第 {number} 行：{_words(told)}"
                sheet.write_string(line, last, words, kind)
        loose = [one for row, told in by_row.items() if row not in shown for one in told]
        for line, one in enumerate(loose, len(lines)):
            sheet.write_string(line, last, _words([one]), wrong if one.hard else noted)


def _write_cell(sheet, row: int, place: int, cell: object, day) -> None:
    if cell is None:
        return
    if isinstance(cell, str):
        sheet.write_string(row, place, mark(cell))
    elif isinstance(cell, bool | int | float):
        sheet.write(row, place, cell)
    else:
        sheet.write_datetime(row, place, cell, day)


def _words(told: list) -> str:
    lines = []
    for one in told:
        place = f"【{one.column}】" if one.column else ""
        lines.append(f"{'错误' if one.hard else '提示'}{place}{one.message}{one.remedy}")
    return "\n".join(lines)[:32_000]


def _who(session: Session, at: datetime, account_id: int) -> str:
    return f"{minute(at)} {session.get(Account, account_id).name}"
