"""What is deleted in time: tries and sessions at the door that nobody needs any more."""

from datetime import datetime

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from pilot.store.models import LoginAttempt, LoginSession


def forget_sign_ins(session: Session, before: datetime) -> int:
    """Delete tries and ended sessions from before a moment; how many rows went.

    The last session of each account stays: it says when its owner last signed in.
    """
    last = select(func.max(LoginSession.id)).group_by(col(LoginSession.account_id))
    ended = delete(LoginSession).where(
        col(LoginSession.expires_at) < before, col(LoginSession.id).not_in(last)
    )
    tries = delete(LoginAttempt).where(col(LoginAttempt.at) < before)
    return session.exec(ended).rowcount + session.exec(tries).rowcount
