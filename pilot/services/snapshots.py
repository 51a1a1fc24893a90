"""Month-end counts (月末快照), kept by a scheduled job; derived rows, so no verb and no journal."""

from datetime import datetime

from sqlmodel import Session

from pilot.domain.moment import local_day, month_ends
from pilot.store import journal, queries_snapshots

MONTHS = 24  # how far back; an older view is counted from the first one kept, or live


def refresh(session: Session, base_id: int, *, at: datetime, months: int = MONTHS) -> int:
    """Store the counts of a base for every ended month that has none yet; how many were stored.

    Takes the base's turn to write, so that nothing recorded by then is missing; run it once a
    base in a transaction of its own. What is entered later about an old month stays out of the
    snapshot and is added at reading. Commits nothing.
    """
    head = journal.lock(session, base_id)
    kept = queries_snapshots.months(session, base_id)
    missing = [day for day in month_ends(local_day(at), months) if day not in kept]
    for day in missing:
        queries_snapshots.store(session, base_id, day, head.at)
    return len(missing)
