"""Messages inside the product (通知): written with the change they tell of, or not at all."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlmodel import Session

from pilot.domain.errors import Conflict, NotFound
from pilot.domain.people import MAY, Actor, Role
from pilot.domain.vocabulary import MailKind
from pilot.services.command import verb
from pilot.services.mail import outbox
from pilot.store import queries, queries_notices, queries_people
from pilot.store.models import Account, Notice, ReportFiling, Submission

_UNKNOWN = "没有找到这条通知。"


def tell(
    session: Session, base_id: int, accounts: Iterable[int], text: str, *,
    page: str, about_id: int | None, at: datetime, mail: MailKind = MailKind.NOTICE,
) -> None:  # fmt: skip
    """Leave a message for each account; `page` and `about_id` say where it leads.

    Who wants mail gets one too, in the same transaction.
    """
    told = [
        Notice(
            base_id=base_id,
            account_id=account,
            text=text[:300],
            page=page,
            about_id=about_id,
            recorded_at=at,
        )
        for account in sorted(set(accounts))
    ]
    session.add_all(told)
    outbox.of_notices(session, told, mail, at)


def to_reviewers(
    session: Session, row: Submission, what: str, at: datetime, *, leave_out: Collection[int]
) -> None:
    """Tell everybody who may judge a submission."""
    found = set(queries_people.holders(session, row.base_id, [Role.REVIEWER])) - set(leave_out)
    text = f"{row.receipt}《{row.title}》：{what}"
    tell(session, row.base_id, found, text, page="review", about_id=row.id, at=at)


def settled(session: Session, row: Submission, at: datetime) -> None:
    """What reviewers were told of a submission waits for nobody any more: no longer unread."""
    reviewers = queries_people.holders(session, row.base_id, [Role.REVIEWER])
    queries_notices.mark_settled(session, reviewers, "review", row.id, at)


def report_settled(session: Session, row: ReportFiling, at: datetime) -> None:
    """The same of a report (上报), for everybody who may make or check one."""
    told = queries_people.holders(session, row.base_id, MAY["filing.submit"])
    queries_notices.mark_settled(session, told, "reports", row.id, at)


def to_author(session: Session, row: Submission, what: str, at: datetime) -> None:
    """Tell the author of a submission."""
    text = f"{row.receipt}《{row.title}》：{what}"
    tell(session, row.base_id, [row.author_id], text, page="submission", about_id=row.id, at=at)


def unread(session: Session, account_id: int) -> int:
    """How many messages an account has not read."""
    return queries_notices.unread(session, account_id)


@verb("notice.read")
def read_one(session: Session, notice_id: int, *, by: Actor, at: datetime) -> Notice:
    """Mark one message of one's own as read."""
    row = queries.one(session, Notice, by.base_id, notice_id)
    if row.account_id != by.id:
        raise NotFound(_UNKNOWN)
    if row.read_at is not None:
        raise Conflict("这条通知已经标为已读。")
    row.read_at = at
    return row


@verb("notice.read")
def read_all(session: Session, *, by: Actor, at: datetime) -> Account:
    """Mark every message of one's own as read."""
    queries_notices.mark_read(session, by.id, at)
    return queries.one(session, Account, by.base_id, by.id)
