"""What a report consists of, for who files it: its template, its period, its rows.

The rows themselves are made by `pilot.reports`, which lies above: verbs are handed the function
(`look`) that makes them, as `packs.freeze` is handed its `build`.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session

from pilot.domain.crosschecks import FILED, PREVIOUS, Row
from pilot.domain.errors import Invalid, NotFound
from pilot.domain.moment import Moment
from pilot.domain.preflight import Sheet
from pilot.domain.report_periods import Period, PeriodKind
from pilot.domain.report_periods import period as read_period
from pilot.services import packs
from pilot.store import queries_filings, queries_packs
from pilot.store.models import ReportFiling, ReportTemplate


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A template in use, for one kind of period."""

    code: str
    title: str
    kind: PeriodKind


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are wanted: the base, the template, the period, the two times."""

    base_id: int
    template: str
    period: Period
    known_at: datetime

    @property
    def view(self) -> Moment:
        """The two times of a report of the period, as known then."""
        return packs.view_of(self.period, self.known_at)


Look = Callable[[Session, Wanted], Sheet | None]  # None: there is no such template


def templates(session: Session, base_id: int, day: date) -> list[TemplateLine]:
    """The templates in use on a day, a line a kind of period."""
    return [
        TemplateLine(row.code, row.title, kind)
        for row in queries_packs.in_use(session, base_id)
        if row.valid_from <= day <= row.valid_to
        for kind in kinds(row)
    ]


def titles(session: Session, base_id: int) -> dict[str, str]:
    """What people call each template: code → title."""
    return {row.code: row.title for row in queries_packs.in_use(session, base_id)}


def kinds(row: ReportTemplate) -> list[PeriodKind]:
    """For what kinds of period a template is reported."""
    return [PeriodKind(word) for word in json.loads(row.body).get("periods", ())]


def template_line(session: Session, base_id: int, code: str, kind: PeriodKind) -> TemplateLine:
    """One template; NotFound if there is none of this code."""
    if code not in (known := titles(session, base_id)):
        raise NotFound(f"没有代码为“{code[:16]}”的报表模板。")
    return TemplateLine(code, known[code], kind)


def period(session: Session, base_id: int, code: str, key: str, today: date) -> Period:
    """The period of a key, if the template is reported for it and it has begun."""
    found = read_period(key)
    for row in queries_packs.in_use(session, base_id):
        if row.code == code and found.kind in kinds(row):
            if found.first > today:
                raise Invalid("period", f"{found.label}还没有开始，不能填报。")
            return found
    raise NotFound(f"没有代码为“{code[:16]}”、按{found.kind.label}报送的报表模板。")


@dataclass(slots=True)
class Tables:
    """The tables that an equation may name, each looked up once.

    A report that was frozen is read as it was known at its cut-off: these are its frozen rows.
    """

    session: Session
    row: ReportFiling
    known_at: datetime
    look: Look
    sheet: Sheet
    _found: dict[tuple[str, str], Sequence[Row] | None] = field(default_factory=dict)

    def find(self, template: str, when: str) -> Sequence[Row] | None:
        """The rows of a template: of this period, of the one before, or as filed."""
        if (template, when) == (self.row.template, ""):
            return self.sheet.rows
        if (template, when) not in self._found:
            self._found[template, when] = self._rows(template, when)
        return self._found[template, when]

    def _rows(self, template: str, when: str) -> Sequence[Row] | None:
        wanted = read_period(self.row.period)
        known_at: datetime | None = self.known_at
        if when == PREVIOUS:
            before = wanted.previous
            if before.year != wanted.year:
                return ()
            wanted = before
            known_at = self._cut_off(template, before) or known_at
        if when == FILED:
            known_at = self._cut_off(template, wanted)
        if known_at is None:
            return None
        sheet = self.look(self.session, Wanted(self.row.base_id, template, wanted, known_at))
        return sheet.rows if sheet else None

    def _cut_off(self, template: str, wanted: Period) -> datetime | None:
        return queries_filings.filed_until(self.session, self.row.base_id, template, wanted.key)
