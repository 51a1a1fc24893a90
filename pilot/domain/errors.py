"""Refusals a user can act on; anything else that is raised is a bug."""

from collections.abc import Sequence

from pilot.domain.problems import Problem


class PilotError(Exception):
    """A refusal with a Chinese sentence that says what is wrong and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(PilotError):
    """The person lacks the right, now, for this object."""


class NotFound(PilotError):
    """No such object for this person; the same sentence for missing and for hidden ones."""


class GuardFailed(PilotError):
    """A hard guard (硬性条件) of a move is not met; `reasons` holds every one that fails."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("；".join(reasons))
        self.reasons = reasons


class Invalid(PilotError):
    """Input that breaks a rule; `field` names where."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Refused(PilotError):
    """A form or an import row that breaks rules; `problems` holds every one of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("".join(problem.message for problem in problems))
        self.problems = list(problems)


class StalePage(PilotError):
    """Somebody else changed the object after the page was shown."""


class Conflict(PilotError):
    """A uniqueness or state conflict with something already recorded."""


class Gone(Conflict):
    """What was kept is missing or damaged; an administrator has to bring it back."""


class Busy(PilotError):
    """The database did not take the write in time; nothing was saved, another try may be."""


class Unsure(Busy):
    """The connection was lost on the way: whether the command was stored is not known."""


class Unwritable(PilotError):
    """The disk or the database takes no writes now (full, read-only, failing); reads go on."""
