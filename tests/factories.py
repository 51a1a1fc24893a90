"""Data for tests, reached by the real verbs; each factory names only what matters."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, func, insert
from sqlmodel import Session, select

from pilot.domain.guards import ON_RECORD, SCORED
from pilot.domain.moment import FOREVER, moment
from pilot.domain.people import Actor, Role
from pilot.domain.vocabulary import (
    CheckState,
    Conclusion,
    EvidenceState,
    Gate,
    Indicator,
    LandingLevel,
    Scope,
    Standing,
)
from pilot.services import decisions, evidence, landing, lifecycle, projects, reviews, setup
from pilot.services.landing import LandingDraft
from pilot.services.projects import ProjectDraft
from pilot.store import journal, queries_counting, queries_gates
from pilot.store.models import (
    Account,
    AccountRole,
    Base,
    ChecklistItem,
    CodeItem,
    Decision,
    Definition,
    Evidence,
    JournalEntry,
    Landing,
    LandingStep,
    Organisation,
    Person,
    PilotRun,
    Project,
    ProjectSpan,
    ReportTemplate,
    Review,
    RuleRow,
)
from tests.remembered import CLOCK, remembered

NOON = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)


def base(session: Session, code: str = "PJ", **fields) -> Base:
    """A pilot base with an open journal."""
    values = {"name": "示例中试基地", "city_code": "211100", "city_name": "盘锦市"} | fields
    row = Base(code=code, **values)
    session.add(row)
    session.flush()
    journal.open_book(session, row, NOON)
    session.flush()
    return row


@remembered
def actor(session: Session, home: Base, *roles: Role, login: str = "", name: str = "") -> Actor:
    """An account of a base with the given roles (manager unless told otherwise)."""
    roles = roles or (Role.MANAGER,)
    login = login or f"user{_count(session, Account) + 1}"
    row = Account(
        base_id=home.id,
        login=login,
        name=name or f"示例{login}",
        password_hash="!",
        password_set_at=NOON,
        recorded_at=NOON,
    )
    session.add(row)
    session.flush()
    session.add_all(AccountRole(account_id=row.id, role=role, base_id=home.id) for role in roles)
    session.flush()
    return Actor(row.id, home.id, row.name, frozenset(roles))


def _count(session: Session, kind: type) -> int:
    return session.exec(select(func.count()).select_from(kind)).one()


@dataclass(frozen=True, slots=True)
class Team:
    """The people a project needs: who submits, who decides, two who assess, who only reads."""

    base: Base
    manager: Actor
    decider: Actor
    one: Actor
    other: Actor
    province: Actor


@remembered
def team(session: Session, code: str = "PJ") -> Team:
    """A base with its code lists and checklists, and five accounts."""
    home = base(session, code)
    installed(session, home)
    word = code.lower()
    return Team(
        base=home,
        manager=actor(session, home, login=f"{word}-manager", name="示例经理甲"),
        decider=actor(session, home, login=f"{word}-decider", name="示例经理乙"),
        one=actor(session, home, Role.REVIEWER, login=f"{word}-one", name="示例评审甲"),
        other=actor(session, home, Role.REVIEWER, login=f"{word}-other", name="示例评审乙"),
        province=actor(session, home, Role.PROVINCE, login=f"{word}-province", name="示例省级"),
    )


def installed(session: Session, home: Base) -> None:
    """What `setup.install` gives a base: read from the files once, then the same rows again."""
    if _GIVEN:
        session.flush()
        for place, rows in _GIVEN.items():
            session.execute(insert(place), [row | {"base_id": home.id} for row in rows])
    else:
        setup.install(session, home, NOON)
        _GIVEN.update({place: _rows(session, place, home) for place in _LISTS})


_LISTS = tuple(
    kind.__table__ for kind in (CodeItem, ChecklistItem, Definition, ReportTemplate, RuleRow)
)
_GIVEN: dict[Table, list[dict[str, Any]]] = {}


def _rows(session: Session, place: Table, home: Base) -> list[dict[str, Any]]:
    found = session.execute(select(place).where(place.c.base_id == home.id).order_by(place.c.id))
    return [{name: row[name] for name in row if name != "id"} for row in found.mappings()]


def clock(session: Session) -> datetime:
    """The next second of the test: every verb happens later than the one before."""
    session.info[CLOCK] = session.info.get(CLOCK, NOON) + timedelta(seconds=1)
    return session.info[CLOCK]


@remembered
def project(session: Session, people: Team, **fields) -> Project:
    """A project in the pool since 5 January, with consent, manager and readiness."""
    leader = Person(base_id=people.base.id, name="示例负责人", kind="manager", recorded_at=NOON)
    session.add(leader)
    session.flush()
    draft = {"name": "示例催化剂中试", "manager_id": leader.id, "owner_consent": True} | fields
    draft = {
        "readiness_scheme": "GB/T 37264",
        "readiness_version": "2018",
        "readiness_level": 7,
    } | draft
    return projects.register(
        session,
        ProjectDraft(**draft),
        by=people.manager,
        at=clock(session),
        on=date(2026, 1, 5),
    )


@remembered
def paper(session: Session, people: Team, project: Project, doc_code: str, **fields) -> Evidence:
    """A qualified paper, signed on 20 January unless told otherwise."""
    values = {"title": f"{doc_code} 示例材料", "issued_on": date(2026, 1, 20)} | fields
    row = evidence.submit(
        session, project.id, doc_code, by=people.manager, at=clock(session), **values
    )
    return evidence.judge(
        session, row.id, EvidenceState.QUALIFIED, by=people.one, at=clock(session)
    )


@remembered
def round_at(session: Session, people: Team, project: Project, *, on: date) -> Review:
    """An open round at the project's next gate, everything still to prove."""
    return reviews.open_review(session, project.id, by=people.manager, at=clock(session), on=on)


