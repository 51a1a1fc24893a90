"""Goals, filed years and views for tests; a clock that can be set to a day of one's choice."""

from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from pilot.domain.draft_counting import TargetDraft
from pilot.domain.moment import SHANGHAI, Moment, end_of_day
from pilot.domain.vocabulary import Indicator, Scope
from pilot.services import targets
from pilot.store.models import Filing, Target
from tests.factories import Team, clock


def set_clock(session: Session, day: date) -> None:
    """From here on every factory records on this day, from nine in the morning."""
    session.info["clock"] = datetime.combine(day, time(9), SHANGHAI)


def target(
    session: Session,
    people: Team,
    indicator: Indicator = Indicator.NEW_PILOT,
    goal: int = 10,
    *,
    year: int = 2026,
    scope: Scope = Scope.CITY,
) -> Target:
    """A goal of a year for the whole city."""
    draft = TargetDraft(year, indicator, scope, goal, "示例政府工作报告")
    return targets.save_target(session, draft, by=people.manager, at=clock(session))


def filing(session: Session, people: Team, year: int = 2026) -> Filing:
    """A year reported with what the ledger says at this moment of the test's clock."""
    at = clock(session)
    return targets.file_year(
        session, year, by=people.manager, at=at, cut_off=at, note="示例报送市政府"
    )


def seen(
    as_of: date, known_on: date | None = None, *, year: int | None = None, live: bool = True
) -> Moment:
    """A view as of a day with everything known on another (the same, unless told)."""
    known_at = end_of_day(known_on or as_of) - timedelta(seconds=1)
    return Moment(year or as_of.year, as_of, known_at, live)
