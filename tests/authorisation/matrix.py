"""Try every cell of the table of permissions: both answers asserted, a refusal changes nothing."""

import csv
import itertools
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select

from pilot.domain.errors import NotAllowed, NotFound, PilotError
from pilot.domain.people import Role
from pilot.services import submissions
from pilot.services.command import VERBS, perform
from pilot.services.security import log
from pilot.store.models import JournalEntry
from tests import kept_rows
from tests.authorisation import calls, filing_calls, submission_calls
from tests.authorisation.calls import NOW, Call
from tests.authorisation.world import MISSING, World

HERE = Path(__file__).parent
ACTORS = ("anonymous", "disabled", *(role.value for role in Role))
OBJECTS = ("own", "others", "missing", "closed")
CALLS = calls.CALLS | submission_calls.CALLS | filing_calls.CALLS
UNJOURNALED = {"submissions.save": submissions.save}  # what only its author sees
_NO_SESSION = "no-such-token"


@dataclass(frozen=True, slots=True)
class Cell:
    """Who tries what on which object, and the answer that the table demands."""

    verb: str
    actor: str
    object: str
    answer: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What happened: the answer and its sentence, new journal entries, lines in the log."""

    answer: str
    sentence: str = ""
    entries: int = 0
    changed: bool = False
    logged: tuple[str, ...] = ()


def table(name: str) -> list[dict[str, str]]:
    """The rows of one of the tables beside this file."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cells(*, every: bool = True) -> Iterator[Cell]:
    """Every cell: the actor's answer decides first, then the object's.

    Unless `every`, an actor who may not at all is tried on one object: no row has been looked at
    by then, so that the second database has nothing of its own to say.
    """
    for row in table("verbs"):
        for actor in ACTORS:
            may = row[actor] == "yes"
            for object_ in OBJECTS if every or may else OBJECTS[:1]:
                if row[object_] != "-":
                    answer = row[object_] if may else row[actor]
                    yield Cell(row["verb"], actor, object_, answer)


def tries(engine: Engine, world: World, *, every: bool = True) -> Iterator[tuple[Cell, Tried]]:
    """Every cell on the same world: whatever an accepted one did is taken back before the next.

    The refusals of a verb are tried in a row; only if the database is different after them each
    is looked at by itself.
    """
    with engine.connect() as connection:
        connection.begin()
        before = kept_rows.tables(connection)
        for _verb, group in itertools.groupby(cells(every=every), lambda cell: cell.verb):
            asked = list(group)
            refused = [cell for cell in asked if cell.answer != "yes"]
            with taken_back(connection):
                yield from [(cell, _try(connection, world, cell)) for cell in refused]
                changed = kept_rows.tables(connection) != before
            for cell in asked:
                if changed or cell.answer == "yes":
                    yield cell, _looked_at(connection, world, cell, before)
        connection.rollback()


def _looked_at(connection: Connection, world: World, cell: Cell, before: kept_rows.Rows) -> Tried:
    """One cell by itself; what was accepted is known to change something."""
    with taken_back(connection):
        tried = _try(connection, world, cell)
        refused = tried.answer != "yes"
        return replace(tried, changed=refused and kept_rows.tables(connection) != before)


def wrong(cell: Cell, tried: Tried) -> str | None:
    """What is wrong about a cell, as a sentence; None if it is as the table says."""
    place = f"{cell.verb} by {cell.actor} on {cell.object}"
    if tried.answer != cell.answer:
        return f"{place}: {tried.answer} ({tried.sentence}), not {cell.answer}"
    if tried.answer == "yes":
        entries = 0 if cell.verb.partition(":")[0] in UNJOURNALED else 1
        whole = tried.entries == entries and not tried.logged
        return None if whole else f"{place}: accepted with {tried.entries} entries in the journal"
    if tried.changed:
        return f"{place}: refused, and yet something changed"
    return None if len(tried.logged) == 1 else f"{place}: {len(tried.logged)} lines in the log"


def _try(connection: Connection, world: World, cell: Cell) -> Tried:
    call = CALLS[cell.verb]
    arguments, options = call.arguments(_object(call, world, cell.object), world)
    by = _NO_SESSION if cell.actor == "anonymous" else world.people[cell.actor]
    name = cell.verb.partition(":")[0]

    def act() -> None:
        if name in UNJOURNALED:
            UNJOURNALED[name](connection, *arguments, by=by, now=NOW, **options)
        else:
            perform(connection, VERBS[name], *arguments, by=by, now=NOW, **options)

    accepted = cell.answer == "yes"  # else the rows tell what changed
    before = _entries(connection) if accepted else 0
    with listening() as lines:
        answer, sentence = answer_of(act)
    entries = _entries(connection) - before if accepted else 0
    return Tried(answer, sentence, entries, logged=tuple(lines))


def _entries(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(JournalEntry))


def _object(call: Call, world: World, which: str) -> int | None:
    if call.key is None:
        return None
    places = {"own": world.own, "others": world.others, "closed": world.closed}
    return MISSING if which == "missing" else places[which][call.key]


def answer_of(act: Callable[[], object]) -> tuple[str, str]:
    """What came of it, in the words of the table, and the sentence of a refusal."""
    try:
        act()
    except NotAllowed as error:
        return ("sign_in" if "重新登录" in error.message else "no"), error.message
    except NotFound as error:
        return "not_found", error.message
    except PilotError as error:
        return "closed", error.message
    return "yes", ""


@contextmanager
def taken_back(connection: Connection) -> Iterator[None]:
    """Whatever happens inside is as if it had not."""
    inside = connection.begin_nested()
    try:
        yield
    finally:
        inside.rollback()


@contextmanager
def listening() -> Iterator[list[str]]:
    """The lines that the security log gets inside the block."""
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())
    level, propagate = log.level, log.propagate
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    try:
        yield lines
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
        log.propagate = propagate


def told_apart(tried: Iterable[tuple[Cell, Tried]]) -> list[str]:
    """Verbs whose refusal tells another base's object from one that does not exist."""
    sentences: dict[tuple[str, str], set[str]] = {}
    for cell, result in tried:
        if cell.object in ("others", "missing"):
            sentences.setdefault((cell.verb, cell.actor), set()).add(result.sentence)
    return [f"{verb} by {actor}" for (verb, actor), said in sentences.items() if len(said) > 1]
