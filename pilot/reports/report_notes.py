"""The rows of a correction note (更正说明): what every pack would say differently by now.

A line a cell that differs, then the sums, then the definitions and the template then and now; at
the end what came late or fell away in the three counts. It covers the last pack of every report
of the note's year and the year before, whatever an earlier note has told.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlmodel import Session

from pilot.domain.errors import Conflict
from pilot.domain.moment import Moment, minute
from pilot.domain.report_periods import period
from pilot.reports import exports, report_content, report_rows
from pilot.reports.cells import Cell
from pilot.reports.pack_diff import (
    Cause,
    Change,
    FieldChange,
    content_of,
    differences,
    explained,
    sums_changed,
)
from pilot.reports.report_content import Content
from pilot.reports.report_datasets import DATASETS
from pilot.reports.report_rows import Asked, Rows
from pilot.services import packs, report_templates
from pilot.store import queries_packs
from pilot.store.models import Base, ReportPack

NOTES = frozenset({"corrections", "changes"})  # what tells of changes is not told of itself
_MOST_CAUSES = 20  # of one unit, the latest; the journal has the rest
_BETWEEN = "；"


def changes(session: Session, asked: Asked) -> Rows:
    """上报后的变动: the difference lists of the packs, then the ledger's 补报 and 核减."""
    for base_id in asked.bases:
        codes = report_templates.codes_of(session, base_id, NOTES)
        years = asked.period.year - 1, asked.period.year
        for pack in queries_packs.last_packs(session, base_id, asked.view, years, codes):
            yield from _of_pack(session, pack, asked)
    for row in report_rows.corrections(session, asked):
        yield _corrected(row)


def _of_pack(session: Session, pack: ReportPack, asked: Asked) -> Rows:
    """What one pack would say differently; nothing at all if it would say the same."""
    if asked.folder is None:
        raise ValueError("a correction note needs the place of the packs")
    try:
        before = content_of(session, pack, asked.folder)
    except Conflict as error:
        yield _row(pack, "", "无法比较", error.message, FieldChange("", None, None), "unreadable")
        return
    view = replace(packs.view_of(period(pack.period), asked.view.known_at), as_of=pack.as_of)
    now = _again(session, pack, before, view)
    found = explained(session, pack, differences(before, now), view.known_at)
    if not found:
        return
    title = before.template.title
    for change in found:
        yield from _of_unit(pack, title, change)
    for number, (label, one) in enumerate(sums_changed(before, now)):
        yield _row(pack, title, "合计", label, one, f"sum:{number}")
    for name, then, reads in _versions(session, pack, view):
        yield _row(pack, title, "版本", name, FieldChange("", then, reads), name)


def _again(session: Session, pack: ReportPack, before: Content, view: Moment) -> Content:
    """The same report by the same version of its template, as known now."""
    template = before.template
    asked = Asked([pack.base_id], period(pack.period), view, template.scope)
    return report_content.filled(session, template, DATASETS[template.source], asked)


def _of_unit(pack: ReportPack, title: str, change: Change) -> Rows:
    for place, one in enumerate(change.fields):
        row = _row(pack, title, change.kind.label, change.name, one, f"{change.unit}:{place}")
        yield row | _why(change.causes)


def _why(causes: tuple[Cause, ...]) -> dict[str, str]:
    """Who, when, what and why, the entries in the same order in each cell."""
    shown = causes[-_MOST_CAUSES:]
    cells = {
        "at": [one.at for one in shown],
        "who": [one.who for one in shown],
        "what": [one.what for one in shown],
        "reason": [one.reason or "—" for one in shown],
    }
    if left := len(causes) - len(shown):
        cells["what"].insert(0, f"此前另有 {left} 项，见操作日志")
    return {name: _BETWEEN.join(texts) for name, texts in cells.items()}


def _versions(session: Session, pack: ReportPack, view: Moment) -> Iterator[tuple[str, str, str]]:
    """The definitions (口径) and the template of a pack, then and now."""
    base = session.get_one(Base, pack.base_id)
    then = json.loads(pack.manifest)["definitions"]
    yield "口径版本", then, _BETWEEN.join(exports.definition_versions(session, [base], view))
    used = packs.template_in_use(session, pack.base_id, pack.template_code)
    code = pack.template_code
    yield "模板版本", f"{code} 第 {pack.template_version} 版", f"{code} 第 {used.version} 版"


def _row(
    pack: ReportPack, title: str, kind: str, name: str, one: FieldChange, unit: str
) -> dict[str, Any]:
    return {
        "report": pack.template_code,
        "title": title,
        "reported": pack.period,
        "frozen_at": pack.recorded_at,
        "kind": kind,
        "name": name,
        "column": one.column or None,
        "before": _said(one.before),
        "now": _said(one.now),
        "difference": one.difference,
        "unit": f"change:{pack.template_code}:{pack.period}:{unit}",
    }


def _corrected(row: dict[str, Any]) -> dict[str, Any]:
    """A line of 补报 or 核减 as a line of the note."""
    where = f"{row['indicator'].label}（{row['scope'].label}，事件日期 {row['effective_on']}）"
    return {
        "report": "三项指标",
        "title": "三项指标台账",
        "reported": row["reported"],
        "kind": row["kind"],
        "name": " ".join(filter(None, (row["unit_code"], row["unit_name"]))),
        "column": where,
        "difference": row["number"],
        "at": minute(row["recorded_at"]),
        "who": row["who"],
        "reason": row["reason"],
        "unit": row["unit"],
    }


def _said(cell: Cell) -> str | None:
    return None if cell is None else str(cell)
