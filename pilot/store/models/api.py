"""Who reads from outside without a browser: tokens of the interface (接口令牌)."""

from datetime import datetime

from sqlmodel import Field

from pilot.store.models.base import Record, Versioned


class ApiToken(Record, Versioned, table=True):
    """A token of the read-only interface; only its SHA-256 is kept, and its first characters.

    It reads its base, or every base if `all_bases`; it ends with `expires_at`, with `revoked_at`
    or with the account that made it. `scopes` are values of ApiScope with blanks between.
    `counted` turns were given out in `counted_minute` (minutes since 1970), to all processes.
    """

    __tablename__ = "api_token"

    name: str = Field(max_length=100)
    shown: str = Field(max_length=16)
    token_hash: str = Field(max_length=64, unique=True)
    scopes: str = Field(max_length=200)
    all_bases: bool = False
    expires_at: datetime
    made_by: int = Field(foreign_key="account.id", ondelete="RESTRICT")
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    counted_minute: int = 0
    counted: int = 0
