"""Mail goes out once, to who wants it, through a real server that may refuse, delay, or be away."""

import re
import threading
from datetime import timedelta

import pytest
from sqlmodel import col, select

from pilot.domain.errors import Conflict, Invalid, NotFound
from pilot.domain.mailing import GIVEN_UP_AFTER, KEPT, Security
from pilot.domain.people import Role
from pilot.domain.vocabulary import MailState, MailWhen
from pilot.services import notices
from pilot.services.command import perform
from pilot.services.mail import addresses, delivery
from pilot.services.mail.delivery import LEASE, Post
from pilot.services.mail.smtp import Unreachable
from pilot.store.engine import reading, writing
from pilot.store.models import Account, JournalEntry, Mail, MailAddress
from tests import factories
from tests.postbox import PASSWORD, USER, Postbox, certificate, known

NOON = factories.NOON
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
PUBLIC = "https://pilot.example.cn"
TITLE = "示例催化剂专利转让"


@pytest.fixture
def people(engine):
    with writing(engine) as session:
        return factories.team(session)


@pytest.fixture
def postbox():
    with Postbox().open() as box:
        yield box


def deliver(engine, box, at=NOON, *, worker="one", server=None):
    post = Post(server or box.server(), PUBLIC)
    return delivery.deliver(engine, post, worker, lambda: at)


def wants(engine, who, address="li@example.cn", send=MailWhen.AT_ONCE):
    """Somebody whose address is confirmed already."""
    with writing(engine) as session:
        session.add(
            MailAddress(
                base_id=who.base_id, account_id=who.id, address=address,
                confirmed_at=NOON, send=send, recorded_at=NOON,
            )
        )  # fmt: skip


def tell(engine, *who, at=NOON, page="review", about=7):
    with writing(engine) as session:
        ids = [one.id for one in who]
        text = f"CG-1《{TITLE}》：有新的填报等待审核"
        notices.tell(session, who[0].base_id, ids, text, page=page, about_id=about, at=at)


def mails(engine):
    with reading(engine) as session:
        return session.exec(select(Mail).order_by(col(Mail.id))).all()


def only(engine):
    [mail] = mails(engine)
    return mail


def link_in(mail):
    return re.search(r"https://\S+", mail.get_content())[0]


# --- what is sent, and to whom -------------------------------------------------------------------


def test_a_notice_comes_as_a_name_a_sentence_and_a_link(engine, people, postbox):
    wants(engine, people.one)
    tell(engine, people.one)

    assert deliver(engine, postbox) == 1
    [mail], [to] = postbox.mails, postbox.receivers
    assert to == ["li@example.cn"]
    assert mail["Subject"] == "中试项目组合：您有一条新通知"
    assert mail["From"] == "中试项目组合 <pilot@example.cn>"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().startswith("示例评审甲，您好：")
    assert link_in(mail) == f"{PUBLIC}/review?id=7"
    assert "可在“我的账号”里关闭" in mail.get_content()
    assert TITLE not in mail.as_string() + mail.get_content()
    assert only(engine).state is MailState.SENT
    assert deliver(engine, postbox, NOON + DAY) == 0


def test_who_has_confirmed_no_address_gets_no_notice(engine, people, postbox):
    perform(engine, addresses.set_own, address="li@example.cn", by=people.one.id, now=NOON)
    tell(engine, people.one, people.other)
    assert deliver(engine, postbox, NOON + MINUTE) == 1
    assert "请确认邮箱" in postbox.mails[0]["Subject"]


def test_who_wants_none_gets_none(engine, people, postbox):
    wants(engine, people.one, send=MailWhen.NEVER)
    tell(engine, people.one)
    assert mails(engine) == []


def test_the_notices_of_a_day_come_together_in_the_morning(engine, people, postbox):
    wants(engine, people.one, send=MailWhen.DAILY)
    for hours in (0, 1, 2):
        tell(engine, people.one, at=NOON + hours * 60 * MINUTE)

    assert deliver(engine, postbox, NOON + 3 * 60 * MINUTE) == 0
    assert deliver(engine, postbox, NOON + 20 * 60 * MINUTE) == 1  # 08:00 in Asia/Shanghai
    assert "3 条未读通知" in postbox.mails[0].get_content()
    assert link_in(postbox.mails[0]) == f"{PUBLIC}/notices"
    tell(engine, people.one, at=NOON + DAY)
    assert deliver(engine, postbox, NOON + 2 * DAY) == 1


