"""What all three counts share: the definition in force, who carries a unit, scopes, reports."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pilot.domain.facts import Report, Rules, Source, Verdict
from pilot.domain.vocabulary import Indicator, Scope, Standing

GOAL_OF = {
    Indicator.ELSEWHERE: Indicator.INDUSTRIALISED,
    Indicator.OUTWARD: Indicator.TRANSFERRED,
    Indicator.COOPERATION: Indicator.TRANSFERRED,
}
NO_DEFINITION = "{day} 没有生效的指标口径，须先制定口径再核定"
BEFORE_DEFINITION = "{day} 已达到现行口径要求，但按当时口径未计入，须确认归属年度"
ONLY_REPORTED = {
    Indicator.NEW_PILOT: "仅有公开报道（{day}），缺准入评审、协议等原始材料",
    Indicator.INDUSTRIALISED: "仅有公开报道（{day}），缺中试验收、投产等原始材料",
    Indicator.ELSEWHERE: "仅有公开报道（{day}），缺中试验收、投产等原始材料",
    Indicator.TRANSFERRED: "仅有公开报道（{day}），缺转化合同等原始材料",
    Indicator.OUTWARD: "仅有公开报道（{day}），缺转化合同等原始材料",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Something a unit can rest on; it counts if nothing is `missing`.

    `event_on` decides year and definition; the unit rests on it on the days [on, ends_on), which
    begin later if something else carried the unit before. `notes` are told and change nothing.
    """

    event_on: date
    on: date
    rule: str
    sources: tuple[Source, ...]
    definition_id: int = 0
    verified_by: int | None = None
    ends_on: date | None = None
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def definitions(rules: Iterable[Rules], indicator: Indicator) -> list[Rules]:
    """The versions of an indicator; a separate count without its own borrows its goal's."""
    rules = list(rules)
    own = [rule for rule in rules if rule.indicator is indicator]
    return own or [rule for rule in rules if rule.indicator is GOAL_OF.get(indicator)]


def in_force(rules: Iterable[Rules], day: date) -> Rules | None:
    """C-R2: the definition valid on `day`, the highest version if several are."""
    valid = [rule for rule in rules if rule.valid_from <= day <= rule.valid_to]
    return max(valid, key=lambda rule: (rule.version, rule.id), default=None)


def nearest(rules: Iterable[Rules], day: date) -> Rules:
    """The definition that lies closest to `day`; the highest version of equally close ones."""
    return min(rules, key=lambda rule: (_days_away(rule, day), -rule.version, -rule.id))


def governed(
    rules: Sequence[Rules], bases_under: Callable[[Rules], Iterable[Basis]]
) -> list[Basis]:
    """What first meets each definition, kept where that definition governs the event day."""
    found = (
        _govern(rules, rule, basis) for rule in rules for basis in carry(list(bases_under(rule)))
    )
    return [basis for basis in found if basis is not None]


def carry(bases: Sequence[Basis]) -> list[Basis]:
    """C-R8: at most one basis carries the unit on any day; what counts goes before what awaits."""
    counted = relay([basis for basis in bases if not basis.missing], date.min)
    if counted and counted[-1].ends_on is None:
        return counted
    start = counted[-1].ends_on if counted else date.min
    return counted + relay([basis for basis in bases if basis.missing], start)


def relay(bases: Iterable[Basis], start: date) -> list[Basis]:
    """From `start`: the earliest basis, and when it ends, the next one that still stands."""
    carried: list[Basis] = []
    free: date | None = start
    for basis in sorted(bases, key=lambda basis: basis.on):
        if free is None:
            break
        begin = max(basis.on, free)
        if basis.ends_on is None or begin < basis.ends_on:
            carried.append(replace(basis, on=begin))
            free = basis.ends_on
    return carried


def scopes(in_base: bool) -> tuple[Scope, ...]:
    """C-R6: the city always, the base only for what it piloted itself; never added up."""
    return (Scope.CITY, Scope.BASE) if in_base else (Scope.CITY,)


def verdict(
    basis: Basis, indicator: Indicator, scope: Scope, unit: tuple[str, int], repeated: bool = False
) -> Verdict:
    """A basis as a verdict on a unit (kind, id): pending if anything is missing (C-R4)."""
    return Verdict(
        indicator=indicator,
        scope=scope,
        standing=Standing.PENDING if basis.missing else Standing.COUNTED,
        unit_kind=unit[0],
        unit_id=unit[1],
        year=basis.event_on.year,
        on=basis.on,
        ends_on=basis.ends_on,
        definition_id=basis.definition_id,
        rule=basis.rule,
        missing=basis.missing + basis.notes,
        sources=basis.sources,
        verified_by=basis.verified_by,
        repeated=repeated,
    )


def reported(
    reports: Iterable[Report],
    rules: Sequence[Rules],
    proven: Sequence[Verdict],
    unit: tuple[str, int],
    in_base: bool,
) -> list[Verdict]:
    """C-R5: pending units known from the press alone, by the first report of each indicator."""
    known = {each.indicator for each in proven if each.standing is not Standing.EXCLUDED}
    told: list[Verdict] = []
    for report in sorted(reports, key=lambda report: (report.on, report.source)):
        versions = definitions(rules, report.indicator)
        if report.indicator in known or not versions:
            continue
        known.add(report.indicator)
        basis = _report_basis(report, versions)
        told += [verdict(basis, report.indicator, scope, unit) for scope in scopes(in_base)]
    return told


def dated(basis: Basis, versions: Sequence[Rules]) -> Basis:
    """The basis under the definition of its event day; pending if none was in force (C-R2)."""
    force = in_force(versions, basis.event_on)
    rule = force or nearest(versions, basis.event_on)
    basis = replace(basis, definition_id=rule.id)
    return basis if force else pending(basis, "C-R2", NO_DEFINITION.format(day=basis.event_on))


def known_sources(*sources: Source | None) -> tuple[Source, ...]:
    """The sources that exist, each once, in order."""
    return tuple(dict.fromkeys(source for source in sources if source is not None))


def pending(basis: Basis, rule: str, sentence: str) -> Basis:
    """The same basis awaiting proof; the first thing missing names the rule."""
    rule = basis.rule if basis.missing else rule
    return replace(basis, rule=rule, missing=(*basis.missing, sentence))


def _govern(rules: Sequence[Rules], rule: Rules, basis: Basis) -> Basis | None:
    """The basis if `rule` governs its event day; pending where no definition or a later one does.

    C-R3: what met a definition before its first day, and another one governed that day, awaits
    a decision from that first day on.
    """
    force = in_force(rules, basis.event_on)
    if force == rule:
        return dated(basis, rules)
    if force is None:
        return dated(basis, rules) if nearest(rules, basis.event_on) == rule else None
    first = rule.valid_from
    if basis.event_on >= first or in_force(rules, first) != rule:
        return None
    late = dated(replace(basis, event_on=first, on=max(basis.on, first)), rules)
    return pending(late, "C-R3", BEFORE_DEFINITION.format(day=basis.event_on))


def _report_basis(report: Report, versions: Sequence[Rules]) -> Basis:
    basis = Basis(
        event_on=report.on,
        on=report.on,
        rule="C-R5",
        sources=(report.source,),
        missing=(ONLY_REPORTED[report.indicator].format(day=report.on),),
    )
    return dated(basis, versions)


def _days_away(rule: Rules, day: date) -> int:
    return max((rule.valid_from - day).days, (day - rule.valid_to).days, 0)
