"""合同、单位与人员: one contract in full, and the registry as tables."""

from dataclasses import dataclass
from decimal import Decimal

import pandas as pd
from sqlmodel import Session

from pilot.domain import drafts
from pilot.domain.drafts import ContractDraft, OrganisationDraft, PersonDraft
from pilot.domain.errors import NotFound
from pilot.domain.moment import Moment
from pilot.domain.people import Actor
from pilot.domain.vocabulary import ContractState
from pilot.reports import earlier_contracts
from pilot.reports.results import PAGE, Page
from pilot.services.contracts import contract_draft
from pilot.services.organisations import organisation_draft, person_draft
from pilot.services.reads import read
from pilot.store import (
    queries,
    queries_bases,
    queries_codes,
    queries_registry,
    queries_result_lists,
    streams,
)
from pilot.store.models import Contract, Organisation, Person

_UNITS = ["id", "name", "uscc", "kind", "reg_area", "zone", "ladder", "short_name"]
_PERSONS = ["id", "name", "unit", "kind", "phone", "email"]


@dataclass(frozen=True, slots=True)
class ContractDetail:
    """A contract with the transfers under it (result id, words) and what its record lacks.

    `followed` are amendments, renewals, instalments and the like, one line each.
    """

    id: int
    rev: int
    base_id: int
    no: str
    rescinded: str
    facts: dict[str, str]
    transfers: tuple[tuple[int, str], ...]
    followed: tuple[str, ...]
    lacks: tuple[str, ...]
    draft: ContractDraft


@dataclass(frozen=True, slots=True)
class Choices:
    """What the forms of this page choose from, by id; code lists by name and code."""

    lists: dict[str, dict[str, str]]
    organisations: dict[int, str]
    projects: dict[int, str]
    packages: dict[int, str]
    contracts: dict[int, str]
    persons: dict[int, str]


def choices(session: Session, base_id: int) -> Choices:
    """Everything in use now."""
    return Choices(
        lists=queries_codes.lists(session, base_id),
        organisations=organisation_names(session, base_id),
        projects=queries_result_lists.project_names(session, base_id),
        packages=queries_result_lists.packages(session, base_id),
        contracts=queries_result_lists.contract_names(session, base_id),
        persons=queries_registry.person_names(session, base_id),
    )


def organisation_names(session: Session, base_id: int) -> dict[int, str]:
    """Every unit by id, in the order of their names."""
    return {row.id: row.name for row in queries_registry.organisations(session, base_id)}


@read("portfolio.read")
def contract(
    session: Session, reader: Actor, contract_id: int | None, view: Moment
) -> ContractDetail:
    """The contract with this id as it is now."""
    row = session.get(Contract, contract_id) if contract_id is not None else None
    bases = [base.id for base in queries_bases.visible(session, reader)]
    if row is None or row.base_id not in bases:
        raise NotFound("没有找到这条合同。")
    draft = contract_draft(row)
    rescinded = row.state is ContractState.RESCINDED
    lists = queries_codes.lists(session, row.base_id, retired=True)
    lacks = [] if rescinded else drafts.problems(draft, lists, view.as_of)
    return ContractDetail(
        id=row.id,
        rev=row.rev,
        base_id=row.base_id,
        no=row.no,
        rescinded=str(row.rescinded_on or ""),
        facts=_facts(session, row),
        transfers=tuple(
            (one["result_id"], f"{one['event_on']} {one['code']} {one['title']}")
            for one in queries_result_lists.results_under(session, row.id)
        ),
        followed=tuple(earlier_contracts.told(session, row.id)),
        lacks=tuple(f"{one.message}{one.remedy}" for one in lacks),
        draft=draft,
    )


def _facts(session: Session, row: Contract) -> dict[str, str]:
    names = organisation_names(session, row.base_id)
    found = {
        "合同名称": row.title,
        "合同类型": row.type.label,
        "签订日期": f"{row.signed_on}",
        "生效": f"附条件，{row.effective_on or '条件尚未成就'}" if row.conditional else None,
        "出让方": names.get(row.seller_id),
        "受让方": names.get(row.buyer_id),
        "合同成交额": _money(row.amount),
        "技术交易额": _money(row.technology_amount),
        "认定登记": row.registration_no,
        "知识产权条款": row.ip_clause,
        "收益分配条款": row.benefit_clause,
        "关联交易": "是" if row.related_parties else None,
        "状态": row.state.label,
    }
    return {name: value for name, value in found.items() if value}


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:,.2f} 万元"


@read("portfolio.read")
def organisations(session: Session, reader: Actor, text: str, page: int = 1) -> Page:
    """A page of the units of the reader's base."""
    statement = queries_result_lists.organisations(reader.base_id, text=text)
    lists = queries_codes.lists(session, reader.base_id, retired=True)
    rows = [row["Organisation"] for row in _page(session, statement, page)]
    lines = [
        {
            **row.model_dump(),
            "kind": lists.get("organisation_kinds", {}).get(row.kind, row.kind),
            "reg_area": _label(lists, "areas", row.reg_area),
            "zone": _label(lists, "zones", row.zone),
            "ladder": _label(lists, "ladder", row.ladder),
        }
        for row in rows
    ]
    frame = pd.DataFrame(lines, columns=_UNITS, dtype=object)
    return Page(frame, streams.count(session, statement), False)


@read("portfolio.read")
def persons(session: Session, reader: Actor, text: str, page: int = 1) -> Page:
    """A page of the persons of the reader's base."""
    statement = queries_result_lists.persons(reader.base_id, text=text)
    kinds = queries_codes.labels(session, reader.base_id, "person_kinds")
    lines = [
        {
            **row["Person"].model_dump(),
            "unit": row["unit"] or "",
            "kind": kinds.get(row["Person"].kind, row["Person"].kind),
        }
        for row in _page(session, statement, page)
    ]
    frame = pd.DataFrame(lines, columns=_PERSONS, dtype=object)
    return Page(frame, streams.count(session, statement), False)


@read("portfolio.read")
def unit(session: Session, reader: Actor, unit_id: int) -> tuple[OrganisationDraft, int]:
    """A unit of the reader's base as the form starts from it, with its page version."""
    row = queries.one(session, Organisation, reader.base_id, unit_id)
    return organisation_draft(row), row.rev


@read("portfolio.read")
def person(session: Session, reader: Actor, person_id: int) -> tuple[PersonDraft, int]:
    """A person of the reader's base as the form starts from it, with its page version."""
    row = queries.one(session, Person, reader.base_id, person_id)
    return person_draft(row), row.rev


@read("portfolio.read")
def led(session: Session, reader: Actor, person_id: int) -> dict[int, str]:
    """The standing results a person of the reader's base is responsible for, by id."""
    row = queries.one(session, Person, reader.base_id, person_id)
    found = queries_registry.results_led_by(session, row.id)
    return {one.id: f"{one.code} {one.title}" for one in found}


def _page(session: Session, statement, page: int):
    return streams.page(session, statement, PAGE, (page - 1) * PAGE)


def _label(lists: dict, list_name: str, code: str | None) -> str:
    return lists.get(list_name, {}).get(code, code) if code else ""
