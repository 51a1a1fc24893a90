"""Two contents of one report held against each other (对比): units, cells, sums, and why."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session

from pilot.domain import report_template_files
from pilot.domain.moment import minute
from pilot.domain.vocabulary import Indicator, Scope, Term
from pilot.reports import report_content
from pilot.reports.actions import action_word
from pilot.reports.cells import Cell
from pilot.reports.pack_files import ROWS, TEMPLATE
from pilot.reports.report_content import Cells, Content
from pilot.reports.report_files import members
from pilot.services import packs
from pilot.store import queries_packs
from pilot.store.files import Place
from pilot.store.models import ReportPack

ROW_COUNT = "行数"


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

    @property
    def difference(self) -> Decimal | int | None:
        """How much more it is now, where it is a number; an empty cell counts as none."""
        if isinstance(self.before, str) or isinstance(self.now, str):
            return None
        return (self.now or 0) - (self.before or 0)


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


def content_of(session: Session, pack: ReportPack, folder: Place) -> Content:
    """The rows of a pack as they were frozen."""
    files = members(packs.stored_bytes(session, pack, folder), (ROWS, TEMPLATE))
    return report_content.loads(files[ROWS].decode(), report_template_files.read(files[TEMPLATE]))


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


def sums_changed(before: Content, now: Content) -> Iterator[tuple[str, FieldChange]]:
    """The number of rows, then every cell of the sums that differs, with the label of its sum."""
    if len(before.rows) != len(now.rows):
        yield ROW_COUNT, FieldChange(ROW_COUNT, len(before.rows), len(now.rows))
    columns = before.template.columns
    sums = zip(before.template.totals, before.totals(), now.totals(), strict=True)
    for one, old, new in sums:
        for column, was, reads in zip(columns, old, new, strict=True):
            if column.field in one.fields and was != reads:
                yield one.label, FieldChange(column.title, was, reads)


def explained(
    session: Session, pack: ReportPack, changes: Sequence[Change], at: datetime
) -> list[Change]:
    """The same with what the journal has about each unit between the freeze and `at`.

    The ledger and the spans name the instants at which a unit was written about.
    """
    if not changes:
        return []
    told = _told(session, pack, {one.unit.partition(":")[0] for one in changes}, at)
    return [replace(one, causes=tuple(told.get(_subject(one.unit), ()))) for one in changes]


def _told(
    session: Session, pack: ReportPack, kinds: set[str], at: datetime
) -> Mapping[tuple, list[Cause]]:
    """The causes of every subject that was written about since, in the journal's order."""
    base_id, since = pack.base_id, pack.known_at
    about: dict[datetime, set[tuple]] = defaultdict(set)
    for kind, written in _WRITTEN.items():
        if kind in kinds:
            for subject, instant in written(session, base_id, since):
                about[instant].add((kind, subject))
    if "goal" in kinds or "claim" in kinds:
        for subject, instant in queries_packs.goals_written(session, base_id, since):
            about[instant].add(("goal", subject))
    found: dict[tuple, list[Cause]] = defaultdict(list)
    entries = queries_packs.journal_since(session, base_id, since, at)
    for instant, project_id, action, reason, who in entries:
        cause = Cause(minute(instant), who or "系统", action_word(action), reason)
        for subject in {("project", project_id), *about.get(instant, ())}:
            found[subject].append(cause)
    return found


_WRITTEN = {"transfer": queries_packs.transfers_written, "paper": queries_packs.papers_written}


def _subject(unit: str) -> tuple:
    """What the causes of a unit are kept under."""
    kind, *rest = unit.split(":")
    if kind == "project":
        return "project", int(rest[0])
    if kind == "plant":
        return "project", int(rest[1])
    if kind == "paper":
        return "paper", (int(rest[0]), rest[1])
    if kind == "transfer":
        return "transfer", int(rest[0])
    if kind in ("goal", "claim"):
        return "goal", (Indicator(rest[0]), Scope(rest[1]))
    return kind, None


def _by_unit(found: Content) -> dict[str, Cells]:
    rows: dict[str, Cells] = {}
    seen: dict[str, int] = defaultdict(int)
    for unit, row in zip(found.units, found.rows, strict=True):
        seen[unit] += 1
        rows[unit if seen[unit] == 1 else f"{unit}#{seen[unit]}"] = row
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
