"""A receiver's rule in headings and in keys."""

import pytest

from pilot.domain.asked import Asked
from pilot.domain.rule_words import columns_of, renamed

KEYS = {"signed_on": "签订日期", "mode": "转化方式", "name": "名称"}
HEADINGS = {heading: key for key, heading in KEYS.items()}


@pytest.mark.parametrize(
    ("asked", "stored", "shown"),
    [
        pytest.param(
            Asked.NOT_BEFORE, ("signed_on", None), ("签订日期", None), id="another column"
        ),
        pytest.param(Asked.UNIQUE, ("name、mode", None), ("名称、转化方式", None), id="several"),
        pytest.param(Asked.ONE_OF, ("name、mode", ""), ("name、mode", ""), id="values are values"),
        pytest.param(
            Asked.REQUIRED,
            (None, "mode=name、许可"),
            (None, "转化方式=name、许可"),
            id="condition",
        ),
        pytest.param(Asked.NOT_LESS, ("gone", "gone=1"), ("gone", "gone=1"), id="no such column"),
        pytest.param(
            None, ("result_code=unit_code", None), ("result_code=unit_code", None), id="="
        ),
    ],
)
def test_columns_go_by_their_heading_and_back(asked, stored, shown):
    assert renamed(asked, *stored, KEYS) == shown
    assert renamed(asked, *shown, HEADINGS) == stored


def test_every_column_a_rule_speaks_of():
    found = columns_of("event_on", Asked.UNIQUE, "name、 mode", "signed_on = 1")
    assert list(found) == ["event_on", "name", "mode", "signed_on"]
    assert list(columns_of("name", Asked.ONE_OF, "甲、乙", None)) == ["name"]