@remembered
def prove(session: Session, people: Team, review: Review) -> None:
    """Qualify every paper, meet every criterion and hand in both cards (80 in each dimension)."""
    project = session.get(Project, review.project_id)
    for row in queries_gates.checks(session, review.id):
        if row.code in ON_RECORD:
            continue
        if row.doc_code is None:
            reviews.check(session, row.id, CheckState.MET, by=people.one, at=clock(session))
        elif _state_of(session, project, row.doc_code) is not EvidenceState.QUALIFIED:
            paper(session, people, project, row.doc_code)
    if review.gate in SCORED:
        score_both(session, people, review)


@remembered
def score_both(
    session: Session,
    people: Team,
    review: Review,
    first: tuple[int | None, int | None, int | None] = (80, 80, 80),
    second: tuple[int | None, int | None, int | None] = (80, 80, 80),
) -> None:
    """Assign both assessors and hand in their cards (technical, equipment, commercial)."""
    ids = [people.one.id, people.other.id]
    reviews.assign(session, review.id, ids, by=people.manager, at=clock(session))
    for who, card in ((people.one, first), (people.other, second)):
        values = dict(zip(("technical", "equipment", "commercial"), card, strict=True))
        reviews.score(session, review.id, by=who, at=clock(session), **values)


@remembered
def decide(
    session: Session,
    people: Team,
    review: Review,
    conclusion: Conclusion = Conclusion.PASS,
    **fields,
) -> Decision:
    """A decision by the second manager, held ten days after the round was opened."""
    values = {"reason": "资料齐全", "held_on": review.opened_on + timedelta(days=10)} | fields
    return decisions.decide(
        session, review.id, conclusion, by=people.decider, at=clock(session), **values
    )


@remembered
def pass_gate(session: Session, people: Team, project: Project, *, on: date) -> Decision:
    """A whole round at the next gate: submitted, proven, passed."""
    review = round_at(session, people, project, on=on)
    prove(session, people, review)
    return decide(session, people, review)


@remembered
def run(session: Session, people: Team, project: Project, run_no: str = "1", **fields) -> PilotRun:
    """A run of 100 hours in April, compared with its targets."""
    values = {
        "started_on": date(2026, 4, 1),
        "ended_on": date(2026, 4, 6),
        "continuous_hours": Decimal(100),
        "closure_percent": Decimal(99),
        "targets_compared": True,
    }
    return projects.record_run(
        session,
        project.id,
        by=people.manager,
        at=clock(session),
        run_no=run_no,
        **(values | fields),
    )


