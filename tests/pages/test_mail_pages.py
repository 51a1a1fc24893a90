"""我的账号, 通知, 人员与权限 and 系统状态 where they are about mail."""

from datetime import UTC, datetime

import pytest
import streamlit as st
from pydantic import SecretStr
from sqlmodel import select

from pilot.config import settings
from pilot.domain.people import Role
from pilot.domain.vocabulary import MailWhen
from pilot.services import notices
from pilot.services.mail import delivery
from pilot.services.mail.smtp import Unreachable
from pilot.store.engine import reading, writing
from pilot.store.models import MailAddress
from pilot.store.queries_door import account_named
from tests import factories_submissions as made
from tests.pages.people_of import people_of
from tests.postbox import Postbox

PUBLIC = "https://pilot.example.cn"


@pytest.fixture(autouse=True)
def fresh():
    """The doctor's findings are kept for a minute: not from one test to the next."""
    st.cache_data.clear()


@pytest.fixture
def box(monkeypatch):
    """A mail server that is set; it answers while it is open."""
    box = Postbox()
    url = f"smtp://post:secret-word@127.0.0.1:{box.port}?from=pilot@example.cn&starttls=no"
    monkeypatch.setattr(settings(), "smtp_url", SecretStr(url))
    monkeypatch.setattr(settings(), "public_url", PUBLIC)
    return box


def said(app):
    texts = [*app.error, *app.warning, *app.success, *app.info, *app.caption, *app.markdown]
    return " ".join(item.value for item in texts)


def row(engine, login):
    with reading(engine) as session:
        account = account_named(session, login)
        query = select(MailAddress).where(MailAddress.account_id == account.id)
        return session.exec(query).first()


def confirmed(engine, login="reviewer", address="li@example.cn"):
    with writing(engine) as session:
        account = account_named(session, login)
        about = {"base_id": account.base_id, "account_id": account.id}
        now = datetime.now(UTC)
        session.add(MailAddress(**about, address=address, confirmed_at=now, recorded_at=now))


def tell(engine, login="reviewer", text="CG-1《示例*成果*》：等待审核"):
    with writing(engine) as session:
        account = account_named(session, login)
        notices.tell(
            session, account.base_id, [account.id], text, page="review", about_id=1,
            at=datetime.now(UTC),
        )  # fmt: skip


def type_address(app, address):
    app.text_input(key="mail-address-0").input(address)
    app.button(key="mail-save").click().run()
    return app


def test_an_address_is_typed_and_then_confirmed_by_the_link(open_page, engine, box):
    app = type_address(open_page("my_account", Role.REVIEWER), "Li@Example.cn")
    assert "待确认" in said(app)
    with box.open():
        assert delivery.deliver(engine, _post(box), "w", _now) == 1
    token = box.mails[0].get_content().partition("confirm=")[2].split()[0]

    app = open_page("my_account", Role.REVIEWER, confirm=token)
    app.button(key="mail-confirm").click().run()
    assert "邮箱已确认" in said(app)
    assert row(engine, "reviewer").address == "Li@example.cn"
    assert "confirm" not in app.query_params


def test_a_refused_address_stays_in_its_field(open_page, engine, box):
    app = type_address(open_page("my_account", Role.REVIEWER), "li at example.cn")
    assert "邮箱地址不正确" in said(app)
    assert app.text_input(key="mail-address-0").value == "li at example.cn"
    assert row(engine, "reviewer") is None


def test_a_link_of_somebody_else_confirms_nothing(open_page, engine, box):
    app = open_page("my_account", Role.REVIEWER, confirm="no-such-token")
    app.button(key="mail-confirm").click().run()
    assert "无效或已过期" in said(app)


def test_one_chooses_when_mail_comes_and_takes_the_address_away(open_page, engine, box):
    confirmed(engine)
    app = open_page("my_account", Role.REVIEWER)
    app.segmented_control[0].set_value(MailWhen.DAILY).run()
    app.button(key="mail-when").click().run()
    assert row(engine, "reviewer").send == "daily"
    app.button(key="mail-remove").click().run()
    assert row(engine, "reviewer").address is None


def test_without_a_mail_server_the_account_says_so(open_page):
    app = open_page("my_account", Role.REVIEWER)
    assert "没有设置发信" in said(app)
    assert not app.text_input


def test_an_administrator_sets_an_address(open_page, engine, box):
    app = open_page("people")
    ids = [one for one in app.selectbox(key="account").options if one.startswith("reviewer")]
    app.selectbox(key="account").select(ids[0]).run()
    field = next(one for one in app.text_input if one.label.startswith("邮箱"))
    field.input("li@example.cn").run()
    app.button(key="mail").click().run()
    assert "等待本人确认" in said(app)
    assert row(engine, "reviewer").confirmed_at is None


def test_notices_are_listed_letter_for_letter_and_marked_as_read(open_page, engine):
    tell(engine)
    tell(engine, text="CG-2《第二项》：等待审核")
    app = open_page("notices", Role.REVIEWER)
    assert "示例\\*成果\\*" in said(app)
    assert "未读" in said(app)
    app.button(key="read-2").click().run()
    assert "第二项" not in said(app)
    assert "示例" in said(app)
    app.button(key="read-all").click().run()
    assert "没有未读通知" in said(app)
    assert "成果" not in said(open_page("notices", Role.MANAGER))


def test_the_system_page_tells_that_mail_works(open_page, engine, box):
    confirmed(engine, "boss")
    app = open_page("system")
    app.button(key="mail-test").click().run()
    with box.open():
        assert delivery.deliver(engine, _post(box), "w", _now) == 1
    table = app.run().table[0].value
    assert "最近发出" in str(table)
    assert "secret-word" not in f"{table} {said(app)}"
    assert f"127.0.0.1:{box.port}" in str(table).replace("\\", "").replace("\u2060", "")


def test_the_system_page_tells_what_goes_wrong(open_page, engine, box):
    confirmed(engine)
    tell(engine)
    with pytest.raises(Unreachable):
        delivery.deliver(engine, _post(box), "w", _now)
    app = open_page("system")
    assert "连不上邮件服务器" in str(app.table[0].value)
    troubles = app.dataframe[-1].value
    assert list(troubles["账号"]) == ["reviewer"]
    findings = app.dataframe[0].value
    told = findings[findings["项目"] == "待发的邮件"]
    assert list(told["结论"]) == ["注意"]


def test_the_system_page_tells_that_mail_is_not_set(open_page):
    app = open_page("system")
    assert "没有设置发信" in said(app)
    assert "mail-test" not in [button.key for button in app.button]


def _post(box):
    return delivery.Post(box.server(), PUBLIC)


def _now():
    return datetime.now(UTC)


def test_a_manager_sees_what_waits_for_whom_and_chooses_the_day(open_page, engine):
    app = open_page("waiting", Role.MANAGER)
    assert "没有等待办理的事项" in said(app)
    app.selectbox[0].set_value(3).run()
    app.button(key="weekday").click().run()
    assert "已保存每周提醒的日子" in said(app)
    with writing(engine) as session:
        people = people_of(session)
        writer = made.author(session, people)
        made.sent(session, writer, made.result_content(writer, title="示例"))
    app = app.run()
    assert app.dataframe[0].value.to_dict("records")[0]["等谁"] == "没有人认领"
    assert app.selectbox[0].value == 3
