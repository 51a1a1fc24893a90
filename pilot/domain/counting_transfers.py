"""What counts as a transformed result (M3), an outward one (M3X) and a cooperation contract (M3C).

One verdict for a result and a year; every other transfer gets its reason (不计入原因).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from pilot.domain.counting_basis import Basis, carry, definitions, reported, scopes, verdict
from pilot.domain.counting_cases import Case, cooperation, judge
from pilot.domain.facts import PackageFact, Rules, Verdict
from pilot.domain.vocabulary import Indicator, Standing

RESULTS = (Indicator.TRANSFERRED, Indicator.OUTWARD)
ONCE_A_YEAR = "同一成果同一年度只计 1 项，以另一转化事件计入"
RESCINDED = "合同已于 {day} 解除"


def transferred(fact: PackageFact, rules: Sequence[Rules]) -> list[Verdict]:
    """M3, M3X, M3C and the reasons of all other transfers of one package (转化科技成果).

    A contract over several packages appears once for each; see `distinct`.
    """
    hidden = fact.voided or not fact.non_secret
    if hidden or not definitions(rules, Indicator.TRANSFERRED):
        return []
    cases = [judge(fact, transfer, rules) for transfer in fact.transfers if not transfer.voided]
    local = [case.basis for case in cases if not case.reason]
    outward = [case.outward for case in cases if case.outward]
    found = list(_results(fact, local, Indicator.TRANSFERRED))
    found += _results(fact, outward, Indicator.OUTWARD)
    found += _contracts(fact, rules)
    found += _excluded(fact, cases)
    reports = [report for report in fact.reports if report.indicator in RESULTS]
    unit = ("result", fact.result_id)
    return found + reported(reports, rules, found, unit, fact.in_base)


def distinct(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """C-R8: each unit once a day, where several packages tell of it; what counts goes first."""
    kept: dict[tuple, list[Verdict]] = {}
    for each in sorted(verdicts, key=lambda each: (_RANK[each.standing], each.on, each.sources)):
        unit = (each.indicator, each.scope, each.unit_kind, each.unit_id, each.year)
        same = kept.setdefault(unit, [])
        if not any(_overlap(each, other) for other in same):
            same.append(each)
    return [each for same in kept.values() for each in same]


_RANK = {standing: rank for rank, standing in enumerate(Standing)}


def _overlap(one: Verdict, other: Verdict) -> bool:
    return (one.ends_on is None or other.on < one.ends_on) and (
        other.ends_on is None or one.on < other.ends_on
    )


def _results(fact: PackageFact, bases: Sequence[Basis], indicator: Indicator) -> Iterator[Verdict]:
    """M3-R1, M3-R4: one verdict for a year; again in a later year, marked as repeated."""
    unit = ("result", fact.result_id)
    covered: date | None = date.min  # when the earlier years stop counting it; None is never
    for year in _by_year(bases):
        carried = carry(year)
        for basis, repeated in _marked(carried, covered):
            yield from _everywhere(fact, basis, indicator, unit, repeated)
        for basis in carried:
            if covered is not None and not basis.missing:
                covered = basis.ends_on and max(covered, basis.ends_on)


def _by_year(bases: Iterable[Basis]) -> Iterator[list[Basis]]:
    ordered = sorted(bases, key=lambda basis: (basis.event_on, basis.sources))
    for _, same in groupby(ordered, lambda basis: basis.event_on.year):
        yield list(same)


def _marked(bases: Iterable[Basis], covered: date | None) -> Iterator[tuple[Basis, bool]]:
    """Repeated while an earlier year counts the result; from `covered` on it is the first."""
    for basis in bases:
        if covered is not None and covered <= basis.on:
            yield basis, False
        elif covered is None or (basis.ends_on is not None and basis.ends_on <= covered):
            yield basis, True
        else:
            yield replace(basis, ends_on=covered), True
            yield replace(basis, on=covered), False


def _contracts(fact: PackageFact, rules: Sequence[Rules]) -> Iterator[Verdict]:
    """M3-R14: a contract once, whatever number of transfers were recorded under it."""
    related: dict[int, list[Basis]] = {}
    for transfer in fact.transfers:
        if not transfer.voided and (basis := cooperation(fact, transfer, rules)):
            related.setdefault(transfer.contract.id, []).append(basis)
    for contract, bases in related.items():
        for basis in carry(bases):
            yield from _everywhere(fact, basis, Indicator.COOPERATION, ("contract", contract))


def _excluded(fact: PackageFact, cases: Sequence[Case]) -> Iterator[Verdict]:
    """Every transfer that does not carry the result of its year, with the reason."""
    years = _by_year(case.basis for case in cases if not case.reason)
    carried = {basis.sources: basis for year in years for basis in carry(year)}
    for case in cases:
        if case.reason:
            basis = replace(case.basis, ends_on=None)
            yield from _reason(fact, case, basis, case.rule, case.reason)
        else:
            yield from _waiting(fact, case, carried.get(case.basis.sources))


def _waiting(fact: PackageFact, case: Case, carried: Basis | None) -> Iterator[Verdict]:
    """M3-R3 until the transfer carries the result, M3-R11 from the day its contract ends."""
    basis = case.basis
    until = carried.on if carried else basis.ends_on
    if until is None or basis.on < until:
        waiting = replace(basis, ends_on=until)
        yield from _reason(fact, case, waiting, "M3-R3", ONCE_A_YEAR)
    if basis.ends_on is not None:
        ended = replace(basis, on=max(basis.on, basis.ends_on), ends_on=None)
        reason = RESCINDED.format(day=basis.ends_on)
        yield from _reason(fact, case, ended, "M3-R11", reason)


def _reason(
    fact: PackageFact, case: Case, basis: Basis, rule: str, reason: str
) -> Iterator[Verdict]:
    basis = replace(basis, rule=rule, missing=(reason,), notes=())
    unit = ("transfer", case.transfer.id)
    for each in _everywhere(fact, basis, Indicator.TRANSFERRED, unit):
        yield replace(each, standing=Standing.EXCLUDED)


def _everywhere(
    fact: PackageFact,
    basis: Basis,
    indicator: Indicator,
    unit: tuple[str, int],
    repeated: bool = False,
) -> list[Verdict]:
    return [verdict(basis, indicator, scope, unit, repeated) for scope in scopes(fact.in_base)]
