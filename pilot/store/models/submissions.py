"""What researchers hand in and how it is judged (填报与审核)."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Numeric, Text, UniqueConstraint
from sqlmodel import Field

from pilot.domain.vocabulary import FileKind, SubmissionState
from pilot.store.models.base import Record, Versioned, words

_OPEN = "('waiting', 'second')"


class Submission(Record, Versioned, table=True):
    """A submission (填报): what its author is writing, and where its latest round stands.

    `content` and `saved_at` are the author's working copy: saved at any time and outside the
    journal until they are sent; what was sent is in the rounds.
    """

    __table_args__ = (
        UniqueConstraint("base_id", "receipt"),
        CheckConstraint("state <> 'draft' OR receipt IS NULL", name="draft_has_no_receipt"),
        CheckConstraint(f"reviewer_id IS NULL OR state IN {_OPEN}", name="claimed_while_open"),
        Index("ix_submission_queue", "base_id", "state", "turn_since"),
        Index("ix_submission_author", "author_id", "state"),
    )

    author_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    organisation_id: int | None = Field(
        default=None, foreign_key="organisation.id", index=True, ondelete="RESTRICT"
    )
    receipt: str | None = Field(default=None, max_length=32)
    title: str = Field(default="", max_length=200)
    state: SubmissionState = Field(
        default=SubmissionState.DRAFT, sa_type=words(SubmissionState, "state")
    )
    round: int = 0
    content: str = Field(default="{}", sa_type=Text)
    saved_at: datetime
    turn_since: datetime
    reviewer_id: int | None = Field(
        default=None, foreign_key="account.id", index=True, ondelete="RESTRICT"
    )
    decided_by: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    decided_at: datetime | None = None
    reason: str | None = Field(default=None, max_length=500)
    changes_id: int | None = Field(
        default=None, foreign_key="submission.id", index=True, ondelete="RESTRICT"
    )
    result_id: int | None = Field(
        default=None, foreign_key="result.id", index=True, ondelete="RESTRICT"
    )
    contract_id: int | None = Field(default=None, foreign_key="contract.id", ondelete="RESTRICT")
    transfer_id: int | None = Field(default=None, foreign_key="transfer.id", ondelete="RESTRICT")


class SubmissionRound(Record, table=True):
    """One sending of a submission, as it was sent (填报轮次)."""

    __tablename__ = "submission_round"
    __table_args__ = (UniqueConstraint("submission_id", "number"),)

    submission_id: int = Field(foreign_key="submission.id", ondelete="RESTRICT")
    number: int
    content: str = Field(sa_type=Text)
    fingerprint: str = Field(max_length=64)
    warnings: int = 0  # soft problems that passed with an explanation
    alike: int = 0  # look-alikes at the time of sending
    sent_at: datetime


class SubmissionFile(Record, table=True):
    """A file of a submission (填报附件); a removed one stays with the rounds that had it."""

    __tablename__ = "submission_file"
    __table_args__ = (
        CheckConstraint(
            "removed_round IS NULL OR removed_round >= added_round", name="removed_after_added"
        ),
    )

    submission_id: int = Field(foreign_key="submission.id", index=True, ondelete="RESTRICT")
    attachment_id: int = Field(foreign_key="attachment.id", index=True, ondelete="RESTRICT")
    kind: FileKind = Field(sa_type=words(FileKind, "kind"))
    added_round: int
    removed_round: int | None = None


class SubmissionComment(Record, table=True):
    """A word in the thread of a submission (意见), about one field or about the whole."""

    __tablename__ = "submission_comment"

    submission_id: int = Field(foreign_key="submission.id", index=True, ondelete="RESTRICT")
    round: int
    field: str | None = Field(default=None, max_length=64)
    text: str = Field(max_length=1000)
    by_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    recorded_at: datetime


class SubmissionVote(Record, table=True):
    """One person's verification of one round (核实); void once content or files differ."""

    __tablename__ = "submission_vote"
    __table_args__ = (UniqueConstraint("submission_id", "fingerprint", "by_id"),)

    submission_id: int = Field(foreign_key="submission.id", ondelete="RESTRICT")
    round: int
    fingerprint: str = Field(max_length=64)
    by_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    recorded_at: datetime


class Distinction(Record, table=True):
    """“Not the same, because …” (不是同一项): said once about a look-alike, never asked again."""

    __table_args__ = (
        CheckConstraint(
            "(other_result_id IS NULL) <> (other_submission_id IS NULL)", name="one_other"
        ),
        UniqueConstraint("submission_id", "other_result_id"),
        UniqueConstraint("submission_id", "other_submission_id"),
    )

    submission_id: int = Field(foreign_key="submission.id", ondelete="RESTRICT")
    other_result_id: int | None = Field(
        default=None, foreign_key="result.id", index=True, ondelete="RESTRICT"
    )
    other_submission_id: int | None = Field(
        default=None, foreign_key="submission.id", index=True, ondelete="RESTRICT"
    )
    reason: str = Field(max_length=300)
    by_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    recorded_at: datetime


class ReviewPolicy(Record, Versioned, table=True):
    """How submissions are judged in a base (审核规则); amounts in 万元."""

    __tablename__ = "review_policy"
    __table_args__ = (UniqueConstraint("base_id"),)

    two_person_amount: Decimal = Field(default=Decimal(100), sa_type=Numeric(16, 2))
    own_organisation: bool = False


class Notice(Record, table=True):
    """A message to one person inside the product (通知)."""

    __table_args__ = (Index("ix_notice_unread", "account_id", "read_at"),)

    account_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    text: str = Field(max_length=300)
    page: str = Field(max_length=32)
    about_id: int | None = None
    recorded_at: datetime
    read_at: datetime | None = None
