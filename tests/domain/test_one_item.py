"""Every edge case of what one 项 is has its counting case and its way through the form."""

import pytest

from tests.domain.one_item import ROWS
from tests.domain.test_counting_transfers import test_transferred as counting
from tests.services.test_one_item import REACHED

CASES = {case.id for mark in counting.pytestmark for case in mark.args[1]}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_its_counting_cases(row):
    assert set(ROWS[row]) <= CASES


def test_a_row_can_be_done_through_the_form():
    assert list(REACHED) == list(ROWS)
