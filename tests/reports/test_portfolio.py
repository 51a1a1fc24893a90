"""Stage strip, project list, board and the things that wait for a person."""

from datetime import date

import pytest

from pilot.domain.people import Role
from pilot.domain.vocabulary import Conclusion, Dimension, EvidenceState, Gate, LandingLevel, Stage
from pilot.reports import needs as waiting
from pilot.reports import portfolio, summary
from pilot.reports.portfolio import Chosen, GateCount
from pilot.services import decisions, evidence, lifecycle, projects, reviews
from pilot.services.decisions import ConditionDraft
from pilot.store import queries_gates
from tests import factories, factories_goals, factories_registry
from tests.factories_goals import seen
from tests.statements import count_statements

JUNE = date(2026, 6, 30)
EVERYTHING = Chosen()


@pytest.fixture
def people(session):
    return factories.team(session)


def now(session):
    return factories.clock(session)


def plan(session, people, project, gate, day):
    projects.plan_gate(session, project.id, gate, day, by=people.manager, at=now(session))


def listed(session, people, chosen=EVERYTHING, view=None, **page):
    return portfolio.project_page(session, [people.base.id], view or seen(JUNE), chosen, **page)


def needs_of(session, actor, view=None):
    return waiting.needs(session, actor, view or seen(JUNE))


def verbs(session, actor, view=None):
    return [need.verb for need in needs_of(session, actor, view)]


def about(project, **place):
    return (("id", project.id), *place.items())


def gate(session, people, which):
    strip = portfolio.stage_strip(session, [people.base.id], seen(JUNE))
    return next(count for stage in strip for count in stage.gates if count.gate is which)


class TestStrip:
    def test_nothing_is_shown_as_nothing_in_every_stage(self, session, people):
        strip = portfolio.stage_strip(session, [people.base.id], seen(JUNE))

        assert [stage.stage for stage in strip] == list(Stage)
        assert all(stage.open == 0 and not stage.states for stage in strip)

    def test_a_project_awaiting_its_decision_waits_at_the_gate(self, session, people):
        factories.at_gate(session, people, Gate.G1)

        assert gate(session, people, Gate.G1) == GateCount(Gate.G1, before=1, waiting=1)

    def test_a_project_with_all_its_papers_is_ready(self, session, people):
        row = factories.before_gate(session, people, Gate.G1)
        for code in ("D01", "D02", "D03"):
            factories.paper(session, people, row, code)
        assert gate(session, people, Gate.G1).ready == 0

        factories.paper(session, people, row, "D04")

        assert gate(session, people, Gate.G1).ready == 1

    def test_a_paper_that_has_expired_is_not_ready_any_more(self, session, people):
        row = factories.before_gate(session, people, Gate.G1)
        for code in ("D01", "D02", "D03"):
            factories.paper(session, people, row, code)
        factories.paper(session, people, row, "D04", valid_until=date(2026, 6, 15))

        assert gate(session, people, Gate.G1).ready == 0

    def test_a_gate_whose_day_has_passed_is_overdue(self, session, people):
        row = factories.before_gate(session, people, Gate.G1)
        plan(session, people, row, Gate.G1, date(2026, 6, 29))

        assert gate(session, people, Gate.G1).overdue == 1

    def test_a_project_that_ended_is_no_longer_open_in_its_stage(self, session, people):
        row = factories.before_gate(session, people, Gate.G2)
        lifecycle.move(
            session, row.id, "terminate", by=people.manager, at=now(session), reason="资金"
        )

        pilot = portfolio.stage_strip(session, [people.base.id], seen(JUNE))[2]

        assert (pilot.open, [(state.label, n) for state, n in pilot.states]) == (0, [("终止", 1)])

    def test_an_earlier_day_shows_the_stage_of_that_day(self, session, people):
        factories.before_gate(session, people, Gate.G2)

        strip = portfolio.stage_strip(session, [people.base.id], seen(date(2026, 1, 10), JUNE))

        assert [stage.open for stage in strip] == [1, 0, 0, 0]


