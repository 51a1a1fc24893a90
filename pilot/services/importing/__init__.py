"""Import of table files (导入): checked first, then all rows or none, undone as a whole."""

from pilot.domain.importing import LEASE
from pilot.services.importing.backing import back_again, leave, standing_rows
from pilot.services.importing.batch import Batch, apply, check, load, run
from pilot.services.importing.batches import (
    apply_batch,
    cancel,
    confirm_mapping,
    queue,
    recheck,
    stage,
)
from pilot.services.importing.checking import hold, small, waiting, work
from pilot.services.importing.failing import broke
from pilot.services.importing.plan import Outcome, Plan
from pilot.services.importing.portions import goes_long, is_long, stop
from pilot.services.importing.undoing import ask_undo, obstacles, undo, withdraw_undo

__all__ = [
    "LEASE",
    "Batch",
    "Outcome",
    "Plan",
    "apply",
    "apply_batch",
    "ask_undo",
    "back_again",
    "broke",
    "cancel",
    "check",
    "confirm_mapping",
    "goes_long",
    "hold",
    "is_long",
    "leave",
    "load",
    "obstacles",
    "queue",
    "recheck",
    "run",
    "small",
    "stage",
    "standing_rows",
    "stop",
    "undo",
    "waiting",
    "withdraw_undo",
    "work",
]
