"""Import of table files (导入): validate only by default, then all rows or none."""

from pilot.services.importing.batch import Batch, apply, check, load, run
from pilot.services.importing.plan import Outcome, Plan

__all__ = ["Batch", "Outcome", "Plan", "apply", "check", "load", "run"]
