"""Readings of real spreadsheets: the value, and a sentence wherever it was not literal."""

from datetime import date
from decimal import Decimal

import pytest

from pilot.domain.parsing import ParseError
from pilot.domain.readings import (
    half_width,
    is_blank,
    read_amount,
    read_day,
    stands_for_nothing,
    unit_of_heading,
)


@pytest.mark.parametrize(
    ("cell", "amount", "said"),
    [
        pytest.param("120.50", "120.50", None, id="a plain number"),
        pytest.param(120.5, "120.50", None, id="a number"),
        pytest.param("１，２００．５", "1200.50", None, id="full-width digits"),
        pytest.param(" 1,200 ", "1200.00", None, id="thousands and blanks"),
        pytest.param("1.9亿", "19000.00", "万元读取", id="1.9亿"),
        pytest.param("1.9 亿元", "19000.00", "万元读取", id="亿元, apart"),
        pytest.param("120万元", "120.00", "万元读取", id="万元"),
        pytest.param("120万", "120.00", "万元读取", id="万"),
        pytest.param("¥1205000元", "120.50", "万元读取", id="元"),
        pytest.param("超1.9亿元", "19000.00", "不是确数", id="超"),
        pytest.param("300余万元", "300.00", "不是确数", id="余 before the unit"),
        pytest.param("300万余", "300.00", "不是确数", id="余 after the unit"),
        pytest.param("约300", "300.00", "不是确数", id="约"),
        pytest.param("300左右", "300.00", "不是确数", id="左右"),
    ],
)
def test_an_amount_is_in_wan_yuan_and_says_what_was_not_literal(cell, amount, said):
    value, sentence = read_amount(cell)

    assert value == Decimal(amount)
    assert (said in sentence) if said else sentence is None


@pytest.mark.parametrize(
    "cell",
    [
        "120美元",
        "一百万",
        "1e5",
        "12万3千",
        "120-150万",
        "1元",
        "NaN",
        "1_000",
        "۱۲",
        "1,20",
        "00万",
    ],
)
def test_an_amount_that_could_be_another_number_is_refused(cell):
    with pytest.raises(ParseError):
        read_amount(cell)


@pytest.mark.parametrize(
    ("heading", "cell", "amount"),
    [
        pytest.param("总投资（元）", "1205000", "120.50", id="元"),
        pytest.param("总投资(亿元)", 1.9, "19000.00", id="亿元"),
        pytest.param("总投资［万元］", "7", "7.00", id="万元"),
        pytest.param("总投资", "7", "7.00", id="no unit"),
        pytest.param("总投资（元）", "7万元", "7.00", id="the cell's own unit wins"),
    ],
)
def test_the_unit_of_a_heading_counts_for_bare_numbers(heading, cell, amount):
    assert read_amount(cell, unit_of_heading(heading))[0] == Decimal(amount)


@pytest.mark.parametrize(
    ("cell", "day", "said"),
    [
        pytest.param("2024年10月8日", "2024-10-08", None, id="Chinese"),
        pytest.param("2024.10.8", "2024-10-08", None, id="points"),
        pytest.param("２０２４／１０／８", "2024-10-08", None, id="full width"),
        pytest.param("2024/10", "2024-10-01", "只写到月", id="month"),
        pytest.param("2024年10月", "2024-10-01", "只写到月", id="Chinese month"),
        pytest.param("20241008", "2024-10-08", "读取", id="eight digits"),
        pytest.param("2024-10-08 09:30:00", "2024-10-08", "钟点", id="with a time"),
        pytest.param("2024 年 10 月 8 日", "2024-10-08", "读取", id="spaced"),
        pytest.param(45573, "2024-10-08", None, id="serial"),
    ],
)
def test_a_day_says_what_was_not_literal(cell, day, said):
    value, sentence = read_day(cell)

    assert value == date.fromisoformat(day)
    assert (said in sentence) if said else sentence is None


@pytest.mark.parametrize(
    "cell",
    [
        "2024-13",
        "20241308",
        "2023-02-29",
        "24-10-08",
        "10/8/2024",
        "45573",
        "十月",
        "2024",
        "2024-10-08T25:99",
    ],
)
def test_a_day_that_could_be_another_is_refused(cell):
    with pytest.raises(ParseError):
        read_day(cell)


@pytest.mark.parametrize(
    "cell", [None, "", " ", "\t", "\u3000", "\u00a0", "\u200b", "\ufeff", " \u200b \n"]
)
def test_every_kind_of_blank_is_blank(cell):
    assert is_blank(cell)


@pytest.mark.parametrize("cell", [0, False, "0", "-", "无"])
def test_what_can_be_seen_is_not_blank(cell):
    assert not is_blank(cell)


@pytest.mark.parametrize("cell", ["-", "—", "——", "/", "无", "暂无", "N/A", "－"])
def test_what_stands_for_nothing(cell):
    assert stands_for_nothing(cell)


def test_a_code_in_full_width_says_so():
    assert half_width("ZS-2026-001") == ("ZS-2026-001", None)
    code, said = half_width("ＺＳ－２０２６－００１")
    assert code == "ZS-2026-001"
    assert "半角" in said
