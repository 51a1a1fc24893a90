"""The printable receipt over HTTP: whose it is, inert, and not to be enumerated."""

import pytest

from pilot.domain.people import Role
from pilot.store.engine import writing
from pilot.web.headers import DOOR_POLICY
from tests import factories_submissions as made
from tests import serving
from tests.pages import submission_pages as on
from tests.pages.people_of import people_of


@pytest.fixture(scope="module")
def sent(server) -> int:
    """A submission of the researcher, with markup in its title."""
    serving.account(server.engine, "stranger", Role.RESEARCHER)
    with writing(server.engine) as session:
        author = on.writer(session)
        content = made.result_content(author, title="<script>alert(1)</script> {{ 7*7 }} **粗**")
        people_of(session)
        return made.sent(session, author, content).id


def test_the_author_reads_it_as_text_under_a_strict_policy(visit, sent):
    answer = visit("researcher").page(f"/receipt/{sent}")

    assert answer.status == 200
    assert answer.headers["content-security-policy"] == DOOR_POLICY
    assert answer.headers["cache-control"] == "no-store"
    assert "TB-" in answer.body
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }} **粗**" in answer.body
    assert "<script" not in answer.body
    assert "style=" not in answer.body


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("reviewer", 200),
        ("stranger", 404),
        ("manager", 403),
        ("officer", 403),
        ("province", 403),
    ],
)
def test_who_reads_it(visit, sent, login, status):
    assert visit(login).page(f"/receipt/{sent}").status == status


def test_another_ones_receipt_is_like_a_missing_one(visit, sent):
    browser = visit("stranger")
    answers = {browser.page(f"/receipt/{one}").body for one in (sent, 99_999, 10**30)}
    assert answers == {"没有找到这份回执。"}


def test_without_a_session_there_is_none(stranger, sent):
    assert stranger.page(f"/receipt/{sent}").status == 303
    assert stranger.page("/receipt/style.css").status == 303


def test_its_style_sheet_is_for_screen_and_paper(visit):
    answer = visit("researcher").page("/receipt/style.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert "@media print" in answer.body
