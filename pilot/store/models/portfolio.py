"""Projects and their lives (项目): identity, plan, moves, and the spans that answer two times."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlmodel import Field

from pilot.domain.vocabulary import Gate, Purpose, Stage, State
from pilot.store.models.base import Record, Versioned, words


class Project(Record, Versioned, table=True):
    """A pilot project (中试项目) as it is now; what it was stands in its spans."""

    __table_args__ = (
        UniqueConstraint("base_id", "code"),
        CheckConstraint(
            "parent_id IS NULL OR parent_reason IS NOT NULL", name="parent_has_a_reason"
        ),
    )

    code: str = Field(max_length=32)
    name: str = Field(max_length=200)
    holder_id: int | None = Field(default=None, foreign_key="organisation.id", ondelete="RESTRICT")
    pilot_org_id: int | None = Field(
        default=None, foreign_key="organisation.id", ondelete="RESTRICT"
    )
    manager_id: int | None = Field(default=None, foreign_key="person.id", ondelete="RESTRICT")
    field: str | None = Field(default=None, max_length=32)
    industry: str | None = Field(default=None, max_length=16)
    industry_edition: str | None = Field(default=None, max_length=32)
    area: str | None = Field(default=None, max_length=12)
    zone: str | None = Field(default=None, max_length=32)
    purpose: Purpose = Field(default=Purpose.PILOT, sa_type=words(Purpose, "purpose"))
    in_base: bool = True
    owner_consent: bool = False
    framework_agreement: bool = False
    parent_id: int | None = Field(default=None, foreign_key="project.id", ondelete="RESTRICT")
    parent_reason: str | None = Field(default=None, max_length=500)
    continues_parent: bool = False
    key_hazards: bool = False
    hazard_process: str | None = Field(default=None, max_length=32)
    reaction_grade: int | None = None
    first_in_china: bool = False
    targets: str | None = Field(default=None, max_length=1000)
    budget: Decimal | None = Field(default=None, sa_type=Numeric(14, 2))
    readiness_scheme: str | None = Field(default=None, max_length=32)
    readiness_version: str | None = Field(default=None, max_length=32)
    readiness_level: int | None = None
    run_start: date | None = None
    installed: bool = False
    entry_stage: Stage = Field(default=Stage.POOL, sa_type=words(Stage, "entry_stage"))
    entered_on: date
    stage: Stage = Field(default=Stage.POOL, sa_type=words(Stage, "stage"))
    state: State = Field(default=State.ACTIVE, sa_type=words(State, "state"))
    merged_into_id: int | None = Field(default=None, foreign_key="project.id", ondelete="RESTRICT")
    void_asked_by: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    source: str | None = Field(default=None, max_length=300)
    touched_at: datetime

    @property
    def hazardous(self) -> bool:
        """Whether the checklist for hazardous processes applies."""
        return self.key_hazards or bool(self.hazard_process)


class ProjectSite(Record, table=True):
    """A site (场地) a project works at."""

    __tablename__ = "project_site"
    __table_args__ = (UniqueConstraint("project_id", "site"),)

    project_id: int = Field(foreign_key="project.id", index=True, ondelete="RESTRICT")
    site: str = Field(max_length=32)


class ProjectResult(Record, table=True):
    """A result (成果) a project pilots."""

    __tablename__ = "project_result"
    __table_args__ = (UniqueConstraint("project_id", "result_id"),)

    project_id: int = Field(foreign_key="project.id", index=True, ondelete="RESTRICT")
    result_id: int = Field(foreign_key="result.id", index=True, ondelete="RESTRICT")


class GatePlan(Record, table=True):
    """When a gate is planned (计划日期); a change closes this row and opens the next."""

    __tablename__ = "gate_plan"
    __table_args__ = (Index("ix_gate_plan_known", "project_id", "gate", "known_from"),)

    project_id: int = Field(foreign_key="project.id", ondelete="RESTRICT")
    gate: Gate = Field(sa_type=words(Gate, "gate"))
    planned_on: date
    reason: str | None = Field(default=None, max_length=300)
    known_from: datetime
    known_to: datetime


class Move(Record, table=True):
    """One step in a project's life; append-only (阶段变动)."""

    action: str = Field(max_length=32)
    project_id: int = Field(foreign_key="project.id", index=True, ondelete="RESTRICT")
    from_stage: Stage = Field(sa_type=words(Stage, "from_stage"))
    from_state: State = Field(sa_type=words(State, "from_state"))
    to_stage: Stage = Field(sa_type=words(Stage, "to_stage"))
    to_state: State = Field(sa_type=words(State, "to_state"))
    effective_on: date
    recorded_at: datetime
    by_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    reason: str | None = Field(default=None, max_length=1000)
    decision_id: int | None = Field(default=None, foreign_key="decision.id", ondelete="RESTRICT")


# What a list of projects, and a count of gates, at two times looks at (索引列).
_COUNTED = (
    *("base_id", "known_to", "valid_to", "valid_from", "known_from"),
    *("state", "stage", "next_gate", "next_planned_on"),
)

_TO_THIS_DAY, _NO_LONGER = text("known_length IS NULL"), text("known_length IS NOT NULL")


