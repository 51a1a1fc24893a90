"""What the state machine stands on: a small base, one command at a time, and the comparison."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, select
from sqlmodel import Session

from pilot.domain.errors import NotAllowed, PilotError, StalePage
from pilot.domain.moment import local_day
from pilot.domain.people import Role
from pilot.domain.vocabulary import Gate, Requirement, Scope, Standing
from pilot.services import verify_journal
from pilot.services.command import Done, Seen, perform
from pilot.store.engine import writing
from pilot.store.models import (
    Base,
    ChecklistItem,
    Claim,
    CodeItem,
    Condition,
    JournalEntry,
    JournalHead,
    PilotRun,
    Project,
    ProjectNote,
    Review,
    ReviewCheck,
)
from tests import factories, kept_rows
from tests import factories_registry as registry
from tests.authorisation.matrix import listening
from tests.proofs import model
from tests.proofs.model import NO, RULE, STALE, Model, Refuse

BEGUN = datetime(2025, 12, 30, 7, 0, tzinfo=UTC)  # 15:00 in Asia/Shanghai
LISTS = ("documents", "areas", "result_kinds", "organisation_kinds", "person_kinds")
OK, REPEATED = "ok", "repeated"
Change = Callable[[Model, int], None]


@dataclass(frozen=True, slots=True)
class Ids:
    """The base, its accounts by name, and what projects and results name."""

    base: int
    accounts: dict[str, int]
    person: int
    company: int
    results: tuple[int, ...]


def furnish(engine: Engine) -> Ids:
    """A base whose gates ask for one criterion each, G2 also for the agreement."""
    with writing(engine) as session:
        session.info["clock"] = BEGUN - timedelta(days=1)
        team = factories.team(session)
        admin = factories.actor(session, team.base, Role.ADMIN)
        officer = factories.actor(session, team.base, Role.OFFICER)
        session.execute(delete(ChecklistItem))
        session.execute(delete(CodeItem).where(CodeItem.list_name.not_in(LISTS)))
        session.add_all(_criterion(team, gate) for gate in Gate)
        session.add(_criterion(team, Gate.G2, code="D06", doc_code="D06"))
        results = tuple(registry.result(session, team).id for _ in range(2))
        actors = dict(m1=team.manager, m2=team.decider, r1=team.one, r2=team.other)
        accounts = {name: actor.id for name, actor in actors.items()}
        accounts |= {"admin": admin.id, "officer": officer.id, "province": team.province.id}
        company = registry.organisation(session, team).id
        return Ids(team.base.id, accounts, registry.person(session, team).id, company, results)


def _criterion(team: factories.Team, gate: Gate, code: str = "X1", **fields: Any) -> ChecklistItem:
    return ChecklistItem(
        base_id=team.base.id, gate=gate, code=code, text="示例准则",
        requirement=Requirement.REQUIRED, recorded_at=BEGUN, **fields,
    )  # fmt: skip


class Stand:
    """One run: a connection whose changes vanish with it, the clock, the model beside it."""

    compared = refused = 0  # over all runs

    def __init__(self, engine: Engine, ids: Ids, begun: Model) -> None:
        self.ids = ids
        self.connection: Connection = engine.connect()
        self.connection.begin()
        self.connection.begin_nested()
        self.model = copy.deepcopy(begun)
        self.now, self.last = BEGUN, self._head().at
        self.sequence = self._head().sequence
        self.print = kept_rows.tables(self.connection)
        self.keys: dict[tuple[str, str], Done] = {}
        self.revs: dict[int, int] = {}
        self.compare()

    def keep(self) -> Model:
        """Make what was done the beginning of every later run."""
        self.connection.commit()
        self.connection.close()
        return self.model

    def close(self) -> None:
        """Look at the whole chain once, then forget everything."""
        with Session(self.connection) as session:
            broken = verify_journal.walk(session, session.get(Base, self.ids.base)).broken
        self.connection.rollback()
        self.connection.close()
        assert broken == []

    def do(
        self,
        verb: Callable,
        *args: Any,
        by: str,
        right: str,
        change: Change,
        key: str | None = None,
        seen: Seen | None = None,
        **options: Any,
    ) -> Done | None:
        """Run one command, and hold everything that can be seen against the model."""
        at = max(self.now, self.last + timedelta(microseconds=1))
        self.model.today = local_day(at)
        expected = self._expected(by, right, change, key, seen)
        options |= {"by": self.ids.accounts[by], "now": self.now, "key": key, "seen": seen}
        with listening() as lines:
            answer, done = _answer(lambda: perform(self.connection, verb, *args, **options))
        Stand.compared += 1
        Stand.refused += answer != OK
        assert answer == expected, f"{verb.__name__} by {by}: {answer}, not {expected}"
        assert len(lines) == (answer not in (OK, REPEATED)), f"{lines} in the security log"
        if answer == OK:
            self._accepted(done, by, key, change)
        assert answer == OK or kept_rows.tables(self.connection) == self.print, (
            "refused, yet changed"
        )
        self.compare()
        return done if answer == OK else None

    def _expected(
        self, by: str, right: str, change: Change, key: str | None, seen: Seen | None
    ) -> str:
        if by in self.model.disabled:
            return NO
        if (by, key) in self.keys:
            return REPEATED
        if by not in right.split():
            return NO
        if seen and self.revs[seen.id] != seen.rev:
            return STALE
        try:
            change(copy.deepcopy(self.model), -1)
        except Refuse as error:
            return error.args[0]
        return OK

    def _accepted(self, done: Done, by: str, key: str | None, change: Change) -> None:
        change(self.model, done.subject_id)
        self.sequence += 1
        assert done.sequence == self.sequence, "the journal did not grow by one"
        if key:
            self.keys[by, key] = done
        head = self._head()
        assert head.at > self.last, "two commands have the same recorded time"
        self.last = head.at
        self.print = kept_rows.tables(self.connection)

    def compare(self) -> None:
        """States, names, rounds, notes, runs, the journal and the ledger are the model's."""
        ours = self.model.projects.values()
        rows = self._rows(Project.id, Project.name, Project.stage, Project.state, Project.rev)
        wanted = {(p.id, p.name, p.stage, p.state) for p in ours}
        assert {tuple(row[:4]) for row in rows} == wanted
        assert all(row.rev >= self.revs.get(row.id, 1) for row in rows), "a version went back"
        self.revs = {row.id: row.rev for row in rows}
        rounds = self._rows(Review.id, Review.gate, where=Review.closed_at.is_(None))
        assert {tuple(row) for row in rounds} == {
            (p.round.id, p.round.gate) for p in ours if p.round
        }
        assert self._number(JournalEntry) == self._head().sequence == self.sequence
        assert self._number(ProjectNote) == sum(p.notes for p in ours)
        assert self._number(PilotRun) == sum(len(p.runs) for p in ours)
        assert self._claims() == self.model.counts()

    def _claims(self) -> dict[tuple[str, str, int], int]:
        """The sum of each goal, scope and year over the whole ledger."""
        places = (Claim.indicator, Claim.scope, Claim.year)
        query = (
            select(*places, func.sum(Claim.sign))
            .where(Claim.standing == Standing.COUNTED, Claim.indicator.in_(["M1", "M2", "M3"]))
            .group_by(*places)
        )
        rows = self.connection.execute(query).all()
        return {
            (indicator.value, scope.value, year): total
            for indicator, scope, year, total in rows
            if total and not (indicator == "M3" and scope is Scope.BASE)
        }

    def _rows(self, *columns: Any, where: Any = True) -> list:
        kind = columns[0].class_
        query = select(*columns).where(kind.base_id == self.ids.base, where)
        return list(self.connection.execute(query))

    def _number(self, kind: type) -> int:
        query = select(func.count()).select_from(kind).where(kind.base_id == self.ids.base)
        return self.connection.scalar(query)

    def _head(self) -> Any:
        query = select(JournalHead.sequence, JournalHead.at)
        return self.connection.execute(query.where(JournalHead.base_id == self.ids.base)).one()

    def criterion(self, review_id: int) -> int:
        """The one criterion of a round."""
        query = select(ReviewCheck.id).where(ReviewCheck.code == "X1")
        return self.connection.scalar(query.where(ReviewCheck.review_id == review_id))

    def name_conditions(self, project: model.Project) -> None:
        """The model learns the number of a condition that it knew must be there."""
        query = select(Condition.id).where(Condition.closed_on.is_(None))
        query = query.where(Condition.project_id == project.id).order_by(Condition.id)
        found = list(self.connection.scalars(query))
        ours = self.model.projects[project.id]
        assert len(found) == len(ours.conditions), f"conditions {found}"
        ours.conditions = found


def _answer(act: Callable[[], Done]) -> tuple[str, Done | None]:
    try:
        done = act()
    except NotAllowed:
        return NO, None
    except StalePage:
        return STALE, None
    except PilotError:
        return RULE, None
    return (REPEATED if done.repeated else OK), done
