"""The report of each period (上报), its calendar, its rules, and what was said on the way."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from pilot.domain.asked import Asked
from pilot.domain.report_periods import PeriodKind
from pilot.domain.vocabulary import FilingState
from pilot.store.models.base import Record, Versioned, words


class ReportFiling(Record, Versioned, table=True):
    """The report of one period by one template (一期报表): its days, where it stands, whose it is.

    `cut_off` is the instant up to which what was known is in it; a later fact is 补报 or 核减 of a
    later period. `edition` counts the freezings.
    """

    __tablename__ = "report_filing"
    __table_args__ = (
        UniqueConstraint("base_id", "template", "period"),
        CheckConstraint(
            "opens_on <= due_on AND due_on <= lock_on", name="opens_before_due_before_lock"
        ),
        CheckConstraint("state <> 'frozen' OR edition > 0", name="frozen_has_edition"),
        CheckConstraint("checker_id IS NULL OR checker_id <> maker_id", name="two_people"),
        Index("ix_report_filing_due", "base_id", "due_on"),
    )

    template: str = Field(max_length=32)
    period: str = Field(max_length=16)
    starts_on: date
    ends_on: date
    opens_on: date
    due_on: date
    lock_on: date
    state: FilingState = Field(default=FilingState.EMPTY, sa_type=words(FilingState, "state"))
    turn_since: datetime
    maker_id: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    checker_id: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    head_id: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    cut_off: datetime | None = None
    edition: int = 0
    reminded_on: date | None = None


class FilingEdition(Record, table=True):
    """One freezing of a report (签发): its pack, its cut-off and who signed; never changed."""

    __tablename__ = "filing_edition"
    __table_args__ = (
        UniqueConstraint("filing_id", "number"),
        CheckConstraint("maker_id <> checker_id AND maker_id <> head_id", name="two_people"),
    )

    filing_id: int = Field(foreign_key="report_filing.id", ondelete="RESTRICT")
    number: int
    pack_id: int = Field(foreign_key="report_pack.id", index=True, ondelete="RESTRICT")
    cut_off: datetime
    maker_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    checker_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    head_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    frozen_at: datetime


class FilingComment(Record, table=True):
    """A word about a report (意见), by itself or with a move; kept for good."""

    __tablename__ = "filing_comment"

    filing_id: int = Field(foreign_key="report_filing.id", index=True, ondelete="RESTRICT")
    action: str | None = Field(default=None, max_length=16)
    text: str = Field(max_length=1000)
    by_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    recorded_at: datetime


class FilingExplanation(Record, Versioned, table=True):
    """Why a soft finding is right all the same (说明); it travels in the pack."""

    __tablename__ = "filing_explanation"
    __table_args__ = (UniqueConstraint("filing_id", "finding"),)

    filing_id: int = Field(foreign_key="report_filing.id", ondelete="RESTRICT")
    finding: str = Field(max_length=300)
    text: str = Field(max_length=500)
    by_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")


class FilingUnlock(Record, table=True):
    """An exception for a frozen report (解锁): asked for, approved by somebody else, ending."""

    __tablename__ = "filing_unlock"
    __table_args__ = (
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved_by_and_at"),
        CheckConstraint("(approved_by IS NULL) = (until IS NULL)", name="approved_until"),
        CheckConstraint("approved_by IS NULL OR approved_by <> asked_by", name="two_people"),
        Index(
            "uq_filing_unlock_open", "filing_id", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    filing_id: int = Field(foreign_key="report_filing.id", index=True, ondelete="RESTRICT")
    reason: str = Field(max_length=500)
    asked_by: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    asked_at: datetime
    note: str = Field(default="", max_length=500)
    approved_by: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    approved_at: datetime | None = None
    until: date | None = None
    ended_at: datetime | None = None
    ended_how: str = Field(default="", max_length=300)


class ReportCalendar(Record, Versioned, table=True):
    """When reports of one kind of period open, are due and are locked in a base (上报日历).

    `templates` are the codes of those that are due, with 、 between them. A row with a `template`
    is about that report alone, as long as it is `active`.
    """

    __tablename__ = "report_calendar"
    __table_args__ = (UniqueConstraint("base_id", "kind", "template"),)

    kind: PeriodKind = Field(sa_type=words(PeriodKind, "kind"))
    opens_months: int
    opens_day: int
    due_months: int
    due_day: int
    lock_months: int
    lock_day: int
    templates: str = Field(default="", max_length=300)
    template: str = Field(default="", max_length=32)
    active: bool = True


class RuleRow(Record, Versioned, table=True):
    """One rule of a receiver (接收方规则) for the report years in [year_from, year_to].

    A check between tables has its `equation` and no column of its own.
    """

    __tablename__ = "receiver_rule"
    __table_args__ = (
        UniqueConstraint("base_id", "code", "year_from"),
        CheckConstraint("year_from <= year_to", name="years_in_order"),
        CheckConstraint("(asked IS NULL) <> (equation IS NULL)", name="cell_or_equation"),
    )

    code: str = Field(max_length=16)
    template: str = Field(max_length=32)
    field: str = Field(default="", max_length=64)
    asked: Asked | None = Field(default=None, sa_type=words(Asked, "asked"))
    argument: str = Field(default="", max_length=300)
    only_when: str = Field(default="", max_length=200)
    equation: str | None = Field(default=None, max_length=500)
    hard: bool = True
    message: str = Field(default="", max_length=200)
    remedy: str = Field(default="", max_length=200)
    source: str = Field(default="", max_length=200)
    year_from: int
    year_to: int = 9999
    position: int = 0
    active: bool = True
