"""The formula mark: what is marked, what is not, and that it always comes off again."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pilot.domain.formula import mark, unmark

HOSTILE = st.text(
    alphabet=st.sampled_from("'=+-@|\t\r\n＝＋－＠ \u3000\ufeff\u200b\0a中\U00020bb7")
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("=1+1", id="equals"),
        pytest.param("+86 427", id="plus"),
        pytest.param("-12.50", id="minus, held as text"),
        pytest.param("@SUM(A1)", id="at"),
        pytest.param("|calc", id="pipe"),
        pytest.param("\tx", id="tab"),
        pytest.param("\rx", id="carriage return"),
        pytest.param("\nx", id="line feed"),
        pytest.param("＝1", id="full-width equals"),
        pytest.param("＋1", id="full-width plus"),
        pytest.param("－1", id="full-width minus"),
        pytest.param("＠x", id="full-width at"),
        pytest.param("  =1", id="after blanks"),
        pytest.param("\u3000=1", id="after an ideographic blank"),
        pytest.param("\ufeff=1", id="after a byte order mark"),
        pytest.param("\u200b\u2060=1", id="after zero-width characters"),
        pytest.param("\x01=1", id="after a control character"),
        pytest.param("'=1", id="already looks marked"),
        pytest.param("''=1", id="already looks marked twice"),
    ],
)
def test_a_text_that_starts_a_formula_gets_one_apostrophe(text):
    assert mark(text) == "'" + text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("催化剂=钯", id="sign further in"),
        pytest.param("'90 年代", id="apostrophe before a harmless text"),
        pytest.param("'", id="only an apostrophe"),
        pytest.param("3-5 批", id="digit first"),
        pytest.param(" ' =1", id="visible apostrophe inside"),
    ],
)
def test_any_other_text_stays_as_it_is_both_ways(text):
    assert mark(text) == text
    assert unmark(text) == text


@given(st.text() | HOSTILE)
@example("'=")
@example("''")
@example("' '=")
def test_unmark_undoes_mark(text):
    assert unmark(mark(text)) == text


@given(st.text() | HOSTILE)
def test_a_marked_text_never_starts_a_formula(text):
    visible = mark(text).lstrip(" \u3000\ufeff\u200b\0")
    assert not visible.startswith(tuple("=+-@|＝＋－＠"))
