"""Strict reading: each documented form, and each trap of the threat table (rows 27 to 31)."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilot.domain.parsing import (
    ParseError,
    clean_text,
    parse_bool,
    parse_date,
    parse_decimal,
    parse_int,
)

DAY = date(2024, 10, 8)
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.text(),
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.just(UTC)),
    st.times(),
    st.timedeltas(),
    st.just(10**5000),
)

# --- dates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "day"),
    [
        pytest.param(DAY, DAY, id="30 a date"),
        pytest.param(datetime.fromisoformat("2024-10-08T23:59"), DAY, id="30 local instant"),
        pytest.param(datetime(2024, 10, 7, 16, 0, tzinfo=UTC), DAY, id="30 UTC evening"),
        pytest.param(datetime(2024, 12, 31, 16, tzinfo=UTC), date(2025, 1, 1), id="61 year end"),
        pytest.param("2024-10-08", DAY, id="30 ISO"),
        pytest.param("2024-10-8", DAY, id="30 ISO, short day"),
        pytest.param("2024/10/8", DAY, id="30 slashes"),
        pytest.param("2024.10.8", DAY, id="30 dots"),
        pytest.param("2024年10月8日", DAY, id="30 Chinese"),
        pytest.param("２０２４年１０月８日", DAY, id="30 full-width digits"),
        pytest.param("２０２４－１０－０８", DAY, id="30 full-width hyphens"),
        pytest.param("  2024-10-08\n", DAY, id="blanks around"),
        pytest.param("2024-02-29", date(2024, 2, 29), id="30 leap day"),
        pytest.param(45573, DAY, id="30 serial"),
        pytest.param(45573.75, DAY, id="30 serial with time"),
        pytest.param(45573.0, DAY, id="30 serial as float"),
        pytest.param(18264, date(1950, 1, 1), id="first day accepted"),
        pytest.param(73415, date(2100, 12, 31), id="last day accepted"),
    ],
)
def test_a_documented_form_is_its_day(value, day):
    assert parse_date(value) == day


def test_a_serial_counts_from_the_date_system_of_its_file():
    assert parse_date(45573 - 1462, date1904=True) == DAY


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param("2024-13-01", "没有", id="30 month 13"),
        pytest.param("2023-02-29", "没有", id="30 no leap year"),
        pytest.param("2100/2/29", "没有", id="30 century is no leap year"),
        pytest.param("24-10-08", "不是可以识别", id="30 two-digit year"),
        pytest.param("2024-10/08", "不是可以识别", id="30 mixed separators"),
        pytest.param("2024年10月", "不是可以识别", id="30 month only"),
        pytest.param("10/8/2024", "不是可以识别", id="30 year last"),
        pytest.param("20241008", "不是可以识别", id="30 no separators"),
        pytest.param("45573", "不是可以识别", id="30 serial as text: which date system?"),
        pytest.param("2024-10-08 12:00", "不是可以识别", id="30 text with time"),
        pytest.param("٢٠٢٤-١٠-٠٨", "不是可以识别", id="29 Arabic-Indic digits"),
        pytest.param("MARCH1", "不是可以识别", id="31 MARCH1"),
        pytest.param(60, "1900-02-29", id="30 the day that never was"),
        pytest.param(60.5, "1900-02-29", id="30 noon of the day that never was"),
        pytest.param(2024, "1905", id="a year typed as number"),
        pytest.param(20241008, "序列号", id="a date typed as number"),
        pytest.param(-1, "序列号", id="negative serial"),
        pytest.param(float("nan"), "序列号", id="NaN"),
        pytest.param(float("inf"), "序列号", id="infinity"),
        pytest.param(True, "类型", id="a truth value"),
        pytest.param(time(8, 30), "类型", id="a time of day"),
        pytest.param(None, "未填写", id="nothing"),
        pytest.param(" ", "未填写", id="blank"),
        pytest.param("0204-10-08", "年份 204", id="slip in the year"),
        pytest.param(date(9999, 12, 31), "年份 9999", id="for ever"),
        pytest.param(
            datetime.fromisoformat("1900-02-28T00:00"), "年份 1900", id="serial 60 after a library"
        ),
    ],
)
def test_any_other_date_is_refused_with_a_sentence(value, words):
    with pytest.raises(ParseError, match=words) as caught:
        parse_date(value)
    assert "2024-10-08" in caught.value.remedy


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "number"),
    [
        pytest.param("1234.5", "1234.50", id="plain"),
        pytest.param("1,234.50", "1234.50", id="29 thousands"),
        pytest.param("1,234,567", "1234567.00", id="29 thousands twice"),
        pytest.param("１，２３４．５０", "1234.50", id="29 full-width"),
        pytest.param("-12.50", "-12.50", id="29 negative"),
        pytest.param("12.500", "12.50", id="zeros at the end"),
        pytest.param("0", "0.00", id="zero"),
        pytest.param("-0", "0.00", id="negative zero"),
        pytest.param(" 7 ", "7.00", id="blanks around"),
        pytest.param(7, "7.00", id="spreadsheet integer"),
        pytest.param(0.1 + 0.2, "0.30", id="spreadsheet number has 15 digits"),
        pytest.param(Decimal("1E+3"), "1000.00", id="decimal"),
        pytest.param("999999999999.99", "999999999999.99", id="largest"),
    ],
)
def test_a_plain_number_is_exact(value, number):
    assert str(parse_decimal(value)) == number


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param("1e308", "普通的十进制", id="29 exponent"),
        pytest.param(1e308, "过大", id="29 huge float"),
        pytest.param("1e400", "普通的十进制", id="29 exponent beyond float"),
        pytest.param("1E5", "普通的十进制", id="31 1E5"),
        pytest.param("NaN", "普通的十进制", id="29 NaN text"),
        pytest.param(float("nan"), "过大或不是", id="29 NaN"),
        pytest.param(float("-inf"), "过大或不是", id="29 infinity"),
        pytest.param("inf", "普通的十进制", id="29 infinity text"),
        pytest.param(Decimal("sNaN"), "过大或不是", id="29 signalling NaN"),
        pytest.param("1_000", "普通的十进制", id="29 underscore"),
        pytest.param("١٢٣", "普通的十进制", id="29 Arabic-Indic digits"),
        pytest.param("120万", "金额单位", id="29 120万"),
        pytest.param("120万元", "金额单位", id="29 120万元"),
        pytest.param("￥120", "金额单位", id="29 currency sign"),
        pytest.param("12%", "普通的十进制", id="percent sign"),
        pytest.param("1,23", "普通的十进制", id="decimal comma"),
        pytest.param("0,123", "普通的十进制", id="decimal comma after zero"),
        pytest.param("12,34,567", "普通的十进制", id="other grouping"),
        pytest.param("00123", "普通的十进制", id="31 a code, not a number"),
        pytest.param("1 234", "普通的十进制", id="blank inside"),
        pytest.param("+5", "普通的十进制", id="plus sign"),
        pytest.param(".5", "普通的十进制", id="no digit before the point"),
        pytest.param("(12)", "普通的十进制", id="bookkeeper's negative"),
        pytest.param("1" * 50, "普通的十进制", id="endless digits"),
        pytest.param("1000000000000", "过大", id="too large"),
        pytest.param(10**5000, "过大", id="too large to print"),
        pytest.param("1.005", "最多保留 2 位小数", id="more decimals than asked"),
        pytest.param(33.333333, "最多保留 2 位小数", id="calculated in the sheet"),
        pytest.param(True, "类型", id="a truth value"),
        pytest.param(DAY, "类型", id="a date"),
        pytest.param(None, "未填写", id="nothing"),
        pytest.param("", "未填写", id="blank"),
    ],
)
def test_any_other_number_is_refused(value, words):
    with pytest.raises(ParseError, match=words):
        parse_decimal(value)


def test_an_amount_with_a_unit_is_told_to_use_ten_thousand_yuan():
    with pytest.raises(ParseError) as caught:
        parse_decimal("120万")
    assert "以万元为单位" in caught.value.remedy


def test_decimals_are_as_many_as_asked():
    assert parse_decimal("98.765", places=3) == Decimal("98.765")


@pytest.mark.parametrize(
    ("value", "number"),
    [
        pytest.param("12", 12, id="text"),
        pytest.param("1,200", 1200, id="thousands"),
        pytest.param(12.0, 12, id="spreadsheet float"),
        pytest.param("-3", -3, id="negative"),
    ],
)
def test_a_whole_number_is_an_int(value, number):
    assert parse_int(value) == number


@pytest.mark.parametrize("value", ["3.5", 3.5, "三", "1e3", True])
def test_what_is_not_whole_is_refused(value):
    with pytest.raises(ParseError):
        parse_int(value)


# --- yes and no -----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["是", "有", "1", "１", "true", "TRUE", " 是 ", True, 1, 1.0])
def test_yes(value):
    assert parse_bool(value) is True


@pytest.mark.parametrize("value", ["否", "无", "0", "false", "False", False, 0, 0.0])
def test_no(value):
    assert parse_bool(value) is False


@pytest.mark.parametrize("value", ["", None, "不", "是的", "yes", "√", 2, 0.5, "none", DAY])
def test_neither_yes_nor_no(value):
    with pytest.raises(ParseError):
        parse_bool(value)


# --- all ------------------------------------------------------------------------------------------


def refusal(parse, value) -> ParseError | None:
    try:
        parse(value)
    except ParseError as refused:
        return refused
    return None


@given(ANYTHING)
def test_nothing_but_a_value_or_a_sentence_comes_out(value):
    parsers = (parse_date, parse_decimal, parse_int, parse_bool, lambda v: clean_text(v, 50))
    for refused in filter(None, (refusal(parse, value) for parse in parsers)):
        refused.message.encode()
        assert refused.message.endswith("。")
        assert refused.remedy


@given(st.decimals(min_value=-(10**11), max_value=10**11, places=2))
def test_a_printed_number_is_read_back(number):
    assert parse_decimal(f"{number}") == parse_decimal(f"{number:,}") == number


@given(st.dates(date(1950, 1, 1), date(2100, 12, 31)))
def test_a_printed_day_is_read_back(day):
    assert parse_date(day.isoformat()) == parse_date(f"{day.year}年{day.month}月{day.day}日") == day
