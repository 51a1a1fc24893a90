"""The ways about the review: from a page to itself, and on a phone from the queue to a claim."""

import re

import pytest
from playwright.sync_api import expect

from pilot.store.engine import writing
from tests import factories_submissions as made
from tests import serving
from tests.pages.people_of import people_of


def waiting(engine):
    """A submission that waits for a reviewer."""
    serving.people(engine)
    with writing(engine) as session:
        people = people_of(session)
        writer = made.author(session, people)
        made.sent(session, writer, made.result_content(writer))


@pytest.fixture(scope="module")
def seed():
    return waiting


def test_back_to_the_queue_leaves_the_submission_for_good(visit):
    page = visit("reviewer", "/review?id=1")
    expect(page.get_by_role("heading", name="结论")).to_be_visible()
    with page.runs.rerun():
        page.get_by_role("button", name="返回队列").click()
    expect(page).not_to_have_url(re.compile("id=1"))

    with page.runs.rerun():
        page.get_by_text("已办结", exact=False).first.click()
    expect(page.get_by_role("heading", name="结论")).to_have_count(0)
    page.reload()
    page.runs.idle()
    expect(page.get_by_role("heading", name="结论")).to_have_count(0)


def test_a_phone_shows_lines_for_the_queue_and_the_claim_before_the_answers(visit, page):
    page.set_viewport_size({"width": 390, "height": 844})
    visit("reviewer", "/review")
    expect(page.get_by_test_id("stDataFrame")).to_be_hidden()
    line = page.locator(".st-key-narrow")
    expect(line).to_contain_text("TB-2026-00001")
    with page.runs.rerun():
        line.get_by_role("button").click()

    first = page.get_by_role("button", name="认领").first
    expect(first).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    with page.runs.rerun():
        first.click()
    choices = page.get_by_test_id("stRadioOption")
    expect(choices.first).to_be_visible()
    assert min(one.bounding_box()["height"] for one in choices.all()) >= 40
    with page.runs.rerun():
        page.get_by_role("button", name="放回队列").click()

    page.set_viewport_size({"width": 1400, "height": 1000})
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    expect(line).to_be_hidden()
