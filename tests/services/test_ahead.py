"""A report is judged and its pack drawn before the base's turn: others write meanwhile."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import select

from pilot.domain.drafts import ProjectDraft
from pilot.domain.errors import Refused
from pilot.domain.people import Role
from pilot.domain.report_periods import period
from pilot.domain.vocabulary import FilingState
from pilot.reports import packs as built
from pilot.reports.report_sheets import look
from pilot.services import ahead, filings, packs, projects, receiver_rules
from pilot.services.command import perform
from pilot.services.receiver_rules import RuleDraft
from pilot.store.engine import reading, writing
from pilot.store.models import ReportFiling, ReportPack
from tests import factories
from tests.export_portfolio import portfolio

NOW = datetime(2026, 7, 2, 2, 0, tzinfo=UTC)
JUNE = "2026-06"


@pytest.fixture
def people(engine):
    """An empty base and those who do something with it, by their ids."""
    with writing(engine) as session:
        team = factories.team(session)
        officer = factories.actor(session, team.base, Role.OFFICER, login="officer")
        admin = factories.actor(session, team.base, Role.ADMIN, login="admin")
        return {"officer": officer.id, "manager": team.manager.id, "admin": admin.id}


@pytest.fixture
def do(engine, people):
    """`do(who, verb, …)`: one command, each a second after the one before."""
    clock = iter(NOW + timedelta(seconds=number) for number in range(100))

    def done(who, verb, *args, **options):
        return perform(engine, verb, *args, by=people[who], now=next(clock), **options)

    return done


@pytest.fixture
def approved(do):
    """A report that waits for its signature."""
    row = do("officer", filings.start, "R2", JUNE).subject_id
    do("officer", filings.submit, row, look=look)
    do("manager", filings.approve, row)
    return row


class Meanwhile:
    """`packs.build`, with something that somebody else does while each pack is drawn."""

    def __init__(self, *doings):
        self.doings, self.drawn = iter(doings), 0

    def __call__(self, session, order):
        self.drawn += 1
        made = built.build(session, order)
        next(self.doings, lambda: None)()
        return made


def rows_of(engine, number=-1):
    with reading(engine) as session:
        return session.exec(select(ReportPack).order_by(ReportPack.id)).all()[number].rows


def sign(do, row, folder, build):
    return do("manager", filings.freeze, row, look=look, build=build, folder=folder)


def test_a_pack_is_drawn_once_while_others_do_what_no_report_tells_of(do, approved, folder, engine):
    build = Meanwhile(lambda: do("manager", filings.comment, approved, "示例意见"))
    sign(do, approved, folder, build)

    assert build.drawn == 1
    with reading(engine) as session:
        assert session.get(ReportFiling, approved).state is FilingState.FROZEN


def test_a_fact_that_comes_meanwhile_is_in_what_is_frozen(do, folder, engine):
    def register():
        do("manager", projects.register, ProjectDraft(name="示例新项目"), on=NOW.date())

    freeze = {"folder": folder, "reason": "示例理由"}
    do("officer", packs.freeze, "R2", period("2026"), build=Meanwhile(), **freeze)
    build = Meanwhile(register, register)
    do("officer", packs.freeze, "R2", period("2026"), build=build, **freeze)

    assert build.drawn == 3
    assert rows_of(engine) == rows_of(engine, 0) + 2


def test_who_is_overtaken_too_often_draws_in_the_turn(do, folder, engine):
    def register():
        do("manager", projects.register, ProjectDraft(name="示例新项目"), on=NOW.date())

    build = Meanwhile(register, register, register)
    do("officer", packs.freeze, "R2", period("2026"), build=build, folder=folder)

    assert build.drawn == 4
    with reading(engine) as session:
        assert len(session.exec(select(ReportPack)).all()) == 1


def test_an_order_that_would_be_another_one_by_now_is_drawn_anew(do, approved, folder, monkeypatch):
    def new_version():
        monkeypatch.setattr(packs, "product_version", lambda: "another")

    build = Meanwhile(new_version)
    sign(do, approved, folder, build)

    assert build.drawn == 2


def test_a_rule_that_comes_while_a_report_is_looked_at_is_asked_too(do):
    do("manager", projects.register, ProjectDraft(name="示例项目"), on=date(2026, 6, 15))
    rule = RuleDraft("R2-99", "R2", field="name", asked="length", argument="1", message="过长。")
    row = do("officer", filings.start, "R2", JUNE).subject_id
    rules = iter([lambda: do("admin", receiver_rules.save_rule, rule, reason="示例")])

    def looked(session, wanted):
        found = look(session, wanted)
        next(rules, lambda: None)()
        return found

    with pytest.raises(Refused) as refused:
        do("officer", filings.submit, row, look=looked)

    assert any(problem.rule.startswith("R2-99/") for problem in refused.value.problems)


def test_no_report_reads_what_an_entry_may_tell_of_without_making_it_anew(
    session, folder, monkeypatch
):
    home = portfolio(session).people.base
    officer = factories.actor(session, home, Role.OFFICER, login="officer")
    told = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *a: told.append(a[2]))
    for row, _template in built.templates_in_use(session, officer):
        packs.freeze(
            session, row.code, period("2026"), by=officer, at=factories.clock(session),
            folder=folder, build=built.build,
        )  # fmt: skip

    read = set(re.findall(r"(?:FROM|JOIN|,) (\w+)", " ".join(told)))
    assert {"project", "claim", "evidence", "report_pack"} <= read
    assert not read & ahead.APART
