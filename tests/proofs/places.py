"""Addresses of every page and of every part of it that an address can open."""

from collections.abc import Iterator
from urllib.parse import parse_qsl

from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, col, select

from pilot.domain import submissions
from pilot.domain.people import Role
from pilot.domain.vocabulary import Gate, Indicator
from pilot.reports.tables import TABLES
from pilot.screens import definition_sections, result_sections
from pilot.screens.claim_list import Tab
from pilot.store.engine import reading
from pilot.store.models import (
    Claim,
    Contract,
    Organisation,
    Person,
    Project,
    Result,
    Review,
    Submission,
)
from pilot.ui import menu

_PARTS = {"tab", "section", "standing", "as"}
TABS = ("概况", "阶段门", "材料", "成果", "产业化", "进展", "历史")


def of_role(engine: Engine, role: Role, *, whole: bool = True) -> list[str]:
    """What holders of a role can open; unless `whole`, one address of each kind."""
    mine = {entry.file for entry in menu.entries(frozenset([role]))}
    with reading(engine) as session:
        found = [place for place in _every(session) if place.split("?")[0][1:] in mine]
    if whole:
        return found
    kinds = {_kind(place): place for place in reversed(found)}
    return [place for place in found if kinds[_kind(place)] == place]


def start_pages(role: Role) -> list[str]:
    """Every page of a role's menu without anything chosen."""
    return [f"/{entry.file}" for entry in menu.entries(frozenset([role])) if not entry.hidden]


def _kind(place: str) -> tuple:
    """What two addresses share that show the same parts of a page for other records."""
    page, _, query = place.partition("?")
    pairs = parse_qsl(query)
    return page, *((key, value if key in _PARTS else "") for key, value in pairs)


def _every(session: Session) -> Iterator[str]:
    """Every address, the richest of a page first."""
    yield from ("/overview", "/overview?as=board", "/projects?new=1", "/projects?as=board")
    projects = _ids(session, Project)
    for number, project in enumerate(projects):
        for tab in TABS if number < 3 else TABS[:1]:
            yield f"/project?id={project}&tab={tab}"
    yield from (f"/gate?review={review}" for review in reversed(_ids(session, Review)))
    yield "/gate"
    for section in result_sections.Section:
        yield f"/results?section={section.value}"
    yield from (f"/results?section=results&id={one}" for one in _ids(session, Result))
    yield from (f"/results?section=contracts&contract={one}" for one in _ids(session, Contract))
    unit, person = _ids(session, Organisation)[-1], _ids(session, Person)[-1]
    yield f"/results?section=registry&unit={unit}&person={person}"
    for indicator in Indicator:
        for tab in Tab:
            yield f"/claims?indicator={indicator.value}&standing={tab.value}"
    for claim in session.exec(select(Claim).order_by(col(Claim.id))):
        about = f"indicator={claim.indicator.value}&scope={claim.scope.value}"
        yield f"/claims?{about}&standing={claim.standing.value}&claim={claim.id}"
    yield from (f"/definitions?section={one.value}" for one in definition_sections.Section)
    yield from (f"/definitions?section=checklists&gate={gate.value}" for gate in Gate)
    yield from (f"/exports?table={name}" for name in TABLES)
    sent = _ids(session, Submission)
    yield from (f"/review?id={one}" for one in sent)
    yield from (f"/review?tab={one.value}" for one in submissions.Tab)
    yield from (f"/submission?id={one}" for one in sent)
    yield from ("/notices?show=all", "/waiting")
    yield from ("/submissions", "/people", "/system", "/my_account")


def _ids(session: Session, kind: type[SQLModel]) -> list[int]:
    return list(session.exec(select(kind.id).order_by(kind.id)))
