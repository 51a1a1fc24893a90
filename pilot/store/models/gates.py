"""Gates: checklist, evidence, assessment, decision, conditions (阶段门)."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlmodel import Field

from pilot.domain.vocabulary import (
    CheckState,
    Conclusion,
    Dimension,
    EvidenceState,
    Gate,
    HazardClass,
    LandingLevel,
    Requirement,
)
from pilot.store.models.base import Record, Versioned, words


class ChecklistItem(Record, Versioned, table=True):
    """One line of a gate's checklist (准则或材料): data an administrator edits."""

    __tablename__ = "checklist_item"
    __table_args__ = (UniqueConstraint("base_id", "gate", "hazard_class", "code"),)

    gate: Gate = Field(sa_type=words(Gate, "gate"))
    hazard_class: HazardClass = Field(
        default=HazardClass.ANY, sa_type=words(HazardClass, "hazard_class")
    )
    code: str = Field(max_length=16)
    text: str = Field(max_length=200)
    doc_code: str | None = Field(default=None, max_length=8)
    requirement: Requirement = Field(sa_type=words(Requirement, "requirement"))
    dimension: Dimension | None = Field(default=None, sa_type=words(Dimension, "dimension"))
    basis: str | None = Field(default=None, max_length=200)
    position: int = 0
    active: bool = True


class Attachment(Record, table=True):
    """A stored file (附件): its bytes are named by their SHA-256; the name is only shown."""

    __table_args__ = (Index("ix_attachment_sha256", "base_id", "sha256"),)

    sha256: str = Field(max_length=64)
    size: int
    media_type: str = Field(max_length=100)
    name: str = Field(max_length=200)
    recorded_at: datetime
    by_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")


class Evidence(Record, table=True):
    """One state of one paper (材料) as known in [known_from, known_to); changes open new rows."""

    __table_args__ = (
        CheckConstraint("known_from < known_to", name="known_order"),
        CheckConstraint(
            "state <> 'not_applicable' OR (reason IS NOT NULL AND approver_id IS NOT NULL)",
            name="not_applicable_has_reason",
        ),
        Index("ix_evidence_project", "project_id", "doc_code", "known_to"),
        Index("ix_evidence_base", "base_id", "known_to", "state", "valid_until"),
    )

    project_id: int = Field(foreign_key="project.id", ondelete="RESTRICT")
    doc_code: str = Field(max_length=8)
    version: int = 1
    state: EvidenceState = Field(sa_type=words(EvidenceState, "state"))
    title: str | None = Field(default=None, max_length=200)
    doc_no: str | None = Field(default=None, max_length=100)
    issuer: str | None = Field(default=None, max_length=100)
    issued_on: date | None = None
    valid_until: date | None = None
    attachment_id: int | None = Field(
        default=None, foreign_key="attachment.id", ondelete="RESTRICT"
    )
    reason: str | None = Field(default=None, max_length=500)
    approver_id: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    submitted_by: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    checked_by: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    known_from: datetime
    known_to: datetime


