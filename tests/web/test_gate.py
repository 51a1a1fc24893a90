"""Nobody passes the gate without a live session (rows A, B, C, E, F, L of the threat model)."""

import json
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from websockets.exceptions import InvalidStatus

from pilot.domain.people import Role
from pilot.services import accounts
from pilot.services.command import perform
from pilot.store.engine import reading
from pilot.store.queries_door import account_named
from tests import serving
from tests.web.client import Browser, run
from tests.web.surface import INNER, PAGES


def number(server, login):
    """The id of an account."""
    with reading(server.engine) as session:
        return account_named(session, login).id


def change(server, verb, *args):
    """Do something as the administrator."""
    perform(server.engine, verb, *args, by=number(server, serving.ADMIN), now=datetime.now(UTC))


# --- without a session ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_who_asks_for_a_page_is_led_to_the_sign_in(stranger, path):
    answer = stranger.page(path)
    assert answer.status == 303
    assert answer.location == f"/auth/login?next={quote(path, safe='/')}"


@pytest.mark.parametrize("path", INNER)
def test_a_stranger_gets_nothing_of_the_inside(stranger, path):
    assert stranger.send("GET", path).status in (400, 401)


@pytest.mark.parametrize("path", ["/static/x", "/static/js/x.js", "/static/%2e%2e/index.html"])
def test_only_program_files_are_served_from_their_folder(stranger, path):
    assert stranger.page(path).status == 303


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST", "OPTIONS"])
def test_a_stranger_can_upload_nothing(stranger, method):
    path = "/_stcore/upload_file/3d3f7c3e-0000-4000-8000-000000000000/1"
    assert stranger.send(method, path, b"x" * 1000).status == 401


def test_a_stranger_opens_no_socket(stranger):
    with pytest.raises(InvalidStatus) as caught:
        stranger.socket()
    assert caught.value.response.status_code == 403


def test_an_invented_token_is_no_session(stranger):
    stranger.cookies["pilot_session"] = "x" * 43
    assert stranger.send("GET", "/_stcore/host-config").status == 401
    with pytest.raises(InvalidStatus):
        stranger.socket()


@pytest.mark.parametrize("token", ["", "a" * 5000, "%00", "\"';--", "é"])
def test_an_odd_cookie_is_no_session(stranger, token):
    answer = stranger.send("GET", "/_stcore/host-config", cookie=f"pilot_session={token}")
    assert answer.status == 401


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/_stcore/health", "/auth/login", "/auth/style.css"]
)
def test_what_a_stranger_may_have(stranger, path):
    assert stranger.send("GET", path).status == 200


def test_the_health_checks_say_nothing_about_the_inside(stranger):
    assert stranger.send("GET", "/readyz").body == '{"status":"ok"}'


# --- the sign-in ---------------------------------------------------------------------------------


def test_after_the_sign_in_one_is_where_one_wanted_to_be(stranger):
    form = stranger.form("/auth/login?next=" + quote("/people?as_of=2026-01-01"))
    fields = {"login": serving.ADMIN, "password": serving.PASSWORD}
    answer = stranger.post("/auth/login", fields | form)
    assert (answer.status, answer.location) == (303, "/people?as_of=2026-01-01")


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(stranger):
    cookie = stranger.sign_in("manager").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert len(stranger.cookies["pilot_session"]) >= 43


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/%09/evil.example\n",
        "http:evil.example",
        "evil.example",
        "/auth/logout",
    ],
)
def test_nobody_is_led_to_another_site(stranger, target):
    assert stranger.sign_in("manager", next=target).location == "/"


def test_an_unknown_login_and_a_wrong_password_get_the_same_page(server):
    pages = []
    for login in ("manager", "nobody1"):
        browser = Browser(server)
        answer = browser.sign_in(login, "Wrong-Horse-77")
        token = browser.cookies["pilot_form"]
        pages.append((answer.status, answer.body.replace(token, "").replace(login, "")))
    assert pages[0] == pages[1]
    assert pages[0][0] == 401


