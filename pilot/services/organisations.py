"""Units and persons (单位, 人员): enter and edit them."""

from datetime import datetime

from sqlmodel import Session

from pilot.domain.draft_fields import described
from pilot.domain.drafts import OrganisationDraft, PersonDraft, checked
from pilot.domain.errors import Conflict, GuardFailed
from pilot.domain.moment import local_day
from pilot.domain.people import Actor
from pilot.services import consequences
from pilot.services.command import verb
from pilot.store import queries, queries_codes, queries_registry
from pilot.store.models import Account, Organisation, Person

_SHOWN = 3  # codes named in a sentence


@verb("organisation.save")
def save_organisation(
    session: Session,
    draft: OrganisationDraft,
    *,
    by: Actor,
    at: datetime,
    organisation_id: int | None = None,
    reason: str = "",
) -> Organisation:
    """Enter a unit, or change one; what names it reads and counts differently from now on."""
    lists = queries_codes.lists(session, by.base_id, retired=organisation_id is not None)
    draft = checked(draft, lists, local_day(at))
    _check_free(session, draft, by, organisation_id)
    if organisation_id is None:
        unit = Organisation(base_id=by.base_id, recorded_at=at, **_values(draft))
        session.add(unit)
        session.flush()
        return unit
    unit = queries.one(session, Organisation, by.base_id, organisation_id)
    before = organisation_draft(unit)
    for name, value in _values(draft).items():
        setattr(unit, name, value)
    session.flush()
    _follow(session, unit, before, at, reason or "修改单位信息")
    return unit


@verb("person.save")
def save_person(
    session: Session,
    draft: PersonDraft,
    *,
    by: Actor,
    at: datetime,
    person_id: int | None = None,
) -> Person:
    """Enter a person, or change one; who leaves a unit has handed over the results led there."""
    lists = queries_codes.lists(session, by.base_id, retired=person_id is not None)
    draft = checked(draft, lists, local_day(at))
    for kind, row_id in ((Organisation, draft.organisation_id), (Account, draft.account_id)):
        if row_id is not None:
            queries.one(session, kind, by.base_id, row_id)
    if person_id is None:
        person = Person(base_id=by.base_id, recorded_at=at, **_values(draft))
        session.add(person)
        session.flush()
        return person
    person = queries.one(session, Person, by.base_id, person_id)
    _check_nothing_left_behind(session, person, draft)
    for name, value in _values(draft).items():
        setattr(person, name, value)
    led = queries_registry.projects_managed_by(session, person.id)
    consequences.of_projects(session, by.base_id, named=led, at=at, reason="修改人员信息")
    results = [row.id for row in queries_registry.results_led_by(session, person.id)]
    consequences.of_names(session, results, at=at)
    return person


def organisation_draft(unit: Organisation) -> OrganisationDraft:
    """The draft that would leave a unit as it is; a form starts from it."""
    return OrganisationDraft(**{name: getattr(unit, name) for name in described(OrganisationDraft)})


def person_draft(person: Person) -> PersonDraft:
    """The draft that would leave a person as they are."""
    return PersonDraft(**{name: getattr(person, name) for name in described(PersonDraft)})


def _values(draft: OrganisationDraft | PersonDraft) -> dict:
    return {name: getattr(draft, name) for name in described(type(draft))}


def _check_free(
    session: Session, draft: OrganisationDraft, by: Actor, organisation_id: int | None
) -> None:
    """Name and credit code each name one unit of the base."""
    same = queries_registry.organisation_named(session, by.base_id, draft.name)
    if same and same.id != organisation_id:
        raise Conflict(f"单位“{draft.name}”已经登记，请直接选用。")
    if draft.uscc is None:
        return
    same = queries_registry.organisation_with_uscc(session, by.base_id, draft.uscc)
    if same and same.id != organisation_id:
        raise Conflict(f"统一社会信用代码 {draft.uscc} 已属于“{same.name}”，请核对或直接选用。")


def _check_nothing_left_behind(session: Session, person: Person, draft: PersonDraft) -> None:
    """Whoever leaves a unit hands over the results they lead there first (成果负责人)."""
    if person.organisation_id in (None, draft.organisation_id):
        return
    units = person.organisation_id, draft.organisation_id
    left = [row.code for row in queries_registry.results_left_behind(session, person.id, *units)]
    if left:
        shown = "、".join(left[:_SHOWN]) + ("等" if len(left) > _SHOWN else "")
        obstacle = f"还负责原单位持有的成果 {len(left)} 项（{shown}），请先在人员页面移交给他人"
        raise GuardFailed([obstacle])


def _follow(
    session: Session, unit: Organisation, before: OrganisationDraft, at: datetime, reason: str
) -> None:
    """Copied names and areas follow; a transfer keeps an area that was never the unit's own."""
    moved = before.reg_area != unit.reg_area
    if not moved and (before.name, before.uscc) == (unit.name, unit.uscc):
        return
    transfers = queries_registry.transfers_naming(session, unit.id)
    for transfer in transfers if moved else ():
        if transfer.receiver_id == unit.id and transfer.receive_area in (None, before.reg_area):
            transfer.receive_area = unit.reg_area
    consequences.of_transfers(session, unit.base_id, transfers, at=at, reason=reason)
    if before.name != unit.name:
        held = queries_registry.results_held(session, unit.id)
        consequences.of_names(session, held, at=at)
    consequences.of_projects(
        session,
        unit.base_id,
        named=queries_registry.projects_naming(session, unit.id),
        judged=queries_registry.plant_projects(session, unit.id) if moved else (),
        at=at,
        reason=reason,
    )