@remembered
def plant(
    session: Session,
    people: Team,
    project: Project,
    *,
    reg_area: str = "211102",
    site_area: str = "211102",
    **fields,
) -> Landing:
    """A plant of a project; company and site in the city unless told otherwise."""
    company = Organisation(
        base_id=people.base.id,
        name=f"示例化工 {_count(session, Organisation) + 1}",
        kind="enterprise",
        reg_area=reg_area,
        recorded_at=NOON,
    )
    session.add(company)
    session.flush()
    draft = LandingDraft(entity_id=company.id, site_area=site_area, **fields)
    return landing.add_landing(session, project.id, draft, by=people.manager, at=clock(session))


@remembered
def level(
    session: Session,
    people: Team,
    plant: Landing,
    reached: LandingLevel,
    *,
    on: date = date(2026, 5, 10),
    verified: bool = True,
) -> LandingStep:
    """A level a plant reached, verified by the first reviewer unless told otherwise."""
    step = landing.reach(
        session,
        plant.id,
        reached,
        by=people.manager,
        at=clock(session),
        on=on,
        proof="示例证明",
    )
    if verified:
        landing.verify_step(session, step.id, by=people.one, at=clock(session))
    return step


@remembered
def before_gate(session: Session, people: Team, gate: Gate, **fields) -> Project:
    """A project that stands before a gate, reached by the real verbs; no round is open yet."""
    row = project(session, people, **fields)
    if gate is Gate.G0:
        return row
    pass_gate(session, people, row, on=date(2026, 1, 6))
    if gate is Gate.G1:
        return row
    paper(session, people, row, "D06")
    pass_gate(session, people, row, on=date(2026, 2, 1))
    if gate is Gate.G2:
        return row
    pass_gate(session, people, row, on=date(2026, 3, 1))
    run(session, people, row)
    if gate is Gate.G3:
        return row
    pass_gate(session, people, row, on=date(2026, 4, 10))
    for reached in LandingLevel.L1, LandingLevel.L4:
        _landed(session, people, row, reached)
    lifecycle.land(session, row.id, by=people.manager, at=clock(session), on=date(2026, 5, 11))
    return row


@remembered
def at_gate(session: Session, people: Team, gate: Gate, **fields) -> Review:
    """An open round at a gate of a project that came there by the real verbs."""
    row = before_gate(session, people, gate, **fields)
    return round_at(session, people, row, on=_OPENED[gate])


_OPENED = {
    Gate.G0: date(2026, 1, 6),
    Gate.G1: date(2026, 2, 1),
    Gate.G2: date(2026, 3, 1),
    Gate.G3: date(2026, 4, 10),
    Gate.G4: date(2026, 5, 12),
}


def _landed(session: Session, people: Team, row: Project, reached: LandingLevel) -> None:
    plants = queries_gates.landings(session, row.id)
    level(session, people, plants[0] if plants else plant(session, people, row), reached)


def _state_of(session: Session, project: Project, doc_code: str) -> EvidenceState | None:
    found = queries_gates.paper(session, project.id, doc_code)
    return found.state if found else None


def spans(session: Session, project_id: int) -> list[ProjectSpan]:
    """The spans of a project as known now, in the order of their days."""
    query = select(ProjectSpan).where(
        ProjectSpan.project_id == project_id, ProjectSpan.known_to == FOREVER
    )
    return sorted(session.exec(query), key=lambda span: span.valid_from)


def entries(session: Session, home: Base) -> list[JournalEntry]:
    """The journal of a base, in order."""
    query = select(JournalEntry).where(JournalEntry.base_id == home.id)
    return list(session.exec(query.order_by(JournalEntry.sequence)))


def count(
    session: Session,
    people: Team,
    indicator: Indicator,
    scope: Scope = Scope.CITY,
    standing: Standing = Standing.COUNTED,
) -> int:
    """The number on the card of 2026, as known now."""
    totals = queries_counting.totals(session, people.base.id, moment(clock(session)))
    return totals.get((indicator, scope, standing), 0)
