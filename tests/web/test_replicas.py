"""The deployment as docs/deploy has it: TLS and limits in front, a shared folder behind."""

import os
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from sqlmodel import select
from websockets.exceptions import InvalidStatus

from pilot.store.engine import reading
from pilot.store.models import LoginAttempt
from tests import replicas
from tests.conftest import empty
from tests.proofs.replicas import attach, upload
from tests.replicas import NAME, Site, site
from tests.web.tab import Tab

pytestmark = pytest.mark.skipif(
    replicas.program() is None and not os.environ.get("CI"), reason="nginx is not installed"
)


@pytest.fixture(scope="module")
def running(postgres_url, migrated, tmp_path_factory) -> Iterator[Site]:
    """Two replicas on one PostgreSQL and one folder."""
    empty(migrated["postgres"])
    with site(tmp_path_factory.mktemp("site"), postgres_url) as found:
        yield found
    empty(migrated["postgres"])


@pytest.fixture
def manager(running):
    visitor = running.visitor()
    assert visitor.sign_in("manager").status == 303
    return visitor


def test_plain_http_leads_to_tls(running):
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_args) -> None:
            return None

    request = urllib.request.Request(f"http://127.0.0.1:{running.plain_port}/a?b=1")
    request.add_header("Host", NAME)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.build_opener(Stay).open(request)
    assert refused.value.code == 301
    assert refused.value.headers["location"] == f"https://{NAME}/a?b=1"


def test_old_tls_is_refused(running):
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, OSError)):
        urllib.request.urlopen(f"https://127.0.0.1:{running.port}/healthz", context=old)


def test_the_session_travels_over_tls_only(running, manager):
    assert list(manager.cookies)[-1] == "__Host-pilot_session"
    page = manager.page("/overview")
    assert page.headers["strict-transport-security"] == "max-age=31536000"
    assert page.headers["server"] == "nginx"


def test_another_sites_page_opens_no_socket_through_nginx(running, manager):
    with pytest.raises(InvalidStatus, match="403"):
        manager.socket(origin="https://evil.example")


def test_a_shared_folder_gives_a_file_to_every_replica(running, manager):
    number = attach(running, running.folder / "attachments")
    for each in running.replicas:
        browser = running.straight(each, dict(manager.cookies))
        assert browser.page(f"/files/{number}").body.startswith("%PDF")


def test_nginx_takes_no_body_beyond_the_limit(manager):
    answer = manager.send("PUT", "/imports", b"y" * 22 * 1024 * 1024)
    assert answer.status == 413


def test_an_address_is_what_nginx_saw_not_what_the_visitor_says(running):
    stranger = running.visitor()
    form = {"login": "nobody", "password": "Wrong-Horse-00"} | stranger.form("/auth/login")
    stranger.post("/auth/login", form, x_forwarded_for="203.0.113.9")
    with reading(running.engine) as session:
        tries = session.exec(select(LoginAttempt.address).distinct()).all()
    assert tries == ["127.0.0.1"]


def test_the_log_names_no_page_and_no_search(running, manager):
    manager.page("/overview?text=secret")
    with Tab(manager, "my_account").open() as tab:
        assert upload(manager, tab.session) == 204
    text = (running.folder / "nginx" / "access.log").read_text()
    assert "/_stcore/upload_file/-" in text
    assert tab.session not in text
    assert "secret" not in text
    assert manager.cookies["__Host-pilot_session"] not in text
