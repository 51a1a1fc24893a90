"""The append-only ledger of claims (计入台账): what to add so that it says what the facts say.

For every day, the signs of a unit's entries effective by then sum up to the verdicts standing
on that day, whatever was written before. The proof is short: per content, the wanted and the
written number of units are step functions of the day, and only the difference of their steps is
written. Each step up is a claim; each step down is a reversal that names a claim not reversed
yet. There are always enough of those: unreversed claims plus new ones minus new reversals are
the units wanted in the end, which are never less than none.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from pilot.domain.facts import Source, Verdict
from pilot.domain.vocabulary import Indicator, Scope, Standing

Steps: TypeAlias = Counter[date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One written entry. A reversal speaks of the claim it names; its own content is a copy."""

    id: int
    indicator: Indicator
    scope: Scope
    standing: Standing
    unit_kind: str
    unit_id: int
    year: int
    sign: int
    effective_on: date
    definition_id: int
    rule: str
    missing: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    verified_by: int | None = None
    reverses_id: int | None = None
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One entry to append. `reverses` is the id of a written claim or an earlier draft itself."""

    indicator: Indicator
    scope: Scope
    standing: Standing
    unit_kind: str
    unit_id: int
    year: int
    sign: int
    effective_on: date
    definition_id: int
    rule: str
    missing: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    verified_by: int | None = None
    repeated: bool = False
    reason: str = ""
    reverses: "int | Draft | None" = None


Content: TypeAlias = Hashable
Claim: TypeAlias = Entry | Draft


def reconcile(entries: Sequence[Entry], wanted: Iterable[Verdict], reason: str) -> list[Draft]:
    """What to append so that the touched units stand as wanted; nothing if they do already.

    `entries` are all entries of these units. Drafts come in the order in which to write them.
    """
    steps: dict[Content, Steps] = defaultdict(Counter)
    models: dict[Content, Claim | Verdict] = {}
    for each in wanted:
        if each.ends_on is None or each.on < each.ends_on:
            models[content(each)] = each
            steps[content(each)][each.on] += 1
            if each.ends_on is not None:
                steps[content(each)][each.ends_on] -= 1
    for key, day, entry in _written(entries):
        models.setdefault(key, entry)
        steps[key][day] -= entry.sign
    unreversed = _unreversed(entries)
    claims, reversals = [], []
    for key, differences in steps.items():
        new = [_claim(models[key], day, reason) for day in _days(differences)]
        claims += new
        reversals += _reversals(unreversed[key] + new, _days(-differences), reason)
    return claims + reversals


def standing(entries: Sequence[Entry], day: date) -> list[Entry]:
    """The claims that stand on `day`, one for each unit counted in the sum of signs.

    A claim that was withdrawn, ended or taken up again is told apart by its steps, not by whether
    its own reversal exists; the entry given back is the one effective when the unit began to stand.
    """
    steps: dict[Content, Steps] = defaultdict(Counter)
    claims: dict[tuple[Content, date], Entry] = {}
    for key, on, entry in _written(entries):
        if on <= day:
            steps[key][on] += entry.sign
            if entry.sign > 0:
                claims[key, on] = entry
    return [claims[key, on] for key, change in steps.items() for on in _open_since(change)]


def content(claim: Claim | Verdict) -> Content:
    """Everything a claim says except when; a difference in any of it makes another claim."""
    return (
        claim.indicator,
        claim.scope,
        claim.standing,
        claim.unit_kind,
        claim.unit_id,
        claim.year,
        claim.definition_id,
        claim.rule,
        claim.missing,
        frozenset(claim.sources),
        claim.verified_by,
        claim.repeated,
    )


def _written(entries: Sequence[Entry]) -> Iterable[tuple[Content, date, Entry]]:
    """Each entry with its day and the content of the claim it makes or takes back."""
    by_id = {entry.id: entry for entry in entries}
    for entry in entries:
        claim = entry if entry.reverses_id is None else by_id[entry.reverses_id]
        yield content(claim), entry.effective_on, entry


def _unreversed(entries: Sequence[Entry]) -> dict[Content, list[Claim]]:
    taken = {entry.reverses_id for entry in entries}
    free: dict[Content, list[Claim]] = defaultdict(list)
    for entry in entries:
        if entry.sign > 0 and entry.id not in taken:
            free[content(entry)].append(entry)
    return free


def _days(differences: Steps) -> list[date]:
    """The days of the steps up, each as often as it is high, in order."""
    return sorted(differences.elements())


def _reversals(free: Iterable[Claim], days: Sequence[date], reason: str) -> list[Draft]:
    """Reverse on each day the latest claim effective by then; failing that, a later one.

    The later one is the new half of a pair that undoes a past period: the period's claim has its
    one reversal already.
    """
    free = sorted(free, key=lambda claim: claim.effective_on)
    drafts = []
    for day in days:
        earlier = [claim for claim in free if claim.effective_on <= day]
        claim = (earlier or free)[-1]
        free = [other for other in free if other is not claim]
        drafts.append(_reversal(claim, day, reason))
    return drafts


def _claim(model: Claim | Verdict, day: date, reason: str) -> Draft:
    return _draft(model, 1, day, reason, None)


def _reversal(claim: Claim, day: date, reason: str) -> Draft:
    return _draft(claim, -1, day, reason, claim.id if isinstance(claim, Entry) else claim)


def _draft(
    model: Claim | Verdict, sign: int, day: date, reason: str, reverses: int | Draft | None
) -> Draft:
    return Draft(
        indicator=model.indicator,
        scope=model.scope,
        standing=model.standing,
        unit_kind=model.unit_kind,
        unit_id=model.unit_id,
        year=model.year,
        sign=sign,
        effective_on=day,
        definition_id=model.definition_id,
        rule=model.rule,
        missing=model.missing,
        sources=model.sources,
        verified_by=model.verified_by,
        repeated=model.repeated,
        reason=reason,
        reverses=reverses,
    )


def _open_since(change: Steps) -> list[date]:
    """The days on which the units still standing at the end began to stand."""
    since: list[date] = []
    for day in sorted(change):
        height = change[day]
        since += [day] * height
        if height < 0:
            del since[height:]
    return since
