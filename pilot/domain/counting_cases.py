"""One transfer judged: its event day, whether it qualifies, and if not, why not (M3)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from pilot.domain.counting_basis import Basis, dated, definitions, in_force, nearest, pending
from pilot.domain.facts import ContractFact, PackageFact, Rules, Source, TransferFact
from pilot.domain.places import is_local_entity
from pilot.domain.vocabulary import FOUR_TECH, Indicator, Locality, TransferMode

PAPER_KINDS = frozenset({"paper", "book", "论文", "著作", "论文/著作"})
BY_EVENT = frozenset({TransferMode.SELF, TransferMode.OTHER})

NO_CONTRACT = "缺转化合同"
NOT_EFFECTIVE = "附条件合同未登记生效日期"
UNVERIFIED = "转化事件未核验"
UNKNOWN_RECEIVER = "未登记受让方所在地"
UNKNOWN_IMPLEMENTER = "未登记实施地"
UNKNOWN_PARTIES = "未登记合同各方所在地"
IMPLEMENTED_AWAY = "受让方在本市，实施地不在本市"
RELATED = "关联交易"

PAPER = "论文、著作本身不计为转化"
FOUR_TECH_OFF = "{kind}合同按现行口径不计入转化科技成果，另计产学研合同"
RECEIVED_AWAY = "受让方不在本市"
IMPLEMENTED_ELSEWHERE = "实施地不在本市"
OUTWARD = "受让方不在本市，另计输出科技成果"


@dataclass(frozen=True, slots=True)
class Case:
    """A transfer under the definition of its day.

    It can carry its result in M3 unless a `reason` (不计入原因), with the number of its rule, says
    why not; `outward` is what it carries in M3X instead.
    """

    transfer: TransferFact
    basis: Basis
    rule: str = ""
    reason: str = ""
    outward: Basis | None = None


def judge(fact: PackageFact, transfer: TransferFact, rules: Sequence[Rules]) -> Case:
    """What a transfer can carry; `rules` must hold a definition of M3."""
    versions = definitions(rules, Indicator.TRANSFERRED)
    plain = transfer_basis(fact, transfer)
    basis = dated(plain, versions)
    rule = in_force(versions, plain.on) or nearest(versions, plain.on)
    if fact.kind in PAPER_KINDS:
        return Case(transfer, basis, "M3-R13", PAPER)
    if is_four_tech(transfer.contract) and not rule.include_four_tech:
        reason = FOUR_TECH_OFF.format(kind=transfer.contract.type.label)
        return Case(transfer, basis, "M3-R14", reason)
    if not _is_misplaced(transfer, rule.locality):
        return Case(transfer, _placed(basis, transfer, rule.locality))
    if not _is_away(_receive_area(transfer)):
        return Case(transfer, basis, "M3-R8", IMPLEMENTED_ELSEWHERE)
    if not any(map(is_local_entity, fact.holder_areas)):
        return Case(transfer, basis, "M3-R8", RECEIVED_AWAY)
    outward = dated(_renumbered(plain, "M3-R9"), definitions(rules, Indicator.OUTWARD))
    return Case(transfer, basis, "M3-R9", OUTWARD, outward)


def makes_claim(fact: PackageFact, transfer: TransferFact, rules: Sequence[Rules]) -> bool:
    """Whether a transfer, once verified, can carry its result in M3 (形成计入).

    Others are listed with their reason (不计入); what they carry in M3X or M3C is no goal. Where
    no definition can say, it might: that is answered with yes.
    """
    if not definitions(rules, Indicator.TRANSFERRED):
        return True
    return not judge(fact, transfer, rules).reason


def cooperation(fact: PackageFact, transfer: TransferFact, rules: Sequence[Rules]) -> Basis | None:
    """M3-R14: a four-tech contract with a party in the city, whatever M3 says of it."""
    if not is_four_tech(transfer.contract):
        return None
    areas = (*fact.holder_areas, transfer.receive_area, transfer.implement_area)
    basis = _renumbered(transfer_basis(fact, transfer), "M3-R14")
    basis = dated(basis, definitions(rules, Indicator.COOPERATION))
    if any(map(is_local_entity, areas)):
        return basis
    return pending(basis, "M3-R14", UNKNOWN_PARTIES) if not all(areas) else None


def is_four_tech(contract: ContractFact | None) -> bool:
    """Whether the contract is one of technology development, consulting or service."""
    return contract is not None and contract.type in FOUR_TECH


def transfer_basis(fact: PackageFact, transfer: TransferFact) -> Basis:
    """The transfer as something to rest on, before any definition looks at it."""
    contract = transfer.contract
    day = _event_day(fact, transfer)
    basis = Basis(
        event_on=day,
        on=day,
        rule="M3-R1",
        sources=(
            Source("transfer", transfer.id),
            *((Source("contract", contract.id),) if contract else ()),
        ),
        verified_by=transfer.verified_by,
        ends_on=contract.rescinded_on if contract else None,
        notes=(RELATED,) if transfer.related_parties else (),
    )
    if transfer.mode not in BY_EVENT:
        basis = _contracted(basis, contract)
    return basis if transfer.verified else pending(basis, "M3-R17", UNVERIFIED)


def _event_day(fact: PackageFact, transfer: TransferFact) -> date:
    """M3-R2: the contract's day for modes 2 to 5, the event's own for 1 and 6.

    M3-R5: under one contract only the first event is one; what is verified does not rest on what
    is not.
    """
    contract = transfer.contract
    if contract is None:
        return transfer.event_on
    if transfer.mode not in BY_EVENT:
        return (contract.conditional and contract.effective_on) or contract.signed_on
    return min(
        other.event_on
        for other in fact.transfers
        if other.contract is not None
        and (other.contract.id, other.mode) == (contract.id, transfer.mode)
        and not other.voided
        and (other.verified or not transfer.verified)
    )


def _contracted(basis: Basis, contract: ContractFact | None) -> Basis:
    if contract is None:
        return pending(basis, "M3-R12", NO_CONTRACT)
    if contract.conditional and contract.effective_on is None:
        return pending(basis, "M3-R2", NOT_EFFECTIVE)
    return basis


def _renumbered(basis: Basis, rule: str) -> Basis:
    """The rule by which it counts; what is missing keeps the number of its own."""
    return basis if basis.missing else replace(basis, rule=rule)


def _is_misplaced(transfer: TransferFact, locality: Locality) -> bool:
    """M3-R8: a party the definition names is known to be outside the city."""
    received_away = locality is not Locality.IMPLEMENTER and _is_away(_receive_area(transfer))
    implemented_away = locality is not Locality.RECEIVER and _is_away(transfer.implement_area)
    return received_away or implemented_away


def _placed(basis: Basis, transfer: TransferFact, locality: Locality) -> Basis:
    """Pending while a named party's place is unknown; M3-R10 flags work done elsewhere."""
    if locality is not Locality.IMPLEMENTER and not _receive_area(transfer):
        basis = pending(basis, "M3-R8", UNKNOWN_RECEIVER)
    if locality is not Locality.RECEIVER and not transfer.implement_area:
        basis = pending(basis, "M3-R8", UNKNOWN_IMPLEMENTER)
    received = is_local_entity(_receive_area(transfer))
    if locality is Locality.RECEIVER and received and _is_away(transfer.implement_area):
        basis = replace(basis, notes=(IMPLEMENTED_AWAY, *basis.notes))
    return basis


def _receive_area(transfer: TransferFact) -> str | None:
    """Who implements a result themselves receives it where they implement it."""
    own = transfer.implement_area if transfer.mode is TransferMode.SELF else None
    return transfer.receive_area or own


def _is_away(area: str | None) -> bool:
    return bool(area) and not is_local_entity(area)