def test_a_refused_form_keeps_the_login_as_text(stranger):
    answer = stranger.sign_in('"><script>alert(1)</script>', "Wrong-Horse-77")
    assert "<script>" not in answer.body
    assert "&lt;script&gt;" in answer.body
    assert "Wrong-Horse-77" not in answer.body


def test_five_failures_pause_the_login(server, stranger):
    serving.account(server.engine, "paused", Role.MANAGER)
    for _ in range(5):
        assert "不正确" in stranger.sign_in("paused", "Wrong-Horse-77").body
    assert "暂停" in stranger.sign_in("paused").body


def test_signing_in_ends_the_session_that_was_there_before(visit):
    browser = visit("manager")
    before = dict(browser.cookies)
    form = browser.form("/auth/logout")
    browser.page("/auth/login")
    fields = {
        "login": "manager",
        "password": serving.PASSWORD,
        "form": browser.cookies["pilot_form"],
    }
    assert browser.post("/auth/login", fields | form).status == 303
    assert browser.cookies["pilot_session"] != before["pilot_session"]
    old = Browser(browser.server, before)
    assert old.send("GET", "/_stcore/host-config").status == 401


def test_a_token_planted_before_the_sign_in_is_worth_nothing(stranger):
    stranger.cookies["pilot_session"] = "planted" * 7
    stranger.sign_in("manager")
    assert stranger.cookies["pilot_session"] != "planted" * 7
    thief = Browser(stranger.server, {"pilot_session": "planted" * 7})
    assert thief.send("GET", "/_stcore/host-config").status == 401


def test_a_sign_in_needs_the_form_of_this_browser(stranger):
    fields = {"login": "manager", "password": serving.PASSWORD, "form": "guessed"}
    assert stranger.post("/auth/login", fields).status == 403
    assert "pilot_session" not in stranger.cookies


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
@pytest.mark.parametrize("path", ["/auth/login", "/auth/logout", "/auth/password"])
def test_forms_of_other_sites_are_refused(visit, path, origin):
    browser = visit("manager")
    form = {"form": browser.cookies["pilot_form"]}
    assert browser.post(path, form, origin=origin).status == 403
    assert browser.send("GET", "/_stcore/host-config").status == 200


def test_a_huge_form_is_not_read(stranger):
    form = stranger.form("/auth/login")
    answer = stranger.post("/auth/login", form | {"login": "x" * 300_000})
    assert answer.status == 403


def test_broken_bytes_in_a_form_are_refused_as_a_form(stranger):
    stranger.page("/auth/login")
    answer = stranger.send("POST", "/auth/login", b"login=%ff%fe&password=%ed%a0%80")
    assert answer.status == 403


# --- the first sign-in ---------------------------------------------------------------------------


def test_a_temporary_password_opens_only_the_page_to_change_it(server, stranger):
    serving.account(server.engine, "fresh", Role.MANAGER, ready=False)
    assert stranger.sign_in("fresh").location == "/auth/password"
    assert stranger.page("/overview").location == "/auth/password"
    assert stranger.send("GET", "/_stcore/host-config").status == 403
    with pytest.raises(InvalidStatus):
        stranger.socket()
    fields = stranger.form("/auth/password")
    fields |= {"current": serving.PASSWORD, "new": "Other-Horse-88", "again": "Other-Horse-88"}
    before = stranger.cookies["pilot_session"]
    assert stranger.post("/auth/password", fields).location == "/"
    assert stranger.cookies["pilot_session"] != before
    assert stranger.send("GET", "/_stcore/host-config").status == 200


@pytest.mark.parametrize(
    ("new", "again", "why"),
    [
        ("Other-Horse-88", "Other-Horse-99", "不一致"),
        ("short", "short", "12"),
        (serving.PASSWORD, serving.PASSWORD, "相同"),
    ],
    ids=["unlike", "weak", "unchanged"],
)
def test_why_a_new_password_is_refused(visit, new, again, why):
    browser = visit("province")
    fields = browser.form("/auth/password")
    fields |= {"current": serving.PASSWORD, "new": new, "again": again}
    answer = browser.post("/auth/password", fields)
    assert answer.status == 400
    assert why in answer.body


