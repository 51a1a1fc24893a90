"""What the running server counts about itself (运行指标), and one log line for each command."""

import contextlib
import logging
import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram

from pilot.domain.errors import PilotError
from pilot.services import trace

REGISTRY = CollectorRegistry()
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

COMMANDS = Counter(
    "pilot_commands", "Commands by what came of them", ["action", "outcome"], registry=REGISTRY
)
SECONDS = Histogram(
    "pilot_command_seconds", "How long a command took", buckets=_BUCKETS, registry=REGISTRY
)
BUSY = Counter("pilot_busy_retries", "Tries again after a busy database", registry=REGISTRY)
REQUESTS = Counter(
    "pilot_http_requests", "Answered requests", ["place", "status"], registry=REGISTRY
)
JOBS = Counter("pilot_jobs", "Scheduled jobs run here", ["job", "outcome"], registry=REGISTRY)
MAILS = Counter("pilot_mails", "Mails handled here", ["outcome"], registry=REGISTRY)

log = logging.getLogger("pilot.command")


class Outcome:
    """What came of a command: `ok`, `repeated`, the kind of refusal, or `error` for a bug."""

    def __init__(self) -> None:
        self.word = "error"


@contextlib.contextmanager
def command(action: str) -> Iterator[Outcome]:
    """Count and log one command: request, account, action, outcome, milliseconds; no contents."""
    outcome, start = Outcome(), time.perf_counter()
    trace.acts(None)
    try:
        yield outcome
    except PilotError as error:
        outcome.word = type(error).__name__
        raise
    finally:
        seconds = time.perf_counter() - start
        COMMANDS.labels(action, outcome.word).inc()
        SECONDS.observe(seconds)
        line(log, "command", action=action, outcome=outcome.word, ms=round(seconds * 1000, 1))


def line(logger: logging.Logger, message: str, **fields: object) -> None:
    """One line of the structured log; the account is added if it is known."""
    actor = trace.actor_id()
    known = fields if actor is None else {"actor": actor, **fields}
    logger.info(message, extra={"fields": known})
