"""Mail (邮件): where people want it, and what waits to be sent.

The queue holds no address and no text: both are looked up when a mail is sent, so that who turned
mail off, or has read the notice, gets none, and nothing personal lies about.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from pilot.domain.vocabulary import MailKind, MailState, MailWhen
from pilot.store.models.base import Record, Versioned, words


class MailAddress(Record, Versioned, table=True):
    """One account's address and how it wants its notices; unconfirmed it gets no notice."""

    __tablename__ = "mail_address"
    __table_args__ = (
        CheckConstraint("confirmed_at IS NULL OR address IS NOT NULL", name="confirmed_address"),
    )

    account_id: int = Field(foreign_key="account.id", unique=True, ondelete="RESTRICT")
    address: str | None = Field(default=None, max_length=254)
    confirmed_at: datetime | None = None
    send: MailWhen = Field(default=MailWhen.AT_ONCE, sa_type=words(MailWhen, "send"))


class Mail(Record, table=True):
    """One mail to one account, written in the transaction of what it tells of.

    A worker holds it while `leased_until` lies ahead; `due` is when it is (next) tried.
    """

    __table_args__ = (
        CheckConstraint("(leased_by IS NULL) = (leased_until IS NULL)", name="leased_by_and_until"),
        CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name="ended_unless_waiting"),
        Index("ix_mail_due", "state", "due"),
        Index("ix_mail_account", "account_id", "kind"),
    )

    account_id: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    kind: MailKind = Field(sa_type=words(MailKind, "kind"))
    notice_id: int | None = Field(default=None, foreign_key="notice.id", ondelete="RESTRICT")
    state: MailState = Field(default=MailState.WAITING, sa_type=words(MailState, "state"))
    recorded_at: datetime
    due: datetime
    tries: int = 0
    tried_at: datetime | None = None
    last_error: str = Field(default="", max_length=300)
    ended_at: datetime | None = None
    leased_by: str | None = Field(default=None, max_length=80)
    leased_until: datetime | None = None
    token_hash: str | None = Field(default=None, max_length=64)


class DigestPolicy(Record, Versioned, table=True):
    """On which day of the week a base's managers are told what waits (0 Monday; None never)."""

    __tablename__ = "digest_policy"
    __table_args__ = (
        UniqueConstraint("base_id"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    )

    weekday: int | None = 0


class DigestRun(Record, table=True):
    """A week whose digest a base has had, or needed none for: the fence against a second one."""

    __tablename__ = "digest_run"
    __table_args__ = (UniqueConstraint("base_id", "due_on"),)

    due_on: date
    waiting: int
    recorded_at: datetime
