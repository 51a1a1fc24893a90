"""A replica is killed while somebody writes: the page comes back, and so does what was typed."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from sqlmodel import Session, select

from pilot.domain.vocabulary import Gate
from pilot.store.engine import reading
from pilot.store.models import Decision
from tests import replicas
from tests.browser.conftest import sign_in
from tests.browser.reruns import Reruns
from tests.proofs.replicas import running
from tests.replicas import NAME, Site

pytestmark = pytest.mark.skipif(
    replicas.program() is None and not os.environ.get("CI"), reason="nginx is not installed"
)


@pytest.fixture(scope="module")
def rounds() -> list[int]:
    """The rounds that wait at G0."""
    return []


@pytest.fixture(scope="module")
def site(rounds) -> Iterator[Site]:
    """Two replicas with a round to decide."""
    with running(rounds, 1) as (found, _store):
        yield found


@pytest.fixture
def context(chromium: Browser, site: Site) -> Iterator[BrowserContext]:
    """A profile that trusts the certificate of these tests."""
    made = chromium.new_context(
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        base_url=f"https://{NAME}:{site.port}",
        ignore_https_errors=True,
    )
    yield made
    made.close()


def test_what_was_typed_survives_the_replica_and_the_decision_is_taken_once(context, site, rounds):
    page = context.new_page()
    page.runs, answered = Reruns(page), []
    page.on("response", lambda answer: answered.append(answer.headers.get("x-replica")))
    page.goto(f"/gate?review={rounds[0]}")
    sign_in(page, "manager")
    page.runs.idle()
    with page.runs.rerun():
        page.get_by_text("不通过", exact=True).click()
    with page.runs.rerun():
        page.get_by_label("理由").fill("示例理由：材料不齐")
        page.get_by_label("理由").press("Control+Enter")

    next(each for each in site.replicas if each.address == answered[-1]).kill()

    page.wait_for_selector("[data-testid=stApp]:not([data-test-connection-state=CONNECTED])")
    page.runs.idle()
    expect(page.get_by_label("理由")).to_have_value("示例理由：材料不齐")
    page.get_by_role("button", name="确认结论：不通过").click()
    expect(page.get_by_text(f"{Gate.G0.label}：不通过。")).to_be_visible()
    with reading(site.engine) as session:
        assert _decisions(session) == [(rounds[0], "示例理由：材料不齐")]


def _decisions(session: Session) -> list[tuple[int, str]]:
    return list(session.exec(select(Decision.review_id, Decision.reason)))
