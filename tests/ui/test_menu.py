"""The menu's table: who has which pages."""

import pytest

from pilot.domain.people import Role
from pilot.ui.menu import MENU, PAGES, entries


def test_every_page_of_the_menu_has_its_file():
    assert [entry.file for entry in MENU if not (PAGES / f"{entry.file}.py").exists()] == []


def test_every_file_is_a_page_of_the_menu():
    assert {path.stem for path in PAGES.glob("*.py")} <= {entry.file for entry in MENU}


@pytest.mark.parametrize(
    ("role", "hidden"),
    [
        (Role.ADMIN, set()),
        (Role.MANAGER, {"people"}),
        (Role.REVIEWER, {"people", "exports", "definitions"}),
        (Role.OFFICER, {"people"}),
        (Role.PROVINCE, {"people", "definitions"}),
    ],
)
def test_what_a_role_does_not_see(role, hidden):
    shown = {entry.file for entry in entries(frozenset({role}))}
    assert shown.isdisjoint(hidden)
    assert "my_account" in shown


def test_a_researcher_begins_at_the_own_submissions_and_sees_nothing_of_the_portfolio():
    shown = [entry.file for entry in entries(frozenset({Role.RESEARCHER}))]
    assert shown == ["submissions", "submission", "notices", "my_account"]
