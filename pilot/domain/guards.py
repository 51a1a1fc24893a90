"""What must be true before a gate is passed (硬性条件), and what is only said aloud (提示).

Source: domain note §5.2 and §1.3. Papers and criteria come from the editable checklist; the
numbers here (72 h, 95–105 %, score 60, readiness levels) are customs or proposals and only warn.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from pilot.domain.vocabulary import (
    CheckState,
    Conclusion,
    Dimension,
    EvidenceState,
    Gate,
    Requirement,
)

SCORED = frozenset({Gate.G1, Gate.G3})
DISAGREEMENT = 10
_READINESS = {Gate.G0: 2, Gate.G1: 3, Gate.G2: 4, Gate.G3: 6, Gate.G4: 7}
_ENOUGH_HOURS = Decimal(72)
_CLOSURE = (Decimal(95), Decimal(105))
_COMMERCIAL = 60

Card = dict[Dimension, int | None]


@dataclass(frozen=True, slots=True)
class Item:
    """One checklist line as it stands in this round; `record` answers it where nobody ticks."""

    code: str
    text: str
    requirement: Requirement
    check: CheckState
    doc_code: str | None = None
    paper: EvidenceState | None = None
    record: bool | None = None


@dataclass(frozen=True, slots=True)
class GateFacts:
    """Everything a gate looks at; gathered by the service, judged here."""

    gate: Gate
    items: tuple[Item, ...] = ()
    cards: tuple[Card, ...] = ()
    agreed: dict[Dimension, int] = field(default_factory=dict)
    owner_consent: bool = False
    manager_assigned: bool = False
    readiness: int | None = None
    open_conditions: int = 0
    runs: int = 0
    targets_compared: bool = False
    hours: Decimal | None = None
    closure: Decimal | None = None
    stops: int | None = None
    reaction_grade: int | None = None
    ip_clause: bool = False
    first_in_china: bool = False
    threshold_reached: bool = False


def proven(item: Item) -> bool:
    """Whether a checklist line is settled: its paper qualified, or its criterion met."""
    if item.record is not None:
        return item.record
    if item.doc_code:
        settled = item.paper is EvidenceState.QUALIFIED
        waived = item.paper is EvidenceState.NOT_APPLICABLE
    else:
        settled = item.check is CheckState.MET
        waived = item.check is CheckState.NOT_APPLICABLE
    return settled or (waived and item.requirement is not Requirement.REQUIRED)


def paper_on(state: EvidenceState, valid_until: date | None, day: date) -> EvidenceState:
    """How a paper stands on a day: a qualified one past its validity has expired."""
    if state is EvidenceState.QUALIFIED and valid_until and valid_until < day:
        return EvidenceState.EXPIRED
    return state


def disagreements(cards: Iterable[Card]) -> list[Dimension]:
    """The dimensions on which two submitted cards differ by more than 10, or one is 未评."""
    pairs = list(cards)
    if len(pairs) < 2:
        return []
    return [d for d in Dimension if _apart(pairs[0].get(d), pairs[1].get(d))]


def score(facts: GateFacts, dimension: Dimension) -> float | None:
    """The agreed score of a dimension, else the mean of both cards; None if nobody scored it.

    A lone card gives no score: nothing said aloud may betray it before the other one is in.
    """
    if dimension in facts.agreed:
        return float(facts.agreed[dimension])
    cards = facts.cards if len(facts.cards) > 1 else ()
    given = [card[dimension] for card in cards if card.get(dimension) is not None]
    return sum(given) / len(given) if given else None


def obstacles(facts: GateFacts, conclusion: Conclusion = Conclusion.PASS) -> list[str]:
    """Every hard guard that keeps the gate from being passed now, as sentences; empty if none."""
    found = [_obstacle(item) for item in facts.items]
    found = [text for text in found if text]
    found += _card_obstacles(facts)
    found += _OBSTACLES.get(facts.gate, _none)(facts)
    if conclusion is Conclusion.CONDITIONAL and facts.gate is Gate.G4:
        found.append("G4 是终点，不能有条件通过：请补正后再评，或直接通过。")
    return found


def before_round(facts: GateFacts) -> list[str]:
    """The obstacles that can be seen to before a round is open: papers and the gate's own guards.

    Criteria are checked and cards handed in only inside the round.
    """
    found = [_obstacle(item) for item in facts.items if item.doc_code]
    return [text for text in found if text] + _OBSTACLES.get(facts.gate, _none)(facts)


def warnings(facts: GateFacts) -> list[str]:
    """What should be said aloud before passing although it does not block."""
    found = [
        f"建议项未满足：{item.text}"
        for item in facts.items
        if item.requirement is Requirement.ADVISORY and item.record is None and not proven(item)
    ]
    least = _READINESS[facts.gate]
    if facts.readiness is None:
        found.append("未登记技术成熟度")
    elif facts.readiness < least:
        found.append(f"技术成熟度 {facts.readiness} 级，低于建议的 {least} 级")
    return found + _WARNINGS.get(facts.gate, _none)(facts)


def _none(_facts: GateFacts) -> list[str]:
    return []


def _apart(one: int | None, other: int | None) -> bool:
    if one is None or other is None:
        return one is not other
    return abs(one - other) > DISAGREEMENT


def _obstacle(item: Item) -> str | None:
    if item.requirement is Requirement.ADVISORY or proven(item):
        return None
    if item.doc_code:
        state = item.paper or EvidenceState.MISSING
        return f"{item.doc_code} {item.text}：{state.label}"
    if item.record is False:
        return None if item.code in _GUARDED else f"{item.text}：{CheckState.UNMET.label}"
    return f"{item.text}：{item.check.label}"


def _card_obstacles(facts: GateFacts) -> list[str]:
    if facts.gate not in SCORED:
        return []
    if len(facts.cards) < 2:
        return [f"评分表 {len(facts.cards)}/2：两位评审人都提交后才能作结论"]
    open_points = [d for d in disagreements(facts.cards) if d not in facts.agreed]
    found = [f"{d.label}两表分歧，尚未合议" for d in open_points]
    if facts.gate is Gate.G3 and score(facts, Dimension.EQUIPMENT) is None:
        found.append("设备可靠性未评：验收必须以运行数据评分")
    return found


def _g0(facts: GateFacts) -> list[str]:
    found = [] if facts.owner_consent else ["成果持有方尚未同意"]
    return found if facts.manager_assigned else [*found, "尚未指定项目经理"]


def _g3(facts: GateFacts) -> list[str]:
    found = [] if facts.runs else ["没有运行批次记录"]
    if facts.runs and not facts.targets_compared:
        found.append("没有一个批次与目标值作过对比")
    if facts.open_conditions:
        found.append(f"还有 {facts.open_conditions} 个条件未关闭")
    return found


def _g4(facts: GateFacts) -> list[str]:
    return [] if facts.threshold_reached else ["没有达到口径门槛且经核实的产业化进度"]


def _g1_warnings(facts: GateFacts) -> list[str]:
    found = [] if facts.ip_clause else ["协议的知识产权条款未登记"]
    commercial = score(facts, Dimension.COMMERCIAL)
    if commercial is not None and commercial < _COMMERCIAL:
        found.append(f"商业应用价值 {commercial:.0f} 分，低于 {_COMMERCIAL} 分")
    return found


def _g2_warnings(facts: GateFacts) -> list[str]:
    grade = facts.reaction_grade
    return [f"反应危险度 {grade} 级，应设置安全仪表系统"] if grade and grade >= 4 else []


def _g3_warnings(facts: GateFacts) -> list[str]:
    found = []
    if facts.hours is None or facts.hours < _ENOUGH_HOURS:
        found.append(f"最长连续运行 {facts.hours or 0} 小时，不足 {_ENOUGH_HOURS} 小时")
    if facts.closure is not None and not _CLOSURE[0] <= facts.closure <= _CLOSURE[1]:
        found.append(f"物料衡算闭合 {facts.closure}%，不在 95–105% 之间")
    if facts.stops and facts.stops > 3:
        found.append(f"非计划停车 {facts.stops} 次")
    return found


def _g4_warnings(facts: GateFacts) -> list[str]:
    papers = {item.doc_code: item.paper for item in facts.items}
    if facts.first_in_china and papers.get("D19") is not EvidenceState.QUALIFIED:
        return ["国内首次使用的化工工艺，缺少 D19 安全可靠性论证"]
    return []


def _ready_for(gate: Gate) -> Callable[[GateFacts], bool]:
    return lambda facts: (facts.readiness or 0) >= _READINESS[gate]


# Hard lines of the checklist that the record itself answers; the guards above say what they lack.
_GUARDED: dict[str, Callable[[GateFacts], bool]] = {
    "G0-C1": lambda facts: facts.owner_consent,
    "G0-C2": lambda facts: facts.manager_assigned,
    "G3-C1": lambda facts: not facts.open_conditions,
    "G4-C3": lambda facts: facts.threshold_reached,
}
ON_RECORD: dict[str, Callable[[GateFacts], bool]] = _GUARDED | {
    "G0-C3": _ready_for(Gate.G0),
    "G1-T4": _ready_for(Gate.G1),
    "G2-T1": _ready_for(Gate.G2),
    "G3-T5": _ready_for(Gate.G3),
    "G3-E2": lambda facts: (facts.hours or 0) >= _ENOUGH_HOURS,
}
_OBSTACLES = {Gate.G0: _g0, Gate.G3: _g3, Gate.G4: _g4}
_WARNINGS = {
    Gate.G1: _g1_warnings,
    Gate.G2: _g2_warnings,
    Gate.G3: _g3_warnings,
    Gate.G4: _g4_warnings,
}
