"""Bases, accounts and their sessions at the door."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from pilot.domain.people import Role
from pilot.store.models.base import Record, Versioned, words


class Base(SQLModel, table=True):
    """A pilot base (基地) of a city; the tenant of every other table."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=20, unique=True)
    name: str = Field(max_length=100)
    city_code: str = Field(max_length=6)
    city_name: str = Field(max_length=50)
    is_demo: bool = False


class Account(Record, Versioned, table=True):
    """Somebody who can sign in (账号); `login` is one name for the whole installation."""

    login: str = Field(max_length=64, unique=True)
    name: str = Field(max_length=50)
    organisation_id: int | None = Field(
        default=None, foreign_key="organisation.id", ondelete="RESTRICT"
    )
    password_hash: str = Field(max_length=255)
    password_set_at: datetime
    must_change: bool = False
    disabled_at: datetime | None = None


class AccountRole(SQLModel, table=True):
    """One role of one account."""

    __tablename__ = "account_role"

    account_id: int = Field(foreign_key="account.id", primary_key=True, ondelete="RESTRICT")
    role: Role = Field(sa_type=words(Role, "role"), primary_key=True)
    base_id: int = Field(foreign_key="base.id", index=True, ondelete="RESTRICT")


class LoginSession(SQLModel, table=True):
    """A signed-in browser; only the SHA-256 of its token is kept."""

    __tablename__ = "login_session"
    __table_args__ = (CheckConstraint("expires_at > created_at", name="expires_later"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True, ondelete="RESTRICT")
    token_hash: str = Field(max_length=64, unique=True)
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    address: str = Field(max_length=64)
    agent: str = Field(default="", max_length=200)


class LoginAttempt(SQLModel, table=True):
    """One try at the door, kept to limit guessing per account and per address."""

    __tablename__ = "login_attempt"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    login: str = Field(max_length=64, index=True)
    address: str = Field(max_length=64, index=True)
    succeeded: bool


class Organisation(Record, Versioned, table=True):
    """A unit (单位): holder, pilot organisation, receiver or plant."""

    __table_args__ = (
        UniqueConstraint("base_id", "name"),
        UniqueConstraint("base_id", "uscc"),
    )

    name: str = Field(max_length=200)
    short_name: str | None = Field(default=None, max_length=50)
    uscc: str | None = Field(default=None, max_length=18)
    kind: str = Field(max_length=32)
    reg_area: str | None = Field(default=None, max_length=12, index=True)
    actual_area: str | None = Field(default=None, max_length=12)
    zone: str | None = Field(default=None, max_length=32)
    ladder: str | None = Field(default=None, max_length=32)
    ladder_certificate: str | None = Field(default=None, max_length=64)
    former_names: str | None = Field(default=None, max_length=500)


class Person(Record, Versioned, table=True):
    """A person of a project (人员); only what the work needs."""

    name: str = Field(max_length=50)
    organisation_id: int | None = Field(
        default=None, foreign_key="organisation.id", index=True, ondelete="RESTRICT"
    )
    kind: str = Field(max_length=32)
    phone: str | None = Field(default=None, max_length=32)
    email: str | None = Field(default=None, max_length=100)
    account_id: int | None = Field(default=None, foreign_key="account.id", ondelete="RESTRICT")


class CodeItem(Record, Versioned, table=True):
    """One entry of a code list (代码表) that an administrator edits."""

    __tablename__ = "code_item"
    __table_args__ = (UniqueConstraint("base_id", "list_name", "code", "edition"),)

    list_name: str = Field(max_length=32, index=True)
    code: str = Field(max_length=32)
    label: str = Field(max_length=100)
    edition: str = Field(default="", max_length=32)
    position: int = 0
    active: bool = True
