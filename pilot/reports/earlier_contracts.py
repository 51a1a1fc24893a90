"""Earlier contracts that a submission follows on (原合同), and what followed on a contract."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from pilot.domain.errors import NotFound
from pilot.domain.people import Actor
from pilot.services import shared_contracts
from pilot.services.follow_ups import results_of
from pilot.services.reads import read
from pilot.services.results import result_draft
from pilot.services.submission_access import own
from pilot.store import queries, queries_follow_ups
from pilot.store.models import Contract, Result

_TOLD = (  # what the registry says of a result goes into the form under its own names
    "title", "kind", "owner_type", "field", "summary", "readiness_scheme", "readiness_version",
    "readiness_level",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Earlier:
    """One earlier contract: how it stands and the results that changed hands under it, by id."""

    line: str
    results: Mapping[int, str]


@read("submission.own")
def offered(session: Session, actor: Actor) -> dict[int, str]:
    """The contracts to choose from, the latest first: number, title and day for the search."""
    rows = queries_follow_ups.earlier(session, actor.base_id, actor.id)
    return {row.id: "　".join(filter(None, [row.no, row.title, _signed(row)])) for row in rows}


@read("submission.own")
def about(session: Session, actor: Actor, contract_id: int) -> Earlier:
    """One of these contracts; NotFound for any other."""
    row = queries_follow_ups.reachable(session, actor.base_id, actor.id, contract_id)
    if row is None:
        raise NotFound("没有找到这份合同。")
    return Earlier(line_of(row), results_of(session, row.id))


@read("submission.own")
def registered(session: Session, actor: Actor, submission_id: int, result_id: int) -> dict:
    """What the registry says of a result under the contract that a submission has chosen.

    By the names of the form, so that nothing has to be typed again.
    """
    row = own(session, submission_id, actor)
    chosen = json.loads(row.content).get("follow_up", {}).get("contract_id")
    if not isinstance(chosen, int) or result_id not in about(session, actor, chosen).results:
        raise NotFound("没有找到这项成果。")
    return _as_typed(session, queries.one(session, Result, actor.base_id, result_id))


@read("submission.own")
def packages(session: Session, actor: Actor, no: object) -> dict[int, str]:
    """The results that change hands under the contract with a number already."""
    return shared_contracts.packages(session, actor.base_id, actor.id, no)


def line_of(row: Contract) -> str:
    """A contract in one line, as an author or a reviewer reads it."""
    amount = f"成交额 {row.amount:,.2f} 万元" if row.amount is not None else ""
    return "，".join(filter(None, [f"原合同 {row.no}", _signed(row), row.state.label, amount]))


def told(session: Session, contract_id: int) -> list[str]:
    """What followed on a contract, one line each."""
    return [
        "，".join(
            filter(
                None,
                [
                    f"{one.happened_on} {one.kind.label}",
                    one.no,
                    one.amount is not None and f"{one.amount:,.2f} 万元",
                    one.note,
                ],
            )
        )
        for one in queries_follow_ups.of_contract(session, contract_id)
    ]


def _signed(row: Contract) -> str:
    return f"{row.signed_on} 签订"


def _as_typed(session: Session, row: Result) -> dict[str, Any]:
    draft = result_draft(session, row)
    holders = [
        {"organisation_id": one.organisation_id, "share": str(one.share or "")}
        for one in draft.holders
    ]
    told = {name: value for name in _TOLD if (value := getattr(draft, name)) is not None}
    return {**told, "holders": holders}
