"""Handover files (移交文件): all that an import file can say about the records of a base.

Brought into an empty base that knows the same persons, they give the same records; exported
from there again, the same bytes. What an import could not read in exactly one way is refused.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

from sqlmodel import Session

from pilot.domain.draft_fields import described
from pilot.domain.drafts import OrganisationDraft, ProjectDraft, ResultDraft
from pilot.domain.errors import PilotError
from pilot.domain.formula import mark
from pilot.domain.identifiers import IdentifierKind
from pilot.domain.import_columns import SEPARATORS, ImportKind, Reads
from pilot.domain.people import Actor
from pilot.domain.vocabulary import Term
from pilot.reports.exports import Encoding
from pilot.services.importing.directory import Directory
from pilot.services.reads import read
from pilot.store import queries_import, queries_registry
from pilot.store.models import Organisation, Project, Result

Values = Mapping[str, Any]


@read("report.export")
def write(
    session: Session, actor: Actor, kind: ImportKind, file: BinaryIO, encoding: Encoding
) -> int:
    """Write every record of a kind in the actor's base as CSV; returns how many there are."""
    if kind not in KINDS:
        raise PilotError(f"没有{kind.label}的移交文件；转化请用报表导出的成果转化明细。")
    columns = [column for column in kind.columns if column.reads is not Reads.NOTHING]
    text = io.TextIOWrapper(file, encoding.codec, newline="", write_through=True)
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow([column.heading for column in columns])
    records = list(_RECORDS[kind](session, actor.base_id))
    out.writerows([_cell(values.get(column.key)) for column in columns] for values in records)
    text.detach()
    return len(records)


