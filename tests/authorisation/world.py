"""Two bases with one object of every kind, open and closed, and one account of every role."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Engine
from sqlmodel import Session, select

from pilot.domain.api_tokens import ApiScope
from pilot.domain.drafts import Holder
from pilot.domain.guards import ON_RECORD
from pilot.domain.import_columns import ImportKind
from pilot.domain.importing import BatchState
from pilot.domain.people import Actor, Role
from pilot.domain.vocabulary import (
    Conclusion,
    Gate,
    Indicator,
    LandingLevel,
    MailKind,
    MailState,
    RegistrationState,
)
from pilot.services import (
    api_tokens,
    contracts,
    decisions,
    evidence,
    lifecycle,
    merging,
    passwords,
    results,
    reviews,
    transfers,
)
from pilot.services.decisions import ConditionDraft
from pilot.services.importing import batches
from pilot.services.importing.cells import layout
from pilot.services.importing.planning import digest, open_book, plans
from pilot.services.sheets import read_table
from pilot.store import queries_gates, queries_packs
from pilot.store.engine import writing
from pilot.store.files import StoredFile
from pilot.store.models import (
    Account,
    ApiToken,
    Attachment,
    ChecklistItem,
    Claim,
    CodeItem,
    Invitation,
    Mail,
    MailAddress,
    Notice,
    Registration,
    ReportPack,
)
from pilot.store.tokens import new_token, token_hash
from tests import factories, factories_submissions
from tests import factories_registry as registry
from tests.authorisation import filed, submitted
from tests.factories import Team, clock
from tests.furnished import furnished

MISSING = 999_999
PASSWORD = "Right-Horse-77"
TOKEN = "the-token-of-a-link"
SHEET = read_table("项目编号,项目名称\nZS-2026-901,示例导入\n".encode(), "x.csv")
OTHERS = "别家"  # stands in every name of the other base
FILE = StoredFile("0" * 64, 10, "application/pdf", "示例.pdf")
Ids = dict[str, int]


@dataclass(frozen=True, slots=True)
class World:
    """Who there is, by role; the ids of what belongs to us, to others, and what is closed."""

    people: Ids
    submitter: int
    own: Ids
    others: Ids
    closed: Ids


def make(engine: Engine) -> World:
    """Fill an empty database; everything by the real verbs."""
    with writing(engine) as session:
        return furnished(session, filled)


def filled(session: Session) -> World:
    """What `make` fills a database with."""
    team, researcher, people = _people(session)
    author = submitted.member(session, team, researcher)
    own = _objects(session, team)
    own |= submitted.objects(session, team, author, team.one, "示例")
    own |= filed.objects(session, team, "示例")
    closed = _closed(session, team, own) | submitted.closed(session, author, own)
    closed |= filed.closed(own)
    strangers = factories.team(session, "QT")
    strangers.base.name = f"{OTHERS}基地"
    others = _objects(session, strangers, mark=OTHERS)
    writer = factories_submissions.author(session, strangers)
    others |= submitted.objects(session, strangers, writer, strangers.one, OTHERS)
    others |= filed.objects(session, strangers, OTHERS)
    _mail(session, strangers, [others["account"]], OTHERS)
    _mail(session, team, [one for name, one in people.items() if name != "disabled"], "示例")
    own["notice"] = _notice(session, people["researcher"])
    closed["notice"] = _notice(session, people["researcher"], read_at=factories.NOON)
    others["notice"] = _notice(session, writer.actor.id)
    return World(people, team.manager.id, own, others, closed)


def _notice(session: Session, account_id: int, **fields) -> int:
    """A message to an account."""
    row = Notice(
        base_id=session.get(Account, account_id).base_id, account_id=account_id,
        text="示例通知", page="submission", recorded_at=factories.NOON, **fields,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def _mail(session: Session, team: Team, accounts: list[int], mark: str) -> None:
    """A confirmed address for each account, and a confirmation that went wrong."""
    for number in accounts:
        about = {"base_id": team.base.id, "account_id": number, "recorded_at": factories.NOON}
        session.add(
            MailAddress(**about, address=f"{mark}{number}@example.cn", confirmed_at=factories.NOON)
        )
        session.add(
            Mail(
                **about, kind=MailKind.CONFIRM, due=factories.NOON, last_error=mark,
                state=MailState.GIVEN_UP, ended_at=factories.NOON, token_hash=token_hash(TOKEN),
            )
        )  # fmt: skip


def _people(session: Session) -> tuple[Team, Actor, Ids]:
    """One account of every role; who handed things in is another manager than who acts."""
    team = factories.team(session)
    people = {role.value: factories.actor(session, team.base, role) for role in Role}
    one, other = people["reviewer"], people["manager"]
    team = Team(team.base, team.manager, team.decider, one, other, team.province)
    kept = passwords.hashed(PASSWORD)
    for actor in people.values():
        session.get(Account, actor.id).password_hash = kept
    ids = {name: actor.id for name, actor in people.items()}
    return team, people["researcher"], ids | {"disabled": _shut(session, team)}


def _objects(session: Session, team: Team, mark: str = "示例") -> Ids:
    """One open object of every kind, ready for every verb, but submissions."""
    project = factories.project(session, team, name=f"{mark}项目")
    asked = factories.project(session, team)
    lifecycle.ask_void(session, asked.id, by=team.manager, at=clock(session), reason="录入重复")
    plain = {
        "project": project.id,
        "into": factories.project(session, team, name=f"{mark}合并去处").id,
        "asked": asked.id,
        "account": factories.actor(session, team.base, Role.MANAGER, name=f"{mark}账号").id,
        "shut": _shut(session, team),
        "token": _token(session, team, mark).id,
        "code_item": _named(session, CodeItem, team, "catalyst"),
        "checklist_item": _named(session, ChecklistItem, team, "G1-T1"),
    }
    gates = _gates(session, team, mark)
    plain |= _joining(session, team, mark)
    plain |= _batches(session, team, mark)
    plain["pack"] = _pack(session, team, mark)
    return plain | gates | _papers(session, team, project) | _registry(session, team, mark)


def _token(session: Session, team: Team, mark: str) -> ApiToken:
    """A token of the interface, as an administrator makes one."""
    admin = factories.actor(session, team.base, Role.ADMIN)
    name, until = f"{mark}平台", date(2026, 12, 31)
    return api_tokens.create(
        session, name, list(ApiScope), until, api_tokens.fresh(), by=admin, at=clock(session)
    )


def _pack(session: Session, team: Team, mark: str) -> int:
    """A frozen report; its bytes are not there."""
    about = {"base_id": team.base.id, "by_id": team.manager.id, "recorded_at": factories.NOON}
    stored = Attachment(
        **about, sha256="0" * 64, size=1, media_type="application/zip", name=f"{mark}.zip"
    )
    session.add(stored)
    session.flush()
    template = queries_packs.template(session, team.base.id, "R2")
    row = ReportPack(
        **about, template_id=template.id, template_code="R2", template_version=1, period="2025",
        first_day=date(2025, 1, 1), last_day=date(2025, 12, 31), as_of=date(2025, 12, 31),
        known_at=factories.NOON, manifest="{}", rows=0, sha256="0" * 64, prepared_by=mark,
        attachment_id=stored.id, product_version="test",
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def _batches(session: Session, team: Team, mark: str) -> Ids:
    """A batch at each point where a step of it applies; the file lies nowhere."""
    book = open_book(session, ImportKind.PROJECTS, team.manager, factories.NOON)
    columns = layout(ImportKind.PROJECTS, SHEET).columns
    promised = digest(book, plans(book, SHEET, columns))
    checked = {"state": BatchState.CHECKED, "new": 1, "digest": promised}
    applied = {
        "state": BatchState.APPLIED,
        "applied_at": factories.NOON,
        "applied_by_id": team.manager.id,
    }
    points = {
        "batch": checked,
        "batch_mapping": {"state": BatchState.MAPPING},
        "batch_applied": applied,
        "batch_entered": applied | {"new": 1},
        "batch_asked": applied | {"new": 1} | _asked_undo(team),
        "batch_queued": checked | {"state": BatchState.QUEUED},
        "batch_writing": checked | {"state": BatchState.WRITING},
        "batch_backing": applied | {"state": BatchState.BACKING},
        "batch_held": applied | {"state": BatchState.HELD},
    }
    return {name: _batch(session, team, mark, **values) for name, values in points.items()}


def _asked_undo(team: Team) -> dict[str, object]:
    return {
        "undo_asked_by_id": team.manager.id,
        "undo_asked_at": factories.NOON,
        "undo_reason": "示例理由",
    }


def _batch(session: Session, team: Team, mark: str, **values) -> int:
    file = StoredFile("1" * 64, 10, "text/plain", f"{mark}.csv")
    at = clock(session)
    row = batches.stage.__wrapped__(session, ImportKind.PROJECTS, by=team.manager, at=at, file=file)
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()
    return row.id


def _to_tick(session: Session, review_id: int) -> int:
    """A criterion that people tick, not one that the record answers."""
    lines = queries_gates.checks(session, review_id)
    return next(c.id for c in lines if c.doc_code is None and c.code not in ON_RECORD)


def _joining(session: Session, team: Team, mark: str) -> Ids:
    """An open invitation and a request that waits."""
    about = {"base_id": team.base.id, "recorded_at": factories.NOON}
    invitation = Invitation(
        **about, token_hash=new_token(), note=f"{mark}邀请", role=Role.RESEARCHER,
        expires_at=factories.NOON + timedelta(days=30), invited_by=team.manager.id,
    )  # fmt: skip
    request = Registration(
        **about, token_hash=new_token(), name=f"{mark}申请人", unit=f"{mark}单位",
        contact="0427-1234567", reason="填报成果",
    )  # fmt: skip
    session.add_all([invitation, request])
    session.flush()
    return {"invitation": invitation.id, "registration": request.id}


def _joining_ended(session: Session, team: Team) -> Ids:
    """An invitation that was taken back, a request that was refused."""
    ids = _joining(session, team, "示例")
    session.get_one(Invitation, ids["invitation"]).revoked_at = factories.NOON
    request = session.get_one(Registration, ids["registration"])
    request.state, request.decided_at = RegistrationState.REFUSED, factories.NOON
    return ids


def _shut(session: Session, team: Team) -> int:
    """An account that is disabled."""
    account = factories.actor(session, team.base, Role.MANAGER)
    session.get(Account, account.id).disabled_at = factories.NOON
    return account.id


def _named(session: Session, kind: type, team: Team, code: str) -> int:
    query = select(kind.id).where(kind.base_id == team.base.id, kind.code == code)
    return session.exec(query).one()


def _gates(session: Session, team: Team, mark: str) -> Ids:
    """Rounds and projects at the points where each verb of a gate applies."""
    waiting = factories.at_gate(session, team, Gate.G0, name=f"{mark}待评项目")
    fresh, scoring, apart = (factories.at_gate(session, team, Gate.G1) for _ in range(3))
    for review in (scoring, apart):
        ids = [team.one.id, team.other.id]
        reviews.assign(session, review.id, ids, by=team.manager, at=clock(session))
    for who, points in ((team.one, 80), (team.other, 40)):
        reviews.score(
            session, apart.id, by=who, at=clock(session),
            technical=points, equipment=points, commercial=points,
        )  # fmt: skip
    proven = factories.at_gate(session, team, Gate.G0)
    factories.prove(session, team, proven)
    passed = factories.before_gate(session, team, Gate.G1)
    check = _to_tick(session, fresh.id)
    return {
        "review": waiting.id,
        "check": check,
        "fresh": fresh.id,
        "scoring": scoring.id,
        "apart": apart.id,
        "proven": proven.id,
        "decision": queries_gates.decisions(session, passed.id)[0].id,
        "condition": _condition(session, team),
        "admissible": _admissible(session, team),
        **_plants(session, team, mark),
    }


def _condition(session: Session, team: Team) -> int:
    review = factories.at_gate(session, team, Gate.G0)
    factories.prove(session, team, review)
    demand = ConditionDraft("补充材料", "示例负责人", review.opened_on + timedelta(days=90))
    factories.decide(session, team, review, Conclusion.CONDITIONAL, conditions=[demand])
    return queries_gates.open_conditions(session, review.project_id)[0].id


def _admissible(session: Session, team: Team) -> int:
    """G1 passed before the agreement was in."""
    project = factories.before_gate(session, team, Gate.G1)
    factories.pass_gate(session, team, project, on=date(2026, 2, 1))
    factories.paper(session, team, project, "D06", issued_on=date(2026, 3, 1))
    return project.id


def _plants(session: Session, team: Team, mark: str) -> Ids:
    running = factories.before_gate(session, team, Gate.G3, name=f"{mark}运行项目")
    landable = factories.before_gate(session, team, Gate.G3)
    factories.pass_gate(session, team, landable, on=date(2026, 4, 10))
    built = factories.plant(session, team, landable)
    factories.level(session, team, built, LandingLevel.L1)
    plant = factories.plant(session, team, running, product=f"{mark}产品")
    step = factories.level(session, team, plant, LandingLevel.L1, verified=False)
    claim = session.exec(
        select(Claim.id).where(
            Claim.unit_id == running.id, Claim.indicator == Indicator.NEW_PILOT, Claim.sign == 1
        )
    ).first()
    return {
        "running": running.id,
        "landable": landable.id,
        "landing": plant.id,
        "step": step.id,
        "claim": claim,
    }


def _papers(session: Session, team: Team, project) -> Ids:
    row = evidence.submit(
        session, project.id, "D01", by=team.manager, at=clock(session), title="申请书", file=FILE
    )
    return {"evidence": row.id, "attachment": row.attachment_id}


def _registry(session: Session, team: Team, mark: str) -> Ids:
    """A package with a part to split and one that is split; contracts and transfers of theirs."""
    package = registry.result(session, team, title=f"{mark}成果包")
    part, split = (registry.result(session, team, package_id=package.id) for _ in range(2))
    unit = registry.organisation(session, team, name=f"{mark}单位")
    contract = registry.contract(session, team, no=f"{mark}-1", buyer_id=unit.id)
    transfer = registry.transfer(
        session, team, result_id=part.id, contract_id=contract.id, verified=False
    )
    registered = registry.transfer(session, team, result_id=split.id, contract_id=contract.id)
    results.split(
        session, split.id, by=team.manager, at=clock(session), reason="单独计价", own_price=7
    )
    rescinded = registry.contract(session, team, no=f"{mark}-2")
    contracts.rescind(
        session, rescinded.id, date(2026, 5, 1), by=team.manager, at=clock(session), reason="解除"
    )
    merged, into = (registry.result(session, team, title=f"{mark}同一成果") for _ in range(2))
    merging.merge(
        session, merged.id, into.id, by=team.manager, at=clock(session), reason="同一成果"
    )
    _alike(session, team, unit, mark)
    leader = registry.person(session, team, name=f"{mark}带头人", organisation_id=unit.id)
    return {
        "leader": leader.id,
        "led": registry.result(session, team, title=f"{mark}在研", contact_id=leader.id).id,
        "result": registry.result(session, team, title=f"{mark}成果").id,
        "merged": merged.id,
        "stands": into.id,
        "part": part.id,
        "split": split.id,
        "organisation": unit.id,
        "person": registry.person(session, team, name=f"{mark}人员").id,
        "contract": contract.id,
        "rescinded": rescinded.id,
        "free": registry.contract(session, team, no=f"{mark}-3").id,
        "transfer": transfer.id,
        "verified": registered.id,
    }


def _alike(session: Session, team: Team, unit, mark: str) -> None:
    """Results of one unit of which two have the same title and one nearly the same."""
    for number in "甲甲乙":
        title = f"{mark}耐温分离膜连续制备工艺及装置{number}"
        registry.result(session, team, title=title, holders=(Holder(unit.id),))


def _closed(session: Session, team: Team, own: Ids) -> Ids:
    """The same kinds, voided, withdrawn, decided, superseded, rescinded, disabled."""
    ids = dict.fromkeys(("project", "into", "asked", "running"), _voided(session, team).id)
    ids |= _closed_gates(session, team) | _closed_registry(session, team, own)
    ids |= _joining_ended(session, team)
    ids["account"] = _shut(session, team)
    gone = _batch(session, team, "示例", state=BatchState.CANCELLED)
    ids |= dict.fromkeys([name for name in own if name.partition("_")[0] == "batch"], gone)
    token = _token(session, team, "撤销的")
    token.revoked_at, ids["token"] = factories.NOON, token.id
    return ids | {"shut": own["account"]}


def _voided(session: Session, team: Team, furnish: Callable | None = None):
    project = factories.before_gate(session, team, Gate.G3 if furnish else Gate.G0)
    if furnish:
        furnish(project)
    lifecycle.ask_void(session, project.id, by=team.manager, at=clock(session), reason="重复")
    lifecycle.void(session, project.id, by=team.decider, at=clock(session), reason="重复")
    return project


def _closed_gates(session: Session, team: Team) -> Ids:
    done = factories.at_gate(session, team, Gate.G0)
    check = next(c.id for c in queries_gates.checks(session, done.id) if c.doc_code is None)
    factories.prove(session, team, done)
    old = factories.decide(session, team, done)
    decisions.correct(
        session, old.id, Conclusion.SUPPLEMENT, by=team.decider, at=clock(session),
        reason="更正", held_on=old.held_on,
    )  # fmt: skip
    condition = _condition(session, team)
    lifecycle.close_condition(session, condition, by=team.manager, at=clock(session), note="已满足")
    plant = {}
    _voided(session, team, lambda project: plant.update(_plant_of(session, team, project)))
    rounds = dict.fromkeys(("review", "fresh", "scoring", "apart", "proven"), done.id)
    return rounds | {"check": check, "decision": old.id, "condition": condition, **plant}


def _plant_of(session: Session, team: Team, project) -> Ids:
    plant = factories.plant(session, team, project)
    step = factories.level(session, team, plant, LandingLevel.L1)
    paper = evidence.submit(
        session, project.id, "D21", by=team.manager, at=clock(session), title="示例"
    )
    ids = {"landing": plant.id, "step": step.id, "evidence": paper.id}
    return ids | dict.fromkeys(("landable", "admissible"), project.id)


def _closed_registry(session: Session, team: Team, own: Ids) -> Ids:
    gone = registry.result(session, team)
    results.void_result(session, gone.id, by=team.manager, at=clock(session), reason="重复")
    transfer = registry.transfer(session, team, verified=False)
    transfers.void_transfer(session, transfer.id, by=team.manager, at=clock(session), reason="重复")
    return {
        **dict.fromkeys(("result", "part", "split", "merged"), gone.id),
        **dict.fromkeys(("transfer", "verified"), transfer.id),
        **dict.fromkeys(("contract", "free"), own["rescinded"]),
        "rescinded": own["contract"],
    }
