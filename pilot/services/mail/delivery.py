"""Delivery (投递): what is due is leased, looked at again, handed to the mail server, and noted.

Each mail is leased in one transaction and noted in another, the talk with the server between them.
No mail is lost, and two servers never have the same one at once. What SMTP cannot give is exactly
once: if this process dies after the server's 250 and before the note, the lease ends and the mail
goes out again, with the same Message-ID, by which most mail servers and programs show one of them.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Engine, Row
from sqlmodel import Session

from pilot.domain.mailing import (
    GIVEN_UP_AFTER,
    KEPT,
    MailServer,
    again_at,
    letter,
    link,
    mail_server,
    public_address,
)
from pilot.domain.vocabulary import MailKind, MailState, MailWhen
from pilot.services import telemetry
from pilot.services.backup import Secret
from pilot.services.mail.smtp import Line, Undelivered, Unreachable, connected, message
from pilot.store import queries_mail, queries_notices
from pilot.store.engine import reading, writing
from pilot.store.models import Mail
from pilot.store.retrying import again
from pilot.store.tokens import new_token, token_hash

LEASE = timedelta(minutes=10)  # longer than the server may take over one mail
MOST = 100  # mails a round
_PAUSE = timedelta(minutes=2)  # while the server takes nothing
_ALWAYS = (MailKind.CONFIRM, MailKind.TEST)  # asked for by hand, not by a notice

log = logging.getLogger("pilot.mail")


class Chosen(Protocol):
    """What the settings say about mail."""

    smtp_url: Secret
    public_url: str


@dataclass(frozen=True, slots=True)
class Post:
    """The mail server, and how links into the product begin."""

    server: MailServer
    public_url: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """A leased mail and what it says; `address` None: nobody wants it any more."""

    mail: Mail
    address: str | None
    name: str = ""
    link: str = ""
    count: int = 0
    told: str = ""


def post_of(chosen: Chosen) -> Post | None:
    """The post that the settings describe, None if there is none; raises Invalid if it is wrong."""
    url = chosen.smtp_url.get_secret_value()
    return Post(mail_server(url), public_address(chosen.public_url)) if url else None


def deliver(engine: Engine, post: Post, worker: str, clock: Callable[[], datetime]) -> int:
    """Send what is due, one after the other; how many mails went out.

    Raises Unreachable if the server takes nothing: then everything that is due waits a little.
    """
    with reading(engine) as session:
        if not queries_mail.any_due(session, clock()):
            return 0
    try:
        with connected(post.server) as line:
            return _sent(engine, post, line, worker, clock)
    except Unreachable as trouble:
        _wait(engine, worker, trouble.message, clock())
        raise


def tidy(session: Session, now: datetime) -> int:
    """Give up what could not be sent for days, and forget what is done with; rows deleted."""
    given_up = queries_mail.give_up(session, now - GIVEN_UP_AFTER, now)
    if given_up:
        telemetry.MAILS.labels("given_up").inc(given_up)
        log.error("%s mails given up after %s", given_up, GIVEN_UP_AFTER)
    return queries_mail.forget(session, now - KEPT)


def _sent(engine: Engine, post: Post, line: Line, worker: str, clock) -> int:
    sent = 0
    for _ in range(MOST):
        parcel = _taken(engine, post, worker, clock())
        if parcel is None:
            break
        sent += _handed_over(engine, post, line, parcel, worker, clock)
    return sent


def _taken(engine: Engine, post: Post, worker: str, now: datetime) -> Parcel | None:
    """Lease the next mail and say what it holds; a confirmation gets its token here."""
    with writing(engine) as session:
        row = queries_mail.claim(session, worker, now, now + LEASE)
        if row is None:
            return None
        session.flush()
        found = queries_mail.addressed(session, row.id)
        if not _wanted(row.kind, found):
            return Parcel(row, None)
        unread = queries_notices.unread(session, row.account_id)
        if row.kind is MailKind.DAILY and not unread:
            return Parcel(row, None)
        told = found.text if row.kind is MailKind.WEEKLY else ""
        return Parcel(row, found.address, found.name, _link(row, found, post), unread, told)


def _wanted(kind: MailKind, found: Row) -> bool:
    if found.disabled_at is not None or found.address is None:
        return False
    if kind is MailKind.CONFIRM:
        return found.confirmed_at is None
    if found.confirmed_at is None or found.read_at is not None:
        return False
    return kind in _ALWAYS or found.send is not MailWhen.NEVER


def _link(row: Mail, found: Row, post: Post) -> str:
    if row.kind is MailKind.CONFIRM:
        token = new_token()
        row.token_hash = token_hash(token)
        return link(post.public_url, "my_account", confirm=token)
    if row.kind is MailKind.TEST:
        return link(post.public_url, "system")
    if found.page is None:
        return link(post.public_url, "notices")
    about = {} if found.about_id is None else {"id": found.about_id}
    return link(post.public_url, found.page, **about)


def _handed_over(
    engine: Engine, post: Post, line: Line, parcel: Parcel, worker: str, clock
) -> bool:
    """One mail to the server, and how it went; Unreachable ends the round."""
    mail = parcel.mail
    if parcel.address is None:
        _note(engine, mail, worker, "needless", state=MailState.NEEDLESS, ended_at=clock())
        return False
    said = letter(mail.kind, parcel.name, parcel.link, count=parcel.count, told=parcel.told)
    number = f"pilot.{mail.recorded_at:%Y%m%d%H%M%S%f}.{mail.id}"
    written = message(post.server, parcel.address, said, number, mail.recorded_at)
    try:
        line.send(written)
    except Undelivered as refusal:
        _failed(engine, mail, worker, refusal.message, clock(), final=refusal.final)
        return False
    tries, now = mail.tries + 1, clock()
    _note(
        engine, mail, worker, "sent", state=MailState.SENT, ended_at=now, tries=tries, last_error=""
    )
    return True


def _failed(
    engine: Engine, mail: Mail, worker: str, why: str, now: datetime, *, final: bool
) -> None:
    """Try again later, or never."""
    tries, values = mail.tries + 1, {"last_error": why[:300], "tries": mail.tries + 1}
    if final or now - mail.recorded_at > GIVEN_UP_AFTER:
        state = {"state": MailState.GIVEN_UP, "ended_at": now}
        _note(engine, mail, worker, "given_up", **values, **state)
    else:
        _note(engine, mail, worker, "later", **values, due=again_at(tries, now))


def _note(engine: Engine, mail: Mail, worker: str, outcome: str, **values: object) -> None:
    """Note the outcome; a busy database is asked again, for the mail has left."""

    def once(_number: int) -> bool:
        with writing(engine) as session:
            return queries_mail.settle(session, mail.id, worker, **values)

    kept = again(once)
    telemetry.MAILS.labels(outcome).inc()
    log.info("mail %s (%s): %s", mail.id, mail.kind.value, outcome)
    if not kept:
        log.warning("mail %s: the lease had passed to another server", mail.id)


def _wait(engine: Engine, worker: str, why: str, now: datetime) -> None:
    """The server takes nothing: everything due waits, and the oldest mail says why."""
    until = now + _PAUSE

    def once(_number: int) -> None:
        with writing(engine) as session:
            queries_mail.blame(session, worker, now, why[:300])
            queries_mail.postpone(session, worker, now, until)

    again(once)
    telemetry.MAILS.labels("unreachable").inc()
