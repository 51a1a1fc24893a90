"""The digest (每周待办): once a week a base's managers are told what waits for whom."""

from datetime import datetime

from sqlmodel import Session

from pilot.domain import digest
from pilot.domain.digest import MONDAY, WEEKDAYS
from pilot.domain.errors import Conflict, Invalid
from pilot.domain.moment import local_day, moment
from pilot.domain.people import Actor, Role
from pilot.domain.vocabulary import MailKind
from pilot.services import notices
from pilot.services.command import verb
from pilot.store import queries_people, queries_waiting
from pilot.store.models import DigestPolicy, DigestRun

PAGE = "waiting"


@verb("digest_policy.save")
def set_weekday(session: Session, weekday: int | None, *, by: Actor, at: datetime) -> DigestPolicy:
    """Choose the day of the week (0 Monday) on which managers are told, or None for never."""
    if weekday is not None and weekday not in range(len(WEEKDAYS)):
        raise Invalid("weekday", "请选择星期一至星期日中的一天，或选择不提醒。")
    row = queries_waiting.policy(session, by.base_id)
    if (row.weekday if row else MONDAY) == weekday:
        raise Conflict("每周提醒的日子没有变化。")
    if row is None:
        row = DigestPolicy(base_id=by.base_id, recorded_at=at)
        session.add(row)
    row.weekday = weekday
    session.flush()
    return row


def tell(session: Session, base_id: int, *, at: datetime) -> bool:
    """Tell a base's managers if their day has come; False if not, or if nothing waits.

    The week is noted in the same transaction, so that nobody is told twice.
    """
    chosen = queries_waiting.policy(session, base_id)
    weekday = chosen.weekday if chosen else MONDAY
    day = digest.due_on(weekday, queries_waiting.last_told(session, base_id), local_day(at))
    if day is None:
        return False
    waits = queries_waiting.waits(session, base_id, moment(at))
    number = sum(one.number for one in waits)
    session.add(DigestRun(base_id=base_id, due_on=day, waiting=number, recorded_at=at))
    if number:
        managers = queries_people.holders(session, base_id, [Role.MANAGER])
        text = digest.sentence(waits)
        notices.tell(
            session, base_id, managers, text, page=PAGE, about_id=None, at=at, mail=MailKind.WEEKLY
        )
    return number > 0
