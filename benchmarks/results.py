"""Invented results, how they changed hands, and what the ledger says of it."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from benchmarks import words
from benchmarks.book import inserted
from benchmarks.ledger import Ledger
from benchmarks.world import LOCAL, Unit, World
from pilot.domain.counting import distinct, transferred
from pilot.domain.facts import ContractFact, PackageFact, TransferFact
from pilot.domain.identifiers import IdentifierKind, identifier_key
from pilot.domain.moment import FOREVER
from pilot.domain.vocabulary import ContractState, ContractType, TransferMode
from pilot.store.models import (
    Contract,
    ProjectResult,
    Result,
    ResultHolder,
    ResultIdentifier,
    ResultSpan,
    Transfer,
    TransferSpan,
)

_KINDS = ("invention", "utility", "know_how", "process", "material", "equipment", "package")
_FIELDS = ("catalyst", "pharma", "electronic", "polymer", "new_energy", "bio_oleo", "other")
_MODES = {
    TransferMode.TRANSFER: ContractType.TRANSFER,
    TransferMode.LICENCE: ContractType.LICENCE,
    TransferMode.EQUITY: ContractType.EQUITY,
}


@dataclass(frozen=True, slots=True)
class Piloted:
    """The project that pilots a result, as far as its scope goes."""

    id: int
    in_base: bool


class Package:
    """One result by itself or with its parts, from its entry to its last transfer."""

    def __init__(self, world: World, day: date, project: Piloted | None) -> None:
        self.world, self.project = world, project
        self.entered_at = world.at(day)
        self.day = day
        self.holder = world.random.choice(world.units)
        self.ids: list[int] = []
        self.told: list[dict[str, Any]] = []
        self.ledger = Ledger(world)

    def live(self, members: int) -> None:
        """Enter the result and its parts, then let the first change hands, or not."""
        for _ in range(members):
            self._enter()
        manager = self.world.staff.manager
        self.world.tell(
            self.entered_at, manager, "result.save", "result", self.ids[0], changes=self.told
        )
        self.fact = PackageFact(
            result_id=self.ids[0],
            kind=self.values["kind"],
            in_base=self.project is not None and self.project.in_base,
            holder_areas=(self.holder.area,) * members,
        )
        draw = self.world.random.random()
        for number in range(0 if draw < 0.65 else 1 if draw < 0.95 else 2):
            self._transfer(number)

    def _enter(self) -> None:
        random, year = self.world.random, self.day.year
        row = self.world.writer.next_id(Result)
        values = {
            "code": f"CG-{year}-{next(self.world.codes[f'CG-{year}']):04d}",
            "title": words.technology(random),
            "kind": random.choice(_KINDS),
            "field": random.choice(_FIELDS),
            "package_id": self.ids[0] if self.ids else None,
            "readiness_level": random.randint(3, 8),
        }
        self.world.writer.add(
            Result,
            id=row,
            base_id=self.world.base_id,
            recorded_at=self.entered_at,
            readiness_scheme="GB/T 37264",
            readiness_version="2018",
            source="示例数据",
            **values,
        )
        if not self.ids:
            self.values, self.patents = values, []
        self.told.append(inserted("result", row, values))
        self.ids.append(row)
        self._parts(row, values)

    def _parts(self, row: int, values: dict[str, Any]) -> None:
        writer, base, numbers = self.world.writer, self.world.base_id, None
        writer.add(
            ResultHolder, base_id=base, result_id=row, organisation_id=self.holder.id, share=100
        )
        if values["kind"] in ("invention", "utility"):
            number = _patent(self.day.year, next(self.world.codes["patent"]))
            key = identifier_key(IdentifierKind.PATENT, number)
            writer.add(
                ResultIdentifier,
                base_id=base,
                result_id=row,
                kind="patent",
                number=number,
                key=key,
            )
            numbers = f"{number} {key}"
            if row == self.ids[0]:
                self.patents.append(number)
        writer.add(
            ResultSpan,
            base_id=base,
            result_id=row,
            known_from=self.entered_at,
            known_to=FOREVER,
            code=values["code"],
            title=values["title"],
            kind=values["kind"],
            field=values["field"],
            holders=self.holder.name,
            numbers=numbers,
            package=self.values["code"] if values["package_id"] else None,
        )
        if self.project:
            writer.add(ProjectResult, base_id=base, project_id=self.project.id, result_id=row)

    def _transfer(self, number: int) -> None:
        """Recorded by one person, checked by another; a few contracts are rescinded later."""
        world, random = self.world, self.world.random
        on = self.day + world.days(20, 500) + timedelta(days=400 * number)
        at = world.at(on + world.days(1, 40))
        checked_at = at + world.days(1, 25) + timedelta(minutes=3)
        if checked_at.date() >= world.today:
            return
        receiver = random.choice(world.units)
        mode = random.choice(list(_MODES))
        contract = self._contract(mode, on, at, receiver)
        fact = TransferFact(
            id=world.writer.next_id(Transfer),
            result_id=self.ids[0],
            mode=mode,
            event_on=on,
            contract=contract,
            receive_area=receiver.area,
            implement_area=random.choice(LOCAL),
        )
        verified = world.chance(0.9)
        self._write(fact, receiver, at, checked_at if verified else None)

    def _contract(self, mode: TransferMode, on: date, at: datetime, receiver: Unit) -> ContractFact:
        world = self.world
        rescinded = on + world.days(60, 300) if world.chance(0.04) else None
        rescinded = rescinded if rescinded and rescinded < world.today else None
        no = f"HT-{on.year}-{next(world.codes['contract']):06d}"
        self.contract = {
            "no": no,
            "type": _MODES[mode],
            "seller_id": self.holder.id,
            "buyer_id": receiver.id,
            "project_id": self.project.id if self.project and world.chance(0.5) else None,
            "signed_on": on,
            "amount": Decimal(world.random.randint(1_000, 900_000)) / 100,
            "registration_no": f"{on.year}{world.writer.next_id(Contract):010d}"[:16],
            "state": ContractState.RESCINDED if rescinded else ContractState.IN_FORCE,
            "rescinded_on": rescinded,
        }
        number = world.writer.last_id(Contract)
        world.writer.add(
            Contract,
            id=number,
            base_id=world.base_id,
            recorded_at=at,
            ip_clause="归属持有方",
            **self.contract,
        )
        return ContractFact(id=number, type=_MODES[mode], signed_on=on, rescinded_on=rescinded)

    def _write(
        self, fact: TransferFact, receiver: Unit, at: datetime, checked_at: datetime | None
    ) -> None:
        staff, writer = self.world.staff, self.world.writer
        writer.add(
            Transfer,
            id=fact.id,
            base_id=self.world.base_id,
            recorded_at=at,
            result_id=fact.result_id,
            contract_id=fact.contract.id,
            mode=fact.mode,
            event_on=fact.event_on,
            receiver_id=receiver.id,
            receive_area=fact.receive_area,
            implement_area=fact.implement_area,
            entered_by=staff.manager,
            verified_by=staff.decider if checked_at else None,
            verified_at=checked_at,
        )
        told = [inserted("transfer", fact.id, {"result_id": fact.result_id})]
        told += self._judge(fact, at)
        self.world.tell(at, staff.manager, "transfer.record", "transfer", fact.id, changes=told)
        self._line(fact, receiver, at, checked_at or FOREVER, verified=False)
        if checked_at:
            fact = replace(fact, verified=True, verified_by=staff.decider)
            told = self._judge(fact, checked_at)
            self.world.tell(
                checked_at, staff.decider, "transfer.verify", "transfer", fact.id, changes=told
            )
            self._line(fact, receiver, checked_at, FOREVER, verified=True)

    def _judge(self, fact: TransferFact, at: datetime) -> list[dict[str, Any]]:
        others = tuple(known for known in self.fact.transfers if known.id != fact.id)
        self.fact = replace(self.fact, transfers=(*others, fact))
        wanted = distinct(transferred(self.fact, self.world.rules))
        return self.ledger.judge(wanted, at, "登记")

    def _line(
        self, fact: TransferFact, receiver: Unit, since: datetime, until: datetime, verified: bool
    ) -> None:
        earlier = min(known.event_on.year for known in self.fact.transfers)
        self.world.writer.add(
            TransferSpan,
            base_id=self.world.base_id,
            transfer_id=fact.id,
            result_id=fact.result_id,
            contract_id=fact.contract.id,
            known_from=since,
            known_to=until,
            event_on=fact.event_on,
            result_code=self.values["code"],
            title=self.values["title"],
            kind=self.values["kind"],
            field=self.values["field"],
            patents="、".join(self.patents) or None,
            holders=self.holder.name,
            holder_codes=self.holder.uscc,
            receiver=receiver.name,
            receiver_uscc=receiver.uscc,
            receive_area=fact.receive_area,
            implement_area=fact.implement_area,
            mode=fact.mode,
            contract_no=self.contract["no"],
            contract_type=self.contract["type"],
            contract_registration_no=self.contract["registration_no"],
            signed_on=fact.event_on,
            amount=self.contract["amount"],
            repeated=fact.event_on.year > earlier,
            verified=verified,
            rescinded_on=fact.contract.rescinded_on,
        )


def _patent(year: int, number: int) -> str:
    stem = f"{year}1{number:07d}"
    digits = zip(stem, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=True)
    left = sum(int(digit) * weight for digit, weight in digits) % 11
    return f"{stem}.{'X' if left == 10 else left}"
