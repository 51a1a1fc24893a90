"""Changed since reported (上报后的变动): a pack's rows against the same report as known now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from pilot.domain import report_template_files
from pilot.domain.errors import Conflict
from pilot.domain.moment import Moment, minute
from pilot.domain.people import Actor
from pilot.domain.report_periods import period
from pilot.domain.vocabulary import Indicator, Scope, Term
from pilot.reports import report_content
from pilot.reports.actions import action_word
from pilot.reports.cells import Cell
from pilot.reports.pack_files import ROWS, TEMPLATE
from pilot.reports.packs import pack_seen
from pilot.reports.report_content import Cells, Content
from pilot.reports.report_files import members
from pilot.reports.report_rows import Asked
from pilot.services import packs
from pilot.services.reads import read
from pilot.store import queries_packs
from pilot.store.files import Place
from pilot.store.models import ReportPack

MOST_ROWS = 5_000  # of a pack that is looked through for a number in a list


class ChangeKind(Term):
    """What happened to a row of the pack since (变动)."""

    ADDED = "added", "新增"
    DROPPED = "dropped", "减少"
    ALTERED = "altered", "改变"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One cell that reads differently: the column's heading, before and now."""

    column: str
    before: Cell
    now: Cell


@dataclass(frozen=True, slots=True)
class Cause:
    """An entry of the journal since the freeze: when (Asia/Shanghai), who, what, why."""

    at: str
    who: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """One unit that differs: its row's first cells as a name, the cells, and why."""

    kind: ChangeKind
    unit: str
    name: str
    fields: tuple[FieldChange, ...]
    causes: tuple[Cause, ...]


@read("report.export")
def changed_since(
    session: Session, reader: Actor, pack_id: int, folder: Place, at: datetime
) -> list[Change]:
    """What a pack would say differently if it were made at `at`: for the same days, known now.

    In the order of the pack's rows, then what is new. Empty means that nothing has changed.
    """
    pack = pack_seen(session, reader, pack_id)
    before = content_of(session, pack, folder)
    view = replace(packs.view_of(period(pack.period), at), as_of=pack.as_of)
    now = content_as_of(session, pack, before, view)
    return [
        replace(change, causes=_causes(session, pack, change.unit, at))
        for change in differences(before, now)
    ]


def counts(
    session: Session, base_id: int, pack_ids: Sequence[int], folder: Place, view: Moment
) -> dict[int, int | None]:
    """How many units each pack would say differently at the view: as many as `changed_since` has.

    None for a pack of more than MOST_ROWS rows or whose file cannot be read: not looked through.
    """
    return {
        pack.id: _count(session, pack, folder, view.known_at)
        for pack in queries_packs.by_ids(session, base_id, pack_ids)
    }


def _count(session: Session, pack: ReportPack, folder: Place, at: datetime) -> int | None:
    if pack.rows > MOST_ROWS:
        return None
    try:
        before = content_of(session, pack, folder)
    except Conflict:
        return None
    view = replace(packs.view_of(period(pack.period), at), as_of=pack.as_of)
    return len(differences(before, content_as_of(session, pack, before, view)))


def content_of(session: Session, pack: ReportPack, folder: Place) -> Content:
    """The rows of a pack as they were frozen."""
    files = members(packs.stored_bytes(session, pack, folder))
    return report_content.loads(files[ROWS].decode(), report_template_files.read(files[TEMPLATE]))


def content_as_of(session: Session, pack: ReportPack, frozen: Content, view: Moment) -> Content:
    """The same report by the same version of its template, at another view."""
    template = frozen.template
    asked = Asked([pack.base_id], period(pack.period), view, template.scope)
    return report_content.content(session, template, asked)


def differences(before: Content, now: Content) -> list[Change]:
    """Units dropped, altered and added; a unit with several rows is told apart by their order."""
    old, new = _by_unit(before), _by_unit(now)
    found = []
    for unit, row in old.items():
        if unit not in new:
            found.append(_change(ChangeKind.DROPPED, unit, before, row, None))
        elif new[unit] != row:
            found.append(_change(ChangeKind.ALTERED, unit, before, row, new[unit]))
    for unit, row in new.items():
        if unit not in old:
            found.append(_change(ChangeKind.ADDED, unit, now, None, row))
    return found


def _by_unit(found: Content) -> dict[str, Cells]:
    rows: dict[str, Cells] = {}
    for unit, row in zip(found.units, found.rows, strict=True):
        number, name = 1, unit
        while name in rows:
            number, name = number + 1, f"{unit}#{number + 1}"
        rows[name] = row
    return rows


def _change(
    kind: ChangeKind, unit: str, found: Content, before: Cells | None, now: Cells | None
) -> Change:
    columns = found.template.columns
    empty = (None,) * len(columns)
    pairs = zip(columns, before or empty, now or empty, strict=True)
    fields = tuple(FieldChange(one.title, old, new) for one, old, new in pairs if old != new)
    named = [str(cell) for cell in (before or now or empty) if cell is not None]
    return Change(kind, unit.partition("#")[0], " ".join(named[:2]), fields, ())


def _causes(session: Session, pack: ReportPack, unit: str, at: datetime) -> tuple[Cause, ...]:
    """What the journal has about a unit since the freeze: the ledger and the spans name when."""
    since = pack.known_at
    instants, project_id = _about(session, pack.base_id, unit.split(":"), since)
    rows = queries_packs.journal_since(
        session, pack.base_id, since, instants=instants, project_id=project_id
    )
    return tuple(
        Cause(
            minute(entry.at),
            who or "系统",
            action_word(entry.action),
            entry.reason,
        )
        for entry, who in rows
        if entry.at <= at
    )


def _about(
    session: Session, base_id: int, unit: Sequence[str], since: datetime
) -> tuple[set[datetime], int | None]:
    """When a unit was written about, or the project whose entries tell it."""
    kind, *rest = unit
    if kind == "project":
        return set(), int(rest[0])
    if kind == "plant":
        return set(), int(rest[1])
    if kind == "paper":
        return queries_packs.instants_of_paper(session, int(rest[0]), rest[1], since), None
    if kind == "transfer":
        return queries_packs.instants_of_transfer(session, int(rest[0]), since), None
    if kind in ("goal", "claim"):
        place = Indicator(rest[0]), Scope(rest[1])
        return queries_packs.instants_of_goal(session, base_id, *place, since), None
    return set(), None
