"""Mail (邮件): who gets it, what is due, who holds it, and how the queue stands."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, case, delete, func, or_, update
from sqlmodel import Session, col, select

from pilot.domain.vocabulary import MailKind, MailState, MailWhen
from pilot.store.models import Account, Mail, MailAddress, Notice

_ENDED = [state for state in MailState if state is not MailState.WAITING]


@dataclass(frozen=True, slots=True)
class Queue:
    """How the queue stands: what waits since when, what failed last and what went out last."""

    waiting: int
    oldest: datetime | None
    sent_at: datetime | None
    failed_at: datetime | None
    error: str
    given_up: int


# --- writing -------------------------------------------------------------------------------------


def address_of(session: Session, account_id: int) -> MailAddress | None:
    """An account's address; None if it never had one."""
    query = select(MailAddress).where(MailAddress.account_id == account_id)
    return session.exec(query).first()


def receivers(session: Session, accounts: Collection[int]) -> dict[int, MailWhen]:
    """Which of these open accounts want mail, and when."""
    query = (
        select(MailAddress.account_id, MailAddress.send)
        .join(Account, col(Account.id) == col(MailAddress.account_id))
        .where(
            col(MailAddress.account_id).in_(accounts),
            col(MailAddress.confirmed_at).is_not(None),
            MailAddress.send != MailWhen.NEVER,
            col(Account.disabled_at).is_(None),
        )
    )
    return dict(session.exec(query).all())


def waiting_for(session: Session, accounts: Collection[int], kind: MailKind) -> set[int]:
    """Which of these accounts have a mail of this kind in the queue that nobody has begun."""
    query = select(Mail.account_id).where(
        col(Mail.account_id).in_(accounts),
        Mail.kind == kind,
        Mail.state == MailState.WAITING,
        col(Mail.leased_by).is_(None),
    )
    return set(session.exec(query))


def last_of(session: Session, account_id: int, kind: MailKind) -> Mail | None:
    """The latest mail of a kind to an account."""
    query = select(Mail).where(Mail.account_id == account_id, Mail.kind == kind)
    return session.exec(query.order_by(col(Mail.id).desc()).limit(1)).first()


def addresses(session: Session, base_id: int) -> Sequence[MailAddress]:
    """Every address of a base's accounts."""
    query = select(MailAddress).where(
        MailAddress.base_id == base_id, col(MailAddress.address).is_not(None)
    )
    return session.exec(query).all()


def written_since(session: Session, account_id: int, kind: MailKind, since: datetime) -> int:
    """How many mails of a kind an account was written from a moment on."""
    query = select(func.count()).where(
        Mail.account_id == account_id, Mail.kind == kind, Mail.recorded_at >= since
    )
    return session.exec(query).one()


def with_token(session: Session, account_id: int, token_hash: str, since: datetime) -> Mail | None:
    """The confirmation to an account that holds this token, unless it is older than `since`."""
    query = select(Mail).where(
        Mail.account_id == account_id,
        Mail.kind == MailKind.CONFIRM,
        Mail.token_hash == token_hash,
        Mail.recorded_at >= since,
    )
    return session.exec(query).first()


def void_confirmations(session: Session, account_id: int, at: datetime) -> None:
    """No link that was sent or waits to be sent to an account confirms anything any more."""
    theirs = update(Mail).where(
        col(Mail.account_id) == account_id, col(Mail.kind) == MailKind.CONFIRM
    )
    session.exec(theirs.where(col(Mail.token_hash).is_not(None)).values(token_hash=None))
    waiting = theirs.where(col(Mail.state) == MailState.WAITING)
    session.exec(waiting.values(state=MailState.NEEDLESS, ended_at=at))


# --- sending -------------------------------------------------------------------------------------


def any_due(session: Session, now: datetime) -> bool:
    """Whether somebody should send something now."""
    return session.exec(select(Mail.id).where(*_due(now)).limit(1)).first() is not None


def claim(session: Session, worker: str, now: datetime, until: datetime) -> Mail | None:
    """Lease the mail that has been due longest and is in nobody's hands; None if there is none."""
    query = select(Mail).where(*_due(now)).order_by(col(Mail.due), col(Mail.id)).limit(1)
    row = session.exec(query.with_for_update(skip_locked=True)).first()
    if row is not None:
        row.leased_by, row.leased_until, row.tried_at = worker, until, now
    return row


