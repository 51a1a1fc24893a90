"""Stories told again (记下的经过): what a factory wrote after the same beginning is written again.

From an empty database on, the calls of `@remembered` factories are a story, as long as nothing
else writes to that database and the clock of the test stands where it stood. A call that followed
the same story before sends its statements again, without the rules that led to them.
"""

import contextlib
import functools
import pickle
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event, inspect
from sqlalchemy.orm import attributes
from sqlmodel import Session

from tests import kept_rows

CLOCK = "clock"  # of `factories.clock`
_Statement = tuple[str, Any]


@dataclass(slots=True)
class _Story:
    """What an engine's database went through since it was empty; None if that is not known."""

    told: tuple[Any, ...] | None = None
    heard: list[_Statement] | None = None  # while a factory is at work

    def hear(self, _connection, _cursor, statement, parameters, _context, _many) -> None:
        if not statement.lstrip()[:6].upper().startswith(_WRITES):
            return
        if self.heard is None:
            self.told = None
        else:
            self.heard.append((statement, parameters))

    def lose(self, *_event: Any) -> None:
        self.told = self.heard = None


@dataclass(frozen=True, slots=True)
class _Kept:
    written: kept_rows.Rows | list[_Statement]  # the whole, or what came to what was there
    made: bytes


_WRITES = ("INSERT", "UPDATE", "DELETE", "WITH")
_STORIES: weakref.WeakKeyDictionary[Engine, _Story] = weakref.WeakKeyDictionary()
_KEPT: dict[tuple[Any, ...], _Kept] = {}


def follow(engine: Engine) -> None:
    """Listen from now on to what is written to an engine; its story starts with `begin`."""
    story = _STORIES[engine] = _Story()
    event.listen(engine, "before_cursor_execute", story.hear)
    for name in ("rollback", "rollback_savepoint"):
        event.listen(engine, name, story.lose)


def begin(engine: Engine, *told: Any) -> None:
    """The engine's database is empty, with every id counted from one; or holds just what is told.

    Without `follow` nothing happens: only the engines of many tests are worth it.
    """
    if story := _STORIES.get(engine):
        story.told, story.heard = told, None


def put_clock(session: Session, clock: Any) -> None:
    """The test's clock stands there; None: nobody has asked for the time yet."""
    if clock is not None:
        session.info[CLOCK] = clock


def remembered(make: Callable[..., Any]) -> Callable[..., Any]:
    """A factory `make(session, …)` of plain arguments whose second call sends what it sent before.

    It returns what `make` returned; objects of the session that `make` changed are changed.
    """

    @functools.wraps(make)
    def told(session: Session, *args: Any, **options: Any) -> Any:
        story = _STORIES.get(session.get_bind())
        if story is None or story.heard is not None or _observed(session):
            return make(session, *args, **options)
        session.flush()
        if story.told is None:
            return make(session, *args, **options)
        name = f"{make.__module__}.{make.__qualname__}"
        step = name, repr(args), repr(options), session.info.get(CLOCK)
        key = session.get_bind().dialect.name, *story.told, step
        if key not in _KEPT:
            made = _first(session, story, key, functools.partial(make, session, *args, **options))
        else:
            made = _again(session, story, _KEPT[key])
        story.told = None if story.told is None else (*story.told, step)
        return made

    return told


def _observed(session: Session) -> bool:
    """Whether something takes note of the session's objects, such as a journal that is written."""
    return any(not key.endswith(CLOCK) for key in session.info)


def _first(session: Session, story: _Story, key: tuple, make: Callable[[], Any]) -> Any:
    story.heard = []
    try:
        made = make()
        session.flush()
        if story.heard is not None:
            told = made, list(session), session.info.get(CLOCK)
            whole = kept_rows.read(session.connection()) if story.told == () else story.heard
            _KEPT[key] = _Kept(whole, pickle.dumps(told))
    except BaseException:
        story.told = None
        raise
    finally:
        story.heard = None
    return made


def _again(session: Session, story: _Story, kept: _Kept) -> Any:
    told, story.told = story.told, None
    write = kept_rows.write if isinstance(kept.written, dict) else _send
    write(session.connection(), kept.written)
    story.told = told
    made, objects, clock = pickle.loads(kept.made)
    put_clock(session, clock)
    known = {id(one): _known(session, one) for one in objects}
    return known.get(id(made), made)


def _send(connection: Connection, statements: list[_Statement]) -> None:
    raw = connection.connection
    together = getattr(raw.dbapi_connection, "pipeline", contextlib.nullcontext)  # PostgreSQL's
    with together(), contextlib.closing(raw.cursor()) as cursor:
        for statement, parameters in statements:
            many = isinstance(parameters, list)
            (cursor.executemany if many else cursor.execute)(statement, parameters)


def _known(session: Session, one: Any) -> Any:
    """The session's own object of that row, brought up to date, or this one if it has none."""
    mine = session.identity_map.get(inspect(one).key)
    if mine is None:
        session.add(one)
        return one
    for name in inspect(one).dict:
        if name != "_sa_instance_state":
            attributes.set_committed_value(mine, name, getattr(one, name))
    return mine
