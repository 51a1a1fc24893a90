"""Links and requests at the door: the same gate, forms, limits and headers as the login."""

import re
import secrets
from datetime import UTC, datetime, timedelta

import pytest

from pilot.domain.moment import local_day
from pilot.domain.people import Role
from pilot.services import invitations, joining, registrations
from pilot.services.command import perform
from pilot.store import queries_joining
from pilot.store.engine import reading
from pilot.store.queries_door import account_named
from tests import serving
from tests.web.client import Browser

TYPED = {"name": "李工", "unit": "示例研究所", "contact": "0427-1234567", "reason": "填报成果"}


def admin(server):
    with reading(server.engine) as session:
        return account_named(session, serving.ADMIN).id


def invited(server, role=Role.RESEARCHER):
    """The secret of a new link."""
    now, key = datetime.now(UTC), invitations.new_key()
    until = local_day(now) + timedelta(days=3)
    perform(
        server.engine, invitations.invite, role, None, until, link_key=key, by=admin(server),
        now=now,
    )  # fmt: skip
    return key


def chosen(**changed):
    """What somebody fills in, with a login name of their own."""
    fields = {"login": f"guest-{secrets.token_hex(4)}", "name": "李工"}
    return fields | {"password": serving.PASSWORD, "again": serving.PASSWORD} | changed


def join(browser, key, **changed):
    form = browser.form(f"/auth/join?key={key}")
    return browser.post("/auth/join", {"key": key} | form | chosen(**changed))


@pytest.fixture
def opened(server):
    """The administrator lets strangers ask."""
    with reading(server.engine) as session:
        if joining.open_bases(session):
            return
    now = datetime.now(UTC)
    perform(server.engine, registrations.save_policy, True, by=admin(server), now=now)


def test_a_link_leads_to_ones_own_submissions_signed_in(server, stranger):
    answer = join(stranger, invited(server))
    assert (answer.status, answer.location) == (303, "/submissions")
    assert stranger.send("GET", "/_stcore/host-config").status == 200


def test_who_is_no_researcher_is_led_to_the_start(server, stranger):
    assert join(stranger, invited(server, Role.OFFICER)).location == "/"


def test_a_link_used_a_second_time_gets_the_page_of_a_forged_one(server, stranger):
    key = invited(server)
    join(stranger, key)
    other = Browser(server)
    pages = [other.page(f"/auth/join?key={one}") for one in (key, "f" * 43, "")]
    assert [page.status for page in pages] == [404] * 3
    assert len({page.body for page in pages}) == 1
    assert joining.DEAD in pages[0].body


def test_a_link_is_refused_to_a_form_of_another_site(server, stranger):
    key = invited(server)
    assert stranger.post("/auth/join", {"key": key, "form": "x"} | chosen()).status == 403
    origin = {"origin": "https://evil.example"}
    assert stranger.post("/auth/join", {"key": key} | chosen(), **origin).status == 403
    assert join(stranger, key).status == 303


def test_what_was_typed_stays_but_no_password(server, stranger):
    key = invited(server)
    answer = join(stranger, key, name='"><script>x', again="Other-Horse-88")
    assert answer.status == 400
    assert "不一致" in answer.body
    assert "&#34;&gt;&lt;script&gt;x" in answer.body
    assert serving.PASSWORD not in answer.body
    assert "已被使用" in join(stranger, key, login=serving.ADMIN).body


def test_the_pages_have_the_headers_of_the_door(server, stranger):
    headers = stranger.page(f"/auth/join?key={invited(server)}").headers
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"


def test_neither_secret_nor_password_is_logged(server, stranger):
    key = invited(server)
    join(stranger, key, login="A")  # refused
    join(stranger, key)
    stranger.page(f"/auth/join?key={key}")
    text = server.log.read_text()
    assert "refused invitation.use" in text
    assert key not in text
    assert serving.PASSWORD not in text


def test_strangers_are_not_asked_in_before_the_door_is_opened(stranger):
    assert "申请一个账号" not in stranger.page("/auth/login").body
    answer = stranger.page("/auth/register")
    assert joining.CLOSED in answer.body
    assert "<input" not in answer.body


def test_from_a_request_to_the_page_that_tells_how_it_stands(server, stranger, opened):
    assert "申请一个账号" in stranger.page("/auth/login").body
    form = stranger.form("/auth/register")
    answer = stranger.post("/auth/register", form | TYPED)
    assert answer.status == 303
    assert "批准以前不能登录" in stranger.page(answer.location).body
    again = stranger.post("/auth/register", form | TYPED)
    assert again.location == answer.location


def test_who_was_approved_sees_the_name_and_cannot_send_another(server, stranger, opened):
    form = stranger.form("/auth/register")
    stranger.post("/auth/register", form | TYPED)
    with reading(server.engine) as session:
        asked = queries_joining.registration_of(session, form["key"]).id
    now = datetime.now(UTC)
    perform(server.engine, registrations.approve, asked, None, by=admin(server), now=now)

    body = stranger.page(f"/auth/join?key={form['key']}").body
    assert f'<input id="name" value="{TYPED["name"]}" readonly' in body
    sent = chosen(name="王五")
    join(stranger, form["key"], **sent)

    with reading(server.engine) as session:
        assert account_named(session, sent["login"]).name == TYPED["name"]


def test_a_request_that_lacks_something_is_kept_and_corrected(stranger, opened):
    form = stranger.form("/auth/register")
    answer = stranger.post("/auth/register", form | TYPED | {"unit": " ", "reason": "</textarea>x"})
    assert answer.status == 400
    assert "所在单位未填写" in answer.body
    assert 'value="李工"' in answer.body
    assert "&lt;/textarea&gt;x" in answer.body


def test_a_request_needs_the_form_of_this_browser(stranger, opened):
    answer = stranger.post("/auth/register", TYPED | {"form": "x", "key": "k" * 43})
    assert answer.status == 403
    assert 'value="李工"' in answer.body


def test_looking_up_a_unit_keeps_the_rest_and_sends_nothing(stranger, opened):
    form = stranger.form("/auth/register")
    answer = stranger.post("/auth/register", form | TYPED | {"find": "1"})
    assert answer.status == 200
    assert "没有找到" in answer.body
    assert 'value="0427-1234567"' in answer.body
    assert re.search(r'name="key" value="([^"]+)"', answer.body)[1] == form["key"]
