"""A way from a page to itself changes the address: what is clicked next stays where one is."""

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
