"""The lines of the reporting calendar (上报日历): made by themselves, never twice."""

from datetime import date, datetime, timedelta

from sqlmodel import Session

from pilot.domain.errors import Conflict, Invalid
from pilot.domain.filings import NEXT, REMIND_DAYS, Side, turn
from pilot.domain.moment import local_day
from pilot.domain.people import MAY, Actor
from pilot.domain.report_calendar import (
    DEFAULTS,
    After,
    CalendarRule,
    Window,
    check_rule,
    check_window,
    left_in_words,
    periods,
)
from pilot.domain.report_periods import Period, PeriodKind
from pilot.domain.vocabulary import FilingState
from pilot.services import notices, report_sheets
from pilot.services.command import verb
from pilot.services.report_sheets import TemplateLine
from pilot.store import (
    journal,
    journal_reading,
    queries,
    queries_filings,
    queries_packs,
    queries_people,
)
from pilot.store.models import FilingComment, ReportCalendar, ReportFiling

BETWEEN = "、"
_KEPT = timedelta(days=62)  # how far back a calendar that was never kept is begun


@verb("report_calendar.save")
def save_calendar(
    session: Session,
    kind: PeriodKind,
    rule: CalendarRule,
    *,
    by: Actor,
    at: datetime,
    reason: str,
) -> ReportCalendar:
    """Set when reports of one kind open, are due and are locked; lines that exist keep theirs."""
    if not reason.strip():
        raise Invalid("reason", "改动上报日历必须写明依据。")
    check_rule(rule)
    known = {row.kind: row for row in queries_filings.calendars(session, by.base_id)}
    row = known.get(kind)
    values = days_of(rule) | {"templates": _known(session, by.base_id, kind, rule)}
    if row is None:
        row = ReportCalendar(base_id=by.base_id, kind=kind, recorded_at=at, **values)
        session.add(row)
    else:
        row.sqlmodel_update(values)
    session.flush()
    return row


@verb("filing.schedule")
def reschedule(
    session: Session, filing_id: int, window: Window, *, by: Actor, at: datetime, reason: str
) -> ReportFiling:
    """Give one report days of its own (调整期限), with the reason kept in its thread."""
    row = queries.one(session, ReportFiling, by.base_id, filing_id)
    if row.state is FilingState.FROZEN:
        raise Conflict("这期报表已上报并冻结，不能再调整期限；需要更正请申请解锁。")
    if not reason.strip():
        raise Invalid("reason", "调整期限必须写明理由。")
    check_window(window, row.ends_on)
    old = f"{row.opens_on}、{row.due_on}、{row.lock_on}"
    row.opens_on, row.due_on, row.lock_on = window.opens_on, window.due_on, window.lock_on
    row.reminded_on = None
    new = f"{row.opens_on}、{row.due_on}、{row.lock_on}"
    said = f"期限（开放、截止、锁定）由 {old} 改为 {new}：{reason.strip()}"
    session.add(
        FilingComment(
            base_id=row.base_id, filing_id=row.id, action="reschedule", text=said[:1000],
            by_id=by.id, recorded_at=at,
        )
    )  # fmt: skip
    session.flush()
    return row


def days_of(rule: CalendarRule) -> dict[str, int]:
    """The three days of a rule as they are stored."""
    return {
        f"{name}_{part}": getattr(getattr(rule, name), part)
        for name in ("opens", "due", "lock")
        for part in ("months", "day")
    }


def rule_of(session: Session, base_id: int, kind: PeriodKind, template: str) -> CalendarRule:
    """When a report is due in a base: by its own rule, else its frequency's."""
    own = own_rules(session, base_id)
    return own.get((kind, template)) or rules_of(session, base_id)[kind]


def own_rules(session: Session, base_id: int) -> dict[tuple[PeriodKind, str], CalendarRule]:
    """The rules of single reports, by frequency and template."""
    rows = queries_filings.own_calendars(session, base_id)
    return {(row.kind, row.template): as_rule(row) for row in rows}


def rules_of(session: Session, base_id: int) -> dict[PeriodKind, CalendarRule]:
    """The rule of every frequency: the base's own, else the product's."""
    own = {row.kind: as_rule(row) for row in queries_filings.calendars(session, base_id)}
    return {**DEFAULTS, **own}