class TestList:
    def test_a_line_says_stage_light_gate_readiness_and_days(self, session, people):
        row = factories.before_gate(session, people, Gate.G1)
        factories.paper(session, people, row, "D02")
        plan(session, people, row, Gate.G1, date(2026, 6, 20))

        line = listed(session, people).frame.iloc[0]

        assert (line.stage, line.next_gate, line.readiness) == ("概念验证", "G1", "1/4")
        assert line.light == ["◆ 预警"]
        assert line.reason == "G1 计划 2026-06-20，已逾期 10 天，缺 D01、D03、D04（1/4）"
        assert line.days_in_stage == (JUNE - date(2026, 1, 16)).days

    def test_pages_are_cut_in_sql_and_counted(self, session, people):
        for number in range(5):
            factories.project(session, people, name=f"示例项目{number}")

        second = listed(session, people, page=2, size=2)

        assert (list(second.frame.name), second.total) == (["示例项目2", "示例项目3"], 5)

    def test_a_page_beyond_the_last_shows_the_last(self, session, people):
        factories.project(session, people)

        assert len(listed(session, people, page=9).frame) == 1

    @pytest.mark.parametrize(
        ("chosen", "found"),
        [
            pytest.param(Chosen(text="催化"), 1, id="by a word of the name"),
            pytest.param(Chosen(text="100%_"), 0, id="signs of SQL are letters"),
            pytest.param(Chosen(stages=(Stage.POOL,)), 1, id="by stage"),
            pytest.param(Chosen(stages=(Stage.PILOT,)), 0, id="of a stage without projects"),
            pytest.param(Chosen(fields=("catalyst",)), 1, id="by field"),
            pytest.param(Chosen(gates=(Gate.G1,)), 0, id="by next gate"),
        ],
    )
    def test_a_filter_narrows(self, session, people, chosen, found):
        factories.project(session, people, name="示例催化剂", field="catalyst")

        assert listed(session, people, chosen).total == found

    def test_the_board_shows_the_same_projects_by_stage(self, session, people):
        factories.before_gate(session, people, Gate.G1)
        factories.project(session, people)

        columns = portfolio.board(session, [people.base.id], seen(JUNE), EVERYTHING)

        assert [(column.stage.value, column.total) for column in columns] == [
            ("pool", 1), ("concept", 1), ("pilot", 0), ("industry", 0),
        ]  # fmt: skip

    def test_a_full_stage_shows_its_first_and_says_how_many_there_are(self, session, people):
        for _ in range(portfolio.ON_BOARD + 2):
            factories.project(session, people)

        pool = portfolio.board(session, [people.base.id], seen(JUNE), EVERYTHING)[0]

        assert (len(pool.cards), pool.total) == (portfolio.ON_BOARD, portfolio.ON_BOARD + 2)


class TestLightFacts:
    """What the rules look at is read at both times."""

    def reason(self, session, people, view=None):
        return listed(session, people, view=view).frame.iloc[0].reason

    def test_an_overdue_condition_is_seen_until_it_is_closed(self, session, people):
        review = factories.at_gate(session, people, Gate.G1)
        factories.prove(session, people, review)
        demand = ConditionDraft("补做小试", "示例负责人", date(2026, 3, 1))
        factories.decide(session, people, review, Conclusion.CONDITIONAL, conditions=[demand])

        assert "1 个条件逾期" in self.reason(session, people)

        due = queries_gates.open_conditions(session, review.project_id)[0]
        lifecycle.close_condition(
            session, due.id, by=people.manager, at=now(session), note="已补做"
        )
        assert "个条件逾期" not in self.reason(session, people)

    def test_a_paper_about_to_expire_is_named(self, session, people):
        row = factories.project(session, people)
        factories.paper(session, people, row, "D03", valid_until=date(2026, 7, 15))

        assert self.reason(session, people) == "材料 60 天内到期：D03（2026-07-15）"

    def test_an_agreement_without_a_clause_is_told_until_a_contract_has_one(self, session, people):
        row = factories.project(session, people)
        factories.paper(session, people, row, "D06")
        assert "未登记知识产权条款" in self.reason(session, people)

        factories_registry.contract(
            session, people, project_id=row.id, ip_clause="归双方共有", signed_on=date(2026, 5, 30)
        )

        assert "未登记知识产权条款" not in self.reason(session, people)

    def test_an_unregistered_contract_is_told_after_thirty_days(self, session, people):
        row = factories.project(session, people)
        factories_registry.contract(
            session, people, project_id=row.id, no="HT-9", signed_on=date(2026, 5, 30)
        )
        factories_goals.set_clock(session, date(2026, 6, 28))
        projects.note(session, row.id, "有进展", by=people.manager, at=now(session))

        assert self.reason(session, people) == "合同 HT-9 2026-05-30 签订，已 31 天未认定登记"

    def test_silence_is_counted_from_the_last_record(self, session, people):
        factories.project(session, people)

        assert self.reason(session, people, seen(date(2026, 7, 2))) == (
            "31 天没有更新（最近 2026-06-01）"
        )
        assert self.reason(session, people, seen(date(2026, 7, 1))) == "没有预警"


