"""What counts: new pilots (M1), industrialised projects (M2, M2X) and, next door, results (M3).

The rules are numbered in docs/counting-rules.md. Every function takes facts and definition
versions and answers with verdicts; with no definition at all there is nothing to count by.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from pilot.domain.counting_basis import (
    Basis,
    carry,
    definitions,
    governed,
    known_sources,
    pending,
    reported,
    scopes,
    verdict,
)
from pilot.domain.counting_transfers import distinct, transferred
from pilot.domain.facts import (
    ContractFact,
    IndustryFact,
    PackageFact,
    PilotFact,
    PlantFact,
    Report,
    Rules,
    Source,
    StepFact,
    TransferFact,
    Verdict,
)
from pilot.domain.places import is_local_entity, is_local_site
from pilot.domain.vocabulary import AdmissionEvent, Indicator, Purpose, Scope

__all__ = [
    "ContractFact",
    "IndustryFact",
    "PackageFact",
    "PilotFact",
    "PlantFact",
    "Report",
    "Rules",
    "Source",
    "StepFact",
    "TransferFact",
    "Verdict",
    "distinct",
    "industrialised",
    "new_pilots",
    "transferred",
]

UNPROVEN_AGREEMENT = "中试服务（合作）协议（D06）未核验合格"
UNDATED_AGREEMENT = "中试服务（合作）协议（D06）已合格，未登记签订日期"
NO_OWN_SCHEME = "框架协议下的项目缺本项目的中试方案（D05）"
NOT_ACCEPTED = "未通过中试验收（G3）"
UNVERIFIED_LEVEL = "{level}（{day}）未核验"
UNKNOWN_ENTITY = "未登记实施主体注册地"
UNKNOWN_SITE = "未登记装置所在县区"
ENTITY_AWAY = "装置在本市，实施主体注册在外地"
SITE_AWAY = "实施主体注册在本市，装置不在本市"


def new_pilots(fact: PilotFact, rules: Sequence[Rules]) -> list[Verdict]:
    """M1: a project counts once, in the year of its first admission (新增中试项目)."""
    if fact.voided or fact.merged or fact.continues_parent or fact.purpose is not Purpose.PILOT:
        return []
    unit = ("project", fact.project_id)
    versions = definitions(rules, Indicator.NEW_PILOT)
    bases = carry(governed(versions, partial(_admissions, fact)))
    found = [
        verdict(basis, Indicator.NEW_PILOT, scope, unit)
        for scope in scopes(fact.in_base)
        for basis in bases
    ]
    reports = [report for report in fact.reports if report.indicator is Indicator.NEW_PILOT]
    return found + reported(reports, rules, found, unit, fact.in_base)


def industrialised(fact: IndustryFact, rules: Sequence[Rules]) -> list[Verdict]:
    """M2 and M2X: a project counts once, when all conditions first hold (实现本地产业化项目)."""
    if fact.voided or fact.merged:
        return []
    unit = ("project", fact.project_id)
    indicators = (Indicator.INDUSTRIALISED, Indicator.ELSEWHERE)
    found = [
        verdict(basis, indicator, scope, unit)
        for indicator in indicators
        for scope in scopes(fact.in_base)
        for basis in carry(_governed_plants(fact, indicator, scope, rules))
    ]
    reports = [report for report in fact.reports if report.indicator in indicators]
    return found + reported(reports, rules, found, unit, fact.in_base)


def _admissions(fact: PilotFact, rules: Rules) -> Iterable[Basis]:
    if rules.admission_event is AdmissionEvent.FIRST_FEED:
        basis = _first_feed(fact)
    else:
        basis = _admission(fact)
    if basis is None:
        return
    if fact.framework_agreement and not fact.own_scheme:
        basis = pending(basis, "M1-R8", NO_OWN_SCHEME)
    yield basis


def _admission(fact: PilotFact) -> Basis | None:
    """M1-R1: review passed and agreement signed, on the later of the two days."""
    if fact.review_on is None or not (fact.agreement_on or fact.agreement_proven):
        return None
    on = max(fact.review_on, fact.agreement_on or fact.review_on)
    basis = Basis(
        event_on=on,
        on=on,
        rule="M1-R1",
        sources=known_sources(fact.review_source, fact.agreement_source),
        verified_by=fact.review_by,
    )
    if fact.agreement_on is None:
        return pending(basis, "M1-R12", UNDATED_AGREEMENT)
    return basis if fact.agreement_proven else pending(basis, "M1-R12", UNPROVEN_AGREEMENT)


def _first_feed(fact: PilotFact) -> Basis | None:
    """M1-R2: the first feed instead, where the definition says so."""
    if fact.first_feed_on is None:
        return None
    return Basis(
        event_on=fact.first_feed_on,
        on=fact.first_feed_on,
        rule="M1-R2",
        sources=known_sources(fact.first_feed_source, fact.review_source, fact.agreement_source),
        verified_by=fact.review_by,
    )


def _governed_plants(
    fact: IndustryFact, indicator: Indicator, scope: Scope, rules: Sequence[Rules]
) -> list[Basis]:
    return governed(definitions(rules, indicator), partial(_plants, fact, indicator, scope))


def _plants(
    fact: IndustryFact, indicator: Indicator, scope: Scope, rules: Rules
) -> Iterable[Basis]:
    for plant in fact.plants:
        if plant.linked or _where(plant) is not indicator:
            continue
        waived = plant.waiver and scope is Scope.CITY
        if plant.waiver and not waived and fact.accepted_on is None:
            continue
        for step in plant.steps:
            if step.level >= rules.threshold:  # the values L1 to L5 sort as they should
                yield _industry(fact, plant, step, waived)


def _where(plant: PlantFact) -> Indicator:
    """M2-R8: elsewhere only if company and site are both known to be outside the city."""
    away = _is_outside(plant.entity_area) and _is_outside(plant.site_area)
    return Indicator.ELSEWHERE if away else Indicator.INDUSTRIALISED


def _is_outside(area: str | None) -> bool:
    return bool(area) and not is_local_entity(area)


def _industry(fact: IndustryFact, plant: PlantFact, step: StepFact, waived: bool) -> Basis:
    """M2-R1: on the day on which the last dated condition came true."""
    accepted_on = None if waived else fact.accepted_on
    accepted = None if waived else fact.accepted_source
    on = max(step.on, accepted_on or step.on)
    basis = Basis(
        event_on=on,
        on=on,
        rule="M2-R2" if waived else "M2-R1",
        sources=known_sources(accepted, step.source, plant.source),
        verified_by=step.verified_by,
        ends_on=step.withdrawn_on,
    )
    basis = _place(basis, plant)
    if not waived and accepted_on is None:
        basis = pending(basis, "M2-R13", NOT_ACCEPTED)
    if not step.verified:
        level = UNVERIFIED_LEVEL.format(level=step.level.label, day=step.on)
        basis = pending(basis, "M2-R13", level)
    return basis


def _place(basis: Basis, plant: PlantFact) -> Basis:
    if _where(plant) is Indicator.ELSEWHERE:
        return replace(basis, rule="M2-R8")
    sentence = _misplaced(plant)
    return pending(basis, "M2-R9", sentence) if sentence else basis


def _misplaced(plant: PlantFact) -> str | None:
    """M2-R3: company registered in the city and site in one of its counties, or why not."""
    if not plant.entity_area:
        return UNKNOWN_ENTITY
    if is_local_site(plant.site_area):
        return None if is_local_entity(plant.entity_area) else ENTITY_AWAY
    return SITE_AWAY if _is_outside(plant.site_area) else UNKNOWN_SITE
