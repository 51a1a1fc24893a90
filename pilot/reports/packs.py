"""Packs (报表包): what a freeze puts into one, a preview of it, and the frozen bytes again."""

import hashlib
import json
import tempfile
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from pilot.domain import preflight, report_template_files
from pilot.domain.errors import NotFound
from pilot.domain.moment import FOREVER_DAY, SHANGHAI
from pilot.domain.people import Actor
from pilot.domain.problems import Problem
from pilot.domain.report_periods import Period
from pilot.domain.report_templates import Template
from pilot.domain.vocabulary import GOALS, Scope
from pilot.reports import exports, pack_files, report_content, report_sheets, tables
from pilot.reports.cells import Cell, writer
from pilot.reports.pack_files import Frozen
from pilot.reports.report_content import Content
from pilot.reports.report_files import Cover
from pilot.reports.report_rows import Asked
from pilot.reports.report_sources import SOURCES, content
from pilot.services import packs
from pilot.services.packs import Made, Order, Signers
from pilot.services.reads import read
from pilot.store import queries_bases, queries_codes, queries_goals, queries_packs
from pilot.store.files import Place
from pilot.store.models import Base, ReportPack, ReportTemplate

_CLAIM_KEYS = (
    *("indicator_code", "scope_code", "indicator", "scope", "standing", "unit_code", "unit_name"),
    *("effective_on", "definition_version", "rule", "verifier", "evidence", "missing"),
)


@dataclass(frozen=True, slots=True)
class Preview:
    """A report as it would be frozen now, and what the template's own demands find wrong."""

    content: Content
    cover: Cover
    problems: tuple[Problem, ...]


@read("report.export")
def preview(
    session: Session,
    reader: Actor,
    template: str | Template,
    period: Period,
    at: datetime,
    folder: Place,
) -> Preview:
    """The report of the reader's base as known at `at`: of a template in use, or of one tried.

    `folder` is where frozen packs lie.
    """
    if isinstance(template, str):
        row = packs.template_in_use(session, reader.base_id, template)
        version, template = row.version, report_template_files.read(row.body)
    else:
        version = 0
    view = packs.view_of(period, at)
    asked = Asked([reader.base_id], period, view, template.scope, folder)
    found = content(session, template, asked)
    about = _about(session, reader.base_id, template, version, period, at, Signers(), found)
    wrong = preflight.findings(report_sheets.sheet(found, period), (), period.year)
    return Preview(found, Cover(about, at), tuple(each.problem for each in wrong))


def build(session: Session, order: Order) -> Made:
    """Everything a pack holds, drawn from the database once; `services.packs.freeze` keeps it."""
    template = report_template_files.read(order.template.body)
    asked = Asked([order.base_id], order.period, order.view, template.scope, order.folder)
    found = content(session, template, asked)
    about = _about(
        session, order.base_id, template, order.template.version, order.period,
        order.view.known_at, order.signers, found, order.product,
    )  # fmt: skip
    frozen = Frozen(
        content=found,
        cover=Cover(about, order.view.known_at),
        signers=_signed(template, order.signers),
        claims=_claims(session, order),
        rules=_rules(session, order),
        codes=_codes(session, order.base_id, template),
        notes=order.notes,
    )
    body = tempfile.TemporaryFile()  # noqa: SIM115 – open until it is stored, then gone
    manifest = pack_files.write(order, frozen, body)
    return Made(body, manifest, dict(about)["口径版本"][:300], len(found.rows))


@read("report.export")
def frozen(
    session: Session, reader: Actor, pack_id: int, folder: Place
) -> tuple[ReportPack, bytes]:
    """A pack the reader may see and its bytes, as they were frozen."""
    row = pack_seen(session, reader, pack_id)
    return row, packs.stored_bytes(session, row, folder)


@read("report.export")
def kept(
    session: Session, reader: Actor, code: str | None = None, period: str | None = None
) -> list[tuple[ReportPack, str]]:
    """The packs the reader may see with who froze each, the latest first."""
    bases = [base.id for base in queries_bases.visible(session, reader)]
    return list(queries_packs.packs(session, bases, code, period))


@read("report.export")
def pack_seen(session: Session, reader: Actor, pack_id: int) -> ReportPack:
    """A pack of a base the reader sees; NotFound with one sentence otherwise."""
    bases = [base.id for base in queries_bases.visible(session, reader)]
    row = queries_packs.pack(session, bases, min(pack_id, 2**31 - 1))
    if row is None:
        raise NotFound("没有找到这个报表包。")
    return row


