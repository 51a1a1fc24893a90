"""When scheduled work (定时任务) is due: at a time of the day in Asia/Shanghai."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from pilot.domain.moment import SHANGHAI

BACKUP_ALARM = timedelta(hours=26)  # a nightly backup and two hours of patience


@dataclass(frozen=True, slots=True)
class Daily:
    """Once a day at `at`, local time."""

    at: time

    def after(self, now: datetime) -> datetime:
        """The first such moment (aware UTC) later than `now`."""
        local = now.astimezone(SHANGHAI)
        today = datetime.combine(local.date(), self.at, SHANGHAI)
        day = today if today > local else today + timedelta(days=1)
        return day.astimezone(UTC)


def is_overdue(last: datetime, now: datetime) -> bool:
    """Whether a backup made at `last` is older than it may be."""
    return now - last > BACKUP_ALARM
