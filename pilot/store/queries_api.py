"""Tokens of the read-only interface: the live one of a request, and all of a base."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, update
from sqlmodel import Session, col, select

from pilot.store.models import Account, ApiToken
from pilot.store.tokens import token_hash


def live(session: Session, token: str, now: datetime) -> ApiToken | None:
    """The token, unless it has expired, was revoked, or its maker's account is closed."""
    query = (
        select(ApiToken)
        .join(Account, col(Account.id) == col(ApiToken.made_by))
        .where(
            ApiToken.token_hash == token_hash(token),
            col(ApiToken.revoked_at).is_(None),
            ApiToken.expires_at > now,
            col(Account.disabled_at).is_(None),
        )
    )
    return session.exec(query).first()


def tokens(session: Session, base_id: int) -> Sequence[Row]:
    """Every token of a base, the latest first: token, name of its maker, whether he is gone."""
    query = (
        select(ApiToken, Account.name.label("maker"), Account.disabled_at)
        .join(Account, col(Account.id) == col(ApiToken.made_by))
        .where(ApiToken.base_id == base_id)
        .order_by(col(ApiToken.id).desc())
    )
    return session.execute(query).all()


def touch(session: Session, token_id: int, now: datetime) -> None:
    """Note that a token was used."""
    session.exec(update(ApiToken).where(col(ApiToken.id) == token_id).values(last_used_at=now))
