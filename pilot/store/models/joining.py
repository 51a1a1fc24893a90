"""How people come in (加入): invitations, requests for an account, whether strangers may ask."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from pilot.domain.people import Role
from pilot.domain.vocabulary import RegistrationState
from pilot.store.models.base import Record, Versioned, words


class Invitation(Record, Versioned, table=True):
    """One link that opens one account (邀请); only the SHA-256 of its secret is kept."""

    __table_args__ = (
        CheckConstraint("used_at IS NULL OR revoked_at IS NULL", name="used_or_revoked"),
        CheckConstraint("(used_at IS NULL) = (account_id IS NULL)", name="used_by"),
        Index("ix_invitation_listed", "base_id", "recorded_at"),
    )

    token_hash: str = Field(max_length=64, unique=True)
    note: str = Field(default="", max_length=50)
    role: Role = Field(sa_type=words(Role, "role"))
    organisation_id: int | None = Field(
        default=None, foreign_key="organisation.id", ondelete="RESTRICT"
    )
    expires_at: datetime
    invited_by: int = Field(foreign_key="account.id", index=True, ondelete="RESTRICT")
    used_at: datetime | None = None
    account_id: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    revoked_at: datetime | None = None


class Registration(Record, Versioned, table=True):
    """A request for an account (注册申请), sent by somebody who has none.

    Its secret is the applicant's: it shows how the request stands, and, once approved, is the
    secret of the invitation. Name and contact are emptied some time after the decision.
    """

    __table_args__ = (
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("(state = 'approved') = (invitation_id IS NOT NULL)", name="approved_by"),
        Index("ix_registration_queue", "base_id", "state", "recorded_at"),
    )

    token_hash: str = Field(max_length=64, unique=True)
    name: str = Field(max_length=50)
    unit: str = Field(max_length=200)
    organisation_id: int | None = Field(
        default=None, foreign_key="organisation.id", ondelete="RESTRICT"
    )
    contact: str = Field(max_length=100)
    reason: str = Field(max_length=300)
    state: RegistrationState = Field(
        default=RegistrationState.WAITING, sa_type=words(RegistrationState, "state")
    )
    decided_by: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")
    decided_at: datetime | None = None
    refusal: str | None = Field(default=None, max_length=300)
    invitation_id: int | None = Field(
        default=None, foreign_key="invitation.id", ondelete="RESTRICT"
    )


class JoinPolicy(Record, Versioned, table=True):
    """Whether strangers may ask for an account of a base (自助申请); closed until opened."""

    __tablename__ = "join_policy"
    __table_args__ = (UniqueConstraint("base_id"),)

    is_open: bool = False
