"""The outbox (发信队列): a mail is written with its notice, in one transaction, or not at all."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from pilot.domain.mailing import TOGETHER
from pilot.domain.vocabulary import MailKind, MailWhen
from pilot.store import queries_mail
from pilot.store.models import Mail, Notice


def of_notices(session: Session, told: Sequence[Notice], kind: MailKind, at: datetime) -> None:
    """A mail for each of these new notices whose reader wants one.

    Who wants them together has one mail a day, which the first notice of the day writes; the
    digest of a week comes by itself.
    """
    wanted = queries_mail.receivers(session, {one.account_id for one in told})
    if not wanted:
        return
    session.flush()  # the notices get their ids
    together = {account for account, when in wanted.items() if when is MailWhen.DAILY}
    together = set() if kind is MailKind.WEEKLY else together
    queued = queries_mail.waiting_for(session, together, MailKind.DAILY) if together else set()
    for one in told:
        if one.account_id in wanted.keys() - together:
            write(session, one.base_id, one.account_id, kind, at=at, notice_id=one.id)
    for account in sorted(together - queued):
        due = TOGETHER.after(at)
        write(session, told[0].base_id, account, MailKind.DAILY, at=at, due=due)


def write(
    session: Session,
    base_id: int,
    account_id: int,
    kind: MailKind,
    *,
    at: datetime,
    due: datetime | None = None,
    notice_id: int | None = None,
) -> Mail:
    """Queue one mail, due now unless told otherwise."""
    row = Mail(
        base_id=base_id,
        account_id=account_id,
        kind=kind,
        notice_id=notice_id,
        recorded_at=at,
        due=due or at,
    )
    session.add(row)
    return row
