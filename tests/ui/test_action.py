"""One filled-in form is one action, however often it is clicked."""

import pytest
import streamlit as st

from pilot.domain.errors import Refused
from pilot.domain.problems import Problem
from pilot.ui import action, flash


@pytest.fixture(autouse=True)
def state(monkeypatch):
    """A page's state without a page."""
    kept = {}
    monkeypatch.setattr(st, "session_state", kept)
    return kept


@pytest.fixture
def clock(monkeypatch):
    """Seconds that a test sets."""
    now = [1000.0]
    monkeypatch.setattr(action.time, "monotonic", lambda: now[0])
    return now


def test_a_form_keeps_its_key_until_its_action_succeeded():
    assert action.once("new") == action.once("new")


def test_two_forms_have_two_keys():
    assert action.once("new") != action.once("other")


def test_a_spent_key_is_renewed_a_moment_later(clock):
    first = action.once("new")
    action._spend(first)
    assert action.once("new") == first
    clock[0] += 4
    assert action.once("new") != first


def test_the_same_content_is_the_same_action():
    keys = {action.content_key("k", print, ("甲", {"b", "a"}, b"x"), {"n": 1}) for _ in range(3)}
    assert len(keys) == 1


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(("k", print, ("乙",), {}), id="argument"),
        pytest.param(("k", print, ("甲",), {"n": 1}), id="option"),
        pytest.param(("k", repr, ("甲",), {}), id="verb"),
        pytest.param(("K", print, ("甲",), {}), id="form"),
    ],
)
def test_other_content_is_another_action(other):
    assert action.content_key("k", print, ("甲",), {}) != action.content_key(*other)


def test_a_key_fits_the_journal():
    assert len(action.content_key("k", print, ("x" * 9999,), {})) <= 64


def test_a_rule_without_a_full_stop_is_told_apart_from_its_remedy(state):
    flash.refused(Refused([Problem("no", "no", "合同尚未登记编号", "请登记。", row=3)]))

    assert list(state.values()) == [[("error", ["第 3 行：合同尚未登记编号。请登记。"])]]
