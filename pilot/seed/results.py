"""Results, contracts and transfers of the demonstration."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from pilot.domain.drafts import ContractDraft, Holder, Number, ResultDraft, TransferDraft
from pilot.domain.identifiers import IdentifierKind
from pilot.domain.vocabulary import ContractType, TransferMode
from pilot.seed.player import Player, Step, day, in_order, rows
from pilot.services import contracts, transfers
from pilot.services.projects import link_result
from pilot.services.results import save_result


def steps(player: Player) -> Iterator[Step]:
    """Every result on the day it was entered, then the life of every transfer."""
    registered = {row["code"]: day(row["registered"]) for row in rows("projects.csv")}
    for row in rows("results.csv"):
        entered = day(row["recorded"])
        yield Step(entered, lambda _at, row=row: _result(player, row))
        if row["project"]:
            linked = max(entered, registered[row["project"]] + timedelta(days=1))
            yield Step(linked, lambda _at, row=row: _link(player, row))
    for number, row in enumerate(rows("transfers.csv")):
        yield from in_order(_transfer(player, row, str(number)))


def _result(player: Player, row: dict[str, str]) -> None:
    draft = ResultDraft(
        title=row["title"],
        kind=row["kind"],
        holders=tuple(_holder(player, part) for part in row["holders"].split("|")),
        code=row["code"],
        numbers=(Number(IdentifierKind.PATENT, row["patent"]),) if row["patent"] else (),
        owner_type="service",
        field=row["field"],
        readiness_scheme="GB/T 37264",
        readiness_version="2018",
        readiness_level=int(row["readiness"]),
        non_secret=True,
        package_id=player.find("result", row["package"]),
    )
    player.remember("result", row["code"], player.do("manager", save_result, draft))


def _link(player: Player, row: dict[str, str]) -> None:
    project = player.find("project", row["project"])
    player.do("manager", link_result, project, player.find("result", row["code"]))


def _holder(player: Player, text: str) -> Holder:
    key, _, share = text.partition(":")
    return Holder(player.find("organisation", key), Decimal(share) if share else None)


def _transfer(player: Player, row: dict[str, str], key: str) -> Iterator[Step]:
    def enter(_at: datetime) -> None:
        if row["contract_no"]:
            done = player.do("manager", contracts.save_contract, _contract(player, row))
            player.remember("contract", key, done)
        draft = TransferDraft(
            result_id=player.find("result", row["result"]),
            mode=TransferMode(row["mode"]),
            contract_id=player.find("contract", key) if row["contract_no"] else None,
            event_on=None if row["mode"] in "2345" else day(row["signed_on"]),
            receiver_id=player.find("organisation", row["receiver"]),
            implement_area=row["implement_area"],
        )
        player.remember("transfer", key, player.do("manager", transfers.record_transfer, draft))

    def verify(_at: datetime) -> None:
        player.do("reviewer", transfers.verify_transfer, player.find("transfer", key))

    def rescind(_at: datetime) -> None:
        contract = player.find("contract", key)
        on = day(row["rescinded_on"])
        player.do("manager", contracts.rescind, contract, on, reason="双方协商解除")

    def void(_at: datetime) -> None:
        transfer = player.find("transfer", key)
        player.do("manager", transfers.void_transfer, transfer, reason=row["void_reason"])

    begun = max(filter(None, (day(row["entered_on"]), day(row["effective_on"]))))
    yield Step(begun, enter)
    if row["verified_on"]:
        yield Step(day(row["verified_on"]), verify)
    if row["void_reason"]:
        yield Step(day(row["verified_on"]), void)
    if row["rescinded_on"]:
        yield Step(day(row["rescinded_on"]), rescind)


def _contract(player: Player, row: dict[str, str]) -> ContractDraft:
    return ContractDraft(
        no=row["contract_no"],
        type=ContractType(row["contract_type"]),
        signed_on=day(row["signed_on"]),
        buyer_id=player.find("organisation", row["receiver"]),
        conditional=row["conditional"] == "1",
        effective_on=day(row["effective_on"]),
        amount=Decimal(row["amount"]) if row["amount"] else None,
        registration_no=row["registration_no"] or None,
        ip_clause="后续改进成果归改进方所有，双方可免费使用。",
        benefit_clause="按合同约定分配。",
    )
