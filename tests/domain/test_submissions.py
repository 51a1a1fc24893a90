"""The moves of a submission: every state × person × action, and what its rules say."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from pilot.domain.errors import PilotError
from pilot.domain.people import Actor, Role
from pilot.domain.problems import Problem
from pilot.domain.submission_content import (
    LONGEST_EXPLANATION,
    Section,
    differences,
    fingerprint,
    merged,
    open_problems,
    problems,
    reason_key,
    section_of,
)
from pilot.domain.submissions import (
    ENDED,
    MOVES,
    OPEN,
    WRITABLE,
    Facts,
    Side,
    check_disinterested,
    check_move,
    enough,
    turn,
    votes_needed,
)
from pilot.domain.vocabulary import FileKind
from pilot.domain.vocabulary import SubmissionState as State

AUTHOR = Actor(1, 1, "示例填报人", frozenset({Role.RESEARCHER}))
HOLDER = Actor(2, 1, "示例审核甲", frozenset({Role.REVIEWER}))
OTHER = Actor(3, 1, "示例审核乙", frozenset({Role.REVIEWER}))
PEOPLE = {"author": AUTHOR, "holder": HOLDER, "other": OTHER}

# action → states and people for which it is legal; everything else is refused
LEGAL: dict[str, tuple[frozenset[State], set[str]]] = {
    "submit": (frozenset({State.DRAFT, State.RETURNED}), {"author"}),
    "withdraw": (
        frozenset({State.DRAFT, State.RETURNED, State.WAITING, State.SECOND}),
        {"author"},
    ),
    "claim": (frozenset({State.WAITING, State.SECOND}), {"holder"}),  # claimed by the holder
    "release": (frozenset({State.WAITING, State.SECOND}), {"holder"}),
    "verify": (frozenset({State.WAITING}), {"holder"}),
    "accept": (frozenset({State.WAITING, State.SECOND}), {"holder"}),
    "send_back": (frozenset({State.WAITING, State.SECOND}), {"holder"}),
    "refuse": (frozenset({State.WAITING, State.SECOND}), {"holder"}),
    "join": (frozenset({State.WAITING, State.SECOND}), {"holder"}),
}


def facts(state: State, **fields) -> Facts:
    values = {"author_id": 1, "reviewer_id": 2, "organisations": frozenset({10})}
    return Facts(state, **(values | fields))


def test_the_matrix_has_every_action():
    assert set(LEGAL) == set(MOVES)


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("state", list(State), ids=lambda state: state.value)
@pytest.mark.parametrize("action", list(MOVES))
def test_every_move_from_every_state_by_everybody(action, state, person):
    states, people = LEGAL[action]
    legal = state in states and person in people

    if legal:
        check_move(action, facts(state), PEOPLE[person], "理由")
    else:
        with pytest.raises(PilotError):
            check_move(action, facts(state), PEOPLE[person], "理由")


@pytest.mark.parametrize("action", [move.action for move in MOVES.values() if move.needs_reason])
def test_a_move_that_needs_a_reason_asks_for_it(action):
    with pytest.raises(PilotError, match="必须填写理由"):
        check_move(action, facts(State.WAITING), HOLDER, "  ")


def test_every_state_is_somebodys_turn_or_an_end():
    assert frozenset(State) == OPEN | WRITABLE | ENDED
    assert {turn(state) for state in ENDED} == {None}
    assert {turn(state) for state in OPEN} == {Side.REVIEWER}


@pytest.mark.parametrize(
    ("by", "home", "allowed", "voters", "refused"),
    [
        pytest.param(HOLDER, None, False, set(), False, id="a stranger may"),
        pytest.param(AUTHOR, None, True, set(), True, id="never one's own"),
        pytest.param(HOLDER, 10, False, set(), True, id="not one's organisation's"),
        pytest.param(HOLDER, 10, True, set(), False, id="one's organisation's if allowed"),
        pytest.param(HOLDER, 11, False, set(), False, id="another organisation's"),
        pytest.param(HOLDER, None, False, {2}, True, id="not twice"),
    ],
)
def test_who_may_judge(by, home, allowed, voters, refused):
    known = facts(State.SECOND, voters=frozenset(voters))
    if refused:
        with pytest.raises(PilotError):
            check_disinterested(known, by, None if allowed else home)
    else:
        check_disinterested(known, by, None if allowed else home)


@pytest.mark.parametrize(
    ("makes_claim", "amount", "needed", "why"),
    [
        pytest.param(False, "0", 1, "", id="a result needs one"),
        pytest.param(False, "100", 1, "", id="the limit itself needs one"),
        pytest.param(False, "100.01", 2, "超过 100.00 万元", id="a large amount needs two"),
        pytest.param(True, "0", 2, "计入转化科技成果", id="what makes a claim needs two"),
        pytest.param(True, "200", 2, "计入转化科技成果；合同成交额", id="both reasons are told"),
    ],
)
def test_how_many_verifications(makes_claim, amount, needed, why):
    votes = votes_needed(makes_claim=makes_claim, amount=Decimal(amount), limit=Decimal(100))
    assert votes.needed == needed
    assert why in "；".join(votes.why)


@pytest.mark.parametrize(
    ("needed", "voters", "is_enough"),
    [
        pytest.param(1, set(), True, id="one needs nobody else"),
        pytest.param(2, set(), False, id="the first of two is not enough"),
        pytest.param(2, {3}, True, id="the second is enough"),
        pytest.param(2, {2}, False, id="one person is one vote"),
    ],
)
def test_when_verifications_are_enough(needed, voters, is_enough):
    known = replace(facts(State.WAITING), voters=frozenset(voters))
    assert enough(known, HOLDER, needed) is is_enough


# --- content -------------------------------------------------------------------------------------

FULL = {
    "result": {"title": "示例工艺", "kind": "process", "non_secret": True, "holders": []},
    "has_transfer": True,
    "contract": {"no": "A-1"},
    "transfer": {"mode": "2"},
}


def test_setting_a_field_leaves_the_others():
    assert merged(FULL, {"contract.no": "A-2"})["contract"] == {"no": "A-2"}
    assert merged(FULL, {"contract.no": "A-2"})["result"] == FULL["result"]
    assert FULL["contract"]["no"] == "A-1"


def test_the_fingerprint_changes_with_a_field_and_with_a_file():
    first = fingerprint(FULL, [("contract", "ab")])
    assert fingerprint(dict(reversed(FULL.items())), [("contract", "ab")]) == first
    assert fingerprint(merged(FULL, {"contract.no": "A-2"}), [("contract", "ab")]) != first
    assert fingerprint(FULL, [("contract", "cd")]) != first


def test_the_difference_of_rounds_names_each_field_and_no_explanation():
    after = merged(FULL, {"contract.no": "A-2", "explanations.x/y": "因为"})
    assert differences(FULL, after) == [("contract.no", "A-1", "A-2")]
    assert differences(FULL, merged(FULL, {"contract.title": ""})) == []


@pytest.mark.parametrize(
    ("field", "section"),
    [
        ("result.title", Section.BASICS),
        ("result.holders", Section.HOLDERS),
        ("result.readiness_level", Section.READINESS),
        ("contract.no", Section.TRANSFER),
        ("transfer.mode", Section.TRANSFER),
        ("files", Section.FILES),
        ("result.non_secret", Section.DECLARATION),
    ],
)
def test_every_problem_has_its_section(field, section):
    assert section_of(field) is section


def test_a_contract_is_asked_for_until_it_is_there_or_explained():
    def missing(content, files):
        found = open_problems(content, problems(content, files, {}, date(2026, 6, 1)))
        return [each.rule for each in found if each.field == "files"]

    assert missing(FULL, []) == ["contract-wanted"]
    assert missing(FULL, [FileKind.CONTRACT]) == []
    explained = merged(FULL, {"explanations.files/contract-wanted": "原件在途"})
    assert missing(explained, []) == []


@pytest.mark.parametrize(
    ("length", "lacks"),
    [
        pytest.param(0, 1, id="none"),
        pytest.param(LONGEST_EXPLANATION, 0, id="just short enough"),
        pytest.param(LONGEST_EXPLANATION + 1, 1, id="too long"),
    ],
)
def test_an_explanation_that_is_too_long_explains_nothing(length, lacks):
    warned = Problem("files", "contract-wanted", "没有合同。", "请上传。", hard=False)
    content = {"explanations": {reason_key(warned): "长" * length}}
    assert len(open_problems(content, [warned])) == lacks