class TestNeeds:
    def test_nobody_is_needed_where_nothing_waits(self, session, people):
        assert needs_of(session, people.manager) == []

    def test_a_round_without_assessors_asks_for_them(self, session, people):
        factories.at_gate(session, people, Gate.G1)

        assert verbs(session, people.decider) == ["指定评审人 G1"]

    def test_the_assessor_is_asked_to_score_until_the_card_is_in(self, session, people):
        review = factories.at_gate(session, people, Gate.G1)
        ids = [people.one.id, people.other.id]
        reviews.assign(session, review.id, ids, by=people.manager, at=now(session))
        assert verbs(session, people.one) == ["评分 G1"]
        assert verbs(session, people.decider) == []

        reviews.score(
            session, review.id, by=people.one, at=now(session),
            technical=80, equipment=80, commercial=80,
        )  # fmt: skip

        assert verbs(session, people.one) == []

    def test_the_decision_falls_to_a_manager_who_did_not_submit(self, session, people):
        review = factories.at_gate(session, people, Gate.G1)
        factories.prove(session, people, review)

        assert "作结论 G1" in verbs(session, people.decider)
        assert "作结论 G1" not in verbs(session, people.manager)

    def test_where_the_cards_differ_the_managers_agree_before_they_decide(self, session, people):
        review = factories.at_gate(session, people, Gate.G1)
        factories.score_both(session, people, review, (80, 80, 80), (80, 60, 80))
        assert "合议 G1" in verbs(session, people.decider)

        reviews.consolidate(
            session, review.id, Dimension.EQUIPMENT, by=people.decider, at=now(session),
            score=70, note="按运行数据",
        )  # fmt: skip

        assert "作结论 G1" in verbs(session, people.decider)

    def test_missing_papers_are_called_for_before_the_gate(self, session, people):
        row = factories.before_gate(session, people, Gate.G1)
        for code in ("D01", "D02", "D03"):
            factories.paper(session, people, row, code)
        plan(session, people, row, Gate.G1, date(2026, 7, 10))

        need = needs_of(session, people.manager)[0]

        assert (need.verb, need.level.value) == ("催交 D04", "yellow")
        assert need.reason == "G1 计划 2026-07-10，还有 10 天，缺 D04（3/4）"
        assert (need.page, need.about) == ("project", about(row, tab="材料", paper="D04"))

    def test_a_paper_handed_in_is_judged_by_somebody_else(self, session, people):
        row = factories.project(session, people)
        evidence.submit(session, row.id, "D01", by=people.manager, at=now(session), title="申请书")

        need = needs_of(session, people.one)[0]
        assert (need.verb, need.about) == ("核验 D01", about(row, tab="材料", paper="D01"))
        assert verbs(session, people.manager) == []

    def test_a_level_and_a_transfer_are_verified_by_somebody_else(self, session, people):
        row = factories.before_gate(session, people, Gate.G3)
        plant = factories.plant(session, people, row)
        factories.level(session, people, plant, LandingLevel.L4, verified=False)
        factories_registry.transfer(session, people, verified=False)

        found = {need.verb: need for need in needs_of(session, people.one)}
        assert sorted(found) == ["核实 L4", "核实转化"]
        assert found["核实 L4"].about == about(row, tab="产业化")

    def test_a_condition_is_closed_by_its_day(self, session, people):
        review = factories.at_gate(session, people, Gate.G0)
        demand = ConditionDraft("补签同意书", "示例负责人", date(2026, 6, 1))
        factories.decide(session, people, review, Conclusion.CONDITIONAL, conditions=[demand])

        need = needs_of(session, people.manager)[0]

        assert (need.verb, need.level.value) == ("关闭条件", "red")
        assert need.reason == "“补签同意书”应于 2026-06-01 前关闭，已逾期 29 天"
        assert dict(need.about)["tab"] == "阶段门"

    def test_an_expired_paper_is_renewed(self, session, people):
        row = factories.project(session, people)
        paper = factories.paper(session, people, row, "D03")
        evidence.judge(session, paper.id, EvidenceState.EXPIRED, by=people.one, at=now(session))

        need = needs_of(session, people.manager)[0]
        assert (need.verb, need.about) == ("换发 D03", about(row, tab="材料", paper="D03"))

    def test_a_void_is_confirmed_by_a_second_manager(self, session, people):
        row = factories.project(session, people)
        lifecycle.ask_void(session, row.id, by=people.manager, at=now(session), reason="误登")

        assert verbs(session, people.decider) == ["确认作废"]
        assert verbs(session, people.manager) == []

    def test_after_g1_the_admission_waits(self, session, people):
        row = factories.before_gate(session, people, Gate.G1)
        factories.pass_gate(session, people, row, on=date(2026, 2, 1))

        assert verbs(session, people.manager) == ["办理中试准入"]

    def test_the_worst_comes_first_and_one_more_than_seven_tells_that_there_are_more(
        self, session, people
    ):
        for late in range(9):
            row = factories.before_gate(session, people, Gate.G1)
            plan(session, people, row, Gate.G1, date(2026, 6, 10 + late))

        found = needs_of(session, people.manager)

        assert [need.days for need in found] == [20, 19, 18, 17, 16, 15, 14, 13]
        assert [need.level.value for need in found][:6] == ["red"] * 5 + ["orange"]

    def test_the_province_and_a_past_view_have_nothing_to_do(self, session, people):
        factories.at_gate(session, people, Gate.G1)

        assert needs_of(session, people.province) == []
        assert needs_of(session, people.decider, seen(JUNE, live=False)) == []

    def test_another_base_waits_for_nobody_here(self, session, people):
        factories.at_gate(session, people, Gate.G1)
        stranger = factories.actor(session, factories.base(session, "XX"), Role.MANAGER)

        assert needs_of(session, stranger) == []


