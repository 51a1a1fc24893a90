"""What an action would do to the counts (预演), asked before it is done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pilot.domain.errors import GuardFailed, PilotError
from pilot.services.command import rehearse as run
from pilot.ui import visitor


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The ledger entries an action would add, or why it would be refused."""

    entries: Sequence[Any] = ()
    reasons: Sequence[str] = ()


def rehearse(verb: Callable, *args: Any, **options: Any) -> Rehearsal:
    """Run a verb for the signed-in person, look at the ledger, and take everything back."""
    now = datetime.now(UTC)
    try:
        return Rehearsal(run(visitor.engine(), verb, *args, by=visitor.token(), now=now, **options))
    except GuardFailed as error:
        return Rehearsal(reasons=error.reasons)
    except PilotError as error:
        return Rehearsal(reasons=[error.message])
