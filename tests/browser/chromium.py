"""The machine's Chromium, as the tests and the proofs start it."""

import contextlib
import shutil
from collections.abc import Iterator

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import serving

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP pilot.example.cn 127.0.0.1",
]
_NAMES = ("chromium-headless-shell", "chromium", "google-chrome", "chromium-browser")


def installed() -> str | None:
    """Where it is, None if there is none."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


@contextlib.contextmanager
def launched() -> Iterator[Browser]:
    """A running Chromium; FileNotFoundError without one."""
    path = installed()
    if path is None:
        raise FileNotFoundError("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


def profile(browser: Browser, url: str) -> BrowserContext:
    """A visitor's profile: Chinese, in Shanghai."""
    context = browser.new_context(
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": 1400, "height": 1000},
        base_url=url,
    )
    context.set_default_timeout(60_000)
    return context


def sign_in(page: Page, login: str, password: str = serving.PASSWORD) -> None:
    """Fill in the sign-in form."""
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