def test_the_overview_asks_as_many_questions_of_many_projects_as_of_few(session, people):
    bases, view = [people.base.id], seen(JUNE)

    def overview():
        session.expire_all()
        summary.goal_cards(session, bases, view)
        summary.trend(session, bases, view)
        portfolio.stage_strip(session, bases, view)
        waiting.needs(session, people.decider, view)
        portfolio.project_page(session, bases, view, EVERYTHING)
        portfolio.board(session, bases, view, EVERYTHING)

    def grow():
        factories.at_gate(session, people, Gate.G1)
        waits = factories.before_gate(session, people, Gate.G1)
        plan(session, people, waits, Gate.G1, JUNE)
        factories.paper(session, people, waits, "D03")
        factories_registry.transfer(session, people)
        session.flush()

    grow()
    few = count_statements(session, overview)
    for _ in range(4):
        grow()

    assert count_statements(session, overview) == few


def test_what_is_decided_is_not_asked_for_again(session, people):
    review = factories.at_gate(session, people, Gate.G1)
    factories.prove(session, people, review)
    decisions.decide(
        session, review.id, Conclusion.SUPPLEMENT, by=people.decider, at=now(session),
        reason="补正", held_on=date(2026, 2, 20),
    )  # fmt: skip

    assert "作结论 G1" not in verbs(session, people.decider)