# --- with a session ------------------------------------------------------------------------------


def test_metrics_are_for_administrators(visit):
    assert visit("manager").send("GET", "/_stcore/metrics").status == 403
    assert visit(serving.ADMIN).send("GET", "/_stcore/metrics").status == 200


def test_a_forged_identity_header_changes_nothing(visit, stranger):
    assert stranger.send("GET", "/_stcore/metrics", x_pilot_session="1").status == 401
    assert visit("manager").send("GET", "/_stcore/metrics", x_pilot_session="1").status == 403


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_a_page_the_role_lacks_is_like_a_page_that_does_not_exist(visit, role):
    said = set()
    for page in ("people", "nothing"):
        with visit(role.value).socket() as socket:
            said.add(run(socket, page)[1])
    assert len(said) == 1
    assert "临时密码" not in said.pop()


def test_the_first_request_after_a_start_runs_the_page_inside_its_frame(tmp_path):
    """Row F: a file of pages/ is never run by its own address, without the main script."""
    with serving.serving(tmp_path) as fresh:
        browser = Browser(fresh)
        browser.sign_in("manager")
        with browser.socket() as socket:
            text = run(socket, "people")[1]
    assert "退出登录" in text
    assert "临时密码" not in text


@pytest.mark.parametrize(
    ("verb", "rest"),
    [
        pytest.param(accounts.disable, (), id="disabled"),
        pytest.param(accounts.set_roles, ([Role.OFFICER],), id="roles changed"),
        pytest.param(accounts.reset, ("Other-Horse-88",), id="password reset"),
    ],
)
def test_whoever_loses_rights_is_out_at_the_next_run(server, visit, request, verb, rest):
    login = "out-" + request.node.callspec.id.replace(" ", "-")
    target = serving.account(server.engine, login, Role.MANAGER)
    browser = visit(login)
    with browser.socket() as socket:
        assert "退出登录" in run(socket, "my_account")[1]
        change(server, verb, target, *rest)
        text = run(socket, "my_account")[1]
    assert "登录已失效" in text
    assert "退出登录" not in text
    assert browser.send("GET", "/_stcore/host-config").status == 401


def test_signing_out_ends_the_open_page_and_the_downloads(visit):
    browser = visit("manager")
    with browser.socket() as socket:
        run(socket, "my_account")
        cookies = dict(browser.cookies)
        assert browser.post("/auth/logout", {}).location == "/auth/login?out=1"
        assert "登录已失效" in run(socket, "my_account")[1]
    back = Browser(browser.server, cookies)
    assert back.page("/files/1").status == 303
    assert back.send("GET", "/media/0123456789abcdef.csv").status == 401


def test_a_plain_link_does_not_sign_out(visit):
    browser = visit("manager")
    assert browser.page("/auth/logout").status == 200
    assert browser.send("GET", "/_stcore/host-config").status == 200


def test_signing_out_everywhere_closes_every_browser(server, visit):
    serving.account(server.engine, "twice", Role.MANAGER)
    browsers = [visit("twice"), visit("twice")]
    now = datetime.now(UTC)
    perform(server.engine, accounts.sign_out_everywhere, by=number(server, "twice"), now=now)
    for browser in browsers:
        assert browser.send("GET", "/_stcore/host-config").status == 401


def test_anothers_page_is_never_resumed(visit):
    """Row A: who knows a session id of Streamlit gets a fresh session, the owner keeps theirs."""
    with visit("manager").socket() as victim:
        owned, _ = run(victim, "my_account")
        with visit("officer").socket(resume=owned) as thief:
            taken, text = run(thief, "my_account")
        assert taken != owned
        assert "示例officer" in text
        again, _ = run(victim, "my_account")
    assert again == owned


def test_ones_own_page_is_resumed_after_a_lost_connection(visit):
    browser = visit("manager")
    with browser.socket() as socket:
        first, _ = run(socket, "my_account")
    with browser.socket(resume=first) as socket:
        assert run(socket, "my_account")[0] == first