class ProjectSpan(Record, table=True):
    """What a project was on the days [valid_from, valid_to), as known in [known_from, known_to).

    Names are copied as they read then, so that an old view and an old export stay what they were.
    The lengths of both intervals, as `pilot.domain.spans.length` has them, are there to be looked
    for; a span that is known to this day has no length of the second.
    """

    __tablename__ = "project_span"
    __table_args__ = (
        CheckConstraint("valid_from < valid_to", name="valid_order"),
        CheckConstraint("known_from < known_to", name="known_order"),
        # Everything a list needs to narrow, search, count and sort: pages are found without rows.
        Index(
            "ix_project_span_view",
            *_COUNTED,
            "code",
            "project_id",
            "field",
            "in_base",
            "name",
            "holder",
            "manager",
        ),
        # The same without names, for the counts of gates: they walk over many spans.
        Index("ix_project_span_counted", *_COUNTED),
        # By length and end (queries_stage_counts): what is known to this day, what no longer is.
        Index(
            "ix_project_span_standing",
            *("base_id", "stage", "state", "valid_length", "valid_to", "valid_from", "known_from"),
            "known_length",
            sqlite_where=_TO_THIS_DAY,
            postgresql_where=_TO_THIS_DAY,
        ),
        Index(
            "ix_project_span_corrected",
            *("base_id", "known_length", "known_to", "known_from", "valid_to", "valid_from"),
            *("state", "stage"),
            sqlite_where=_NO_LONGER,
            postgresql_where=_NO_LONGER,
        ),
        Index("ix_project_span_project", "project_id", "known_to"),
        # What has moved since a snapshot (queries_snapshots), of all bases at once.
        Index("ix_project_span_known_from", "known_from"),
        Index("ix_project_span_known_to", "known_to"),
        Index("ix_project_span_valid_from", "valid_from"),
        Index("ix_project_span_valid_to", "valid_to"),
    )

    project_id: int = Field(foreign_key="project.id", ondelete="RESTRICT")
    valid_from: date
    valid_to: date
    known_from: datetime
    known_to: datetime
    valid_length: int
    known_length: int | None = None
    code: str = Field(max_length=32)
    name: str = Field(max_length=200)
    stage: Stage = Field(sa_type=words(Stage, "stage"))
    state: State = Field(sa_type=words(State, "state"))
    holder: str | None = Field(default=None, max_length=200)
    holder_uscc: str | None = Field(default=None, max_length=18)
    pilot_org: str | None = Field(default=None, max_length=200)
    manager: str | None = Field(default=None, max_length=50)
    field: str | None = Field(default=None, max_length=32)
    industry: str | None = Field(default=None, max_length=16)
    area: str | None = Field(default=None, max_length=12)
    sites: str | None = Field(default=None, max_length=100)
    in_base: bool = True
    readiness: str | None = Field(default=None, max_length=80)
    budget: Decimal | None = Field(default=None, sa_type=Numeric(14, 2))
    next_gate: Gate | None = Field(default=None, sa_type=words(Gate, "next_gate"))
    next_planned_on: date | None = None
    stage_since: date | None = None


class PilotRun(Record, table=True):
    """One run on the line (运行批次)."""

    __tablename__ = "pilot_run"
    __table_args__ = (
        UniqueConstraint("project_id", "run_no"),
        CheckConstraint("ended_on >= started_on", name="ends_after_start"),
    )

    project_id: int = Field(foreign_key="project.id", index=True, ondelete="RESTRICT")
    run_no: str = Field(max_length=32)
    started_on: date
    ended_on: date
    continuous_hours: Decimal | None = Field(default=None, sa_type=Numeric(8, 1))
    stops: int | None = None
    closure_percent: Decimal | None = Field(default=None, sa_type=Numeric(6, 2))
    yield_percent: Decimal | None = Field(default=None, sa_type=Numeric(6, 2))
    purity_percent: Decimal | None = Field(default=None, sa_type=Numeric(6, 2))
    targets_compared: bool = False
    recorded_at: datetime
    by_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")


class ProjectNote(Record, table=True):
    """A dated update in words (进展)."""

    __tablename__ = "project_note"

    project_id: int = Field(foreign_key="project.id", index=True, ondelete="RESTRICT")
    on: date
    text: str = Field(max_length=2000)
    recorded_at: datetime
    by_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")


class PublicFact(Record, table=True):
    """Something a public source says (公开信息); it never counts, it can only await proof."""

    __tablename__ = "public_fact"
    __table_args__ = (UniqueConstraint("base_id", "subject", "fact", "source"),)

    subject: str = Field(max_length=16)
    project_id: int | None = Field(
        default=None, foreign_key="project.id", index=True, ondelete="RESTRICT"
    )
    result_id: int | None = Field(default=None, foreign_key="result.id", ondelete="RESTRICT")
    fact: str = Field(max_length=500)
    as_of: date | None = None
    as_of_text: str = Field(default="", max_length=32)
    suggests: str | None = Field(default=None, max_length=8)
    source: str = Field(max_length=200)
    recorded_at: datetime
