"""Why one unit counts, does not, or not yet: everything its claim rests on (为什么计入)."""

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlmodel import Session

from pilot.domain.errors import NotFound
from pilot.domain.moment import FOREVER_DAY, SHANGHAI, Moment
from pilot.domain.people import Actor
from pilot.domain.vocabulary import Indicator, Scope, Standing
from pilot.reports.definition_words import parameters
from pilot.reports.entries import entries, recorder
from pilot.reports.grounds import Ground, grounds
from pilot.reports.rules import Rule, rule
from pilot.services.reads import read
from pilot.store import queries_bases, queries_claims, queries_counting, streams
from pilot.store.models import Claim, Definition
from pilot.store.queries_tables import ClaimFilter

_LONGEST = 200  # entries of one unit


@dataclass(frozen=True, slots=True)
class Version:
    """The definition a claim was judged by, in its own words (口径)."""

    number: int
    valid: str
    text: str
    parameters: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One claim in full. `missing` says what it lacks, why it is excluded, or what to know."""

    claim_id: int
    base_id: int
    unit: tuple[str, int]
    code: str
    name: str
    indicator: Indicator
    scope: Scope
    standing: Standing
    year: int
    effective_on: date
    recorded_at: str
    recorded_by: str
    verifier: str | None
    rule: Rule
    version: Version
    missing: tuple[str, ...]
    grounds: list[Ground]
    history: pd.DataFrame


@read("portfolio.read")
def explanation(session: Session, reader: Actor, claim_id: int, view: Moment) -> Explanation:
    """The claim with this id; NotFound if the reader or the view cannot see it."""
    bases = [base.id for base in queries_bases.visible(session, reader)]
    found = queries_claims.claim(session, bases, claim_id, view)
    if found is None:
        raise NotFound("在所选的时点看不到这一条；请从清单中重新选择。")
    claim: Claim = found["Claim"]
    unit = (claim.unit_kind, claim.unit_id)
    code, name = queries_claims.unit_names(session, {unit[0]: [unit[1]]}, view).get(unit, ("", ""))
    who = queries_claims.recorded_by(session, [claim.base_id], [claim.recorded_at])
    sources = queries_counting.sources_of(session, [claim.id])[claim.id]
    return Explanation(
        claim_id=claim.id,
        base_id=claim.base_id,
        unit=unit,
        code=code,
        name=name,
        indicator=claim.indicator,
        scope=claim.scope,
        standing=claim.standing,
        year=claim.year,
        effective_on=claim.effective_on,
        recorded_at=f"{claim.recorded_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}",
        recorded_by=recorder(who.get((claim.base_id, claim.recorded_at))),
        verifier=found["verifier"],
        rule=rule(claim.rule),
        version=_version(found["Definition"]),
        missing=tuple(part for part in claim.missing.split("\n") if part),
        grounds=grounds(session, claim.base_id, sources, view),
        history=_history(session, claim, unit, view),
    )


def _version(definition: Definition) -> Version:
    until = "" if definition.valid_to == FOREVER_DAY else f"至 {definition.valid_to}"
    valid = f"{definition.valid_from} 起{until}"
    return Version(definition.version, valid, definition.text, parameters(definition))


def _history(session: Session, claim: Claim, unit: tuple[str, int], view: Moment) -> pd.DataFrame:
    """Every entry about the unit in this indicator and scope, of any year."""
    chosen = ClaimFilter(claim.indicator, claim.scope)
    statement = queries_claims.ledger([claim.base_id], view, chosen, unit)
    return entries(session, streams.page(session, statement, _LONGEST), view)
