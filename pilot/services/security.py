"""The security log (安全日志): one line for every refusal, by account, without personal data.

The journal holds what was done; who was refused what stands in the server's log only.
"""

import logging

from pilot.domain.errors import NotAllowed, NotFound, PilotError

log = logging.getLogger("pilot.security")


def refused(
    error: PilotError, action: str, account_id: int | None, object_id: object = None
) -> None:
    """Log that an account (None: nobody signed in) was refused an action, and on which object.

    Lacking rights and objects that are not there for somebody are warnings; a rule that was not
    met is for the record.
    """
    level = logging.WARNING if isinstance(error, NotAllowed | NotFound) else logging.INFO
    about = f" of {object_id}" if isinstance(object_id, int) else ""
    log.log(
        level, "refused %s%s to account %s: %s", action, about, account_id, type(error).__name__
    )
