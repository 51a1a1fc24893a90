"""Equations between tables: the two numbers, and the rows that only one side has."""

from decimal import Decimal

import pytest

from pilot.domain.crosschecks import CrossCheck, check, parse_check
from pilot.domain.errors import Invalid

TABLES = {
    ("R1", ""): [
        {"code": "M1", "month": 2, "counted": 5},
        {"code": "M3", "month": 1, "counted": 3},
    ],
    ("R1", "previous"): [{"code": "M1", "counted": 3}, {"code": "M3", "counted": 3}],
    ("R3", ""): [
        {"unit": "CG-1", "standing": "计入", "amount": Decimal("10.50")},
        {"unit": "CG-1", "standing": "计入", "amount": "2"},
        {"unit": "CG-2", "standing": "计入", "amount": None},
        {"unit": "CG-3", "standing": "待核", "amount": "约 9"},
    ],
    ("claims", ""): [{"unit": "CG-1"}, {"unit": "CG-3"}],
}


def outcome(text, key=""):
    left, right = parse_check(text)
    return check(
        CrossCheck("X1", "R1", text, left, right, key=key), lambda *place: TABLES.get(place)
    )


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [
        ("R1.sum(counted; code=M1) = R1@previous.sum(counted; code=M1) + R1.sum(month; code=M1)",
         5, 5),
        ("R1.sum(counted; code=M3) = R1@previous.sum(counted; code=M3) + R1.sum(month; code=M3)",
         3, 4),
        ("R1.sum(counted; code=M3) = R3.distinct(unit; standing=计入)", 3, 2),
        ("R3.count() = R3.count(unit; standing=计入、待核)", 4, 4),
        ("R3.sum(amount) = R3.sum(amount; standing=计入)", Decimal("12.5"), Decimal("12.5")),
        ("R3.count(; standing=计入) = R3.count(; unit=CG-9)", 3, 0),
    ],
)  # fmt: skip
def test_the_two_numbers(text, left, right):
    found = outcome(text)
    assert (found.left, found.right, found.agrees) == (left, right, left == right)


def test_the_rows_that_differ_are_named_on_their_side():
    found = outcome("claims.distinct(unit) = R3.count(unit; standing=计入)", key="unit")
    assert (found.only_left, found.only_right) == (("CG-3",), ("CG-2",))


def test_a_table_that_cannot_be_had_disagrees_with_nothing():
    found = outcome("R1.sum(counted) = R1@filed.sum(counted)", key="code")
    assert (found.known, found.right, found.agrees) == (False, None, True)


@pytest.mark.parametrize(
    "text",
    ["R1.sum(counted)", "R1.sum() = R3.count()", "R1.mean(counted) = R3.count()",
     "R1@next.sum(a) = R3.count()", "R1.sum(a; b) = R3.count()", "a = b"],
)  # fmt: skip
def test_what_is_no_equation_is_refused_in_words(text):
    with pytest.raises(Invalid) as refused:
        parse_check(text)
    assert refused.value.field == "equation"
