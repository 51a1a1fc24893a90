"""Reports of periods (上报): lines of the calendar, threads, unlocks, explanations, rules."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Row
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, or_, select

from pilot.domain.vocabulary import FilingState, SubmissionState
from pilot.store.models import (
    Account,
    FilingComment,
    FilingEdition,
    FilingExplanation,
    FilingUnlock,
    ReportCalendar,
    ReportFiling,
    Result,
    RuleRow,
    Submission,
)

_MOST_UNLOCKS = 200


def filing(session: Session, base_id: int, template: str, period: str) -> ReportFiling | None:
    """The report of one template for one period."""
    query = select(ReportFiling).where(
        ReportFiling.base_id == base_id,
        ReportFiling.template == template,
        ReportFiling.period == period,
    )
    return session.exec(query).first()


def filings(session: Session, base_id: int, first: date, last: date) -> Sequence[ReportFiling]:
    """The reports of the periods that end in [first, last]."""
    query = select(ReportFiling).where(
        ReportFiling.base_id == base_id,
        ReportFiling.ends_on >= first,
        ReportFiling.ends_on <= last,
    )
    order = col(ReportFiling.ends_on).desc(), col(ReportFiling.template)
    return session.exec(query.order_by(*order)).all()


def by_ids(session: Session, base_id: int, ids: Sequence[int]) -> Sequence[ReportFiling]:
    """These reports of a base."""
    query = select(ReportFiling).where(
        ReportFiling.base_id == base_id, col(ReportFiling.id).in_(ids)
    )
    return session.exec(query.order_by(col(ReportFiling.id))).all() if ids else []


def editions(session: Session, filing_id: int) -> Sequence[FilingEdition]:
    """Every freezing of a report, the latest first."""
    query = select(FilingEdition).where(FilingEdition.filing_id == filing_id)
    return session.exec(query.order_by(col(FilingEdition.number).desc())).all()


def last_edition(session: Session, filing_id: int) -> FilingEdition | None:
    """The latest freezing of a report."""
    return next(iter(editions(session, filing_id)), None)


def last_packs(session: Session, filing_ids: Sequence[int]) -> dict[int, int]:
    """The pack of the latest freezing of each report: report → pack."""
    query = (
        select(FilingEdition.filing_id, FilingEdition.pack_id)
        .where(col(FilingEdition.filing_id).in_(filing_ids))
        .order_by(col(FilingEdition.number))
    )
    return dict(session.exec(query).all()) if filing_ids else {}


def filed_until(session: Session, base_id: int, template: str, period: str) -> datetime | None:
    """The cut-off with which a report was last frozen; None if it never was."""
    query = (
        select(FilingEdition.cut_off)
        .join(ReportFiling, col(ReportFiling.id) == col(FilingEdition.filing_id))
        .where(
            ReportFiling.base_id == base_id,
            ReportFiling.template == template,
            ReportFiling.period == period,
        )
        .order_by(col(FilingEdition.number).desc())
    )
    return session.exec(query.limit(1)).first()


def due_until(session: Session, base_id: int, since: date, day: date) -> Sequence[ReportFiling]:
    """The reports due from one day to another that nobody has been reminded of yet."""
    query = select(ReportFiling).where(
        ReportFiling.base_id == base_id,
        ReportFiling.due_on >= since,
        ReportFiling.due_on <= day,
        ReportFiling.state != FilingState.FROZEN,
        col(ReportFiling.reminded_on).is_(None),
    )
    return session.exec(query.order_by(col(ReportFiling.due_on), col(ReportFiling.id))).all()


def names(session: Session, accounts: Sequence[int | None]) -> dict[int, str]:
    """The names of accounts."""
    wanted = [account for account in accounts if account is not None]
    query = select(Account.id, Account.name).where(col(Account.id).in_(wanted))
    return dict(session.exec(query).all()) if wanted else {}


def comments(session: Session, filing_id: int) -> Sequence[tuple[FilingComment, str]]:
    """Everything that was said about a report, with who said it, oldest first."""
    query = (
        select(FilingComment, Account.name)
        .join(Account, col(Account.id) == col(FilingComment.by_id))
        .where(FilingComment.filing_id == filing_id)
        .order_by(col(FilingComment.id))
    )
    return session.exec(query).all()


def explanations(session: Session, filing_id: int) -> dict[str, str]:
    """The explanations of a report: finding → text."""
    query = (
        select(FilingExplanation.finding, FilingExplanation.text)
        .where(FilingExplanation.filing_id == filing_id)
        .order_by(col(FilingExplanation.finding))
    )
    return dict(session.exec(query).all())


def explained(session: Session, filing_id: int) -> dict[str, FilingExplanation]:
    """The rows of these explanations, by finding."""
    query = select(FilingExplanation).where(FilingExplanation.filing_id == filing_id)
    return {row.finding: row for row in session.exec(query)}


def open_unlock(session: Session, filing_id: int) -> FilingUnlock | None:
    """The unlock of a report that is asked for or in force."""
    query = select(FilingUnlock).where(
        FilingUnlock.filing_id == filing_id, col(FilingUnlock.ended_at).is_(None)
    )
    return session.exec(query).first()


def open_unlocks(session: Session, filing_ids: Sequence[int]) -> dict[int, FilingUnlock]:
    """The same for many reports: report → unlock."""
    query = select(FilingUnlock).where(
        col(FilingUnlock.filing_id).in_(filing_ids), col(FilingUnlock.ended_at).is_(None)
    )
    return {row.filing_id: row for row in session.exec(query)} if filing_ids else {}


def unlocks(
    session: Session, base_id: int, *, filing_id: int | None = None, template: str | None = None
) -> Sequence[Row]:
    """The exceptions there were, the latest first: unlock, report, who asked, who approved."""
    asker, approver = aliased(Account), aliased(Account)
    query = (
        select(FilingUnlock, ReportFiling, asker.name, approver.name)
        .join(ReportFiling, col(ReportFiling.id) == col(FilingUnlock.filing_id))
        .join(asker, asker.id == col(FilingUnlock.asked_by))
        .join(approver, approver.id == col(FilingUnlock.approved_by), isouter=True)
        .where(FilingUnlock.base_id == base_id)
        .order_by(col(FilingUnlock.id).desc())
    )
    if filing_id is not None:
        query = query.where(FilingUnlock.filing_id == filing_id)
    if template is not None:
        query = query.where(ReportFiling.template == template)
    return session.exec(query.limit(_MOST_UNLOCKS)).all()


def calendars(session: Session, base_id: int) -> Sequence[ReportCalendar]:
    """The calendar that a base has set for itself, a row a frequency."""
    query = select(ReportCalendar).where(
        ReportCalendar.base_id == base_id, ReportCalendar.template == ""
    )
    return session.exec(query).all()


def own_calendars(
    session: Session, base_id: int, *, retired: bool = False
) -> Sequence[ReportCalendar]:
    """The days that a base has set for single reports; those given up too if `retired`."""
    query = select(ReportCalendar).where(
        ReportCalendar.base_id == base_id,
        ReportCalendar.template != "",
        or_(col(ReportCalendar.active).is_(True), retired),
    )
    return session.exec(query.order_by(col(ReportCalendar.id))).all()


def rules(session: Session, base_id: int, *, retired: bool = False) -> Sequence[RuleRow]:
    """The receivers' rules of a base in their order."""
    query = select(RuleRow).where(
        RuleRow.base_id == base_id, or_(col(RuleRow.active).is_(True), retired)
    )
    return session.exec(query.order_by(col(RuleRow.position), col(RuleRow.code))).all()


