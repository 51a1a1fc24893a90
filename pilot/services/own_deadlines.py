"""Days of one report template (单张报表的期限) that differ from those of its frequency."""

from datetime import datetime

from sqlmodel import Session

from pilot.domain.errors import Conflict, Invalid, NotFound
from pilot.domain.people import Actor
from pilot.domain.report_calendar import CalendarRule, check_rule
from pilot.domain.report_periods import PeriodKind
from pilot.services import filing_lines, report_sheets
from pilot.services.command import verb
from pilot.store import queries_filings, queries_packs
from pilot.store.models import ReportCalendar


@verb("report_calendar.save_own")
def save(
    session: Session,
    kind: PeriodKind,
    template: str,
    rule: CalendarRule,
    *,
    by: Actor,
    at: datetime,
    reason: str,
) -> ReportCalendar:
    """Give the reports of one template days of their own; lines that exist keep theirs.

    Whether the template is due at all stays with its frequency: `rule.templates` is not looked at.
    """
    _check_reason(reason)
    check_rule(rule)
    codes = {
        row.code
        for row in queries_packs.in_use(session, by.base_id)
        if kind in report_sheets.kinds(row)
    }
    if template not in codes:
        raise NotFound(f"没有代码为“{template[:16]}”、按{kind.label}报送的报表模板。")
    values = filing_lines.days_of(rule) | {"active": True}
    row = _row(session, by.base_id, kind, template)
    if row is None:
        row = ReportCalendar(
            base_id=by.base_id, kind=kind, template=template, recorded_at=at, **values
        )
        session.add(row)
    else:
        row.sqlmodel_update(values)
    session.flush()
    return row


@verb("report_calendar.save_own")
def give_up(
    session: Session, kind: PeriodKind, template: str, *, by: Actor, at: datetime, reason: str
) -> ReportCalendar:
    """Let a template follow its frequency again (恢复按周期规定)."""
    _check_reason(reason)
    row = _row(session, by.base_id, kind, template)
    if row is None or not row.active:
        raise Conflict("这张报表没有单独的期限，已按周期的规定。")
    row.active = False
    session.flush()
    return row


def _row(session: Session, base_id: int, kind: PeriodKind, template: str) -> ReportCalendar | None:
    found = queries_filings.own_calendars(session, base_id, retired=True)
    return next((row for row in found if (row.kind, row.template) == (kind, template)), None)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("reason", "改动报表的期限必须写明依据。")
