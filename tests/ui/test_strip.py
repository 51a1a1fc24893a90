"""The view goes along to a page that is chosen in the menu, and never overrules an address."""

import pytest
import streamlit as st

from pilot.ui.strip import carry


@pytest.fixture
def page(monkeypatch):
    """The address and the memory of one browser tab."""
    monkeypatch.setattr(st, "query_params", {})
    monkeypatch.setattr(st, "session_state", {})
    return st


def test_a_page_chosen_in_the_menu_keeps_the_view(page):
    page.query_params |= {"as_of": "2025-12-31", "q": "催化"}
    carry("overview")
    page.query_params.clear()

    carry("projects")

    assert page.query_params == {"as_of": "2025-12-31"}


def test_an_address_with_a_view_of_its_own_decides(page):
    page.query_params |= {"as_of": "2025-12-31"}
    carry("overview")
    page.query_params.clear()
    page.query_params |= {"year": "2024"}

    carry("projects")

    assert page.query_params == {"year": "2024"}


def test_back_to_today_stays_today_on_the_next_page(page):
    page.query_params |= {"as_of": "2025-12-31"}
    carry("overview")
    page.query_params.clear()
    carry("overview")

    carry("projects")

    assert page.query_params == {}
