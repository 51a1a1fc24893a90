"""What the server says about itself: metrics, numbers of requests, the log; and to whom."""

import json
import re
from datetime import UTC, datetime

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from pilot.domain.people import Role
from tests import serving
from tests.serving import PASSWORD
from tests.serving import serving as run_server
from tests.web.client import Browser, run

TOKEN = "planted-metrics-token-0123456789"
SECRETS = (PASSWORD, "First-Horse-77", TOKEN)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The whole product, with a token for a scraper."""
    folder = tmp_path_factory.mktemp("watching")
    with run_server(folder, PILOT_METRICS_TOKEN=TOKEN) as running:
        yield running


def scraped(browser, **headers):
    """Every figure of /metrics by name and labels."""
    answer = browser.send("GET", "/metrics", **headers)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.body)
        for sample in family.samples
    }


def log_lines(server):
    lines = server.log.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


# --- metrics -------------------------------------------------------------------------------------


def test_a_stranger_gets_no_metrics(stranger):
    assert stranger.send("GET", "/metrics").status == 401


@pytest.mark.parametrize("given", ["Bearer", "Bearer ", "Bearer x", f"Basic {TOKEN}", TOKEN, "é"])
def test_a_wrong_token_gets_no_metrics(stranger, given):
    assert stranger.send("GET", "/metrics", authorization=given).status == 401


def test_the_token_opens_the_metrics_only(stranger):
    assert stranger.send("GET", "/_stcore/metrics", authorization=f"Bearer {TOKEN}").status == 401
    assert stranger.send("GET", "/people", authorization=f"Bearer {TOKEN}").status == 401


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_other_roles_get_no_metrics(visit, role):
    assert visit(role.value).send("GET", "/metrics").status == 403


def test_a_scraper_reads_what_the_product_counts(stranger, visit):
    before = scraped(stranger, authorization=f"Bearer {TOKEN}")
    visit("manager")
    after = scraped(stranger, authorization=f"Bearer {TOKEN}")

    assert after["pilot_sessions",] == before["pilot_sessions",] + 1
    door = ("pilot_http_requests_total", "door", "303")
    assert after[door] == before.get(door, 0) + 1
    # 5 accounts were made, each of which then changed its password; the opening is the first entry
    assert after["pilot_journal_sequence", "PJ"] == 11
    assert after["pilot_backup_overdue",] == 0
    assert after["pilot_backup_age_seconds",] < 3600
    assert ("pilot_busy_retries_total",) in after
    assert after["process_resident_memory_bytes",] > 1e7


def test_an_administrator_reads_them_too(visit):
    assert ("pilot_sessions",) in scraped(visit(serving.ADMIN))


# --- numbers of requests, and the log ------------------------------------------------------------


def test_every_answer_has_a_number_of_its_own(stranger):
    numbers = {stranger.send("GET", "/healthz").headers["x-request-id"] for _ in range(5)}
    assert len(numbers) == 5
    assert all(re.fullmatch("[0-9a-f]{16}", number) for number in numbers)


def test_the_number_of_a_proxy_is_kept_and_nonsense_is_not(stranger):
    given = "0123456789abcdef0123456789abcdef"
    assert stranger.send("GET", "/healthz", x_request_id=given).headers["x-request-id"] == given
    for odd in ("short", "x" * 32, "0" * 100, "0123456789abcdef\t0"):
        assert stranger.send("GET", "/healthz", x_request_id=odd).headers["x-request-id"] != odd


def test_a_refused_request_is_one_line_with_its_number(stranger, server):
    number = stranger.send("GET", "/healthz", host="evil.example").headers["x-request-id"]
    answer = stranger.send("GET", "/auth/login", host="evil.example")
    [line] = [
        line for line in log_lines(server) if line.get("request") == answer.headers["x-request-id"]
    ]
    assert (line["place"], line["status"], line["method"]) == ("door", 421, "GET")
    assert number not in {line.get("request") for line in log_lines(server)}


def test_a_command_is_one_line_with_account_action_outcome_and_time(visit, server):
    browser = visit("manager")
    fields = browser.form("/auth/password")
    new = "Other-Horse-78"
    answer = browser.post("/auth/password", fields | {"current": "wrong", "new": new, "again": new})
    [line] = [
        line for line in log_lines(server) if line.get("request") == answer.headers["x-request-id"]
        and line["logger"] == "pilot.command"
    ]  # fmt: skip
    assert (line["action"], line["outcome"]) == ("account.password", "Invalid")
    assert line["actor"] > 0
    assert line["ms"] > 0
    assert "示例" not in json.dumps(line, ensure_ascii=False)


def test_each_run_of_a_page_has_a_number(visit, server):
    browser = visit("manager")
    with browser.socket() as socket:
        run(socket, "overview")
    assert scraped(browser=Browser(server), authorization=f"Bearer {TOKEN}")[
        "pilot_http_requests_total", "socket", "101"
    ]


def test_the_log_holds_no_secret(visit, server, stranger):
    scraped(stranger, authorization=f"Bearer {TOKEN}")
    token = visit("manager").cookies["pilot_session"]
    text = server.log.read_text(encoding="utf-8")
    assert not [secret for secret in (*SECRETS, token) if secret in text]


def test_the_log_is_one_object_a_line_in_utc(server):
    written = server.log.read_text(encoding="utf-8")
    ours = written[written.index("{") :].splitlines()  # after the first lines of the server itself
    assert ours
    for line in map(json.loads, ours):
        assert datetime.fromisoformat(line["at"]).tzinfo == UTC
