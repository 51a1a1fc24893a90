"""Definitions, goals, the ledger of claims, and the journal of every write."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from pilot.domain.vocabulary import (
    AdmissionEvent,
    Indicator,
    LandingLevel,
    Locality,
    Scope,
    Standing,
)
from pilot.store.models.base import Record, Versioned, words


class Definition(Record, table=True):
    """A version of how an indicator is counted (指标口径), for event dates in [from, to]."""

    __table_args__ = (
        UniqueConstraint("base_id", "indicator", "version"),
        CheckConstraint("valid_from <= valid_to", name="valid_order"),
    )

    indicator: Indicator = Field(sa_type=words(Indicator, "indicator"))
    version: int
    valid_from: date
    valid_to: date
    headline: Scope = Field(sa_type=words(Scope, "headline"))
    admission_event: AdmissionEvent = Field(sa_type=words(AdmissionEvent, "admission_event"))
    threshold: LandingLevel = Field(sa_type=words(LandingLevel, "threshold"))
    locality: Locality = Field(sa_type=words(Locality, "locality"))
    include_four_tech: bool = False
    text: str = Field(max_length=2000)
    approved_by: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    recorded_at: datetime
    superseded_at: datetime | None = None


class Target(Record, Versioned, table=True):
    """A year's goal (年度目标): at least `goal` units."""

    __table_args__ = (
        UniqueConstraint("base_id", "year", "indicator", "scope"),
        CheckConstraint("goal > 0", name="goal_is_positive"),
    )

    year: int
    indicator: Indicator = Field(sa_type=words(Indicator, "indicator"))
    scope: Scope = Field(sa_type=words(Scope, "scope"))
    goal: int
    source: str = Field(max_length=300)


class Filing(Record, table=True):
    """A year that has been reported (已上报年度): later facts become 补报 or 核减."""

    __table_args__ = (UniqueConstraint("base_id", "year"),)

    year: int
    cut_off: datetime
    note: str = Field(max_length=300)
    by_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    recorded_at: datetime


class Claim(Record, table=True):
    """One entry of the ledger; append-only. A number on a card is a sum of `sign` over these.

    `effective_on` is when it became true, `recorded_at` when it was known; `year` is the calendar
    year whose goal it serves. A reversal names the entry it takes back.
    """

    __table_args__ = (
        UniqueConstraint("reverses_id"),
        CheckConstraint("sign IN (-1, 1)", name="sign_is_one"),
        CheckConstraint("(sign = -1) = (reverses_id IS NOT NULL)", name="reversal_names_its_claim"),
        Index(
            "ix_claim_count",
            "base_id",
            "year",
            "indicator",
            "scope",
            "standing",
            "effective_on",
            "recorded_at",
            "sign",
        ),
        # The history of a unit, and all that counting units in any year needs, without the rows.
        Index(
            "ix_claim_unit",
            "base_id",
            "unit_kind",
            "unit_id",
            "indicator",
            "scope",
            "standing",
            "year",
            "effective_on",
            "recorded_at",
            "sign",
        ),
        # What has come since a snapshot (queries_snapshots), of all bases at once.
        Index("ix_claim_recorded_at", "recorded_at"),
        Index("ix_claim_effective_on", "effective_on"),
    )

    indicator: Indicator = Field(sa_type=words(Indicator, "indicator"))
    scope: Scope = Field(sa_type=words(Scope, "scope"))
    standing: Standing = Field(sa_type=words(Standing, "standing"))
    unit_kind: str = Field(max_length=16)
    unit_id: int
    year: int
    sign: int
    effective_on: date
    recorded_at: datetime
    definition_id: int = Field(foreign_key="definition.id", ondelete="RESTRICT")
    rule: str = Field(max_length=32)
    missing: str = Field(default="", max_length=1000)
    reason: str = Field(default="", max_length=500)
    verified_by: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    reverses_id: int | None = Field(default=None, foreign_key="claim.id", ondelete="RESTRICT")
    repeated: bool = False


class ClaimSource(SQLModel, table=True):
    """A row a claim rests on (依据): decision, evidence, transfer, contract, landing step …"""

    __tablename__ = "claim_source"
    __table_args__ = (Index("ix_claim_source_row", "kind", "row_id"),)

    claim_id: int = Field(foreign_key="claim.id", primary_key=True, ondelete="RESTRICT")
    kind: str = Field(max_length=16, primary_key=True)
    row_id: int = Field(primary_key=True)
    base_id: int = Field(foreign_key="base.id", ondelete="RESTRICT")


class JournalHead(SQLModel, table=True):
    """The end of a base's journal; locked first by every command, so writers take turns."""

    __tablename__ = "journal_head"

    base_id: int = Field(primary_key=True, foreign_key="base.id", ondelete="RESTRICT")
    sequence: int = Field(sa_type=BigInteger)
    hash: str = Field(max_length=64)
    at: datetime


class JournalEntry(SQLModel, table=True):
    """One accepted command (日志): who, when, what, before and after, why; chained by hash."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        Index("ix_journal_entry_subject", "base_id", "subject", "subject_id"),
        # With the time: when a project last changed is asked of every line of a list.
        Index("ix_journal_entry_project", "project_id", "sequence", "at"),
        Index("ix_journal_entry_at", "base_id", "at"),
        Index(
            "uq_journal_entry_key",
            "base_id",
            "by_id",
            "key",
            unique=True,
            sqlite_where=text("key IS NOT NULL"),
            postgresql_where=text("key IS NOT NULL"),
        ),
    )

    base_id: int = Field(primary_key=True, foreign_key="base.id", ondelete="RESTRICT")
    sequence: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: datetime
    by_id: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    action: str = Field(max_length=32)
    subject: str = Field(max_length=32)
    subject_id: int
    project_id: int | None = None
    reason: str = Field(default="", max_length=2000)
    changes: str = Field(sa_type=Text)
    key: str | None = Field(default=None, max_length=64)
    clock_went_back: bool = False
    previous: str = Field(max_length=64)
    hash: str = Field(max_length=64)