def addressed(session: Session, mail_id: int) -> Row:
    """What decides whether a mail is still wanted, and what it says."""
    query = (
        select(
            Account.name,
            Account.disabled_at,
            MailAddress.address,
            MailAddress.confirmed_at,
            MailAddress.send,
            Notice.page,
            Notice.about_id,
            Notice.text,
            Notice.read_at,
        )
        .select_from(Mail)
        .join(Account, col(Account.id) == col(Mail.account_id))
        .join(MailAddress, col(MailAddress.account_id) == col(Account.id), isouter=True)
        .join(Notice, col(Notice.id) == col(Mail.notice_id), isouter=True)
        .where(Mail.id == mail_id)
    )
    return session.exec(query).one()


def settle(session: Session, mail_id: int, worker: str, **values: Any) -> bool:
    """Note how a try went and let go; False if the lease had passed to another worker."""
    mine = update(Mail).where(col(Mail.id) == mail_id, col(Mail.leased_by) == worker)
    ended = session.exec(mine.values(leased_by=None, leased_until=None, **values))
    return ended.rowcount == 1


def blame(session: Session, worker: str, now: datetime, why: str) -> None:
    """Note why nothing could be sent: at the mail a worker holds, else at the one due longest."""
    held_first = case((col(Mail.leased_by) == worker, 0), else_=1)
    query = select(Mail).where(*_due(now, worker)).order_by(held_first, Mail.due, Mail.id)
    row = session.exec(query.limit(1)).first()
    if row is not None:
        row.tries, row.tried_at, row.last_error = row.tries + 1, now, why


def postpone(session: Session, worker: str, now: datetime, until: datetime) -> None:
    """Let everything that is due wait, also what this worker holds: the server takes nothing."""
    waits = {"due": until, "leased_by": None, "leased_until": None}
    session.exec(update(Mail).where(*_due(now, worker)).values(**waits))


def give_up(session: Session, before: datetime, at: datetime) -> int:
    """Stop trying what was written before a moment; how many mails that were."""
    why = case((col(Mail.last_error) == "", "一直没有发出"), else_=col(Mail.last_error))
    old = update(Mail).where(
        col(Mail.state) == MailState.WAITING,
        col(Mail.recorded_at) < before,
        or_(col(Mail.leased_until).is_(None), col(Mail.leased_until) <= at),
    )
    ended = old.values(
        state=MailState.GIVEN_UP, ended_at=at, last_error=why, leased_by=None, leased_until=None
    )
    return session.exec(ended).rowcount


def forget(session: Session, before: datetime) -> int:
    """Delete mails that were done with before a moment; how many rows went."""
    old = delete(Mail).where(col(Mail.state).in_(_ENDED), col(Mail.ended_at) < before)
    return session.exec(old).rowcount


def _due(now: datetime, worker: str = "") -> list[ColumnElement[bool]]:
    """Due, and in nobody's hands but those of `worker`."""
    held = col(Mail.leased_until)
    free = or_(held.is_(None), held <= now, col(Mail.leased_by) == worker)
    return [col(Mail.state) == MailState.WAITING, col(Mail.due) <= now, free]


# --- watching ------------------------------------------------------------------------------------


def queue(session: Session, since: datetime) -> Queue:
    """The state of the queue; `given_up` counts from `since` on."""
    waiting = Mail.state == MailState.WAITING
    tried = session.exec(
        select(Mail.tried_at, Mail.last_error)
        .where(Mail.last_error != "", col(Mail.tried_at).is_not(None))
        .order_by(col(Mail.tried_at).desc(), col(Mail.id).desc())
        .limit(1)
    ).first()
    lost = (Mail.state == MailState.GIVEN_UP) & (col(Mail.ended_at) >= since)
    row = session.exec(
        select(
            func.sum(case((waiting, 1), else_=0)),
            func.min(case((waiting, Mail.recorded_at))),
            func.max(case((Mail.state == MailState.SENT, Mail.ended_at))),
            func.sum(case((lost, 1), else_=0)),
        )
    ).one()
    count, oldest, sent, given_up = row
    failed_at, error = tried or (None, "")
    return Queue(int(count or 0), oldest, sent, failed_at, error, int(given_up or 0))


def troubled(session: Session, base_id: int, since: datetime, most: int) -> Sequence[Row]:
    """Mails to the accounts of a base that failed and wait, or were given up; the latest first."""
    query = (
        select(
            Account.login,
            Mail.kind,
            Mail.state,
            Mail.recorded_at,
            Mail.tries,
            Mail.last_error,
            Mail.due,
        )
        .join(Account, col(Account.id) == col(Mail.account_id))
        .where(
            Mail.base_id == base_id,
            or_(
                (Mail.state == MailState.WAITING) & (Mail.last_error != ""),
                (Mail.state == MailState.GIVEN_UP) & (col(Mail.ended_at) >= since),
            ),
        )
        .order_by(col(Mail.tried_at).desc(), col(Mail.id).desc())
        .limit(most)
    )
    return session.exec(query).all()
