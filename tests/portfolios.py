"""Random portfolios with hostile texts, as far as forms take them (hypothesis)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from sqlmodel import Session

from pilot.domain.drafts import Holder, Number, OrganisationDraft, ProjectDraft, ResultDraft
from pilot.domain.identifiers import IdentifierKind
from pilot.domain.parsing import ParseError, clean_text
from pilot.domain.vocabulary import Purpose, Stage, State
from pilot.services import organisations, projects, results
from tests.factories import Team, clock
from tests.factories_registry import uscc
from tests.hostile_texts import SHOWN

MANAGERS = ("张工", "=李工", "王·工")
_PATENTS = ("201911044411.X", "ZL201911044411.X", "")
_ANY = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=30)


def texts(longest: int, *, lines: bool = False) -> st.SearchStrategy[str]:
    """Texts that a field of this length takes, as they are stored."""
    found = st.sampled_from(SHOWN) | _ANY
    if lines:
        found |= st.lists(found, min_size=2, max_size=3).map("\n".join)
    return found.map(lambda text: _clean(text, longest)).filter(bool)


def _clean(text: str, longest: int) -> str | None:
    try:
        return clean_text(text[:longest], longest)
    except ParseError:
        return None


def perhaps(strategy: st.SearchStrategy) -> st.SearchStrategy:
    """A value or none."""
    return st.none() | strategy


_YES_NO = st.booleans()
_AREA = perhaps(st.sampled_from(["211102", "211103", "210200"]))
_MONEY = perhaps(st.decimals(0, 10**9, places=2, allow_nan=False))
_SHARES = st.sampled_from([None, (Decimal("33.33"), Decimal("66.67")), (Decimal(100),)])


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Drafts whose references are places in the lists."""

    units: list[dict[str, Any]]
    projects: list[dict[str, Any]]
    results: list[dict[str, Any]]


_UNIT = st.fixed_dictionaries(
    {
        "name": texts(180),
        "kind": st.sampled_from(["enterprise", "institute", "university"]),
        "short_name": perhaps(texts(50)),
        "reg_area": _AREA,
        "actual_area": _AREA,
        "ladder_certificate": perhaps(texts(64)),
        "former_names": perhaps(texts(500)),
    }
)
_PROJECT = st.fixed_dictionaries(
    {
        "name": texts(200),
        "area": _AREA,
        "industry": perhaps(st.just("2661")),
        "field": perhaps(st.just("catalyst")),
        "purpose": st.sampled_from(Purpose),
        "in_base": _YES_NO,
        "owner_consent": _YES_NO,
        "framework_agreement": _YES_NO,
        "key_hazards": _YES_NO,
        "reaction_grade": perhaps(st.integers(1, 5)),
        "first_in_china": _YES_NO,
        "targets": perhaps(texts(1000, lines=True)),
        "budget": _MONEY,
        "installed": _YES_NO,
        "source": perhaps(texts(300)),
        "sites": st.sampled_from([(), ("liaobin",), ("liaobin", "shuangtaizi")]),
        "entry": st.tuples(
            st.sampled_from([Stage.POOL, Stage.PILOT]),
            st.sampled_from([State.ACTIVE, State.PAUSED]),
            st.dates(date(2020, 1, 1), date(2026, 5, 30)),
        ),
        "parent_reason": texts(500, lines=True),
        "parent": _YES_NO,
        "readiness": _YES_NO,
        "manager": perhaps(st.integers(0, 2)),
        "unit": perhaps(st.integers(0, 9)),
    }
)
_RESULT = st.fixed_dictionaries(
    {
        "title": texts(200),
        "kind": st.sampled_from(["process", "invention"]),
        "field": perhaps(st.just("catalyst")),
        "programme": perhaps(texts(100)),
        "registered_on": perhaps(st.dates(date(2015, 1, 1), date(2026, 5, 30))),
        "summary": perhaps(texts(500, lines=True)),
        "demand": perhaps(texts(500, lines=True)),
        "source": perhaps(texts(300)),
        "readiness": _YES_NO,
        "unit": st.integers(0, 9),
        "shares": _SHARES,
    }
)
PORTFOLIOS = st.builds(
    Portfolio,
    units=st.lists(_UNIT, min_size=2, max_size=4, unique_by=lambda one: one["name"]),
    projects=st.lists(_PROJECT, min_size=1, max_size=5),
    results=st.lists(_RESULT, min_size=1, max_size=4),
)
_LEVEL = {"readiness_scheme": "GB/T 37264", "readiness_version": "2018", "readiness_level": 6}


def enter(session: Session, people: Team, portfolio: Portfolio, managers: list[int]) -> None:
    """Record it by the real verbs."""
    by, at = {"by": people.manager}, lambda: clock(session)
    units = []
    for number, fields in enumerate(portfolio.units):
        draft = OrganisationDraft(uscc=uscc(number + 500), **fields)
        units.append(organisations.save_organisation(session, draft, at=at(), **by).id)
    parent = None
    for fields in portfolio.projects:
        draft, entry = _project(fields, units, managers, parent)
        parent = projects.register(session, draft, at=at(), **entry, **by).id
    for number, fields in enumerate(portfolio.results):
        draft = _result(fields, units, _PATENTS[number] if number < 1 else "")
        results.save_result(session, draft, at=at(), **by)


def _project(
    fields: dict[str, Any], units: list[int], managers: list[int], parent: int | None
) -> tuple[ProjectDraft, dict[str, Any]]:
    plain = dict(fields)
    stage, state, on = plain.pop("entry")
    unit, manager = plain.pop("unit"), plain.pop("manager")
    follows = plain.pop("parent") and parent is not None
    if plain.pop("readiness"):
        plain |= _LEVEL
    if plain["industry"]:
        plain["industry_edition"] = "GB/T 4754-2017"
    plain["parent_reason"] = plain["parent_reason"] if follows else None
    draft = ProjectDraft(
        **plain,
        parent_id=parent if follows else None,
        holder_id=None if unit is None else units[unit % len(units)],
        manager_id=None if manager is None else managers[manager],
    )
    return draft, {"stage": stage, "state": state, "on": on}


def _result(fields: dict[str, Any], units: list[int], patent: str) -> ResultDraft:
    plain = dict(fields)
    first, shares = plain.pop("unit"), plain.pop("shares")
    if plain.pop("readiness"):
        plain |= _LEVEL
    count = len(shares) if shares else 1 + first % 2
    ids = [units[(first + step) % len(units)] for step in range(count)]
    holders = map(Holder, ids, shares or (None, None))
    numbers = (Number(IdentifierKind.PATENT, patent),) if patent else ()
    return ResultDraft(**plain, holders=tuple(holders), numbers=numbers, non_secret=True)


Make = Callable[[Portfolio], None]
