"""The table of `make proofs`: no proof is left out, and none that breaks down goes unseen."""

from tests.proofs import __main__ as proofs
from tests.proofs.__main__ import LANES, PROOFS, TESTED, _side_by_side
from tests.proofs.plan import Effort, none


def test_the_processes_and_the_tests_share_every_proof():
    assert sorted([*TESTED, *(name for lane in LANES for name in lane)]) == sorted(PROOFS)


def test_a_process_that_does_not_come_to_its_end_is_a_figure_that_falls_short():
    (row,) = _side_by_side(["no_such_proof"])
    assert "the process itself" in row
    assert row.endswith("| **NO** |")


def test_what_falls_short_is_said_again_at_the_end_of_the_log(capsys, monkeypatch):
    short = none("rows lost", 2, 9)
    monkeypatch.setattr(proofs, "run", lambda name, effort: [(name, short)])
    assert proofs.main(["crash"], Effort()) == 1

    said = capsys.readouterr().out.splitlines()
    assert said[-2:] == ["- crash | rows lost | 0 | 2 of 9 | **NO**", "1 figures fall short."]
