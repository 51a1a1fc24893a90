"""Addresses (邮箱): one's own or set by an administrator; only a confirmed one gets notices.

The link that confirms works for its own account only, once it has signed in. Addresses and tokens
are options of the verbs, never first arguments, and the journal shows neither.
"""

from datetime import datetime, timedelta

from sqlmodel import Session

from pilot.domain.errors import Conflict
from pilot.domain.mailing import CONFIRM_WITHIN, CONFIRMATIONS_A_DAY, clean_address
from pilot.domain.people import Actor
from pilot.domain.vocabulary import MailKind, MailWhen
from pilot.services.command import verb
from pilot.services.mail import outbox
from pilot.store import queries, queries_mail
from pilot.store.models import Account, Mail, MailAddress
from pilot.store.tokens import token_hash

_DEAD_LINK = "这个确认链接无效或已过期；请在“我的账号”里重发确认邮件，用最新的一封。"
_UNCONFIRMED = "还没有确认过的邮箱；请先在“我的账号”里登记并确认。"


@verb("mail.address")
def set_own(session: Session, *, address: str, by: Actor, at: datetime) -> MailAddress:
    """Say where one wants mail ('' for nowhere); a new address gets a link to confirm it.

    The same address again, while it is unconfirmed, sends the link anew.
    """
    return _set(session, by.base_id, by.id, address, at)


@verb("mail.address_of")
def set_of(
    session: Session, account_id: int, *, address: str, by: Actor, at: datetime
) -> MailAddress:
    """Set somebody's address for them; it is theirs once they have confirmed it."""
    row = queries.one(session, Account, by.base_id, account_id)
    if row.disabled_at is not None:
        raise Conflict("这个账号已经停用，不能登记邮箱。")
    return _set(session, row.base_id, row.id, address, at)


@verb("mail.confirm")
def confirm(session: Session, *, token: str, by: Actor, at: datetime) -> MailAddress:
    """Confirm one's address with the token of the link that was sent there."""
    row = queries_mail.address_of(session, by.id)
    sent = queries_mail.with_token(session, by.id, token_hash(token), at - CONFIRM_WITHIN)
    if row is None or row.address is None or sent is None:
        raise Conflict(_DEAD_LINK)
    row.confirmed_at = at
    queries_mail.void_confirmations(session, by.id, at)
    return row


@verb("mail.when")
def set_when(session: Session, when: MailWhen, *, by: Actor, at: datetime) -> MailAddress:
    """Choose how one's notices come by mail (邮件通知方式)."""
    row = _confirmed(session, by)
    if row.send is when:
        raise Conflict("邮件通知方式没有变化。")
    row.send = when
    return row


@verb("mail.test")
def send_test(session: Session, *, by: Actor, at: datetime) -> Mail:
    """Queue a mail to oneself that shows whether sending works."""
    _confirmed(session, by)
    return outbox.write(session, by.base_id, by.id, MailKind.TEST, at=at)


def _confirmed(session: Session, by: Actor) -> MailAddress:
    row = queries_mail.address_of(session, by.id)
    if row is None or row.confirmed_at is None:
        raise Conflict(_UNCONFIRMED)
    return row


def _set(
    session: Session, base_id: int, account_id: int, address: str, at: datetime
) -> MailAddress:
    wanted = clean_address(address) if address.strip() else None
    row = queries_mail.address_of(session, account_id)
    present = row.address if row else None
    if wanted == present and (wanted is None or row.confirmed_at is not None):
        raise Conflict("邮箱没有变化。")
    if row is None:
        row = MailAddress(base_id=base_id, account_id=account_id, recorded_at=at)
        session.add(row)
    if wanted != present:
        row.address, row.confirmed_at = wanted, None
    queries_mail.void_confirmations(session, account_id, at)
    if wanted is not None:
        _ask(session, base_id, account_id, at)
    session.flush()
    return row


def _ask(session: Session, base_id: int, account_id: int, at: datetime) -> None:
    """Queue a confirmation; a few a day, so that nobody's mailbox is flooded from here."""
    since = at - timedelta(days=1)
    asked = queries_mail.written_since(session, account_id, MailKind.CONFIRM, since)
    if asked >= CONFIRMATIONS_A_DAY:
        raise Conflict(f"一天最多发 {CONFIRMATIONS_A_DAY} 封确认邮件，请明天再试。")
    outbox.write(session, base_id, account_id, MailKind.CONFIRM, at=at)
