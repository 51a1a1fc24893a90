"""What every answer tells the browser, and Streamlit's page in Chinese."""

import base64
import hashlib
import re

import pytest
import streamlit.config

from pilot.config import settings
from pilot.store import schema
from pilot.store.engine import make_engine
from pilot.web import start
from pilot.web.chinese import SCRIPTS, STYLE, rewritten
from pilot.web.files import disposition
from pilot.web.headers import shell_policy
from pilot.web.start import UnsafeStart, check_settings
from tests import serving

ANSWERS = ["/auth/login", "/healthz", "/_stcore/host-config", "/nothing", "/static/x"]


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_carries_the_headers(stranger, path):
    headers = stranger.send("GET", path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "camera=()" in headers["permissions-policy"]
    assert headers["x-frame-options"] == "DENY"


def test_the_answer_of_a_fault_carries_them_too(server, visit):
    browser = visit(serving.ADMIN)
    with server.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE attachment RENAME TO gone")
    answer = browser.send("GET", "/files/1")
    with server.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO attachment")
    assert answer.status == 500
    assert "编号" in answer.body
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere():
    policy = shell_policy()
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy
    assert "default-src 'none'" in policy


def test_the_sign_in_page_runs_no_script(stranger):
    answer = stranger.page("/auth/login")
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "<script" not in answer.body


@pytest.mark.parametrize("path", ["/", "/people", "/auth/password", "/auth/login"])
def test_no_page_is_kept_for_the_back_button(visit, path):
    assert visit(serving.ADMIN).page(path).headers["cache-control"] == "no-store"


def test_program_files_may_be_kept(stranger, visit):
    page = visit(serving.ADMIN).page("/").body
    script = re.search(r'src="\./(static/js/index[^"]+)"', page).group(1)
    assert "immutable" in stranger.send("GET", f"/{script}").headers["cache-control"]


def test_the_page_is_chinese(visit):
    page = visit(serving.ADMIN).page("/").body
    assert '<html lang="zh-CN">' in page
    assert "<title>中试项目组合</title>" in page
    assert all(f'src="{address}"' in page for address in SCRIPTS)
    assert "请在浏览器中启用 JavaScript" in page
    assert "service-desc" not in page


def test_the_page_may_show_where_the_keyboard_is_and_what_fits_a_phone(visit):
    answer = visit(serving.ADMIN).page("/")
    hashed = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    assert f"<style>{STYLE}</style>" in answer.body
    assert f"'sha256-{hashed}'" in answer.headers["content-security-policy"]


def test_the_scripts_of_the_page_are_served(stranger):
    for path in SCRIPTS:
        answer = stranger.send("GET", path)
        assert answer.status == 200
        assert "javascript" in answer.headers["content-type"]


def test_another_page_is_not_rewritten():
    assert rewritten(b'<html lang="en"></head>') == b'<html lang="en"></head>'


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("报告.pdf", "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E6%8A%A5%E5%91%8A.pdf"),
        ('a"b\r\nc.pdf', "attachment; filename=\"a_b__c.pdf\"; filename*=UTF-8''a%22b%0D%0Ac.pdf"),
        ("../x;y.pdf", "attachment; filename=\".._x_y.pdf\"; filename*=UTF-8''..%2Fx%3By.pdf"),
    ],
)
def test_a_file_name_cannot_break_its_header(name, header):
    assert disposition(name) == header


# --- start-up ------------------------------------------------------------------------------------


@pytest.fixture
def options(monkeypatch):
    """Streamlit's options as the product sets them, to be changed by a test."""
    chosen = {name: allowed[0] for name, allowed in start.REQUIRED.items()}
    chosen["server.maxUploadSize"] = 400
    monkeypatch.setattr(streamlit.config, "get_option", chosen.__getitem__)
    return chosen


def test_the_settings_of_the_product_are_safe(options):
    check_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client.showErrorDetails", "full"),
        ("client.allowedOrigins", ["https://*.streamlit.app"]),
        ("client.disableDataExport", False),
        ("client.toolbarMode", "developer"),
        ("server.enableXsrfProtection", False),
        ("server.enableCORS", False),
        ("server.enableStaticServing", True),
        ("server.enableAgentApi", True),
        ("server.fileWatcherType", "auto"),
        ("server.trustedUserHeaders", {}),
        ("server.maxUploadSize", 401),
        ("browser.gatherUsageStats", True),
        ("runner.magicEnabled", True),
    ],
)
def test_a_dangerous_setting_stops_the_start(options, name, value):
    options[name] = value
    with pytest.raises(UnsafeStart, match=name):
        check_settings()


def test_a_demonstration_listens_on_this_machine_only(options, monkeypatch):
    monkeypatch.setattr(settings(), "mode", "demo")
    check_settings()
    monkeypatch.setattr(settings(), "host", "0.0.0.0")
    with pytest.raises(UnsafeStart, match="演示模式"):
        check_settings()


def test_the_log_says_which_database_and_journal_are_in_use(server):
    assert re.search(
        r'"database SQLite 3\.\S+ \(journal_mode=\w+, synchronous=2\)"', server.log.read_text()
    )


def test_a_newer_database_stops_the_start_with_a_sentence(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'pilot.db'}")
    schema.upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    refused = pytest.raises(RuntimeError, match="数据库版本 9999 比程序新")
    with refused, serving.serving(tmp_path, seed=lambda _engine: None):
        pass
