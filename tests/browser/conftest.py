"""A real Chromium against a real server; `seed` may be overridden by a module of tests."""

import contextlib
import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from tests import serving
from tests.browser.chromium import installed, launched, profile, sign_in
from tests.browser.reruns import Reruns
from tests.serving import Seed, Server

expect.set_options(timeout=60_000)  # a slow machine is no fault of the product
Visit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's browser; without one the tests are skipped, in CI they fail."""
    if installed() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium on this machine")
        pytest.skip("no Chromium on this machine")
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def seed() -> Seed:
    """What the database holds at the start."""
    return serving.people


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, seed: Seed) -> Iterator[Server]:
    """The product on a free port with a database of its own."""
    with serving.serving(tmp_path_factory.mktemp("server"), seed) as running:
        yield running


@pytest.fixture(scope="module")
def used(chromium: Browser, server: Server) -> Iterator[BrowserContext]:
    """A browser profile that has loaded Streamlit before: Chinese, in Shanghai."""
    context = profile(chromium, server.url)
    yield context
    context.close()


@pytest.fixture
def context(used: BrowserContext) -> Iterator[BrowserContext]:
    """A visitor's profile: nothing is left in it but the files of the product."""
    yield used
    for page in used.pages:
        with contextlib.suppress(Error):  # a page that shows no site has no storage
            page.evaluate("localStorage.clear()")
        page.close()
    used.clear_cookies()


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
