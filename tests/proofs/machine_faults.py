"""Faults put into the product at run time: the machine must notice every one of them."""

import builtins
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from unittest import mock

from sqlmodel import Session

from pilot.domain.errors import Invalid
from pilot.domain.moment import local_day
from pilot.domain.people import Actor
from pilot.services import (
    claiming,
    command,
    decisions,
    evidence,
    landing,
    lifecycle,
    projects,
    transfers,
)
from pilot.store import journal, queries_people, queries_version
from pilot.store.models import Account, Claim, JournalHead

Fault = Callable[[], AbstractContextManager]


def _instead(place: object, name: str, other: Callable) -> Fault:
    builtin = hasattr(builtins, name)  # any other name has to be there: a renamed one is no fault
    return lambda: mock.patch.object(place, name, other, create=builtin)


def _nothing(*_args: Any, **_options: Any) -> None:
    return None


def _no_entry(_session: Session, head: JournalHead, *_rest: object) -> int:
    return head.sequence


def _anybody(session: Session, by: int, _now: datetime) -> tuple[Actor, JournalHead]:
    actor = queries_people.as_actor(session, session.get(Account, by))
    return actor, journal.lock(session, actor.base_id)


_row = claiming._row
_decision = decisions._check
_columns = projects._columns


def _this_year(base_id: int, draft: Any, at: Any) -> Claim:
    """Every claim serves the year in which it was recorded."""
    row = _row(base_id, draft, at)
    row.year = local_day(at).year
    return row


def _by_anybody(session: Session, project: Any, review: Any, what: Any, by: Actor, *rest) -> Any:
    """Who submitted decides as well; the last lock, in the database, is then all there is."""
    return _decision(session, project, review, what, replace(by, id=-1), *rest)


def _a_day_late(name: str, day: date, at: Any) -> None:
    if day > local_day(at) + timedelta(days=1):
        raise Invalid(name, "日期还没有到。")


def _without_the_name(draft: Any) -> dict:
    return {name: value for name, value in _columns(draft).items() if name != "name"}


def _always_first(*times: Any) -> Any:
    """The clock of the machine is believed, even when it goes back."""
    return times[0]


def _days() -> AbstractContextManager:
    patches = [
        mock.patch.object(place, "check_day", _a_day_late)
        for place in (projects, lifecycle, decisions, evidence, landing)
    ]
    return _together(patches)


class _together(AbstractContextManager):
    """Several patches as one."""

    def __init__(self, patches: list) -> None:
        self.patches = patches

    def __enter__(self) -> None:
        for patch in self.patches:
            patch.start()

    def __exit__(self, *_error: object) -> None:
        for patch in self.patches:
            patch.stop()


FAULTS: dict[str, Fault] = {
    "no role check": _instead(command, "check_may", _nothing),
    "a disabled account may act": _instead(queries_people, "in_turn", _anybody),
    "no version check": _instead(queries_version, "check_seen", _nothing),
    "no once-only key": _instead(journal, "with_key", _nothing),
    "no journal entry": _instead(journal, "append", _no_entry),
    "the event's year ignored": _instead(claiming, "_row", _this_year),
    "self-decision allowed": _instead(decisions, "_check", _by_anybody),
    "tomorrow is accepted": _days,
    "a field lost in an edit": _instead(projects, "_columns", _without_the_name),
    "moves out of order": _instead(lifecycle, "_check_order", _nothing),
    "recorded times repeat": _instead(command, "max", _always_first),
    "claims not judged anew": _instead(transfers, "_follow", _nothing),
}