def as_rule(row: ReportCalendar) -> CalendarRule:
    """A stored calendar as the rule it is."""
    return CalendarRule(
        After(row.opens_months, row.opens_day),
        After(row.due_months, row.due_day),
        After(row.lock_months, row.lock_day),
        tuple(filter(None, row.templates.split(BETWEEN))),
    )


def _known(session: Session, base_id: int, kind: PeriodKind, rule: CalendarRule) -> str:
    """The templates of a rule as they are stored, if each is reported for such periods."""
    known = {
        row.code for row in queries_packs.in_use(session, base_id)
        if kind in report_sheets.kinds(row)
    }  # fmt: skip
    if strange := [code for code in rule.templates if code not in known]:
        raise Invalid("templates", f"{'、'.join(strange)} 不是按{kind.label}报送的报表模板。")
    return BETWEEN.join(rule.templates)


def line(
    session: Session, base_id: int, template: str, period: Period, at: datetime
) -> ReportFiling:
    """The line of a template and a period; made now if the calendar has not made it yet."""
    row = queries_filings.filing(session, base_id, template, period.key)
    if row is None:
        rule = rule_of(session, base_id, period.kind, template)
        row = blank(base_id, template, period, rule, at)
        session.add(row)
        session.flush()
    return row


def blank(
    base_id: int, template: str, period: Period, rule: CalendarRule, at: datetime
) -> ReportFiling:
    """A line as the calendar would make it by a rule, not yet stored."""
    window = rule.window(period.last)
    return ReportFiling(
        base_id=base_id,
        template=template,
        period=period.key,
        starts_on=period.first,
        ends_on=period.last,
        opens_on=window.opens_on,
        due_on=window.due_on,
        lock_on=window.lock_on,
        turn_since=at,
        recorded_at=at,
    )


def asked(session: Session, row: ReportFiling) -> set[int]:
    """Whom a report waits for before it is frozen (轮到谁); its maker never to check or sign it."""
    if turn(row.state) is Side.MAKER:
        return {*queries_people.reporters(session, row.base_id), row.maker_id} - {None}
    able = queries_people.holders(session, row.base_id, MAY[f"filing.{NEXT[row.state]}"])
    return set(able) - {row.maker_id}


def refresh(session: Session, base_id: int, *, at: datetime) -> tuple[int, int]:
    """Make the lines whose window has opened, and remind of what is nearly due; both counts.

    Part of the nightly work: derived rows, so no verb and no journal. Takes the base's turn to
    write; run it once a base in a transaction of its own. Commits nothing.
    """
    journal.lock(session, base_id)
    today = local_day(at)
    made = 0
    rules, own = rules_of(session, base_id), own_rules(session, base_id)
    for template in due_templates(session, base_id, today):
        rule = own.get((template.kind, template.code)) or rules[template.kind]
        for period in periods(template.kind, today - _KEPT, today):
            is_open = period.last < today and rule.window(period.last).opens_on <= today
            if is_open and not queries_filings.filing(session, base_id, template.code, period.key):
                line(session, base_id, template.code, period, at)
                made += 1
    return made, _remind(session, base_id, today, at)


def due_templates(session: Session, base_id: int, day: date) -> list[TemplateLine]:
    """The templates in use on a day that are due for one kind of period or another."""
    rules = rules_of(session, base_id)
    found = report_sheets.templates(session, base_id, day)
    return [template for template in found if template.code in rules[template.kind].templates]


def _remind(session: Session, base_id: int, today: date, at: datetime) -> int:
    since = journal_reading.begun_on(session, base_id)
    rows = queries_filings.due_until(session, base_id, since, today + timedelta(days=REMIND_DAYS))
    titles = report_sheets.titles(session, base_id)
    for row in rows:
        title = titles.get(row.template, row.template)
        told = f"{title} {row.period}：{left_in_words(row.due_on, today, since)}，{row.state.label}"
        people = asked(session, row)
        notices.tell(session, base_id, people, told, page="reports", about_id=row.id, at=at)
        row.reminded_on = today
    session.flush()
    return len(rows)