@pytest.mark.parametrize("send", [MailWhen.AT_ONCE, MailWhen.DAILY])
def test_what_was_read_in_the_meantime_is_not_sent(engine, people, postbox, send):
    wants(engine, people.one, send=send)
    tell(engine, people.one)
    perform(engine, notices.read_all, by=people.one.id, now=NOON + MINUTE)
    assert deliver(engine, postbox, NOON + DAY) == 0
    assert only(engine).state is MailState.NEEDLESS


def test_a_closed_account_gets_nothing_more(engine, people, postbox):
    wants(engine, people.one)
    tell(engine, people.one)
    with writing(engine) as session:
        session.get_one(Account, people.one.id).disabled_at = NOON
    assert deliver(engine, postbox) == 0
    assert only(engine).state is MailState.NEEDLESS


def test_a_mail_is_not_there_without_its_notice(engine, people):
    wants(engine, people.one)
    with writing(engine) as session:
        notices.tell(
            session, people.base.id, [people.one.id], "示例", page="review", about_id=1, at=NOON
        )
        session.flush()
        assert len(session.exec(select(Mail)).all()) == 1
        session.rollback()
    assert mails(engine) == []


@pytest.mark.parametrize(
    "name",
    [
        "李\r\nBcc: evil@example.cn",
        "=?utf-8?q?=0D=0ABcc:_evil@example.cn?=",
        "<script>alert(1)</script>\u202e",
        ".\r\n.\r\nMAIL FROM:<evil@example.cn>",
    ],
    ids=ascii,
)
def test_a_hostile_name_stays_in_the_text(engine, people, postbox, name):
    wants(engine, people.one)
    tell(engine, people.one)
    with writing(engine) as session:
        session.get_one(Account, people.one.id).name = name
    assert deliver(engine, postbox) == 1
    [mail] = postbox.mails
    assert postbox.receivers == [["li@example.cn"]]
    assert mail["To"] == "li@example.cn"
    assert mail.get_all("Bcc") is None
    assert mail.get_content().startswith(f"{' '.join(name.split())}，您好：")


# --- one's own address ---------------------------------------------------------------------------


def asked(engine, postbox, who, address="li@example.cn", at=NOON):
    """Set an address and take the token from the mail that arrives."""
    perform(engine, addresses.set_own, address=address, by=who.id, now=at)
    assert deliver(engine, postbox, at + MINUTE) == 1
    return link_in(postbox.mails[-1]).partition("my_account?confirm=")[2]


def confirmed(engine, who):
    with reading(engine) as session:
        query = select(MailAddress).where(MailAddress.account_id == who.id)
        return session.exec(query).one().confirmed_at is not None


def test_an_address_is_confirmed_by_the_link_that_was_sent_there(engine, people, postbox):
    token = asked(engine, postbox, people.one)
    assert not confirmed(engine, people.one)
    perform(engine, addresses.confirm, token=token, by=people.one.id, now=NOON + 6 * DAY)
    assert confirmed(engine, people.one)


@pytest.mark.parametrize("case", ["another's", "old", "twice", "other address", "wrong"])
def test_a_link_that_confirms_nothing(engine, people, postbox, case):
    token, who, at = asked(engine, postbox, people.one), people.one, NOON + 2 * MINUTE
    if case == "another's":
        asked(engine, postbox, who := people.other, at=at)
    elif case == "old":
        at = NOON + 8 * DAY
    elif case == "twice":
        perform(engine, addresses.confirm, token=token, by=who.id, now=at)
    elif case == "other address":
        perform(engine, addresses.set_own, address="wang@example.cn", by=who.id, now=at)
    else:
        token = token[:-1]
    with pytest.raises(Conflict, match="无效或已过期"):
        perform(engine, addresses.confirm, token=token, by=who.id, now=at + MINUTE)


def test_a_new_address_must_be_confirmed_again(engine, people, postbox):
    wants(engine, people.one)
    perform(engine, addresses.set_own, address="wang@example.cn", by=people.one.id, now=NOON)
    tell(engine, people.one)
    assert deliver(engine, postbox, NOON + MINUTE) == 1
    assert postbox.receivers == [["wang@example.cn"]]
    assert not confirmed(engine, people.one)