def _cell(value: Any) -> str:
    """A value as the import reads it back."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Term):
        return value.label
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return mark(_joined(value) if isinstance(value, tuple) else str(value))


def _joined(parts: Iterable[object]) -> str:
    texts = ["" if part is None else str(part) for part in parts]
    for text in texts:
        if SEPARATORS.search(text):
            raise PilotError(f"“{text}”含有分隔号，无法写入移交文件；请先登记其统一社会信用代码。")
    return "、".join(texts)


def _organisations(session: Session, base_id: int) -> Iterator[Values]:
    rows = queries_registry.organisations(session, base_id)
    for row in sorted(rows, key=lambda row: row.name):
        yield _fields(OrganisationDraft, row)


def _projects(session: Session, base_id: int) -> Iterator[Values]:
    rows = queries_import.projects(session, base_id)
    sites, plans = queries_import.sites(session, base_id), queries_import.plans(session, base_id)
    spans, units = queries_import.spans_now(session, base_id), _Units(session, base_id)
    people = {row.id: row.name for row in queries_registry.persons(session, base_id)}
    codes = {row.id: row.code for row in rows}
    for row in _in_turn(rows, lambda row: row.parent_id):
        gate = spans[row.id].next_gate
        planned = plans.get((row.id, gate))
        yield _fields(ProjectDraft, row) | {
            "code": row.code,
            "stage": row.stage,
            "state": row.state,
            "stage_since": spans[row.id].stage_since,
            "next_gate": gate if planned else None,
            "next_planned_on": planned,
            "holder": units.name(row.holder_id),
            "holder_uscc": units.uscc(row.holder_id),
            "pilot_org": units.word(row.pilot_org_id),
            "manager": people.get(row.manager_id),
            "sites": sites.get(row.id, ()),
            "readiness": _readiness(row),
            "parent": codes.get(row.parent_id),
        }


def _results(session: Session, base_id: int) -> Iterator[Values]:
    rows = [row for row in queries_import.results(session, base_id) if row.voided_at is None]
    holders = queries_import.holders(session, base_id)
    numbers = queries_import.identifiers(session, base_id)
    units, codes = _Units(session, base_id), {row.id: row.code for row in rows}
    for row in _in_turn(rows, lambda row: row.package_id):
        held = holders.get(row.id, [])
        yield _fields(ResultDraft, row) | {
            "holders": tuple(units.word(one.organisation_id) for one in held),
            "contact": units.person(row.contact_id, [one.organisation_id for one in held]),
            "shares": _shares(tuple(one.share for one in held), row.code),
            "readiness": _readiness(row),
            "package": codes.get(row.package_id),
            **{key: _numbers(numbers.get(row.id, ()), kind) for key, kind in _KINDS.items()},
        }


_KINDS = {
    "patents": IdentifierKind.PATENT,
    "software": IdentifierKind.SOFTWARE,
    "standards": IdentifierKind.STANDARD,
}
_RECORDS: dict[ImportKind, Callable[[Session, int], Iterator[Values]]] = {
    ImportKind.ORGANISATIONS: _organisations,
    ImportKind.PROJECTS: _projects,
    ImportKind.RESULTS: _results,
}
KINDS = frozenset(_RECORDS)


def _fields(kind: type, row: Organisation | Project | Result) -> dict[str, Any]:
    """The fields of a draft that the record itself has."""
    return {name: getattr(row, name) for name in described(kind) if hasattr(row, name)}


def _shares(shares: tuple[Decimal | None, ...], code: str) -> tuple[Decimal, ...] | None:
    """One share a holder, or none at all: an import knows nothing between."""
    given = [share for share in shares if share is not None]
    if given and len(given) < len(shares):
        raise PilotError(f"成果 {code} 只写了部分持有份额，无法写入移交文件；请补全或清空。")
    return tuple(given) or None


def _numbers(found: Iterable, kind: IdentifierKind) -> tuple[str, ...]:
    return tuple(sorted(one.number for one in found if one.kind == kind))


def _readiness(row: Project | Result) -> str | None:
    if row.readiness_level is None:
        return None
    parts = (row.readiness_scheme, row.readiness_version, f"{row.readiness_level}级")
    return " ".join(part for part in parts if part)


def _in_turn(rows: Iterable, above: Callable[[Any], int | None]) -> Iterator[Any]:
    """In the order of their codes, but whatever a record hangs on before it."""
    waiting = sorted(rows, key=lambda row: row.code)
    known = {row.id for row in waiting}
    done: set[int] = set()
    while waiting:
        ready = [row for row in waiting if above(row) not in known - done]
        if not ready:
            raise PilotError("有记录互相从属，无法写入移交文件；请先改正。")
        yield from ready
        done |= {row.id for row in ready}
        waiting = [row for row in waiting if row.id not in done]


class _Units:
    """How a file names the units of a base: so that exactly one is meant."""

    def __init__(self, session: Session, base_id: int) -> None:
        rows = queries_registry.organisations(session, base_id)
        self.directory = Directory(rows, queries_registry.persons(session, base_id))
        self.names = {row.id: row.name for row in rows}

    def name(self, unit_id: int | None) -> str | None:
        """The name of a unit."""
        return self.names.get(unit_id)

    def uscc(self, unit_id: int | None) -> str | None:
        """Its credit code."""
        return self.directory.uscc_of(unit_id) if unit_id else None

    def person(self, person_id: int | None, unit_ids: list[int]) -> str | None:
        """The name of a person, where it is enough beside the units."""
        if person_id is None:
            return None
        name = self.directory.person_name(person_id)
        if self.directory.person(name, units=unit_ids) != person_id:
            message = f"人员“{name}”有同名的，不足以识别"
            raise PilotError(f"{message}，无法写入移交文件；请先在姓名中加以区分。")
        return name

    def word(self, unit_id: int | None) -> str | None:
        """The name where it is enough, else the credit code."""
        name, code = self.name(unit_id), self.uscc(unit_id)
        if unit_id is None or (self.directory.unit(name) == unit_id and _is_plain(name)):
            return name
        if code is None:
            message = f"单位“{name}”的名称不足以识别，又没有统一社会信用代码"
            raise PilotError(f"{message}，无法写入移交文件；请先补登代码。")
        return code


def _is_plain(name: str) -> bool:
    return not SEPARATORS.search(name)