class Review(Record, Versioned, table=True):
    """One round at a gate (节点评审), from 提交评审 to the decision; one open round a project."""

    __table_args__ = (
        UniqueConstraint("project_id", "gate", "round"),
        Index(
            "uq_review_open",
            "project_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    project_id: int = Field(foreign_key="project.id", index=True, ondelete="RESTRICT")
    gate: Gate = Field(sa_type=words(Gate, "gate"))
    round: int = 1
    submitted_by: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    opened_on: date
    closed_at: datetime | None = None


class ReviewCheck(Record, Versioned, table=True):
    """A criterion of this round, copied from the checklist when the round opened (核对)."""

    __tablename__ = "review_check"
    __table_args__ = (
        UniqueConstraint("review_id", "code"),
        CheckConstraint(
            "state <> 'not_applicable' OR (reason IS NOT NULL AND checked_by IS NOT NULL)",
            name="not_applicable_has_reason",
        ),
    )

    review_id: int = Field(foreign_key="review.id", index=True, ondelete="RESTRICT")
    code: str = Field(max_length=16)
    text: str = Field(max_length=200)
    doc_code: str | None = Field(default=None, max_length=8)
    requirement: Requirement = Field(sa_type=words(Requirement, "requirement"))
    dimension: Dimension | None = Field(default=None, sa_type=words(Dimension, "dimension"))
    basis: str | None = Field(default=None, max_length=200)
    position: int = 0
    state: CheckState = Field(default=CheckState.OPEN, sa_type=words(CheckState, "state"))
    reason: str | None = Field(default=None, max_length=500)
    checked_by: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")


class Scorecard(Record, table=True):
    """One assessor's blind card (评分表); NULL score = 未评; submitted once, then fixed."""

    __table_args__ = (
        UniqueConstraint("review_id", "assessor_id"),
        UniqueConstraint("review_id", "seat"),
        CheckConstraint("seat IN (1, 2)", name="two_seats"),
        CheckConstraint("technical BETWEEN 0 AND 100", name="technical_range"),
        CheckConstraint("equipment BETWEEN 0 AND 100", name="equipment_range"),
        CheckConstraint("commercial BETWEEN 0 AND 100", name="commercial_range"),
    )

    review_id: int = Field(foreign_key="review.id", index=True, ondelete="RESTRICT")
    assessor_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    seat: int
    technical: int | None = None
    equipment: int | None = None
    commercial: int | None = None
    comment: str | None = Field(default=None, max_length=2000)
    submitted_at: datetime | None = None


class Consolidation(Record, table=True):
    """The agreed score of one dimension where the cards differ, with the dissent kept (合议)."""

    __table_args__ = (
        UniqueConstraint("review_id", "dimension"),
        CheckConstraint("score BETWEEN 0 AND 100", name="score_range"),
    )

    review_id: int = Field(foreign_key="review.id", index=True, ondelete="RESTRICT")
    dimension: Dimension = Field(sa_type=words(Dimension, "dimension"))
    score: int
    note: str = Field(max_length=1000)
    dissent: str | None = Field(default=None, max_length=1000)
    by_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    recorded_at: datetime


class Decision(Record, table=True):
    """What a gate decided (评审结论); append-only, a correction supersedes by a higher sequence."""

    __table_args__ = (
        UniqueConstraint("review_id", "sequence"),
        CheckConstraint("decided_by <> submitted_by", name="not_by_the_submitter"),
        CheckConstraint("length(reason) > 0", name="reason_given"),
    )

    review_id: int = Field(foreign_key="review.id", ondelete="RESTRICT")
    project_id: int = Field(foreign_key="project.id", index=True, ondelete="RESTRICT")
    gate: Gate = Field(sa_type=words(Gate, "gate"))
    sequence: int = 1
    conclusion: Conclusion = Field(sa_type=words(Conclusion, "conclusion"))
    reason: str = Field(max_length=2000)
    warnings: str | None = Field(default=None, max_length=2000)
    held_on: date
    decided_by: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    submitted_by: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    decided_at: datetime


class Condition(Record, Versioned, table=True):
    """Something a conditional pass demands, with owner and due date (条件)."""

    __table_args__ = (
        CheckConstraint("(closed_on IS NULL) = (closed_by IS NULL)", name="closed_on_and_by"),
        Index(
            "ix_condition_open",
            "base_id",
            "due_on",
            sqlite_where=text("closed_on IS NULL"),
            postgresql_where=text("closed_on IS NULL"),
        ),
    )

    decision_id: int = Field(foreign_key="decision.id", index=True, ondelete="RESTRICT")
    project_id: int = Field(foreign_key="project.id", index=True, ondelete="RESTRICT")
    text: str = Field(max_length=500)
    owner: str = Field(max_length=50)
    due_on: date
    closed_on: date | None = None
    closed_by: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    closing_note: str | None = Field(default=None, max_length=500)


class Landing(Record, Versioned, table=True):
    """A plant that implements a project (产业化落地)."""

    __table_args__ = (Index("ix_landing_investment_code", "base_id", "investment_code"),)

    project_id: int = Field(foreign_key="project.id", index=True, ondelete="RESTRICT")
    entity_id: int = Field(foreign_key="organisation.id", ondelete="RESTRICT")
    site_area: str | None = Field(default=None, max_length=12)
    investment_code: str | None = Field(default=None, max_length=64)
    investment: Decimal | None = Field(default=None, sa_type=Numeric(16, 2))
    product: str | None = Field(default=None, max_length=200)
    capacity: Decimal | None = Field(default=None, sa_type=Numeric(16, 3))
    principal_id: int | None = Field(default=None, foreign_key="landing.id", ondelete="RESTRICT")
    pilot_waiver: str | None = Field(default=None, max_length=500)


class LandingStep(Record, Versioned, table=True):
    """A level a plant reached (落地进度), with its day, proof and verifier."""

    __tablename__ = "landing_step"
    __table_args__ = (
        CheckConstraint("(verified_by IS NULL) = (verified_at IS NULL)", name="verified_by_and_at"),
        CheckConstraint(
            "(withdrawn_on IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn_has_a_reason"
        ),
        Index(
            "uq_landing_step_standing",
            "landing_id",
            "level",
            unique=True,
            sqlite_where=text("withdrawn_on IS NULL"),
            postgresql_where=text("withdrawn_on IS NULL"),
        ),
        Index(
            "ix_landing_step_waiting",
            "base_id",
            "recorded_at",
            sqlite_where=text("verified_by IS NULL AND withdrawn_on IS NULL"),
            postgresql_where=text("verified_by IS NULL AND withdrawn_on IS NULL"),
        ),
    )

    landing_id: int = Field(foreign_key="landing.id", index=True, ondelete="RESTRICT")
    level: LandingLevel = Field(sa_type=words(LandingLevel, "level"))
    reached_on: date
    proof: str | None = Field(default=None, max_length=300)
    attachment_id: int | None = Field(
        default=None, foreign_key="attachment.id", ondelete="RESTRICT"
    )
    entered_by: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    verified_by: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    verified_at: datetime | None = None
    withdrawn_on: date | None = None
    withdrawn_reason: str | None = Field(default=None, max_length=500)
