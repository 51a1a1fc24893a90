"""Import of table files (导入): checked first, then all rows or none, undone as a whole."""

from pilot.services.importing.batch import Batch, apply, check, load, run
from pilot.services.importing.batches import (
    apply_batch,
    cancel,
    confirm_mapping,
    queue,
    recheck,
    stage,
)
from pilot.services.importing.checking import LEASE, hold, small, waiting, work
from pilot.services.importing.failing import broke
from pilot.services.importing.plan import Outcome, Plan
from pilot.services.importing.undoing import ask_undo, obstacles, undo, withdraw_undo

__all__ = [
    "LEASE",
    "Batch",
    "Outcome",
    "Plan",
    "apply",
    "apply_batch",
    "ask_undo",
    "broke",
    "cancel",
    "check",
    "confirm_mapping",
    "hold",
    "load",
    "obstacles",
    "queue",
    "recheck",
    "run",
    "small",
    "stage",
    "undo",
    "waiting",
    "withdraw_undo",
    "work",
]
