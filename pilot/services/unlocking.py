"""Exceptions for frozen reports (解锁): asked for, approved by somebody else, ended on a day."""

from datetime import date, datetime

from sqlmodel import Session

from pilot.domain.filings import check_unlock_end
from pilot.domain.moment import local_day
from pilot.domain.people import MAY, Actor
from pilot.domain.vocabulary import FilingState
from pilot.services import filings, notices
from pilot.services.command import verb
from pilot.store import queries, queries_filings, queries_people
from pilot.store.models import FilingUnlock, ReportFiling


@verb("filing.ask_unlock")
def ask(session: Session, filing_id: int, *, by: Actor, at: datetime, reason: str) -> FilingUnlock:
    """Ask that a frozen report be opened for a correction (申请解锁), and say why."""
    row = queries.one(session, ReportFiling, by.base_id, filing_id)
    end_if_over(session, row, at)
    filings.move(session, row, "ask_unlock", by, at, reason)
    unlock = FilingUnlock(
        base_id=row.base_id, filing_id=row.id, reason=reason.strip(), asked_by=by.id, asked_at=at
    )
    session.add(unlock)
    session.flush()
    heads = set(queries_people.holders(session, row.base_id, MAY["filing.unlock"]))
    text = f"{row.template} {row.period}：申请解锁，理由：{reason.strip()}"
    notices.tell(
        session, row.base_id, heads - {by.id}, text, page="reports", about_id=row.id, at=at
    )
    return unlock


@verb("filing.unlock")
def unlock(
    session: Session, filing_id: int, until: date | None, *, by: Actor, at: datetime, reason: str
) -> FilingUnlock:
    """Approve the unlock that was asked for (批准解锁), up to and with the day `until`.

    The pack that was filed stays what it is; the corrected report gets a pack of its own.
    """
    row = queries.one(session, ReportFiling, by.base_id, filing_id)
    last = check_unlock_end(until, local_day(at))
    filings.move(session, row, "unlock", by, at, reason)
    asked = queries_filings.open_unlock(session, row.id)
    asked.approved_by, asked.approved_at, asked.until = by.id, at, last
    asked.note = reason.strip()
    row.cut_off, row.checker_id, row.head_id = None, None, None
    text = f"{row.template} {row.period}：已批准解锁，{last} 前完成更正并重新签发"
    notices.tell(
        session, row.base_id, [asked.asked_by], text, page="reports", about_id=row.id, at=at
    )
    return asked


@verb("filing.relock")
def relock(
    session: Session, filing_id: int, *, by: Actor, at: datetime, reason: str
) -> ReportFiling:
    """End an unlock before its day (恢复锁定); the report stands as it was filed."""
    row = queries.one(session, ReportFiling, by.base_id, filing_id)
    filings.move(session, row, "relock", by, at, reason)
    _end(session, row, f"恢复锁定：{reason.strip()}", at)
    return row


@verb("filing.refuse_unlock")
def refuse(
    session: Session, filing_id: int, *, by: Actor, at: datetime, reason: str
) -> FilingUnlock:
    """Not approve an unlock that was asked for (不予解锁); the asker is told why."""
    row = queries.one(session, ReportFiling, by.base_id, filing_id)
    filings.move(session, row, "refuse_unlock", by, at, reason)
    asked = queries_filings.open_unlock(session, row.id)
    asked.ended_at, asked.ended_how = at, f"不予解锁：{reason.strip()}"[:300]
    text = f"{row.template} {row.period}：不予解锁，理由：{reason.strip()}"
    notices.tell(
        session, row.base_id, [asked.asked_by], text, page="reports", about_id=row.id, at=at
    )
    return asked


def end_if_over(session: Session, row: ReportFiling, at: datetime) -> None:
    """Write down that an unlock ended by its day."""
    opened = queries_filings.open_unlock(session, row.id)
    if opened and opened.until and opened.until < local_day(at):
        _end(session, row, f"{opened.until} 到期，未完成更正，恢复锁定", at)


def _end(session: Session, row: ReportFiling, how: str, at: datetime) -> None:
    """End an unlock: the report is again what it was when it was frozen."""
    opened = queries_filings.open_unlock(session, row.id)
    opened.ended_at, opened.ended_how = at, how[:300]
    last = queries_filings.last_edition(session, row.id)
    row.state, row.turn_since, row.cut_off = FilingState.FROZEN, at, last.cut_off
    row.maker_id, row.checker_id, row.head_id = last.maker_id, last.checker_id, last.head_id
    session.flush()
