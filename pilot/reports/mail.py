"""Mail (邮件) as people read of it: one's own address, and how the queue stands."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlmodel import Session

from pilot.domain.moment import minute
from pilot.domain.people import Actor
from pilot.domain.vocabulary import MailKind, MailState, MailWhen
from pilot.services.doctor.post import WATCHED
from pilot.services.reads import read
from pilot.store import queries_mail
from pilot.store.queries_mail import Queue

_MOST = 50
_COLUMNS = ["账号", "邮件", "状态", "写于", "试过", "下次", "原因"]


@dataclass(frozen=True, slots=True)
class OwnMail:
    """Where somebody gets mail: `asked` says that a confirmation is on its way there."""

    id: int | None
    rev: int
    address: str
    confirmed: bool
    send: MailWhen
    asked: bool
    problem: str


@read("account.own")
def own_mail(session: Session, actor: Actor) -> OwnMail:
    """One's own address and how one wants notices; what the last confirmation ran into."""
    row = queries_mail.address_of(session, actor.id)
    if row is None:
        return OwnMail(None, 0, "", False, MailWhen.AT_ONCE, False, "")
    last = queries_mail.last_of(session, actor.id, MailKind.CONFIRM)
    asked = last is not None and last.state in (MailState.WAITING, MailState.SENT)
    return OwnMail(
        row.id,
        row.rev,
        row.address or "",
        row.confirmed_at is not None,
        row.send,
        asked,
        last.last_error if last else "",
    )


@read("account.read")
def addresses(session: Session, reader: Actor) -> dict[int, tuple[str, bool]]:
    """Of each account of the reader's base: its address, and whether it is confirmed."""
    found = queries_mail.addresses(session, reader.base_id)
    return {row.account_id: (row.address, row.confirmed_at is not None) for row in found}


@read("system.read")
def queue_state(session: Session, reader: Actor, now: datetime) -> Queue:
    """How many mails wait, since when, and what failed last; of the whole installation."""
    return queries_mail.queue(session, now - WATCHED)


@read("system.read")
def trouble_frame(session: Session, reader: Actor, now: datetime) -> pd.DataFrame:
    """Mails to the reader's base that wait after a failure, or were given up within a week."""
    rows = [
        {
            "账号": row.login,
            "邮件": row.kind.label,
            "状态": row.state.label,
            "写于": minute(row.recorded_at),
            "试过": f"{row.tries} 次",
            "下次": minute(row.due) if row.state is MailState.WAITING else "",
            "原因": row.last_error,
        }
        for row in queries_mail.troubled(session, reader.base_id, now - WATCHED, _MOST)
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)
