"""Every hard guard and every soft warning of a gate, one row each."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from pilot.domain.guards import (
    GateFacts,
    Item,
    before_round,
    disagreements,
    obstacles,
    paper_on,
    proven,
    score,
    warnings,
)
from pilot.domain.vocabulary import (
    CheckState,
    Conclusion,
    Dimension,
    EvidenceState,
    Gate,
    Requirement,
)

T, E, C = Dimension
GOOD_CARD = {T: 80, E: 80, C: 80}


def paper(state: EvidenceState | None, requirement=Requirement.REQUIRED, code="D02") -> Item:
    return Item(code, "示例材料", requirement, CheckState.OPEN, doc_code=code, paper=state)


def criterion(state: CheckState, requirement=Requirement.REQUIRED) -> Item:
    return Item("G1-T1", "示例准则", requirement, state)


def facts(gate: Gate, **changes: object) -> GateFacts:
    """Facts with which every gate is passed and nothing is warned of."""
    ready = GateFacts(
        gate=gate,
        cards=(GOOD_CARD, GOOD_CARD),
        owner_consent=True,
        manager_assigned=True,
        readiness=9,
        runs=3,
        targets_compared=True,
        hours=Decimal(100),
        closure=Decimal(99),
        stops=0,
        ip_clause=True,
        threshold_reached=True,
    )
    return replace(ready, **changes)


@pytest.mark.parametrize("gate", Gate)
def test_a_ready_gate_has_no_obstacle_and_no_warning(gate):
    assert obstacles(facts(gate)) == []
    assert warnings(facts(gate)) == []


REQ, CON, ADV = Requirement
MISSING, SUBMITTED, RETURNED, QUALIFIED, EXPIRED, WAIVED = EvidenceState
OPEN, MET, UNMET, NA = CheckState


@pytest.mark.parametrize(
    ("item", "settled"),
    [
        pytest.param(paper(QUALIFIED), True, id="a qualified paper settles"),
        pytest.param(paper(None), False, id="no paper at all does not"),
        pytest.param(paper(MISSING), False, id="a missing paper does not"),
        pytest.param(paper(SUBMITTED), False, id="a paper nobody judged does not"),
        pytest.param(paper(RETURNED), False, id="a returned paper does not"),
        pytest.param(paper(EXPIRED), False, id="an expired paper does not"),
        pytest.param(paper(WAIVED), False, id="a required paper can't be waived"),
        pytest.param(paper(WAIVED, CON), True, id="a conditional paper can be waived"),
        pytest.param(criterion(MET), True, id="a met criterion settles"),
        pytest.param(criterion(OPEN), False, id="an open criterion does not"),
        pytest.param(criterion(UNMET), False, id="an unmet criterion does not"),
        pytest.param(criterion(NA), False, id="a required criterion can't be waived"),
        pytest.param(criterion(NA, CON), True, id="a conditional criterion can be waived"),
    ],
)
def test_what_settles_a_checklist_line(item, settled):
    assert proven(item) is settled
    assert (obstacles(facts(Gate.G1, items=(item,))) == []) is settled


def recorded(answer: bool, requirement=Requirement.REQUIRED, code="G0-C2") -> Item:
    return Item(code, "示例准则", requirement, CheckState.OPEN, record=answer)


@pytest.mark.parametrize(
    ("item", "changes", "said"),
    [
        pytest.param(recorded(True), {}, [], id="the record settles its line without a tick"),
        pytest.param(
            recorded(False), {"manager_assigned": False}, ["尚未指定项目经理"],
            id="what it lacks is said once, by the guard",
        ),
        pytest.param(
            recorded(False, code="G0-C3"), {}, ["示例准则：不符合"],
            id="a line no guard speaks for is said itself",
        ),
        pytest.param(
            recorded(False, Requirement.ADVISORY, "G0-C3"), {}, [], id="advice does not block"
        ),
    ],
)  # fmt: skip
def test_a_line_that_the_record_answers(item, changes, said):
    assert proven(item) is item.record
    assert obstacles(facts(Gate.G0, items=(item,), **changes)) == said


@pytest.mark.parametrize(
    ("state", "valid_until", "stands"),
    [
        pytest.param(QUALIFIED, None, QUALIFIED, id="without an end it stays"),
        pytest.param(QUALIFIED, date(2026, 6, 1), QUALIFIED, id="its last day is in"),
        pytest.param(QUALIFIED, date(2026, 5, 31), EXPIRED, id="the day after it has expired"),
        pytest.param(SUBMITTED, date(2026, 5, 31), SUBMITTED, id="only a qualified one expires"),
    ],
)
def test_a_paper_ages(state, valid_until, stands):
    assert paper_on(state, valid_until, date(2026, 6, 1)) is stands


HARD = [
    pytest.param(Gate.G1, {"items": (paper(None),)}, "D02 示例材料：缺", id="paper missing"),
    pytest.param(Gate.G2, {"items": (paper(EXPIRED),)}, "D02 示例材料：过期", id="paper expired"),
    pytest.param(Gate.G3, {"items": (criterion(UNMET),)}, "示例准则：不符合", id="criterion unmet"),
    pytest.param(Gate.G0, {"owner_consent": False}, "成果持有方尚未同意", id="G0 consent"),
    pytest.param(Gate.G0, {"manager_assigned": False}, "尚未指定项目经理", id="G0 manager"),
    pytest.param(
        Gate.G1, {"cards": ()}, "评分表 0/2：两位评审人都提交后才能作结论", id="G1 no card"
    ),
    pytest.param(
        Gate.G3,
        {"cards": (GOOD_CARD,)},
        "评分表 1/2：两位评审人都提交后才能作结论",
        id="G3 one card",
    ),
    pytest.param(
        Gate.G1,
        {"cards": (GOOD_CARD, GOOD_CARD | {T: 69})},
        "技术可行性两表分歧，尚未合议",
        id="cards 11 apart",
    ),
    pytest.param(
        Gate.G1,
        {"cards": (GOOD_CARD, GOOD_CARD | {C: None})},
        "商业应用价值两表分歧，尚未合议",
        id="one card leaves a dimension out",
    ),
    pytest.param(
        Gate.G3,
        {"cards": ({T: 80, E: None, C: 80}, {T: 80, E: None, C: 80})},
        "设备可靠性未评：验收必须以运行数据评分",
        id="G3 equipment not scored",
    ),
    pytest.param(
        Gate.G3, {"runs": 0, "targets_compared": False}, "没有运行批次记录", id="G3 no run"
    ),
    pytest.param(
        Gate.G3, {"targets_compared": False}, "没有一个批次与目标值作过对比", id="G3 targets"
    ),
    pytest.param(Gate.G3, {"open_conditions": 2}, "还有 2 个条件未关闭", id="G3 conditions"),
    pytest.param(
        Gate.G4,
        {"threshold_reached": False},
        "没有达到口径门槛且经核实的产业化进度",
        id="G4 threshold",
    ),
]


@pytest.mark.parametrize(("gate", "changes", "sentence"), HARD)
def test_a_hard_guard_blocks_with_its_sentence(gate, changes, sentence):
    assert obstacles(facts(gate, **changes)) == [sentence]


@pytest.mark.parametrize(
    ("gate", "changes"),
    [
        pytest.param(Gate.G1, {"items": (criterion(OPEN, ADV),)}, id="advisory lines"),
        pytest.param(
            Gate.G1, {"cards": (GOOD_CARD, GOOD_CARD | {T: 70})}, id="cards ten apart agree"
        ),
        pytest.param(
            Gate.G1,
            {"cards": (GOOD_CARD, GOOD_CARD | {T: 50}), "agreed": {T: 65}},
            id="a consolidated disagreement",
        ),
        pytest.param(Gate.G2, {"cards": ()}, id="gates without scores need no card"),
        pytest.param(
            Gate.G1,
            {"cards": ({T: 80, E: None, C: 80}, {T: 80, E: None, C: 80})},
            id="equipment may stay open before the pilot has run",
        ),
        pytest.param(Gate.G2, {"open_conditions": 1}, id="open conditions before G3"),
    ],
)
def test_what_does_not_block(gate, changes):
    assert obstacles(facts(gate, **changes)) == []


def test_the_last_gate_is_not_passed_conditionally():
    assert obstacles(facts(Gate.G4), Conclusion.CONDITIONAL) == [
        "G4 是终点，不能有条件通过：请补正后再评，或直接通过。"
    ]
    assert obstacles(facts(Gate.G3), Conclusion.CONDITIONAL) == []


def test_every_failing_guard_is_named_at_once():
    found = obstacles(facts(Gate.G0, owner_consent=False, manager_assigned=False))
    assert found == ["成果持有方尚未同意", "尚未指定项目经理"]


SOFT = [
    pytest.param(
        Gate.G1, {"items": (criterion(OPEN, ADV),)}, "建议项未满足：示例准则", id="advisory line"
    ),
    pytest.param(Gate.G1, {"readiness": None}, "未登记技术成熟度", id="readiness unknown"),
    pytest.param(Gate.G3, {"readiness": 5}, "技术成熟度 5 级，低于建议的 6 级", id="readiness low"),
    pytest.param(Gate.G1, {"ip_clause": False}, "协议的知识产权条款未登记", id="G1 no IP clause"),
    pytest.param(
        Gate.G1,
        {"cards": (GOOD_CARD | {C: 50}, GOOD_CARD | {C: 52})},
        "商业应用价值 51 分，低于 60 分",
        id="G1 commercial score low",
    ),
    pytest.param(
        Gate.G2, {"reaction_grade": 4}, "反应危险度 4 级，应设置安全仪表系统", id="G2 grade 4"
    ),
    pytest.param(
        Gate.G3, {"hours": Decimal(71)}, "最长连续运行 71 小时，不足 72 小时", id="G3 hours short"
    ),
    pytest.param(Gate.G3, {"hours": None}, "最长连续运行 0 小时，不足 72 小时", id="G3 no hours"),
    pytest.param(
        Gate.G3,
        {"closure": Decimal(94)},
        "物料衡算闭合 94%，不在 95–105% 之间",
        id="G3 balance open",
    ),
    pytest.param(Gate.G3, {"stops": 4}, "非计划停车 4 次", id="G3 stops"),
    pytest.param(
        Gate.G4,
        {"first_in_china": True},
        "国内首次使用的化工工艺，缺少 D19 安全可靠性论证",
        id="G4 first in China",
    ),
]


@pytest.mark.parametrize(("gate", "changes", "sentence"), SOFT)
def test_a_soft_warning_is_said_and_does_not_block(gate, changes, sentence):
    assert warnings(facts(gate, **changes)) == [sentence]
    assert obstacles(facts(gate, **changes)) == []


@pytest.mark.parametrize(
    ("gate", "changes"),
    [
        pytest.param(Gate.G2, {"reaction_grade": 3}, id="reaction grade 3"),
        pytest.param(Gate.G3, {"hours": Decimal(72)}, id="72 hours are enough"),
        pytest.param(Gate.G3, {"closure": Decimal(95)}, id="95 % is in"),
        pytest.param(Gate.G3, {"closure": Decimal(105)}, id="105 % is in"),
        pytest.param(Gate.G3, {"stops": 3}, id="three stops"),
        pytest.param(
            Gate.G4,
            {"first_in_china": True, "items": (paper(QUALIFIED, CON, "D19"),)},
            id="D19 is there",
        ),
    ],
)
def test_what_is_not_warned_of(gate, changes):
    assert warnings(facts(gate, **changes)) == []


def test_before_a_round_only_papers_and_the_gates_own_guards_are_told():
    items = (paper(None), criterion(OPEN), paper(None, ADV, "D17"))
    waiting = facts(Gate.G3, items=items, cards=(), runs=0, targets_compared=False)
    assert before_round(waiting) == ["D02 示例材料：缺", "没有运行批次记录"]


def test_one_card_alone_disagrees_with_nobody():
    assert disagreements([GOOD_CARD]) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, 80.0, id="the mean of two cards"),
        pytest.param({"cards": (GOOD_CARD, {T: None})}, 80.0, id="of those who scored"),
        pytest.param({"agreed": {T: 70}}, 70.0, id="the agreed score goes first"),
        pytest.param({"cards": ()}, None, id="nobody scored"),
        pytest.param({"cards": (GOOD_CARD,)}, None, id="a lone card stays unknown"),
    ],
)
def test_the_score_of_a_dimension(changes, expected):
    assert score(facts(Gate.G1, **changes), T) == expected
