"""A round at a gate: the copied checklist, blind cards, consolidation."""

from datetime import date

import pytest

from pilot.domain.errors import Conflict, Invalid, NotAllowed, NotFound, PilotError
from pilot.domain.people import Role
from pilot.domain.vocabulary import CheckState, Dimension, Gate, Requirement, State
from pilot.services import reviews
from pilot.store import queries_gates
from pilot.store.models import Account, ChecklistItem, Project
from tests import factories
from tests.factories import clock

T, E, C = Dimension


@pytest.fixture
def people(session):
    return factories.team(session)


@pytest.fixture
def review(session, people):
    return factories.at_gate(session, people, Gate.G1)


def project_of(session, review) -> Project:
    return session.get(Project, review.project_id)


def criterion(session, review, requirement=Requirement.REQUIRED):
    rows = queries_gates.checks(session, review.id)
    return next(r for r in rows if r.doc_code is None and r.requirement is requirement)


def test_submitting_makes_the_project_await_its_next_gate(session, people):
    review = factories.at_gate(session, people, Gate.G2)
    assert (review.gate, review.round) == (Gate.G2, 1)
    assert project_of(session, review).state is State.AWAITING


def test_the_checklist_is_copied_and_keeps_its_words(session, people, review):
    before = [row.text for row in queries_gates.checks(session, review.id)]
    for item in queries_gates.checklist(session, people.base.id, Gate.G1, hazardous=False):
        item.text = "改过的文字"
    session.flush()
    assert [row.text for row in queries_gates.checks(session, review.id)] == before


def test_a_hazardous_process_has_the_longer_checklist(session, people):
    plain = factories.at_gate(session, people, Gate.G2)
    hazardous = factories.at_gate(session, people, Gate.G2, key_hazards=True)
    codes = [{r.code for r in queries_gates.checks(session, x.id)} for x in (plain, hazardous)]
    assert "D08" not in codes[0]
    assert "D08" in codes[1]


def test_a_switched_off_line_is_not_asked(session, people):
    item = session.get(ChecklistItem, queries_gates.checklist(
        session, people.base.id, Gate.G0, hazardous=False)[0].id)  # fmt: skip
    item.active = False
    session.flush()
    review = factories.at_gate(session, people, Gate.G0)
    assert item.code not in {row.code for row in queries_gates.checks(session, review.id)}


def test_a_project_without_a_waiting_gate_cannot_be_submitted(session, people):
    project = factories.before_gate(session, people, Gate.G1)
    factories.pass_gate(session, people, project, on=date(2026, 2, 1))
    with pytest.raises(PilotError, match="没有等待的阶段门"):
        factories.round_at(session, people, project, on=date(2026, 3, 1))


def test_a_withdrawn_round_is_closed_and_the_next_one_is_number_two(session, people, review):
    reviews.withdraw(session, review.id, by=people.manager, at=clock(session), reason="补材料")
    project = project_of(session, review)
    assert (project.state, review.closed_at is not None) == (State.ACTIVE, True)
    again = factories.round_at(session, people, project, on=date(2026, 6, 1))
    assert again.round == 2


def test_another_base_cannot_see_the_round(session, people, review):
    stranger = factories.team(session, "YK").manager
    with pytest.raises(NotFound):
        reviews.assign(session, review.id, [1, 2], by=stranger, at=clock(session))


def test_a_criterion_is_ticked_with_the_name_of_who_did_it(session, people, review):
    row = criterion(session, review)
    reviews.check(session, row.id, CheckState.MET, by=people.one, at=clock(session))
    assert (row.state, row.checked_by) == (CheckState.MET, people.one.id)


@pytest.mark.parametrize("state", [CheckState.UNMET, CheckState.NOT_APPLICABLE])
def test_a_criterion_that_is_not_met_needs_a_reason(session, people, review, state):
    row = criterion(session, review, Requirement.ADVISORY)
    with pytest.raises(Invalid, match="必须说明理由"):
        reviews.check(session, row.id, state, by=people.one, at=clock(session))


def test_a_required_criterion_cannot_be_waived(session, people, review):
    row = criterion(session, review)
    with pytest.raises(Invalid, match="必需准则"):
        reviews.check(
            session, row.id, CheckState.NOT_APPLICABLE,
            by=people.one, at=clock(session), reason="不涉及",
        )  # fmt: skip


def test_a_paper_line_follows_its_paper(session, people, review):
    row = next(r for r in queries_gates.checks(session, review.id) if r.doc_code)
    with pytest.raises(Invalid, match="随材料状态"):
        reviews.check(session, row.id, CheckState.MET, by=people.one, at=clock(session))


def test_a_line_that_the_record_answers_is_not_ticked(session, people):
    review = factories.at_gate(session, people, Gate.G0, manager_id=None)
    row = next(r for r in queries_gates.checks(session, review.id) if r.code == "G0-C2")
    with pytest.raises(Invalid, match="按项目记录判定"):
        reviews.check(session, row.id, CheckState.MET, by=people.one, at=clock(session))


def assign(session, people, review, *assessors):
    return reviews.assign(
        session, review.id, [a.id for a in assessors], by=people.manager, at=clock(session)
    )


