"""报表导出, as a page."""

import pytest

from pilot.domain.people import Role
from pilot.store import queries_people
from pilot.store.engine import writing
from pilot.store.models import Base
from pilot.store.queries_door import account_named
from tests import factories
from tests.factories import NOON, Team

READERS = [Role.ADMIN, Role.MANAGER, Role.OFFICER, Role.PROVINCE]


@pytest.fixture
def projects(engine):
    """Twenty-five projects of the base."""
    with writing(engine) as session:
        manager = queries_people.actor(session, account_named(session, "manager").id, NOON)
        people = Team(session.get(Base, manager.base_id), *[manager] * 5)
        for number in range(25):
            factories.project(session, people, name=f"示例项目{number}")


def links(app):
    """The label and address of every link button."""
    return [(link.proto.label, link.proto.url) for link in app.get("link_button")]


def download(app):
    """Where the primary button leads."""
    return next(url for label, url in links(app) if label.startswith("下载"))


@pytest.mark.parametrize("role", [role for role in Role if role not in READERS])
def test_who_may_not_export_sees_no_row_and_no_link(open_page, projects, role):
    app = open_page("exports", role)

    assert "报表导出" not in [title.value for title in app.title]
    assert not any(url.startswith("/export/") for _, url in links(app))


@pytest.mark.parametrize("role", READERS)
def test_the_page_shows_the_first_twenty_rows_and_how_many_there_are(open_page, projects, role):
    app = open_page("exports", role)

    assert not app.exception
    assert len(app.dataframe[0].value) == 20
    assert "下载项目台账（25 行）" in [label for label, _ in links(app)]


def test_the_link_asks_for_the_view_of_the_page(open_page, projects):
    app = open_page("exports", Role.OFFICER, as_of="2026-06-30", known="2026-07-01")

    assert download(app) == "/export/projects.xlsx?year=2026&as_of=2026-06-30&known=2026-07-01"


def test_an_earlier_view_shows_what_was_known_then(open_page, projects):
    app = open_page("exports", Role.OFFICER, known="2026-05-31")

    assert not app.dataframe
    assert app.info[0].value.startswith("此视图下没有记录")


def test_the_list_can_be_chosen_by_the_address(open_page, projects):
    app = open_page("exports", Role.OFFICER, table="三项指标明细")

    assert not app.exception
    assert "scope=city" in download(app)
    assert "下载三项指标明细（0 行）" in [label for label, _ in links(app)]
