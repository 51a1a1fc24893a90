"""When reports are due (报送期限): each frequency's rule, its versions, what one would bring."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from pilot.domain.moment import local_day, minute
from pilot.domain.people import Actor
from pilot.domain.report_calendar import DEFAULTS, CalendarRule, Window, windows
from pilot.domain.report_periods import PeriodKind
from pilot.reports.filing_lines import base_of
from pilot.services import filing_lines, report_sheets
from pilot.services.reads import read
from pilot.store import queries_filings, queries_history
from pilot.store.models import JournalEntry, ReportCalendar

_TABLE = "report_calendar"
BY_FREQUENCY = "按周期的规定"
_MOST = 50  # versions that are listed
_PARTS = ("opens", "窗口开放"), ("due", "报送截止"), ("lock", "数据锁定")


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The rule of one frequency, or of one `template` of it; `id` is None where none is stored.

    `templates` are those that may be due for such periods: code → title. `own` says whether the
    base has set it: for the frequency, or for the template.
    """

    kind: PeriodKind
    rule: CalendarRule
    id: int | None
    rev: int
    templates: Mapping[str, str]
    template: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """One change of a rule: what it said before, what it says since, who, when, why."""

    kind: PeriodKind
    template: str
    at: str
    who: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class Coming:
    """One period under a rule that is tried: its days now and then.

    `listed` are the templates whose line of the period exists: these keep their days.
    """

    period: str
    ends_on: date
    now: Window
    then: Window
    listed: tuple[str, ...]


@read("filing.read")
def rules(
    session: Session, actor: Actor, now: datetime, base_id: int | None = None
) -> dict[PeriodKind, Deadlines]:
    """The rule of every frequency in a base."""
    base = base_of(session, actor, base_id)
    rows = {row.kind: row for row in queries_filings.calendars(session, base)}
    titles: dict[PeriodKind, dict[str, str]] = {kind: {} for kind in PeriodKind}
    for one in report_sheets.templates(session, base, local_day(now)):
        titles[one.kind][one.code] = one.title
    return {kind: _deadlines(kind, rows.get(kind), titles[kind]) for kind in PeriodKind}


@read("filing.read")
def of_template(
    session: Session,
    actor: Actor,
    kind: PeriodKind,
    template: str,
    now: datetime,
    base_id: int | None = None,
) -> Deadlines:
    """The rule of one template: its own, else its frequency's."""
    general = rules(session, actor, now, base_id)[kind]
    base = base_of(session, actor, base_id)
    rows = queries_filings.own_calendars(session, base, retired=True)
    found = [row for row in rows if (row.kind, row.template) == (kind, template)]
    if not found:
        return replace(general, id=None, rev=0, template=template, own=False)
    [row] = found
    rule = filing_lines.as_rule(row) if row.active else general.rule
    return replace(general, rule=rule, id=row.id, rev=row.rev, template=template, own=row.active)


@read("filing.read")
def versions(session: Session, actor: Actor, base_id: int | None = None) -> list[Version]:
    """Every change of a rule in a base, the latest first, with the version before it."""
    base = base_of(session, actor, base_id)
    rows = [
        *queries_filings.calendars(session, base),
        *queries_filings.own_calendars(session, base, retired=True),
    ]
    said = {row.id: row.model_dump() for row in rows}
    found = []
    for entry, who in queries_history.about(session, base, [_TABLE], _MOST):
        if entry.subject_id in said:
            found.append(_version(said[entry.subject_id], entry, who or "系统"))
    return found


@read("filing.read")
def coming(
    session: Session,
    actor: Actor,
    kind: PeriodKind,
    rule: CalendarRule,
    year: int,
    base_id: int | None = None,
    template: str = "",
) -> list[Coming]:
    """The days of the periods of a year by the rule in force and by one that is tried.

    Of the frequency, whose reports with days of their own are not `listed`, or of one template.
    """
    base = base_of(session, actor, base_id)
    made: dict[str, list[str]] = {}
    own = filing_lines.own_rules(session, base)
    for row in queries_filings.filings(session, base, date(year, 1, 1), date(year, 12, 31)):
        if row.template == template or not (template or (kind, row.template) in own):
            made.setdefault(row.period, []).append(row.template)
    now = windows(filing_lines.rule_of(session, base, kind, template), kind, year)
    then = windows(rule, kind, year)
    return [
        Coming(period.key, period.last, old, new, tuple(sorted(made.get(period.key, ()))))
        for (period, old), (_, new) in zip(now, then, strict=True)
    ]


def in_words(rule: CalendarRule, *, due: bool = True) -> str:
    """A rule as one line: the three days after the period, and the reports that are due."""
    days = "，".join(
        f"{label}：期后第 {after.months} 个月 {after.day} 日"
        for name, label in _PARTS
        for after in [getattr(rule, name)]
    )
    return f"{days}；报送 {'、'.join(rule.templates) or '无'}" if due else days


def _deadlines(
    kind: PeriodKind, row: ReportCalendar | None, titles: Mapping[str, str]
) -> Deadlines:
    if row is None:
        return Deadlines(kind, DEFAULTS[kind], None, 0, titles)
    return Deadlines(kind, filing_lines.as_rule(row), row.id, row.rev, titles, own=True)


def _version(now: dict[str, Any], entry: JournalEntry, who: str) -> Version:
    """One entry in words; `now` holds what the row said after it, and before it when done."""
    kind = PeriodKind(now["kind"])
    after = _told({**now, "kind": kind}, first=False)
    [fields] = [one["fields"] for one in json.loads(entry.changes) if one["table"] == _TABLE]
    old = {name: pair[0] for name, pair in fields.items() if name in now}
    first = old.get("opens_months", 0) is None
    now.update({} if first else old)
    before = _told({**now, "kind": kind}, first=first)
    return Version(kind, now["template"], minute(entry.at), who, before, after, entry.reason)


def _told(said: dict[str, Any], *, first: bool) -> str:
    """What a stored rule said; before the `first` entry there was none."""
    if said["template"]:
        row = ReportCalendar(**said)
        kept = not first and row.active
        return in_words(filing_lines.as_rule(row), due=False) if kept else BY_FREQUENCY
    if first:
        return f"{in_words(DEFAULTS[said['kind']])}（产品默认）"
    return in_words(filing_lines.as_rule(ReportCalendar(**said)))
