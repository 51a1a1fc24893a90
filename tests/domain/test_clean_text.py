"""Text: kept byte for byte, or refused with the place of the trouble (rows 27, 28 and 31)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilot.domain.parsing import ParseError, clean_text
from pilot.domain.readings import is_blank


@pytest.mark.parametrize(
    "text",
    ["\u200b", "\u2060\u200d", "\ufeff \u00ad", "\u3000\u200b\u3000", "\u3164", "\u2800 \u115f"],
)
def test_a_text_of_which_nothing_is_seen_is_none(text):
    assert clean_text(text, 200) is None
    assert is_blank(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("😀👩‍🔬", id="28 emoji with joiner"),
        pytest.param("𠮷𬭩䶮", id="28 rare names"),
        pytest.param("\U00030000", id="28 plane 3"),
        pytest.param("葛\U000e0100", id="28 variation sequence"),
        pytest.param("１２３ＡＢＣ", id="28 full-width stays"),
        pytest.param("㎥", id="28 compatibility character stays"),
        pytest.param("NA", id="31 NA"),
        pytest.param("None", id="31 None"),
        pytest.param("null", id="31 null"),
        pytest.param("00123", id="31 zeros in front"),
        pytest.param("1E5", id="31 1E5"),
        pytest.param("第一行\n第二行\t列", id="newline and tab inside"),
        pytest.param("a\u200bb", id="zero-width inside is kept, and shown elsewhere"),
        pytest.param("e\u0301", id="not composed behind the user's back"),
    ],
)
def test_a_text_stays_byte_for_byte(text):
    assert clean_text(text, 200) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(" 甲\u3000", "甲", id="blanks at the ends"),
        pytest.param("\u202a 91211102\u202c ", "91211102", id="21 marks around a copied text"),
        pytest.param("甲\r\n乙\r丙", "甲\n乙\n丙", id="newlines"),
        pytest.param(" \r\n ", None, id="blank"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="nothing"),
        pytest.param(20191104, "20191104", id="number in a text column"),
        pytest.param(3.0, "3", id="float without decimals"),
        pytest.param(0.00000012, "0.00000012", id="no exponent"),
        pytest.param(0.1 + 0.2, "0.3", id="fifteen digits"),
    ],
)
def test_a_text_is_cleaned_only_at_its_edges(value, text):
    assert clean_text(value, 200) == text


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param("a\0b", r"第 2 个字符（U\+0000）", id="27 NUL"),
        pytest.param("\x1b[31m", r"第 1 个字符（U\+001B）", id="27 ESC"),
        pytest.param("甲乙\ud800", r"第 3 个字符（U\+D800）", id="27 lone surrogate"),
        pytest.param("a\x85", r"U\+0085", id="27 C1 control"),
        pytest.param("a\ufffe", r"U\+FFFE", id="27 noncharacter"),
        pytest.param("a\U0010ffff", r"U\+10FFFF", id="27 last noncharacter"),
        pytest.param("报告\u202efdp.exe", r"第 3 个字符（U\+202E）", id="21 turned around"),
        pytest.param("\u202a甲\u2066乙\u202c", r"第 3 个字符（U\+2066）", id="21 isolate inside"),
        pytest.param("字" * 201, "最多 200 字，现为 201 字", id="too long"),
        pytest.param(2023210100012345, "超过 15 位", id="16 digits lost in a spreadsheet"),
        pytest.param(2.0232101000123e15, "超过 15 位", id="16 digits as float"),
        pytest.param(float("nan"), "超过 15 位", id="NaN"),
        pytest.param(date(2024, 10, 8), "不是文本", id="code turned into a date"),
        pytest.param(timedelta(days=3), "不是文本", id="duration"),
        pytest.param(True, "不是文本", id="truth value"),
    ],
)
def test_a_text_that_cannot_be_kept_is_refused(value, words):
    with pytest.raises(ParseError, match=words):
        clean_text(value, 200)


def test_the_limit_counts_characters_after_cleaning():
    assert clean_text(" " + "𠮷" * 200 + " ", 200) == "𠮷" * 200


@given(st.text())
def test_cleaning_a_clean_text_changes_nothing(text):
    try:
        cleaned = clean_text(text, 1000)
    except ParseError:
        return
    assert cleaned is None or clean_text(cleaned, 1000) == cleaned
