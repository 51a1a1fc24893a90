"""What must not be told (passwords, tokens, addresses with passwords), and what outlives a stop."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import quote

from playwright.sync_api import Page, expect

from pilot.config import ROOT
from tests import serving
from tests.browser.chromium import profile, sign_in
from tests.browser.reruns import Reruns
from tests.proofs import stage
from tests.proofs.edge_sessions import WRONG, people
from tests.proofs.plan import Effort, Finding, every, none, within
from tests.serving import Server
from tests.web.client import Browser

_URL_PASSWORD = "Planted-Url-Pass-77"
_BEFORE_ITS_LOG = ("INFO:     Started server process", "INFO:     Waiting for application startup")
_FORGED = "forged-line"
_LINE = {"level": "info", "message": _FORGED}


@dataclass(frozen=True, slots=True)
class Left:
    """An open page and a signed-in visitor that were left when the server stopped."""

    page: Page
    visitor: Browser


def before_restart(probe: Server) -> Left:
    """Somebody in the middle of a form, in a real browser, and somebody with a cookie."""
    page = profile(stage.chromium(), probe.url).new_page()
    runs = Reruns(page)
    page.goto("/double")
    sign_in(page, "manager")
    runs.idle()
    page.get_by_label("姓名").fill("重启")
    visitor = Browser(probe)
    visitor.sign_in("manager")
    return Left(page, visitor)


def after_restart(left: Left, server: Server, effort: Effort) -> Iterator[Finding]:
    """The same port answers again: is the cookie good, is the page back, does it work?"""
    begun = time.monotonic()
    good = left.visitor.send("GET", "/_stcore/host-config").status == 200
    runs = "[data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
    left.page.wait_for_selector(f"[data-testid=stApp]{runs}", timeout=90_000)
    back = time.monotonic() - begun
    before = people(server)
    left.page.get_by_role("button", name="保存", exact=True).click()
    expect(left.page.get_by_test_id("stAlert").first).to_contain_text("已", timeout=60_000)
    saved = people(server) - before
    kept = left.page.get_by_label("姓名").input_value() == "重启"
    left.page.context.close()
    yield every("cookies good after a restart", int(good), 1)
    yield within("until an open page is back after a restart", back, 10, effort)
    yield every("forms still filled in, and saved once, after it", int(kept and saved == 1), 1)


def logs(*servers: Server) -> Iterator[Finding]:
    """Search what the servers and the command line said for everything that must not be there."""
    for server in servers:
        _forge(server)
    found = [token for server in servers for token in tokens(server)]
    with ThreadPoolExecutor() as pool:
        others = [pool.submit(_unreachable), pool.submit(_command)]
    told = [server.log.read_text() for server in servers] + [one.result() for one in others]
    secrets = [serving.PASSWORD, WRONG, _URL_PASSWORD, "First-Horse-77", "Other-Horse-88"]
    secrets += found
    hits = [secret for secret in secrets for text in told if secret in text]
    stage.tell("edge", hits)
    yield none("secrets found in logs and messages", len(hits), len(secrets) * len(told))
    lines = [line for text in told[: len(servers)] for line in text.splitlines()]
    lines = [line for line in lines if not line.startswith(_BEFORE_ITS_LOG)]
    loose = [line for line in lines if not _is_json(line) or json.loads(line) == _LINE]
    stage.tell("edge", loose)
    yield none("lines of the log that are not the server's own", len(loose), len(lines))


def tokens(server: Server) -> list[str]:
    """Tokens of sessions that are open now, by which a log would let somebody in."""
    found = []
    for login in ("manager", serving.ADMIN):
        browser = Browser(server)
        browser.sign_in(login)
        browser.page("/overview")
        found.append(browser.cookies["pilot_session"])
    return found


def _forge(server: Server) -> None:
    """Line breaks and whole log lines in everything a stranger can send."""
    line = f"\n{json.dumps(_LINE)}"
    stranger = Browser(server, address="127.0.5.1")
    stranger.sign_in(f"x{line}", f"y{line}")
    stranger.page(f"/overview?{quote(line)}", user_agent=_FORGED)
    stranger.send("GET", f"/%0a{_FORGED}")
    stranger.post("/auth/login", {"login": f"manager{line}", "password": WRONG, "form": line})


def _unreachable() -> str:
    """What a server says that cannot reach a database whose address holds a password."""
    url = f"postgresql://user:{_URL_PASSWORD}@127.0.0.1:1/pilot"
    folder = stage.folder()
    with contextlib.suppress(RuntimeError), serving.serving(folder, skip, PILOT_DATABASE_URL=url):
        pass
    return (folder / "server.log").read_text()


def _command() -> str:
    """What a command says about the same database."""
    url = f"postgresql://user:{_URL_PASSWORD}@127.0.0.1:1/pilot"
    run = [sys.executable, "-m", "pilot.cli", "verify"]
    environment = os.environ | {"PILOT_DATABASE_URL": url}
    done = subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, text=True)
    return done.stdout + done.stderr


def skip(_engine: object) -> None:
    """Nothing to prepare."""


def _is_json(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
