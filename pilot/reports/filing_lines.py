"""The lines of the reporting calendar as people read them (上报): one a template and period."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from sqlmodel import Session

from pilot.domain.errors import NotFound
from pilot.domain.filings import Facts, Side, turn
from pilot.domain.moment import Moment, local_day
from pilot.domain.people import Actor
from pilot.domain.report_calendar import BEFORE_USE, Window, days_left, left_in_words, periods
from pilot.domain.report_periods import PeriodKind
from pilot.domain.report_periods import period as read_period
from pilot.domain.vocabulary import FilingState
from pilot.reports.report_sheets import look
from pilot.services import filing_lines, filings, precheck, report_sheets
from pilot.services.reads import read
from pilot.services.report_sheets import TemplateLine
from pilot.store import journal_reading, queries_bases, queries_filings
from pilot.store.files import Place
from pilot.store.models import Base, FilingUnlock, ReportFiling


@dataclass(frozen=True, slots=True)
class Line:
    """The report of one period; `id` is None while the calendar has not made its line.

    `days` until it is due, None once it is filed, before its window opens, and if it was due before
    the base was in the system; `left` says the same in words, '' once it is filed. The counts of
    pre-flight are None where nothing is checked: before the window opens and after the freezing.
    `changed` is how many units the frozen pack would say differently now, None if not known.
    """

    id: int | None
    base_id: int
    template: str
    title: str
    kind: PeriodKind
    period: str
    starts_on: date
    ends_on: date
    window: Window
    state: FilingState
    side: Side | None
    days: int | None
    left: str
    pack_id: int | None = None
    acceptable: int | None = None
    rows: int | None = None
    hard: int | None = None
    soft: int | None = None
    unexplained: int = 0
    unlocked_until: date | None = None
    changed: int | None = None

    @property
    def before_use(self) -> bool:
        """Whether it was due before the base was in the system, and is not filed."""
        return self.left == BEFORE_USE


@dataclass(frozen=True, slots=True)
class Checked:
    """What pre-flight counts in one report."""

    acceptable: int
    rows: int
    hard: int
    soft: int
    unexplained: int


@read("filing.read")
def bases(session: Session, actor: Actor) -> list[Base]:
    """The bases whose reports an actor may see."""
    return list(queries_bases.visible(session, actor))


@read("filing.read")
def calendar(
    session: Session, actor: Actor, year: int, now: datetime, base_id: int | None = None
) -> list[Line]:
    """The reports of the periods that end in a year and have begun: those that have ended, the
    latest first, then those that still run.

    Lines that the calendar has not made yet are shown as they will be made. None is checked here:
    see `preflight` and `with_counts`.
    """
    base = base_of(session, actor, base_id)
    found = list(_lines(session, base, year, now))
    today = local_day(now)
    found.sort(key=lambda line: line.template)
    return sorted(found, key=lambda line: (line.ends_on < today, line.ends_on), reverse=True)


def preflight(
    session: Session, base_id: int, filing_ids: Sequence[int], folder: Place, view: Moment
) -> dict[int, Checked]:
    """The pre-flight of reports at work, in numbers, for who may work on them; rules read once."""
    rules = queries_filings.rules(session, base_id)
    seen = functools.cache(
        functools.partial(look, folder=folder)
    )  # tables that several reports are held against
    found = {}
    for row in queries_filings.by_ids(session, base_id, filing_ids):
        known_at = filings.known_until(session, row, view.known_at)
        one = precheck.judged(session, row, known_at, seen, rules)
        found[row.id] = Checked(
            one.acceptable, len(one.sheet.rows), one.hard, one.soft, one.unexplained
        )
    return found


def with_counts(
    lines: Sequence[Line], checked: Mapping[int, Checked], changed: Mapping[int, int | None]
) -> list[Line]:
    """The lines with what pre-flight counts (by report) and what has changed since (by pack)."""
    found = []
    for line in lines:
        if one := checked.get(line.id):
            line = replace(line, **asdict(one))
        found.append(replace(line, changed=changed.get(line.pack_id)))
    return found


def base_of(session: Session, actor: Actor, base_id: int | None) -> int:
    """The base that is asked for, if it is the actor's to see; the actor's own by default."""
    visible = [base.id for base in queries_bases.visible(session, actor)]
    if base_id is not None and base_id not in visible:
        raise NotFound("没有找到这个基地的上报。")
    return base_id or (actor.base_id if actor.base_id in visible else visible[0])


def line_of(
    row: ReportFiling,
    template: TemplateLine,
    today: date,
    since: date,
    unlock: FilingUnlock | None = None,
    pack_id: int | None = None,
) -> Line:
    """One line, made or still to be made; `since` the base is in the system.

    An unlocked report has until the end of its unlock.
    """
    until = unlock.until if unlock else None
    last = until or row.due_on
    state = Facts(row.state, today, unlocked_until=until).standing
    frozen = state is FilingState.FROZEN
    return Line(
        id=row.id,
        base_id=row.base_id,
        template=row.template,
        title=template.title,
        kind=template.kind,
        period=row.period,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        window=Window(row.opens_on, row.due_on, row.lock_on),
        state=state,
        side=turn(state),
        days=None if frozen or today < row.opens_on else days_left(last, today, since),
        left="" if frozen else left_in_words(last, today, since),
        pack_id=pack_id,
        unlocked_until=None if frozen else until,
    )


def _lines(session: Session, base: int, year: int, now: datetime) -> Iterator[Line]:
    first, last, today = date(year, 1, 1), date(year, 12, 31), local_day(now)
    stored = queries_filings.filings(session, base, first, last)
    ids = [row.id for row in stored]
    packs = queries_filings.last_packs(session, ids)
    unlocks = queries_filings.open_unlocks(session, ids)
    wanted = {
        (template.code, period): template
        for template in filing_lines.due_templates(session, base, min(today, last))
        for period in periods(template.kind, first, last)
        if period.first <= today
    }
    titles, rules = report_sheets.titles(session, base), filing_lines.rules_of(session, base)
    own, since = filing_lines.own_rules(session, base), journal_reading.begun_on(session, base)
    for row in stored:
        period = read_period(row.period)
        title = titles.get(row.template, row.template)
        template = TemplateLine(row.template, title, period.kind)
        wanted.pop((row.template, period), None)
        yield line_of(row, template, today, since, unlocks.get(row.id), packs.get(row.id))
    for (code, period), template in wanted.items():
        rule = own.get((period.kind, code)) or rules[period.kind]
        row = filing_lines.blank(base, code, period, rule, now)
        yield line_of(row, template, today, since)