# --- uploads -------------------------------------------------------------------------------------

MEGABYTE = 1024 * 1024


def upload(browser: Browser, page: str, number: int, size: int = 10) -> int:
    """Put a file on an open page as its uploader does; returns the status."""
    browser.send("GET", "/_stcore/health")  # hands out Streamlit's own token for uploads
    form = b"--x\r\nContent-Disposition: form-data; name=f; filename=a.pdf\r\n\r\n"
    body = form + b"y" * size + b"\r\n--x--\r\n"
    token = browser.cookies.get("_streamlit_xsrf", "")
    kind = "multipart/form-data; boundary=x"
    path = f"/_stcore/upload_file/{page}/{number}"
    return browser.send("PUT", path, body, x_xsrftoken=token, content_type=kind).status


def test_one_uploads_to_ones_own_page_only(visit):
    owner, other = visit("manager"), visit("officer")
    with owner.socket() as socket, other.socket() as elsewhere:
        page, _ = run(socket, "my_account")
        run(elsewhere, "my_account")
        assert upload(owner, page, 1) == 204
        assert upload(other, page, 2) == 403


def test_what_waits_in_memory_is_limited(visit):
    owner = visit("officer")
    with owner.socket() as socket:
        page, _ = run(socket, "my_account")
        sizes = [upload(owner, page, number, 19 * MEGABYTE) for number in range(4)]
        assert sizes == [204, 204, 204, 413]
        assert upload(owner, page, 9, 21 * MEGABYTE) == 413


def test_only_who_imports_may_send_a_long_file(visit):
    for login, status in (("manager", 204), ("officer", 413)):
        owner = visit(login)
        with owner.socket() as socket:
            page, _ = run(socket, "my_account")
            assert upload(owner, page, 1, 22 * MEGABYTE) == status


def test_a_session_outlives_the_server(tmp_path):
    with serving.serving(tmp_path) as first:
        browser = Browser(first)
        browser.sign_in("manager")
    with serving.serving(tmp_path, seed=lambda _engine: None) as second:
        again = Browser(second, browser.cookies)
        assert again.send("GET", "/_stcore/host-config").status == 200


# --- other hosts and sites -----------------------------------------------------------------------


FOREIGN = [
    *("evil.example", "evil.example:80", "127.0.0.1.evil.example", "[::1].evil", "[::1"),
    *("evil.example@127.0.0.1", "127.0.0.1/evil", "127.0.0.1:x"),
]


@pytest.mark.parametrize("host", ["", *FOREIGN])
def test_another_name_for_this_machine_is_refused(visit, host):
    assert visit("manager").send("GET", "/_stcore/host-config", host=host).status in (400, 421)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1"])
def test_a_page_of_another_site_opens_no_socket(visit, origin):
    with pytest.raises(InvalidStatus) as caught:
        visit("manager").socket(Origin=origin)
    assert caught.value.response.status_code == 403


def test_a_page_of_another_site_uploads_nothing(visit):
    path = "/_stcore/upload_file/3d3f7c3e-0000-4000-8000-000000000000/1"
    answer = visit("manager").send("PUT", path, b"x", origin="https://evil.example")
    assert answer.status == 403


def test_what_streamlit_logs_is_an_object_a_line_without_page_ids(server, visit):
    with visit("manager").socket() as victim:
        owned, _ = run(victim, "my_account")
        with visit("officer").socket(resume=owned) as thief:
            run(thief, "my_account")
    lines = [one for one in server.log.read_text().splitlines() if "Ignoring reconnect" in one]
    assert lines
    assert all(json.loads(one)["logger"].startswith("streamlit") for one in lines)
    assert owned not in server.log.read_text()


def test_the_log_holds_no_password_token_or_request_line(server, visit):
    browser = visit("manager")
    browser.sign_in("manager", "Planted-Secret-1")
    with browser.socket() as socket:
        run(socket, "my_account")
    text = server.log.read_text()
    for secret in ("Planted-Secret-1", serving.PASSWORD, browser.cookies["pilot_session"]):
        assert secret not in text
    assert '"GET /' not in text
