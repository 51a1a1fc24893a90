"""Two times: when it was true, and when we knew it (截至日期, 知悉日期).

Business dates are days in Asia/Shanghai; recorded instants are aware UTC.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
FOREVER_DAY = date(9999, 12, 31)
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)


def local_day(at: datetime) -> date:
    """The day in Asia/Shanghai on which the aware instant `at` falls."""
    return at.astimezone(SHANGHAI).date()


def minute(at: datetime | None, never: str = "") -> str:
    """An aware instant as people read it: day and minute in Asia/Shanghai; `never` for None."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else never


def end_of_day(day: date) -> datetime:
    """The last instant (aware UTC, microsecond) of a day in Asia/Shanghai."""
    if day >= FOREVER_DAY:
        return FOREVER
    midnight = datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
    return midnight.astimezone(UTC) - timedelta(microseconds=1)


def month_ends(day: date, count: int) -> list[date]:
    """The last days of the `count` months that have ended before `day`, the earliest first."""
    ends = []
    for _ in range(count):
        day = day.replace(day=1) - timedelta(days=1)
        ends.append(day)
    return ends[::-1]


def months_between(start: date, end: date) -> int:
    """Whole months from `start` to `end`."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - (end.day < start.day)


def anniversary(day: date, years: int) -> date:
    """The same day `years` later; 28 February for a 29th that does not exist."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point of view: facts true on or before `as_of`, recorded at or before `known_at`.

    `year` is the calendar year whose goals are shown; `live` says that the view is today's,
    the only one from which anything may be written.
    """

    year: int
    as_of: date
    known_at: datetime
    live: bool = True

    @property
    def known_on(self) -> date:
        """The knowledge time as a day in Asia/Shanghai."""
        return local_day(self.known_at)


def moment(
    now: datetime,
    *,
    year: int | None = None,
    as_of: date | None = None,
    known_on: date | None = None,
) -> Moment:
    """The view for what a user chose; whatever is left out means today.

    A year in the past is shown as of today, so that later corrections are seen; days in the
    future mean today, because nothing is known about them.
    """
    today = local_day(now)
    as_of = min(as_of or today, today)
    known = now if known_on is None or known_on >= today else end_of_day(known_on)
    live = as_of == today and known == now
    return Moment(year or as_of.year, as_of, known, live)
