"""Claims (计入单元): after every change the units it touches are judged anew.

The rules are `domain.counting`; the append-only difference is `domain.ledger`. There is no other
way into the ledger, and `recount` is the same way for a whole base.
"""

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from pilot.domain.counting import Verdict, distinct, industrialised, new_pilots, transferred
from pilot.domain.ledger import Draft, reconcile
from pilot.store import queries_counting, queries_facts, queries_packages
from pilot.store.models import Claim, ClaimSource

# The papers a verdict can rest on: the pilot's own scheme and its agreement. No other paper can
# change what counts.
COUNTED_PAPERS = queries_facts.COUNTED_PAPERS


_GATHERED = "claiming.gathered"


@dataclass(slots=True)
class Touched:
    """What a batch has touched and not yet judged."""

    projects: set[int] = field(default_factory=set)
    results: set[int] = field(default_factory=set)

    def __bool__(self) -> bool:
        """There, even while it is empty."""
        return True


@contextlib.contextmanager
def gathering(session: Session) -> Iterator[Touched]:
    """Note what the block touches instead of judging it each time; the caller judges it then."""
    touched = session.info[_GATHERED] = Touched()
    try:
        yield touched
    finally:
        del session.info[_GATHERED]


def gathered(session: Session) -> Touched | None:
    """What the batch under way has touched so far; None where there is no batch."""
    return session.info.get(_GATHERED)


def project_changed(
    session: Session,
    base_id: int,
    project_id: int,
    *,
    at: datetime,
    reason: str = "",
    results: bool = False,
) -> list[Claim]:
    """Judge a project anew; with `results`, also the results it pilots (base scope of M3)."""
    session.flush()
    if results:
        piloted = queries_packages.result_ids_of_projects(session, [project_id])
        rows = results_changed(session, base_id, piloted, at=at, reason=reason)
    else:
        rows = []
    return projects_changed(session, base_id, [project_id], at=at, reason=reason) + rows


def projects_changed(
    session: Session, base_id: int, project_ids: Collection[int], *, at: datetime, reason: str = ""
) -> list[Claim]:
    """Judge projects anew; inside `gathering` they are noted and judged later."""
    if touched := gathered(session):
        touched.projects.update(project_ids)
        return []
    session.flush()
    verdicts = project_verdicts(session, base_id, project_ids)
    return _post(session, base_id, {"project": project_ids}, verdicts, at, reason)


def results_changed(
    session: Session, base_id: int, result_ids: Collection[int], *, at: datetime, reason: str = ""
) -> list[Claim]:
    """Judge the packages of these results anew, and those that share a contract with them.

    Inside `gathering` they are noted and judged later.
    """
    if touched := gathered(session):
        touched.results.update(result_ids)
        return []
    if not result_ids:
        return []
    session.flush()
    roots = queries_packages.package_roots(session, base_id, result_ids)
    verdicts = package_verdicts(session, base_id, roots)
    units = queries_packages.units_of(session, roots)
    return _post(session, base_id, units, verdicts, at, reason)


def recount(session: Session, base_id: int, *, at: datetime, reason: str) -> list[Claim]:
    """Judge every unit of a base anew, e.g. after a new version of a definition (口径变更)."""
    session.flush()
    wanted = all_verdicts(session, base_id)
    entries = queries_counting.all_entries(session, base_id)
    return _write(session, base_id, reconcile(entries, wanted, reason), at)


def all_verdicts(session: Session, base_id: int) -> list[Verdict]:
    """What the ledger of a base ought to say, from the facts alone."""
    return project_verdicts(session, base_id, None) + package_verdicts(session, base_id, None)


def project_verdicts(session: Session, base_id: int, ids: Collection[int] | None) -> list[Verdict]:
    """M1 and M2 of these projects."""
    rules = queries_counting.rules(session, base_id)
    pilots = queries_facts.pilot_facts(session, base_id, ids)
    plants = queries_facts.industry_facts(session, base_id, ids)
    return [
        verdict
        for judge, facts in ((new_pilots, pilots), (industrialised, plants))
        for fact in facts
        for verdict in judge(fact, rules)
    ]


def package_verdicts(
    session: Session, base_id: int, roots: Collection[int] | None
) -> list[Verdict]:
    """M3 and its neighbours of these packages; a contract they share is judged once."""
    rules = queries_counting.rules(session, base_id)
    facts = queries_packages.package_facts(session, base_id, roots)
    return distinct(verdict for fact in facts for verdict in transferred(fact, rules))


def _post(
    session: Session,
    base_id: int,
    units: Mapping[str, Collection[int]],
    wanted: Sequence[Verdict],
    at: datetime,
    reason: str,
) -> list[Claim]:
    entries = queries_counting.entries(session, base_id, units)
    return _write(session, base_id, reconcile(entries, wanted, reason), at)


def _write(session: Session, base_id: int, drafts: Sequence[Draft], at: datetime) -> list[Claim]:
    """Append the drafts; a reversal may name a claim appended with it."""
    written: dict[int, Claim] = {}
    for draft in drafts:
        row = _row(base_id, draft, at)
        target = draft.reverses
        if target is not None:
            row.reverses_id = target if isinstance(target, int) else written[id(target)].id
        session.add(row)
        session.flush()
        written[id(draft)] = row
        session.add_all(
            ClaimSource(claim_id=row.id, kind=source.kind, row_id=source.id, base_id=base_id)
            for source in draft.sources
        )
    return list(written.values())


def _row(base_id: int, draft: Draft, at: datetime) -> Claim:
    return Claim(
        base_id=base_id,
        indicator=draft.indicator,
        scope=draft.scope,
        standing=draft.standing,
        unit_kind=draft.unit_kind,
        unit_id=draft.unit_id,
        year=draft.year,
        sign=draft.sign,
        effective_on=draft.effective_on,
        recorded_at=at,
        definition_id=draft.definition_id,
        rule=draft.rule,
        missing="\n".join(draft.missing),
        reason=draft.reason[:500],
        verified_by=draft.verified_by,
        repeated=draft.repeated,
    )
