"""Units, persons, results, contracts and transfers for tests, by the real verbs."""

from datetime import date
from decimal import Decimal

from sqlmodel import Session

from pilot.domain.drafts import (
    ContractDraft,
    Holder,
    OrganisationDraft,
    PersonDraft,
    ResultDraft,
    TransferDraft,
)
from pilot.domain.vocabulary import ContractType, TransferMode
from pilot.services import contracts, organisations, results, transfers
from pilot.store.models import Contract, Organisation, Person, Result, Transfer
from tests.factories import Team, clock
from tests.factories import _count as count
from tests.remembered import remembered

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def uscc(number: int, start: str = "91211102") -> str:
    """A valid credit code (GB 32100-2015) for a running number."""
    body = f"{start}{number:09d}"
    total = sum(_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + _ALPHABET[(31 - total % 31) % 31]


@remembered
def organisation(session: Session, people: Team, **fields) -> Organisation:
    """An enterprise registered in 双台子区."""
    number = count(session, Organisation) + 1
    values = {"name": f"示例化工{number}有限公司", "kind": "enterprise", "reg_area": "211102"}
    if fields.get("kind") not in ("individual", "foreign"):
        values["uscc"] = uscc(number)
    draft = OrganisationDraft(**(values | fields))
    return organisations.save_organisation(session, draft, by=people.manager, at=clock(session))


@remembered
def institute(session: Session, people: Team, **fields) -> Organisation:
    """A research institute in 大连."""
    number = count(session, Organisation) + 1
    values = {"name": f"示例研究所{number}", "kind": "institute", "reg_area": "210200"}
    return organisation(session, people, **(values | fields))


@remembered
def person(session: Session, people: Team, **fields) -> Person:
    """A project manager without contact data."""
    draft = PersonDraft(**({"name": "示例负责人", "kind": "manager"} | fields))
    return organisations.save_person(session, draft, by=people.manager, at=clock(session))


def result_draft(session: Session, people: Team, **fields) -> ResultDraft:
    """A new process held by an institute."""
    values = {"title": f"示例催化新工艺{count(session, Result) + 1}", "kind": "process"}
    values |= {"non_secret": True} | fields
    if "holders" not in values:
        values["holders"] = (Holder(institute(session, people).id),)
    return ResultDraft(**values)


@remembered
def result(session: Session, people: Team, **fields) -> Result:
    """A result held by an institute unless told otherwise."""
    draft = result_draft(session, people, **fields)
    return results.save_result(session, draft, by=people.manager, at=clock(session))


@remembered
def contract(session: Session, people: Team, **fields) -> Contract:
    """A transfer contract of 120万元 signed on 1 March 2026, bought by a local enterprise."""
    values = {
        "no": f"HT-{count(session, Contract) + 1:03d}",
        "type": ContractType.TRANSFER,
        "signed_on": date(2026, 3, 1),
        "amount": Decimal(120),
    } | fields
    if "buyer_id" not in values:
        values["buyer_id"] = organisation(session, people).id
    draft = ContractDraft(**values)
    return contracts.save_contract(session, draft, by=people.manager, at=clock(session))


@remembered
def transfer(session: Session, people: Team, *, verified: bool = True, **fields) -> Transfer:
    """A result sold to a local enterprise, verified by a reviewer unless told otherwise."""
    values = {"mode": TransferMode.TRANSFER} | fields
    if "result_id" not in values:
        values["result_id"] = result(session, people).id
    if values["mode"] != TransferMode.SELF and "contract_id" not in values:
        values["contract_id"] = contract(session, people).id
    draft = TransferDraft(**values)
    row = transfers.record_transfer(session, draft, by=people.manager, at=clock(session))
    if verified:
        transfers.verify_transfer(session, row.id, by=people.one, at=clock(session))
    return row
