"""The command layer: actor, once-only key, page version, verb and journal entry in one transaction.

The edge (a page, a route, the command line) calls `perform`; a verb never commits by itself.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Engine
from sqlmodel import Session, SQLModel

from pilot.domain.errors import Busy, PilotError, Unwritable
from pilot.domain.people import MAY, Actor, check_may
from pilot.services import security, telemetry, trace
from pilot.services.working import WORK
from pilot.store import journal, journal_reading, queries_counting, queries_people, queries_version
from pilot.store.engine import begin_to_write, reading, writing
from pilot.store.faults import in_words
from pilot.store.models import Claim
from pilot.store.retrying import again

VERBS: dict[str, Callable] = {}
_TICK = timedelta(microseconds=1)  # two commands of a base never share a recorded time
_AHEAD = 3  # how often work is done ahead of its turn before it is done inside


class Outdated(Exception):
    """What a verb was handed from ahead of its turn no longer holds; nobody outside sees this."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The version of a record that the page showed when the user acted (页面版本)."""

    table: str
    id: int
    rev: int


@dataclass(frozen=True, slots=True)
class Done:
    """An accepted command: what it was about and where the journal has it.

    `repeated` says that an earlier try with the same key had already done it.
    """

    subject: str
    subject_id: int
    sequence: int
    repeated: bool = False


def verb(action: str, ahead: Callable[..., dict] | None = None) -> Callable[[Callable], Callable]:
    """Register a verb and check the actor's permission before it runs.

    `ahead` does the long part of the work before the base's turn is taken (备好): it is called as
    the verb is, only reads, and returns further options for the verb. In its turn the verb raises
    Outdated if they no longer hold, and is called without them when that has happened too often.
    """
    if action not in MAY:
        raise KeyError(f"no permission row for {action}")

    def register(function: Callable) -> Callable:
        @functools.wraps(function)
        def checked(session: Session, *args, by, **options):
            check_may(by, action)
            return function(session, *args, by=by, **options)

        checked.action, checked.ahead = action, ahead
        VERBS[f"{function.__module__.rpartition('.')[2]}.{function.__name__}"] = checked
        return checked

    return register


def within(action: Callable) -> Callable:
    """A verb's body as a part of another verb, whose own permission covers it."""
    return action.__wrapped__


def perform(
    engine: Engine,
    action: Callable,
    *args,
    by: int | str,
    now: datetime,
    key: str | None = None,
    seen: Seen | None = None,
    **options,
) -> Done:
    """Run one verb for the account `by` (its id, or the token of its session) and commit it.

    A repeated `key` answers with what the first try did. Raises a PilotError with nothing saved.
    A busy or unreachable database is tried again; a command without a key gets one of its own, so
    that a commit whose answer was lost is never done twice. Every refusal leaves a line in the
    security log.
    """
    about = args[0] if args else None
    with refusals_logged(engine, action.action, about, by=by, now=now):
        with telemetry.command(action.action) as outcome, WORK.going_on():
            done = _tried(engine, action, args, options, by=by, now=now, key=key, seen=seen)
            outcome.word = "repeated" if done.repeated else "ok"
        return done


@contextmanager
def refusals_logged(
    engine: Engine, action: str, about: object, *, by: int | str, now: datetime
) -> Iterator[None]:
    """Let a refusal inside leave its line in the security log and pass on."""
    try:
        yield
    except (Busy, Unwritable):
        raise
    except PilotError as error:
        with reading(engine) as session:
            account_id = queries_people.account_id(session, by, now)
        security.refused(error, action, account_id, about)
        raise


def _tried(engine: Engine, action: Callable, args, options, *, by, now, key, seen) -> Done:
    own = key or uuid4().hex

    def in_turn(more: dict) -> Done:
        def once(number: int) -> Done:
            told, tried = options | more, number > 0 or key is not None
            return _once(
                engine, action, args, told, by=by, now=now, key=own, tried=tried, seen=seen
            )

        return again(once, telemetry.BUSY.inc)

    for _ in range(_AHEAD if action.ahead else 0):
        with suppress(Outdated):
            return in_turn(_ahead(engine, action, args, options, by=by, now=now))
    return in_turn({})


def _ahead(engine: Engine, action: Callable, args, options, *, by, now) -> dict:
    """What can be worked out before the turn; nothing where the verb will refuse."""
    with suppress(PilotError), reading(engine) as session:
        actor = queries_people.actor(session, by, now)
        check_may(actor, action.action)
        at = max(now, journal_reading.ended_at(session, actor.base_id) + _TICK)
        return action.ahead(session, *args, by=actor, at=at, **options)
    return {}


def rehearse(
    engine: Engine, action: Callable, *args, by: int | str, now: datetime, **options
) -> list[Claim]:
    """What a verb would add to the ledger: run for real, looked at, and rolled back."""
    return again(lambda _number: _rehearsed(engine, action, args, options, by=by, now=now))


def _rehearsed(engine: Engine, action: Callable, args, options, *, by, now) -> list[Claim]:
    with in_words(), Session(engine) as session:
        begin_to_write(session)
        actor, head = queries_people.in_turn(session, by, now)
        at = max(now, head.at + _TICK)
        action(session, *args, by=actor, at=at, **options)
        session.flush()
        rows = queries_counting.recorded_at(session, actor.base_id, at)
        session.expunge_all()
        session.rollback()
    return rows


def _once(engine: Engine, action: Callable, args, options, *, by, now, key, tried, seen) -> Done:
    with writing(engine) as session:
        actor, head = queries_people.in_turn(session, by, now)
        trace.acts(actor.id)
        if tried and (earlier := journal.with_key(session, actor.base_id, actor.id, key)):
            return Done(earlier.subject, earlier.subject_id, earlier.sequence, repeated=True)
        check_may(actor, action.action)
        if seen:
            queries_version.check_seen(session, actor.base_id, seen.table, seen.id, seen.rev)
        at = max(now, head.at + _TICK)
        with journal.recording(session) as changes:
            row = action(session, *args, by=actor, at=at, **options)
            session.flush()
        reason = str(options.get("reason") or "")
        note = _note(actor, action.action, row, at, reason, key, journal.project_of(changes))
        sequence = journal.append(session, head, note, changes, now)
    return Done(note.subject, note.subject_id, sequence)


def _note(
    actor: Actor,
    action: str,
    row: SQLModel,
    at: datetime,
    reason: str,
    key: str | None,
    touched: int | None,
) -> journal.Note:
    subject = row.__tablename__
    project_id = row.id if subject == "project" else getattr(row, "project_id", None) or touched
    return journal.Note(
        base_id=actor.base_id,
        at=at,
        by_id=actor.id,
        action=action,
        subject=subject,
        subject_id=row.id,
        project_id=project_id,
        reason=reason,
        key=key,
    )