def test_an_administrator_sets_an_address_that_its_holder_confirms(engine, people, postbox):
    with writing(engine) as session:
        admin = factories.actor(session, people.base, Role.ADMIN)
    address = {"address": "li@example.cn", "by": admin.id, "now": NOON}
    perform(engine, addresses.set_of, people.one.id, **address)
    assert deliver(engine, postbox, NOON + MINUTE) == 1
    token = link_in(postbox.mails[0]).partition("confirm=")[2]
    with pytest.raises(Conflict):
        perform(engine, addresses.confirm, token=token, by=admin.id, now=NOON + DAY)
    perform(engine, addresses.confirm, token=token, by=people.one.id, now=NOON + DAY)
    with pytest.raises(NotFound):
        perform(engine, addresses.set_of, 99_999, **address)


def test_nobodys_mailbox_is_flooded_with_confirmations(engine, people):
    for number in range(5):
        address = f"victim{number % 2}@example.cn"
        perform(engine, addresses.set_own, address=address, by=people.one.id, now=NOON)
    with pytest.raises(Conflict, match="一天最多"):
        perform(engine, addresses.set_own, address="x@example.cn", by=people.one.id, now=NOON)
    later = NOON + 2 * DAY
    perform(engine, addresses.set_own, address="x@example.cn", by=people.one.id, now=later)


def test_an_address_is_taken_away_and_nothing_more_goes_there(engine, people, postbox):
    wants(engine, people.one)
    tell(engine, people.one)
    perform(engine, addresses.set_own, address="  ", by=people.one.id, now=NOON)
    assert deliver(engine, postbox, NOON + MINUTE) == 0
    with pytest.raises(Conflict, match="没有变化"):
        perform(engine, addresses.set_own, address="", by=people.one.id, now=NOON)
    with pytest.raises(Invalid, match="邮箱地址不正确"):
        perform(engine, addresses.set_own, address="li", by=people.one.id, now=NOON)


def test_the_journal_shows_neither_address_nor_token(engine, people, postbox):
    token = asked(engine, postbox, people.one)
    perform(engine, addresses.confirm, token=token, by=people.one.id, now=NOON + DAY)
    perform(engine, addresses.set_when, MailWhen.DAILY, by=people.one.id, now=NOON + DAY)
    with reading(engine) as session:
        entries = session.exec(select(JournalEntry)).all()
    said = " ".join(f"{entry.changes} {entry.key} {entry.reason}" for entry in entries)
    assert "mail_address" in said
    assert "example.cn" not in said
    assert token not in said


# --- what may go wrong ---------------------------------------------------------------------------


def test_a_refused_receiver_is_given_up_at_once(engine, people, postbox):
    wants(engine, people.one)
    tell(engine, people.one)
    postbox.to_receiver = ["550 5.1.1 <LI@example.cn> unknown\tuser"]
    assert deliver(engine, postbox) == 0

    mail = only(engine)
    assert (mail.state, mail.tries) == (MailState.GIVEN_UP, 1)
    assert mail.last_error == "收件方被拒收（550）：5.1.1 <…> unknown user"


def test_a_receiver_that_asks_for_patience_is_tried_again(engine, people, postbox):
    wants(engine, people.one)
    tell(engine, people.one)
    postbox.to_receiver = ["451 4.7.1 greylisted", "451 4.7.1 greylisted"]
    assert deliver(engine, postbox) == 0
    assert only(engine).state is MailState.WAITING
    assert deliver(engine, postbox, NOON + MINUTE / 2) == 0
    assert deliver(engine, postbox, NOON + MINUTE) == 0
    assert deliver(engine, postbox, NOON + 5 * MINUTE) == 0
    assert deliver(engine, postbox, NOON + 6 * MINUTE) == 1
    assert (only(engine).tries, len(postbox.mails)) == (3, 1)


def test_one_refusal_holds_up_nobody_else(engine, people, postbox):
    wants(engine, people.one)
    wants(engine, people.other, "wang@example.cn")
    tell(engine, people.one, people.other)
    postbox.to_content = ["552 too much"]
    assert deliver(engine, postbox) == 1
    assert [mail.state for mail in mails(engine)] == [MailState.GIVEN_UP, MailState.SENT]


def test_while_the_server_is_down_mail_waits_and_then_goes_out(engine, people):
    box = Postbox()
    wants(engine, people.one)
    wants(engine, people.other, "wang@example.cn")
    tell(engine, people.one, people.other)
    with pytest.raises(Unreachable, match="连不上邮件服务器"):
        deliver(engine, box)
    assert deliver(engine, box, NOON + MINUTE) == 0  # the server is left alone for a while
    first, second = mails(engine)
    assert (first.state, first.tries, first.leased_by) == (MailState.WAITING, 1, None)
    assert "连不上" in first.last_error
    assert second.tries == 0
    with box.open():
        assert deliver(engine, box, NOON + 2 * MINUTE) == 2
    assert {mail.state for mail in mails(engine)} == {MailState.SENT}