def test_two_different_people_assess(session, people, review):
    with pytest.raises(Invalid, match="两位不同"):
        assign(session, people, review, people.one, people.one)


def test_who_submitted_does_not_assess(session, people, review):
    with pytest.raises(NotAllowed, match="不能作为评审人"):
        assign(session, people, review, people.one, people.manager)


def test_who_may_not_assess_is_refused_by_name(session, people, review):
    with pytest.raises(Invalid, match="示例省级"):
        assign(session, people, review, people.one, people.province)


def test_a_disabled_account_is_not_assigned(session, people, review):
    session.get(Account, people.one.id).disabled_at = clock(session)
    with pytest.raises(Invalid, match="账号停用"):
        assign(session, people, review, people.one, people.other)


def test_assessors_can_change_until_a_card_is_in(session, people, review):
    assign(session, people, review, people.one, people.other)
    assign(session, people, review, people.one, people.decider)
    score(session, review, people.one)
    with pytest.raises(Conflict, match="不能再更换"):
        assign(session, people, review, people.one, people.other)


def score(session, review, who, technical=80, equipment=80, commercial=80):
    return reviews.score(
        session, review.id, by=who, at=clock(session),
        technical=technical, equipment=equipment, commercial=commercial,
    )  # fmt: skip


def test_until_both_cards_are_in_everybody_sees_only_their_own(session, people, review):
    assign(session, people, review, people.one, people.other)
    score(session, review, people.one)
    seen = {
        who.name: [card.assessor_id for card in reviews.visible_cards(session, review, who)]
        for who in (people.one, people.other, people.manager, people.decider, people.province)
    }
    assert seen == {
        "示例评审甲": [people.one.id],
        "示例评审乙": [people.other.id],
        "示例经理甲": [],
        "示例经理乙": [],
        "示例省级": [],
    }


def test_a_withdrawn_round_never_shows_a_lone_card(session, people, review):
    assign(session, people, review, people.one, people.other)
    score(session, review, people.one)
    reviews.withdraw(session, review.id, by=people.manager, at=clock(session), reason="补材料")
    assert reviews.visible_cards(session, review, people.other)[0].technical is None
    assert reviews.visible_cards(session, review, people.manager) == []


def test_once_both_are_in_everybody_sees_both(session, people, review):
    factories.score_both(session, people, review)
    assert len(reviews.visible_cards(session, review, people.province)) == 2


def test_a_card_is_handed_in_once(session, people, review):
    assign(session, people, review, people.one, people.other)
    score(session, review, people.one)
    with pytest.raises(Conflict, match="不能修改"):
        score(session, review, people.one, technical=10)


def test_only_an_assessor_scores(session, people, review):
    assign(session, people, review, people.one, people.other)
    with pytest.raises(NotAllowed, match="不是这一轮"):
        score(session, review, people.decider)


@pytest.mark.parametrize("value", [-1, 101])
def test_a_score_lies_between_0_and_100(session, people, review, value):
    assign(session, people, review, people.one, people.other)
    with pytest.raises(Invalid, match="0–100"):
        score(session, review, people.one, technical=value)


def test_an_empty_card_is_no_card(session, people, review):
    assign(session, people, review, people.one, people.other)
    with pytest.raises(Invalid, match="至少要评一个"):
        score(session, review, people.one, None, None, None)


def agree(session, people, review, dimension=T, **fields):
    values = {"score": 60, "note": "按小试数据"} | fields
    return reviews.consolidate(
        session, review.id, dimension, by=people.decider, at=clock(session), **values
    )


def test_a_disagreement_is_consolidated_and_the_dissent_is_kept(session, people, review):
    factories.score_both(session, people, review, (80, 80, 80), (50, 80, 80))
    row = agree(session, people, review, dissent="评审乙仍认为数据不足")
    assert (row.score, row.dissent) == (60, "评审乙仍认为数据不足")


def test_where_the_cards_agree_there_is_nothing_to_consolidate(session, people, review):
    factories.score_both(session, people, review)
    with pytest.raises(PilotError, match="没有分歧"):
        agree(session, people, review)


def test_before_both_cards_are_in_nothing_is_consolidated(session, people, review):
    assign(session, people, review, people.one, people.other)
    score(session, review, people.one)
    with pytest.raises(PilotError, match="没有分歧"):
        agree(session, people, review)


def test_a_consolidation_needs_its_reason(session, people, review):
    factories.score_both(session, people, review, (80, 80, 80), (50, 80, 80))
    with pytest.raises(Invalid, match="必须说明理由"):
        agree(session, people, review, note=" ")


def test_a_decided_round_is_read_only(session, people, review):
    factories.prove(session, people, review)
    factories.decide(session, people, review)
    row = criterion(session, review)
    with pytest.raises(Conflict, match="已经结束"):
        reviews.check(session, row.id, CheckState.OPEN, by=people.one, at=clock(session))


@pytest.mark.parametrize("role", [Role.PROVINCE, Role.OFFICER, Role.RESEARCHER])
def test_readers_cannot_submit(session, people, role):
    project = factories.project(session, people)
    reader = factories.actor(session, people.base, role)
    with pytest.raises(NotAllowed):
        reviews.open_review(session, project.id, by=reader, at=clock(session))
