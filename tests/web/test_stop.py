"""SIGTERM lets a running action finish, and lets nothing new begin; then the server ends."""

import asyncio
import contextlib
import json
import signal
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import text
from websockets.exceptions import ConnectionClosedError

from pilot.web import draining
from tests.serving import serving
from tests.web.client import Browser, run

HERE = Path(__file__).parent / "slow"


@pytest.fixture
def server(tmp_path):
    """A server of its own for each test: it is stopped."""
    with serving(tmp_path, app="app:app", app_dir=HERE) as running:
        yield running


class Action(threading.Thread):
    """A person who has opened the page and starts an action in it."""

    def __init__(self, server, name, seconds):
        super().__init__()
        browser = Browser(server)
        assert browser.sign_in("manager").status == 303
        self.socket, self.said = browser.socket(), ""
        self.query = urlencode({"name": name, "seconds": seconds})

    def run(self):
        with contextlib.suppress(ConnectionClosedError), self.socket:  # the server may be gone
            self.said = run(self.socket, query=self.query)[1]


def rows(server, name):
    """How often the action is in the database."""
    query = text("SELECT count(*) FROM person WHERE name = :name")
    with server.engine.connect() as connection:
        return connection.execute(query, {"name": name}).scalar()


def log_lines(server):
    """The server's log as objects."""
    lines = server.log.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def test_an_action_under_way_is_committed_and_said_so(server):
    action, late = Action(server, "示例甲", 1.5), Action(server, "示例乙", 0)
    action.start()
    time.sleep(0.6)
    stopped = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    assert Browser(server).send("GET", "/readyz").body == (
        '{"status":"unavailable","reason":"stopping"}'
    )
    late.start()
    action.join(20)
    late.join(20)
    server.process.wait(20)

    assert "committed" in action.said
    assert rows(server, "示例甲") == 1
    assert "正在重启" in late.said
    assert rows(server, "示例乙") == 0
    assert time.monotonic() - stopped < 8
    assert any(
        "1 actions were under way, 0 are left" in line["message"] for line in log_lines(server)
    )


def test_an_error_of_a_page_is_logged_with_the_number_of_its_run(server):
    browser = Browser(server)
    browser.sign_in("manager")
    with browser.socket() as socket:
        assert "系统出错" in run(socket, query="boom=1")[1]
        run(socket, query=urlencode({"name": "示例丁", "seconds": 0}))
    [fault] = [line for line in log_lines(server) if line["logger"] == "pilot.faults"]
    [command] = [line for line in log_lines(server) if line.get("action") == "person.save"]
    assert len(fault["request"]) == len(command["request"]) == 16
    assert fault["request"] != command["request"]
    assert (command["outcome"], "示例丁" in str(command)) == ("ok", False)


def test_a_server_with_nothing_to_do_ends_at_once(server):
    stopped = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(10)
    assert time.monotonic() - stopped < 3


def test_a_second_signal_does_not_wait(server):
    action = Action(server, "示例丙", 6)
    action.daemon = True
    action.start()
    time.sleep(0.6)
    stopped = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(10)

    assert time.monotonic() - stopped < 5
    assert rows(server, "示例丙") == 0


def test_waiting_ends_when_patience_does(monkeypatch):
    passed_on, work = [], draining.WORK.__class__()
    monkeypatch.setattr(draining, "WORK", work)
    monkeypatch.setattr(draining, "PATIENCE", 0.2)
    with work.going_on():
        asyncio.run(draining._finish(lambda number, _frame: passed_on.append(number), 15))
    assert passed_on == [15]