def test_a_server_that_leaves_in_the_middle_gets_the_rest_later(engine, people, postbox):
    wants(engine, people.one)
    wants(engine, people.other, "wang@example.cn")
    tell(engine, people.one, people.other)
    postbox.to_content = ["421 4.3.2 closing"]
    with pytest.raises(Unreachable, match="421"):
        deliver(engine, postbox)
    assert {mail.state for mail in mails(engine)} == {MailState.WAITING}
    assert deliver(engine, postbox, NOON + 2 * MINUTE) == 2


def test_what_could_not_be_sent_for_days_is_given_up_and_then_forgotten(engine, people):
    wants(engine, people.one)
    tell(engine, people.one)
    late = NOON + GIVEN_UP_AFTER + MINUTE
    with writing(engine) as session:
        assert delivery.tidy(session, NOON + GIVEN_UP_AFTER - MINUTE) == 0
        assert delivery.tidy(session, late) == 0
    assert only(engine).state is MailState.GIVEN_UP
    assert only(engine).last_error == "一直没有发出"
    with writing(engine) as session:
        assert delivery.tidy(session, late + KEPT + MINUTE) == 1
    assert mails(engine) == []


def test_two_servers_send_each_mail_once(engine, people, postbox):
    wants(engine, people.one)
    for number in range(30):
        tell(engine, people.one, about=number)
    meet, found = threading.Barrier(3), []

    def server(name):
        meet.wait(30)
        found.append(deliver(engine, postbox, worker=name))

    threads = [threading.Thread(target=server, args=(f"w{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(found) == 30
    links = [link_in(mail) for mail in postbox.mails]
    assert sorted(links) == sorted({f"{PUBLIC}/review?id={n}" for n in range(30)})


def test_a_server_that_died_after_sending_sends_a_twin_that_is_known_as_one(
    engine, people, postbox, monkeypatch
):
    wants(engine, people.one)
    tell(engine, people.one)

    def die(*_args, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as dead:
        dead.setattr(delivery, "_note", die)
        with pytest.raises(KeyboardInterrupt):
            deliver(engine, postbox, worker="dead")
    assert deliver(engine, postbox, NOON + LEASE - MINUTE) == 0
    assert deliver(engine, postbox, NOON + LEASE) == 1
    assert len({mail["Message-ID"] for mail in postbox.mails}) == 1
    assert len(postbox.mails) == 2


# --- encryption and sign-in ----------------------------------------------------------------------


@pytest.fixture
def one_mail(engine, people):
    wants(engine, people.one)
    tell(engine, people.one)
    return engine


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_mail_goes_out_encrypted_and_signed_in(one_mail, tmp_path, security):
    context, ca = certificate(tmp_path)
    box = Postbox()
    server = box.server(security, user=USER, password=PASSWORD, ca=ca)
    tls = {"ssl_context": context} if security is Security.TLS else {"tls_context": context}
    signed = {"authenticator": known, "auth_required": True}
    if security is Security.TLS:
        signed["auth_require_tls"] = False  # the whole connection is encrypted already
    else:
        signed["require_starttls"] = True
    with box.open(**tls, **signed):
        assert deliver(one_mail, box, server=server) == 1


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ("password", "不接受用户名或密码"),
        ("certificate", "证书不可信"),
        ("no STARTTLS", "不支持所要求的加密"),
    ],
)
def test_a_server_that_is_not_safe_gets_nothing(one_mail, tmp_path, case, why):
    context, ca = certificate(tmp_path)
    box = Postbox()
    server = box.server(
        Security.STARTTLS, user=USER, password="x" if case == "password" else PASSWORD,
        ca="" if case == "certificate" else ca,
    )  # fmt: skip
    options = {"authenticator": known, "auth_required": True, "tls_context": context}
    if case == "no STARTTLS":
        options = {}
    with box.open(**options), pytest.raises(Unreachable, match=why) as refused:
        deliver(one_mail, box, server=server)
    assert PASSWORD not in refused.value.message
    assert box.mails == []
    assert why in only(one_mail).last_error
