"""Reports of periods by who has to take them on (轮到谁): the ones under review, the ones due.

A report whose unlock has run out is frozen again, whatever it was when the unlock ended.
"""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, true
from sqlmodel import Session, col, select

from pilot.domain.filings import WRITABLE
from pilot.domain.vocabulary import FilingState as State
from pilot.store.models import FilingUnlock, ReportFiling

ASKED_FOR = State.FROZEN  # what waits about a frozen report is the answer to who asks to unlock it
BEGUN_OR_NOT = WRITABLE | {State.EMPTY}

# Since when a report waits under review, for anybody but whom; until when it has to be handed in.
_frozen = ReportFiling.state == ASKED_FOR
waiting_since = case((_frozen, FilingUnlock.asked_at), else_=ReportFiling.turn_since)
_not_for = case((_frozen, FilingUnlock.asked_by), else_=ReportFiling.maker_id)
last_day = func.coalesce(FilingUnlock.until, ReportFiling.due_on)
_WHAT = (
    ReportFiling.id.label("filing_id"),
    ReportFiling.template,
    ReportFiling.period,
    ReportFiling.state,
    last_day.label("last_day"),
)


def with_unlock(query: Select) -> Select:
    """Beside each report the unlock that is asked for or in force, if there is one."""
    open_one = and_(FilingUnlock.filing_id == ReportFiling.id, col(FilingUnlock.ended_at).is_(None))
    return query.select_from(ReportFiling).join(FilingUnlock, open_one, isouter=True)


def standing(states: Collection[State], today: date) -> ColumnElement[bool]:
    """Reports that stand in one of these states today; of the frozen, those asked to unlock."""
    until = col(FilingUnlock.until)
    moving = and_(
        col(ReportFiling.state).in_(set(states) - {ASKED_FOR}),
        or_(until.is_(None), until >= today),
    )
    if ASKED_FOR not in states:
        return moving
    return or_(moving, and_(_frozen, col(FilingUnlock.asked_by).is_not(None)))


def to_review(
    session: Session,
    bases: Sequence[int],
    actor: int,
    states: Collection[State],
    today: date,
    most: int,
) -> Sequence[Row]:
    """Reports in one of these states that others submitted or ask to unlock, first due first."""
    query = with_unlock(select(*_WHAT, waiting_since.label("since"))).where(
        col(ReportFiling.base_id).in_(bases), standing(states, today), _not_for != actor
    )
    order = last_day, waiting_since, col(ReportFiling.id)
    return session.exec(query.order_by(*order).limit(most)).all()


def to_hand_in(
    session: Session,
    bases: Sequence[int],
    since: date,
    until: date,
    today: date,
    most: int,
    *,
    maker: int | None = None,
) -> Sequence[Row]:
    """Reports of open windows that are due from `since` to `until`, and all that were sent back.

    Of each template and state the most urgent one: the next follows when it is done. With `maker`
    only those that this person submitted before.
    """
    own = true() if maker is None else ReportFiling.maker_id == maker
    unlocked = col(FilingUnlock.until).is_not(None).label("unlocked")
    place = func.row_number().over(
        partition_by=(ReportFiling.base_id, ReportFiling.template, ReportFiling.state),
        order_by=(last_day, ReportFiling.id),
    )
    found = (
        with_unlock(select(*_WHAT, unlocked, place.label("place")))
        .where(
            col(ReportFiling.base_id).in_(bases),
            own,
            standing(BEGUN_OR_NOT, today),
            ReportFiling.opens_on <= today,
            or_(last_day.between(since, until), ReportFiling.state == State.RETURNED),
        )
        .subquery()
    )
    query = select(*found.c).where(found.c.place == 1).order_by(found.c.last_day, found.c.filing_id)
    return session.exec(query.limit(most)).all()
