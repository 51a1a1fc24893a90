"""Submissions at random against a model in memory: one claim for each package that counts."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any
from unittest import mock

from sqlalchemy import Engine

from pilot.services import acceptance, command, submission_reviews, submissions
from pilot.store import journal, queries_version
from tests.proofs.machine import differences, sqlite
from tests.proofs.plan import Effort, Finding, at_least, every, none
from tests.proofs.submissions_rules import Ground, Machine
from tests.proofs.two_databases import postgres

TITLE = "submissions"
_taken = acceptance.take_in


def prove(effort: Effort) -> Iterator[Finding]:
    """SQLite, then the faults on it, then PostgreSQL."""
    runs, steps = effort.of(12, 200), effort.of(20, 30)
    with sqlite() as engine:
        yield from _runs(engine, runs, steps, "SQLite")
        budget = 200
        faults = dict(list(FAULTS.items())[:: effort.of(2, 1)])
        caught = [name for name, fault in faults.items() if _caught(fault, budget, steps)]
        for name in faults.keys() - set(caught):
            print(f"  not caught: {name}", flush=True)
        yield every("seeded faults caught", len(caught), len(faults))
    with postgres() as engine:
        yield from _runs(engine, effort.of(4, 50), steps, "PostgreSQL")


def _runs(engine: Engine, runs: int, steps: int, kind: str) -> Iterator[Finding]:
    Machine.engine, Machine.ground = engine, Ground(engine)
    Machine.tried = Machine.refused = 0
    found = differences(Machine, runs, steps)
    yield none(f"differences in {runs} runs × {steps} steps, {kind}", found, runs)
    accepted = Machine.tried - Machine.refused
    yield at_least(f"of these commands, accepted, {kind}", accepted, runs * 4)
    yield at_least(f"of these commands, refused, {kind}", Machine.refused, runs * 2)


def _caught(fault: Callable[[], AbstractContextManager], runs: int, steps: int) -> bool:
    with fault():
        return bool(differences(Machine, runs, steps))


def _nothing(*_args: Any, **_options: Any) -> None:
    return None


def _always(*_args: Any, **_options: Any) -> bool:
    return True


def _as_new(*args: Any, known_result: int | None = None, **options: Any) -> None:
    """What is known already is registered once more."""
    _taken(*args, **options)


def _instead(place: object, name: str, other: Callable) -> Callable[[], AbstractContextManager]:
    return lambda: mock.patch.object(place, name, other)


FAULTS: dict[str, Callable[[], AbstractContextManager]] = {
    "no role check": _instead(command, "check_may", _nothing),
    "no version check": _instead(queries_version, "check_seen", _nothing),
    "no once-only key": _instead(journal, "with_key", _nothing),
    "one verification is enough": _instead(submission_reviews, "enough", _always),
    "own unit and own vote judged": _instead(submission_reviews, "check_disinterested", _nothing),
    "judged by whoever comes": _instead(submission_reviews, "check_move", _nothing),
    "a joined result counts twice": _instead(acceptance, "take_in", _as_new),
    "a change leaves the claim": _instead(submissions, "_reopen", _nothing),
}
