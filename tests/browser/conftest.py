"""A real Chromium against a real server; `seed` may be overridden by a module of tests."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests import serving
from tests.browser.reruns import Reruns
from tests.serving import Seed, Server

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=20_000)
_NAMES = ("chromium", "google-chrome", "chromium-browser")
Visit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's browser; without one the tests are skipped, in CI they fail."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium on this machine")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def seed() -> Seed:
    """What the database holds at the start."""
    return serving.people


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, seed: Seed) -> Iterator[Server]:
    """The product on a free port with a database of its own."""
    with serving.serving(tmp_path_factory.mktemp("server"), seed) as running:
        yield running


@pytest.fixture
def context(chromium: Browser, server: Server) -> Iterator[BrowserContext]:
    """A visitor's browser profile: Chinese, in Shanghai."""
    context = chromium.new_context(
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": 1400, "height": 1000},
        base_url=server.url,
    )
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty tab of somebody who has not signed in."""
    return context.new_page()


@pytest.fixture
def visit(page: Page) -> Visit:
    """`visit("manager", "/projects")`: the page, signed in, drawn, with `page.runs` to wait by."""

    def opened(login: str, path: str = "/", password: str = serving.PASSWORD) -> Page:
        page.runs = Reruns(page)
        page.goto(path)
        sign_in(page, login, password)
        page.runs.idle()
        return page

    return opened


def sign_in(page: Page, login: str, password: str = serving.PASSWORD) -> None:
    """Fill in the sign-in form."""
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
