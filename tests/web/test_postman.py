"""The postman of a running server delivers what waits and outlives every trouble."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from pilot.config import settings
from pilot.domain.vocabulary import MailKind, MailState
from pilot.services.mail import delivery
from pilot.store import schema
from pilot.store.engine import make_engine, reading, shared, writing
from pilot.store.models import Mail, MailAddress
from pilot.web import postman
from tests import factories
from tests.postbox import Postbox


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """An installation of its own, which the settings point to, with one mail that waits."""
    url = f"sqlite:///{tmp_path / 'pilot.db'}"
    engine, now = make_engine(url), datetime.now(UTC)
    schema.upgrade(engine)
    with writing(engine) as session:
        people = factories.team(session)
        who = {"base_id": people.base.id, "account_id": people.one.id, "recorded_at": now}
        session.add(MailAddress(**who, address="li@example.cn", confirmed_at=now))
        session.add(Mail(**who, kind=MailKind.TEST, due=now))
    monkeypatch.setattr(settings(), "database_url", url)
    monkeypatch.setattr(settings(), "public_url", "https://pilot.example.cn")
    monkeypatch.setattr(postman, "EVERY", 0.05)
    yield engine
    shared(url).dispose()


@pytest.fixture
def box(monkeypatch):
    box = Postbox()
    url = f"smtp://127.0.0.1:{box.port}?from=pilot@example.cn&starttls=no"
    monkeypatch.setattr(settings(), "smtp_url", SecretStr(url))
    return box


def state(engine):
    with reading(engine) as session:
        return session.get_one(Mail, 1).state


def run(until, seconds=10):
    """Let the postman go about until something is so."""

    async def both():
        going = asyncio.create_task(postman.keep_delivering())
        for _ in range(int(seconds / 0.02)):
            await asyncio.sleep(0.02)
            if going.done() or until():
                break
        going.cancel()
        return until()

    return asyncio.run(both())


def test_what_waits_is_delivered_soon(engine, box):
    with box.open():
        assert run(lambda: state(engine) is MailState.SENT)
    assert len(box.mails) == 1


def test_the_postman_outlives_a_server_that_is_away(engine, box, caplog, monkeypatch):
    monkeypatch.setattr(delivery, "_PAUSE", timedelta(milliseconds=200))
    caplog.set_level(logging.WARNING, "pilot.mail")
    assert run(lambda: "连不上邮件服务器" in caplog.text)
    with box.open():
        assert run(lambda: state(engine) is MailState.SENT)


def test_the_postman_outlives_a_bug(engine, box, caplog, monkeypatch):
    def broken(*_args):
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(delivery, "deliver", broken)
        assert run(lambda: caplog.text.count("ZeroDivisionError") >= 2)
    with box.open():
        assert run(lambda: state(engine) is MailState.SENT)


@pytest.mark.parametrize("url", ["", "smtp://me:planted@mail.example.cn"], ids=["none", "wrong"])
def test_without_a_mail_server_the_postman_stays_at_home(engine, monkeypatch, caplog, url):
    monkeypatch.setattr(settings(), "smtp_url", SecretStr(url))
    asyncio.run(asyncio.wait_for(postman.keep_delivering(), 5))
    assert state(engine) is MailState.WAITING
    assert ("no mail goes out" in caplog.text) == bool(url)
    assert "planted" not in caplog.text
