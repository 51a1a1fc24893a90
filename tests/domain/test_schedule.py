"""When a daily job is due, in Asia/Shanghai."""

from datetime import UTC, datetime, time

import pytest

from pilot.domain.schedule import Daily

NIGHT = Daily(time(2, 30))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        pytest.param("2026-06-01 18:29", "2026-06-01 18:30", id="a minute before"),
        pytest.param("2026-06-01 18:30", "2026-06-02 18:30", id="at the moment itself: tomorrow"),
        pytest.param("2026-06-01 18:31", "2026-06-02 18:30", id="a minute after"),
        pytest.param("2026-12-31 15:59", "2026-12-31 18:30", id="over the end of the year"),
        pytest.param("2028-02-28 20:00", "2028-02-29 18:30", id="into a leap day"),
    ],
)
def test_the_next_time(now, due):
    assert NIGHT.after(_utc(now)) == _utc(due)


def _utc(words):
    return datetime.fromisoformat(words).replace(tzinfo=UTC)
