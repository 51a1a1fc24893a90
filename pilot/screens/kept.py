"""What is read once and kept until somebody writes (缓存), whoever that is and on whatever server.

Kept as it is, not as a copy for each run: whoever shows it must not change it. A read that takes
a person is kept for this person alone; one that takes bases, for everybody who sees just these.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import streamlit as st

from pilot.domain.moment import Moment
from pilot.reports import overview
from pilot.reports.mark import fact_mark, mark
from pilot.reports.nation import Nation
from pilot.reports.portfolio import StageCount
from pilot.screens.goals import Goals, prepared

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands above the list, ready to be drawn."""

    goals: list[Goals]
    stages: list[StageCount]
    nation: Nation | None


def kept(read: Callable[..., Found], session: Any, *about: Any) -> Found:
    """What `read(session, *about)` finds, asked of the database only after somebody has written.

    Everything the answer depends on must be in `about`: it is told apart by its whole text.
    """
    name = f"{read.__module__}.{read.__qualname__}"
    return _kept(name, mark(session, *about), read, session, about)


def kept_by_facts(read: Callable[..., Found], session: Any, base_id: int, *about: Any) -> Found:
    """The same for `read(session, base_id, *about)` about one base's facts: what is merely done
    with its reports (提交、审核、意见) does not ask anew."""
    name = f"{read.__module__}.{read.__qualname__}"
    found = fact_mark(session, base_id, *about)
    return _kept(name, found, read, session, (base_id, *about))


def glance(session: Any, bases: Sequence[int], view: Moment) -> Shown:
    """Cards, trend and stage strip of these bases."""
    return kept(_glance, session, bases, view)


def _glance(session: Any, bases: Sequence[int], view: Moment) -> Shown:
    seen = overview.glance(session, bases, view)
    goals = [] if seen.nation else prepared(seen)
    return Shown(goals, seen.stages, seen.nation)


@st.cache_resource(max_entries=256, show_spinner=False)
def _kept(name: str, mark: str, _read: Callable, _session: Any, _about: tuple) -> Any:
    return _read(_session, *_about)
