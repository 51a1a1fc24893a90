"""State machine: random commands against a model in memory, and seeded faults it must notice."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from sqlalchemy import Engine, event

from pilot.store import schema
from pilot.store.engine import make_engine
from tests.proofs.machine_base import Stand, furnish
from tests.proofs.machine_faults import FAULTS
from tests.proofs.machine_rules import Machine, begin
from tests.proofs.plan import Effort, Finding, at_least, every, none
from tests.proofs.two_databases import postgres

TITLE = "state machine"
_WITHOUT_SHRINKING = (Phase.explicit, Phase.generate)


def prove(effort: Effort) -> Iterator[Finding]:
    """SQLite, then the faults on it, then PostgreSQL."""
    runs, steps = effort.of(12, 200), effort.of(20, 30)
    with sqlite() as engine:
        _prepare(engine)
        yield from _runs(runs, steps, "SQLite")
        budget = 200  # the first difference ends it; which rare step a run meets is luck
        faults = dict(list(FAULTS.items())[:: effort.of(3, 1)])
        caught = [name for name, fault in faults.items() if _caught(fault, budget, steps)]
        for name in faults.keys() - set(caught):
            print(f"  not caught: {name}", flush=True)
        yield every("seeded faults caught", len(caught), len(faults))
    with postgres() as engine:
        _prepare(engine)
        yield from _runs(effort.of(4, 50), steps, "PostgreSQL")


@contextmanager
def sqlite() -> Iterator[Engine]:
    """An empty, migrated database without forced writes."""
    with tempfile.TemporaryDirectory(prefix="pilot-proof-") as folder:
        engine = make_engine(f"sqlite:///{folder}/pilot.db")
        event.listen(engine, "connect", _fast)
        schema.upgrade(engine)
        yield engine
        engine.dispose()


def _fast(connection: object, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")  # every run is taken back anyway


def _prepare(engine: Engine) -> None:
    ids = furnish(engine)
    Machine.begun = begin(engine, ids)


def _runs(runs: int, steps: int, kind: str) -> Iterator[Finding]:
    Stand.compared = Stand.refused = 0
    found = differences(Machine, runs, steps)
    yield none(f"differences in {runs} runs × {steps} steps, {kind}", found, runs)
    accepted = Stand.compared - Stand.refused
    yield at_least(f"of these commands, accepted, {kind}", accepted, runs * 4)
    yield at_least(f"of these commands, refused, {kind}", Stand.refused, runs * 4)


def _caught(fault, runs: int, steps: int) -> bool:
    with fault():
        return bool(differences(Machine, runs, steps))


def differences(machine: type[RuleBasedStateMachine], runs: int, steps: int) -> int:
    """Whether some run went another way than the model: 1, with the first such step printed."""
    chosen = settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=True,
        report_multiple_bugs=False,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
        phases=_WITHOUT_SHRINKING,
    )
    try:
        run_state_machine_as_test(machine, settings=chosen)
    except AssertionError as error:
        print(f"  {str(error).splitlines()[0] if str(error) else 'differs'}", flush=True)
        return 1
    return 0
