"""Tokens of the read-only interface: the live one of a request, and all of a base."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, case, or_, update
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


def take_turns(
    session: Session, token_id: int, minute: int, number: int, most: int, now: datetime
) -> bool:
    """Add `number` to a token's count of this minute and note its use, unless that passes `most`.

    A count of the next minute, begun by a process whose clock is ahead, goes on; one that is
    farther off is of no minute at all.
    """
    token, these = ApiToken, (minute, minute + 1)
    same = col(token.counted_minute).in_(these)
    change = (
        update(token)
        .where(col(token.id) == token_id, or_(~same, token.counted + number <= most))
        .values(
            counted=case((same, token.counted + number), else_=number),
            counted_minute=case((same, token.counted_minute), else_=minute),
            last_used_at=now,
        )
    )
    return session.exec(change).rowcount == 1
