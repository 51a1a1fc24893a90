"""The table of `make proofs`: no proof is left out, and none that breaks down goes unseen."""

from tests.proofs.__main__ import LANES, PROOFS, TESTED, _side_by_side


def test_the_processes_and_the_tests_share_every_proof():
    assert sorted([*TESTED, *(name for lane in LANES for name in lane)]) == sorted(PROOFS)


def test_a_process_that_does_not_come_to_its_end_is_a_figure_that_falls_short():
    (row,) = _side_by_side(["no_such_proof"])
    assert "the process itself" in row
    assert row.endswith("| **NO** |")