def rule_versions(session: Session, base_id: int, code: str) -> Sequence[RuleRow]:
    """Every version of a rule, those out of use too, the earliest first."""
    query = select(RuleRow).where(RuleRow.base_id == base_id, RuleRow.code == code)
    return session.exec(query.order_by(col(RuleRow.year_from))).all()


def open_filings(session: Session, base_id: int) -> Sequence[ReportFiling]:
    """The reports whose lines are made and that are not frozen, the most urgent first."""
    query = select(ReportFiling).where(
        ReportFiling.base_id == base_id, ReportFiling.state != FilingState.FROZEN
    )
    return session.exec(query.order_by(col(ReportFiling.due_on), col(ReportFiling.template))).all()


def result_by_code(
    session: Session, base_id: int, code: str
) -> tuple[int, int | None, int | None] | None:
    """A result of this code: its id, and the submission it came from with its author."""
    query = (
        select(Result.id, Submission.id, Submission.author_id)
        .join(
            Submission,
            and_(
                col(Submission.result_id) == col(Result.id),
                col(Submission.changes_id).is_(None),
                Submission.state == SubmissionState.ACCEPTED,
            ),
            isouter=True,
        )
        .where(Result.base_id == base_id, Result.code == code)
        .order_by(col(Submission.id))
    )
    return session.exec(query).first()
