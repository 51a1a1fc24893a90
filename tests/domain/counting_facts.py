"""Facts for the counting tests: a case that counts; each test names only what it changes."""

from dataclasses import replace
from datetime import date

from pilot.domain.counting import (
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
from pilot.domain.vocabulary import (
    ContractType,
    Indicator,
    LandingLevel,
    Purpose,
    TransferMode,
)

PANJIN, SHENYANG, DAWA, XINGLONGTAI = "211100", "210100", "211104", "211103"
REVIEWER, VERIFIER = 7, 8


def day(text: str) -> date:
    """A day written short: 26-03-10 is 2026-03-10."""
    return date.fromisoformat(f"20{text}")


def rules(indicator: Indicator, **changes) -> Rules:
    """A definition in force throughout 2024 to 2029."""
    first = {"id": 1, "version": 1, "valid_from": day("24-01-01"), "valid_to": day("29-12-31")}
    return Rules(indicator=indicator, **first | changes)


M1 = rules(Indicator.NEW_PILOT, id=1)
M2 = rules(Indicator.INDUSTRIALISED, id=2)
M3 = rules(Indicator.TRANSFERRED, id=3)


def pilot(**changes) -> PilotFact:
    """Review on 1 March, agreement on 10 March 2026, proven; the city's, not the base's."""
    admitted = {
        "project_id": 1,
        "purpose": Purpose.PILOT,
        "in_base": False,
        "review_on": day("26-03-01"),
        "review_by": REVIEWER,
        "review_source": Source("decision", 11),
        "agreement_on": day("26-03-10"),
        "agreement_proven": True,
        "agreement_source": Source("evidence", 12),
    }
    return PilotFact(**admitted | changes)


def step(level: str = "L4", on: str = "26-05-01", **changes) -> StepFact:
    """A verified level."""
    proven = {"verified": True, "verified_by": VERIFIER, "source": Source("landing_step", 31)}
    return StepFact(level=LandingLevel(level), on=day(on), **proven | changes)


def plant(*steps: StepFact, **changes) -> PlantFact:
    """A plant of a Panjin company in 大洼区, in production unless told otherwise."""
    local = {"landing_id": 21, "entity_area": PANJIN, "site_area": DAWA}
    fields = local | {"source": Source("landing", 21), "steps": steps or (step(),)}
    return PlantFact(**fields | changes)


def industry(*plants: PlantFact, **changes) -> IndustryFact:
    """A pilot accepted on 1 February 2026, with one plant in production unless told otherwise."""
    accepted = {
        "project_id": 1,
        "in_base": False,
        "accepted_on": day("26-02-01"),
        "accepted_by": REVIEWER,
        "accepted_source": Source("decision", 13),
        "plants": plants or (plant(),),
    }
    return IndustryFact(**accepted | changes)


def contract(id: int = 51, **changes) -> ContractFact:
    """A licence signed on 1 April 2026."""
    signed = {"type": ContractType.LICENCE, "signed_on": day("26-04-01")}
    return ContractFact(id=id, **signed | changes)


def transfer(id: int = 41, agreement: ContractFact | None = None, **changes) -> TransferFact:
    """A verified licence to a receiver in the city, who also works it there."""
    licensed = {
        "result_id": 1,
        "mode": TransferMode.LICENCE,
        "event_on": day("26-04-20"),
        "contract": agreement or contract(),
        "receive_area": PANJIN,
        "implement_area": DAWA,
        "verified": True,
        "verified_by": VERIFIER,
    }
    return TransferFact(id=id, **licensed | changes)


def package(*transfers: TransferFact, **changes) -> PackageFact:
    """A patent of a holder in Shenyang."""
    held = {"result_id": 1, "kind": "invention", "in_base": False, "holder_areas": (SHENYANG,)}
    return PackageFact(transfers=transfers, **held | changes)


def report(indicator: str, on: str = "24-10-21", id: int = 61) -> Report:
    """A line in the press."""
    return Report(Indicator(indicator), day(on), Source("public_fact", id))


def again(fact, **changes):
    """The same fact, changed."""
    return replace(fact, **changes)


def told(verdicts: list[Verdict]) -> list[str]:
    """Each verdict in short: indicator, standing, unit, days, year if another, rule."""
    return sorted(map(_short, verdicts))


def _short(each: Verdict) -> str:
    words = [each.indicator, each.standing, each.unit_kind, each.unit_id, f"{each.on:%y-%m-%d}"]
    words += [f"to {each.ends_on:%y-%m-%d}"] if each.ends_on else []
    words += [f"for {each.year}"] if each.year != each.on.year else []
    words += ["repeated"] if each.repeated else []
    return " ".join(map(str, [*words, each.rule]))