def _about(
    session: Session,
    base_id: int,
    template: Template,
    version: int,
    period: Period,
    at: datetime,
    signers: Signers,
    found: Content,
    product: str = "",
) -> tuple[tuple[str, str], ...]:
    """The lines of the cover; those without a value stay, to be filled in by hand."""
    base = session.get(Base, base_id)
    view = packs.view_of(period, at)
    return (
        ("表号", template.form_number),
        ("制表机关", template.issuer),
        ("文号", template.document_number),
        ("有效期", _days(template.valid_from, template.valid_to)),
        ("填报单位", base.name),
        ("报告期", f"{period.label}（{period.first} 至 {period.last}）"),
        ("截至日期", view.as_of.isoformat()),
        ("知悉时刻", at.astimezone(SHANGHAI).isoformat(timespec="microseconds")),
        ("口径版本", "；".join(exports.definition_versions(session, [base], view))),
        ("模板版本", f"{template.code} 第 {version} 版" if version else f"{template.code} 试用"),
        ("日志锚", "；".join(exports.anchors(session, [base], view))),
        ("行数", str(len(found.rows))),
        *_signed(template, signers),
        ("数据 SHA-256", hashlib.sha256(report_content.dumps(found).encode()).hexdigest()),
        ("产品版本", product or packs.product_version()),
    )


def _signed(template: Template, signers: Signers) -> tuple[tuple[str, str], ...]:
    """The signature block: the three known roles get their names, others are left empty."""
    known = {
        "填报人": signers.prepared,
        "审核人": signers.checked,
        "负责人": signers.responsible,
    }
    return tuple((role, known.get(role, "")) for role in template.signatures)


def _claims(session: Session, order: Order) -> tuple[tuple[Cell, ...], ...]:
    """Every unit of the year's three goals that counts or waits, with what it rests on."""
    chosen = tables.Chosen(scope=None)
    table = tables.TABLES["claims"]
    asked = [order.base_id], order.view, chosen
    write = writer(table.columns, tables.labels(session, [order.base_id]))
    keys = [column.key for column in table.columns]
    found = tables.records(session, table, *asked)
    goals = [record for record in found if record["indicator"] in GOALS]
    rows = []
    for record, line in zip(goals, write(goals), strict=True):
        cells = dict(zip(keys, line, strict=True))
        cells["scope_code"] = Scope(record["scope"]).value
        rows.append(tuple(cells[key] for key in _CLAIM_KEYS))
    return tuple(rows)


def _rules(session: Session, order: Order) -> str:
    """The definitions that hold in the year, as known then, in words (口径)."""
    parts = []
    for row, _approver in queries_goals.versions(session, order.base_id, order.view):
        known = row.superseded_at is None or row.superseded_at > order.view.known_at
        if known and row.valid_from.year <= order.view.year <= row.valid_to.year:
            name = f"{row.indicator.value} {row.indicator.label}"
            days = _days(row.valid_from, row.valid_to)
            parts.append(f"{name}（第 {row.version} 版，{days}）\n{row.text}\n")
    return "\n".join(parts)


def _days(first: date, last: date) -> str:
    return f"{first} 起" if last >= FOREVER_DAY else f"{first} 至 {last}"


def _codes(session: Session, base_id: int, template: Template) -> str:
    """The code lists as they read at the freeze: those the template's columns use."""
    source = SOURCES[template.source]
    names = {column.codes or source.column(column.field).codes for column in template.columns}
    lists = queries_codes.lists(session, base_id, retired=True)
    used = {name: lists[name] for name in sorted(filter(None, names)) if name in lists}
    return json.dumps(used, ensure_ascii=False, indent=1) + "\n"


@read("report.export")
def templates_in_use(session: Session, reader: Actor) -> list[tuple[ReportTemplate, Template]]:
    """The version in use of every template of the reader's base, by code."""
    found = queries_packs.in_use(session, reader.base_id)
    return [(row, report_template_files.read(row.body)) for row in found]


@read("report.export")
def lists_known(session: Session, reader: Actor) -> frozenset[str]:
    """The names of the code lists of the reader's base, for a template that names one."""
    return frozenset(queries_codes.lists(session, reader.base_id, retired=True))
