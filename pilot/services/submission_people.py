"""Who is responsible for a result that was handed in (成果负责人): checked, entered, linked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from pilot.domain.people import Actor
from pilot.domain.problems import Problem
from pilot.domain.submission_people import FIELD, asked_for, holder_ids, name_problems, person_id
from pilot.services import consequences, organisations
from pilot.services.command import within
from pilot.store import queries_codes, queries_submission_people
from pilot.store.models import Account, Person, Result, Submission


def strange_person(session: Session, base_id: int, content: Mapping[str, Any]) -> list[Problem]:
    """A person who belongs to none of the holders, or a name that cannot be one."""
    number = person_id(content)
    if number is None:
        lists = queries_codes.lists(session, base_id)
        return name_problems(content, lists)
    if number in queries_submission_people.of_units(session, base_id, holder_ids(content)):
        return []
    message = "成果负责人不是任何持有方登记的人员。"
    return [Problem(FIELD, "person-unknown", message, "请重新选择，或申请新增。")]


def put_in_charge(
    session: Session, row: Submission, content: Mapping[str, Any], holder: int,
    *, by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Name the person of a result just taken in; who was asked for is entered at its first holder.

    A person with the author's own name at the author's own unit is the author's account's.
    """
    person = _person(session, row, content, holder, by, at)
    if person is None:
        return
    session.get_one(Result, row.result_id).contact_id = person.id
    consequences.of_names(session, [row.result_id], at=at)
    author = session.get_one(Account, row.author_id)
    same = (author.name, author.organisation_id) == (person.name, person.organisation_id)
    if same and person.account_id is None:
        person.account_id = author.id


def _person(
    session: Session,
    row: Submission,
    content: Mapping[str, Any],
    holder: int,
    by: Actor,
    at: datetime,
) -> Person | None:
    number = person_id(content)
    if number is not None:
        return session.get_one(Person, number)
    draft = asked_for(content, queries_codes.lists(session, row.base_id), holder)
    if draft is None:
        return None
    known = queries_submission_people.named(session, holder, draft.name.strip())
    return known or within(organisations.save_person)(session, draft, by=by, at=at)
