"""Downloads of stored files, and the demonstration's own limits."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from pilot.config import settings
from pilot.domain.people import Role
from pilot.services import accounts
from pilot.services.command import perform
from pilot.store import files
from pilot.store.engine import reading, writing
from pilot.store.models import Attachment
from pilot.store.queries_door import account_named
from pilot.web.gate import Gate
from tests import factories, serving
from tests.web.client import Browser

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + b"1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(scope="module")
def stored(server) -> Callable[..., int]:
    """`stored(name)` keeps a file and returns its number; of the first base unless told."""

    def keep(name: str = "验收报告.pdf", base_id: int = 1, media_type: str = "") -> int:
        saved = files.save(server.folder / "attachments", PDF, shown_name=name, limit_bytes=10**6)
        with writing(server.engine) as session:
            row = Attachment(
                base_id=base_id,
                sha256=saved.sha256,
                size=saved.size,
                media_type=media_type or saved.media_type,
                name=saved.name,
                recorded_at=datetime.now(UTC),
                by_id=1,
            )
            session.add(row)
        return row.id

    return keep


def test_a_file_comes_whole_inert_and_under_its_name(visit, stored):
    answer = visit("manager").page(f"/files/{stored()}")
    assert answer.status == 200
    assert answer.body.startswith("%PDF-1.4")
    assert answer.headers["content-length"] == str(len(PDF))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "%E9%AA%8C%E6%94%B6" in answer.headers["content-disposition"]
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("kind", ["text/html", "a/b\r\nX-Evil: 1", "nonsense"])
def test_whatever_the_row_says_the_answer_stays_a_download(visit, stored, kind):
    answer = visit("manager").page(f"/files/{stored(media_type=kind)}")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "x-evil" not in answer.headers
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.ADMIN, 200),
        (Role.MANAGER, 200),
        (Role.REVIEWER, 200),
        (Role.OFFICER, 200),
        (Role.PROVINCE, 403),
        (Role.RESEARCHER, 404),  # their own submissions' files only
    ],
)
def test_who_may_download(visit, stored, role, status):
    login = serving.ADMIN if role is Role.ADMIN else role.value
    assert visit(login).page(f"/files/{stored()}").status == status


def test_a_file_of_another_base_is_like_a_missing_one(server, visit, stored):
    with writing(server.engine) as session:
        other = factories.base(session, "YK").id
    browser = visit("manager")
    hidden = browser.page(f"/files/{stored(base_id=other)}")
    missing = browser.page("/files/99999")
    beyond = browser.page(f"/files/{10**30}")
    assert hidden.status == missing.status == beyond.status == 404
    assert hidden.body == missing.body == beyond.body


@pytest.mark.parametrize("path", ["/files/../app.py", "/files/x", "/files/-1", "/files/1/2"])
def test_a_file_has_a_number_and_nothing_else(visit, path):
    assert "attachment" not in visit("manager").page(path).headers.get("content-disposition", "")


def test_a_lost_file_is_said_to_be_missing(server, visit, stored):
    number = stored()
    with writing(server.engine) as session:
        session.get_one(Attachment, number).sha256 = "0" * 64
    assert visit("manager").page(f"/files/{number}").status == 404


def test_a_download_stops_with_the_session(server, visit, stored):
    serving.account(server.engine, "leaver", Role.MANAGER)
    browser, number = visit("leaver"), stored()
    assert browser.page(f"/files/{number}").status == 200
    with reading(server.engine) as session:
        target = account_named(session, "leaver").id
    perform(server.engine, accounts.disable, target, by=1, now=datetime.now(UTC))
    assert browser.page(f"/files/{number}").status == 303
    assert browser.send("GET", f"/files/{number}").status == 401


def test_a_fault_in_a_route_shows_a_number_and_nothing_else(server, visit, stored):
    folder = server.folder / "attachments"
    number = stored()
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()
            path.mkdir()
    answer = visit("manager").page(f"/files/{number}")
    assert answer.status in (404, 500)
    assert str(server.folder) not in answer.body
    assert "Traceback" not in answer.body


# --- the demonstration ---------------------------------------------------------------------------


@pytest.fixture
def demo(monkeypatch):
    """The settings of a demonstration."""
    monkeypatch.setattr(settings(), "mode", "demo")


def ask(address: str, host: str = "127.0.0.1") -> int:
    """The gate's answer to a request that came in at one of this machine's addresses."""
    sent = []

    async def inside(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def note(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/healthz",
        "query_string": b"",
        "headers": [(b"host", host.encode())],
        "server": (address, 8501),
        "client": ("10.0.0.9", 1234),
    }
    with ThreadPoolExecutor(1) as aside:  # this thread may already run the browser's loop
        aside.submit(asyncio.run, Gate(inside)(scope, None, note)).result()
    return sent[0]["status"]


def test_a_demonstration_answers_on_this_machine_only(demo):
    assert ask("127.0.0.1") == 200
    assert ask("10.0.0.5") == 403


def test_the_real_thing_answers_on_the_network():
    assert ask("10.0.0.5") == 200


def test_a_demonstration_shows_its_accounts(tmp_path):
    settings = {"PILOT_MODE": "demo", "PILOT_DATABASE_URL": f"sqlite:///{tmp_path / 'pilot.db'}"}
    with serving.serving(tmp_path, seed=demo_base, **settings) as server:
        page = Browser(server).page("/auth/login").body
    assert "演示数据" in page
    assert "Yanshi-2026-Only" in page


def test_a_demonstration_is_not_served_as_the_real_thing(tmp_path):
    refused = pytest.raises(RuntimeError, match="演示库")
    with refused, serving.serving(tmp_path, seed=demo_base):
        pass


def test_real_data_is_not_shown_as_a_demonstration(tmp_path):
    settings = {"PILOT_MODE": "demo", "PILOT_DATABASE_URL": f"sqlite:///{tmp_path / 'pilot.db'}"}
    refused = pytest.raises(RuntimeError, match="真实数据")
    with refused, serving.serving(tmp_path, **settings):
        pass


def demo_base(engine):
    """A base that is marked as a demonstration."""
    with writing(engine) as session:
        factories.base(session, is_demo=True)
