"""What one 项 is, done through the researcher's form and the reviewers' decision (§3.5)."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from sqlmodel import Session, func, select

from pilot.domain import submission_edits as edits
from pilot.domain.errors import Refused
from pilot.domain.vocabulary import ContractState, Indicator, Scope, Standing
from pilot.services import results, submissions, transfers
from pilot.store import queries_results
from pilot.store.models import Claim, Contract, FollowUp, Result, Submission, Transfer
from tests import factories
from tests import factories_registry as registry
from tests import factories_submissions as made
from tests.factories import Team, clock
from tests.factories_submissions import Author

PATENTS = ("201911044411.X", "201730610076.0")


@dataclass(frozen=True, slots=True)
class Form:
    """One researcher at the form, two reviewers at the queue; every step by its own verb."""

    session: Session
    people: Team
    author: Author

    def draft(self, content: dict, *more: edits.Edit, author: Author | None = None) -> Submission:
        """A draft with a content, then edited as the form edits it."""
        author = author or self.author
        row = made.draft(self.session, author, content)
        for edit in more:
            submissions.put(self.session, row.id, edit, by=author.actor, at=clock(self.session))
        return row

    def accept(self, row: Submission, author: Author | None = None) -> Submission:
        """Sent and accepted by as many reviewers as it needs."""
        by = (author or self.author).actor
        submissions.submit(self.session, row.id, by=by, at=clock(self.session))
        for reviewer in (self.people.one, self.people.other):
            if row.reviewer_id is None and row.decided_at is None:
                made.accepted(self.session, row, reviewer)
        return row

    def hand_in(self, content: dict, *more: edits.Edit, author: Author | None = None) -> Submission:
        """The whole way."""
        return self.accept(self.draft(content, *more, author=author), author)

    def sale(self, number: int = 1, **contract) -> dict:
        """A sale to an enterprise of the city, under a contract of its own."""
        buyer = contract.pop("buyer", None) or registry.organisation(self.session, self.people)
        terms = {
            "no": f"SB-00{number}",
            "registration_no": f"202621110000012{number}",
            "signed_on": f"2026-0{number}-01",
            "registered_on": f"2026-0{number}-15",
        }
        return made.transfer_content(self.author, buyer, **(terms | contract))

    def again(self, row: Submission, number: int, **contract) -> dict:
        """The same result under another contract: the author says it is the same."""
        return self.sale(number, **contract) | {"same_as": row.result_id}

    def follow(self, row: Submission, kind: str, **fields) -> Submission:
        """What follows on the contract of an accepted submission."""
        told = {"kind": kind, "contract_id": row.contract_id, "happened_on": "2026-05-20"}
        content = made.result_content(self.author) | {
            "has_transfer": True,
            "follow_up": told | fields,
            "same_as": row.result_id,
            "explanations": {"files/contract-wanted": made.REASON},
        }
        return self.hand_in(content)

    def counted(self, indicator: Indicator = Indicator.TRANSFERRED) -> dict[int, int]:
        """What counts by year, for the city, as of the end of time."""
        query = (
            select(Claim.year, func.sum(Claim.sign))
            .where(Claim.indicator == indicator, Claim.scope == Scope.CITY)
            .where(Claim.standing == Standing.COUNTED)
            .group_by(Claim.year)
        )
        return {year: total for year, total in self.session.exec(query) if total}

    def rows(self, kind: type) -> int:
        """How many there are of a kind."""
        return self.session.exec(select(func.count()).select_from(kind)).one()


@pytest.fixture
def form(session) -> Form:
    people = factories.team(session)
    return Form(session, people, made.author(session, people))


def children(*numbers: str) -> Iterator[edits.Edit]:
    """The edits by which the form lists patents as children of the package."""
    for place, number in enumerate(numbers, 1):
        yield edits.child_added
        yield edits.child_field(place, "title", f"示例专利{place}")
        yield edits.child_field(place, "kind", "invention")
        yield edits.child_field(place, "number_kind", "patent")
        yield edits.child_field(place, "number", number)


def two_receivers(form: Form) -> None:
    first = form.hand_in(form.sale())
    form.hand_in(form.again(first, 2))
    third = registry.organisation(form.session, form.people)
    form.hand_in(form.again(first, 3), edits.receiver_added(third.id))

    assert form.counted() == {2026: 1}
    assert (form.rows(Result), form.rows(Contract), form.rows(Transfer)) == (1, 3, 4)


def later_year(form: Form) -> None:
    first = form.hand_in(form.sale(signed_on="2025-03-01", registered_on="2025-03-15"))
    form.hand_in(form.again(first, 2))

    assert form.counted() == {2025: 1, 2026: 1}
    repeated = select(Claim.year).where(Claim.repeated, Claim.scope == Scope.CITY)
    assert set(form.session.exec(repeated.where(Claim.standing == Standing.COUNTED))) == {2026}


def amended(form: Form) -> None:
    sold = form.hand_in(form.sale(registration_no="", registered_on="") | _unregistered())
    form.follow(sold, "amendment", amount="120", note="价款调整")
    form.follow(sold, "renewal", no="SB-001-续")
    form.follow(sold, "instalment", amount="30")
    form.follow(sold, "registration", registration_no="2026211100000999")

    contract = form.session.get_one(Contract, sold.contract_id)
    assert form.counted() == {2026: 1}
    assert (form.rows(Contract), form.rows(Transfer), form.rows(FollowUp)) == (1, 1, 4)
    assert (contract.state, contract.amount) == (ContractState.AMENDED, 120)
    assert contract.registration_no == "2026211100000999"
    assert contract.registered_on == date(2026, 5, 20)


def _unregistered() -> dict:
    reasons = {"files/contract-wanted", "contract.registration_no/register-soon"}
    return {"explanations": dict.fromkeys(reasons, made.REASON)}


def batch(form: Form) -> None:
    row = form.hand_in(form.sale(), *children(*PATENTS))
    assert form.counted() == {2026: 1}

    part = queries_results.children(form.session, row.result_id)[0]
    split = {"by": form.people.manager, "at": clock(form.session), "reason": "单独定价"}
    results.split(form.session, part.id, own_price=20, **split)
    assert form.counted() == {2026: 1}  # until its transfer is checked
    (moved,) = queries_results.transfers_of(form.session, [part.id])
    transfers.verify_transfer(form.session, moved.id, by=form.people.one, at=clock(form.session))
    assert form.counted() == {2026: 2}


def package(form: Form) -> None:
    named = [
        edits.child_added,
        edits.child_field(1, "title", "示例论文"),
        edits.child_field(1, "kind", "paper"),
        edits.child_added,
        edits.child_field(2, "title", "示例控制软件"),
        edits.child_field(2, "kind", "software"),
        edits.child_field(2, "number_kind", "software"),
        edits.child_field(2, "number", "2021SR0123456"),
        edits.child_raised(2),
    ]
    row = form.hand_in(form.sale(), *named)

    parts = queries_results.children(form.session, row.result_id)
    assert [one.title for one in parts] == ["示例控制软件", "示例论文"]
    assert form.counted() == {2026: 1}


def co_owned(form: Form) -> None:
    partner = made.author(form.session, form.people)
    both = edits.together([
        edits.holder_share(form.author.home.id, "60"),
        edits.holder_added(partner.home.id),
        edits.holder_share(partner.home.id, "40"),
    ])  # fmt: skip
    patent = edits.numbers("patent", [PATENTS[0]])
    buyer = registry.organisation(form.session, form.people)
    first = form.hand_in(form.sale(buyer=buyer), both, patent)
    second = form.hand_in(form.again(first, 1, buyer=buyer), both, patent, author=partner)

    held = queries_results.holders(form.session, first.result_id)
    assert [one.organisation_id for one in held] == [form.author.home.id, partner.home.id]
    assert (second.result_id, second.contract_id) == (first.result_id, first.contract_id)
    assert (form.counted(), form.rows(Result), form.rows(Transfer)) == ({2026: 1}, 1, 1)


def resubmitted(form: Form) -> None:
    first = form.hand_in(form.sale(), *children(*PATENTS))
    other = made.author(form.session, form.people)
    plain = made.result_content(other, title="另一名称", numbers={"patent": [PATENTS[1]]})
    row = form.draft(plain, author=other)
    with pytest.raises(Refused) as refused:
        submissions.submit(form.session, row.id, by=other.actor, at=clock(form.session))
    assert [each.rule for each in refused.value.problems] == ["lookalike"]

    same = {"same_as": first.result_id}
    submissions.put(form.session, row.id, same, by=other.actor, at=clock(form.session))
    form.accept(row, other)
    assert (row.result_id, form.counted(), form.rows(Result)) == (first.result_id, {2026: 1}, 3)


def outward(form: Form) -> None:
    local = registry.organisation(form.session, form.people)
    away = registry.organisation(form.session, form.people, reg_area="210100")
    content = form.sale(buyer=away, seller_id=local.id)
    content["transfer"]["implement_area"] = "210100"
    form.hand_in(content, edits.holder_added(local.id), edits.holder_share(local.id, ""))

    assert (form.counted(), form.counted(Indicator.OUTWARD)) == ({}, {2026: 1})


def worked_elsewhere(form: Form) -> None:
    content = form.sale()
    content["transfer"]["implement_area"] = "210100"
    form.hand_in(content)

    assert form.counted() == {2026: 1}
    (told,) = form.session.exec(_told(form))
    assert told == "受让方在本市，实施地不在本市"


def _told(form: Form):
    return select(Claim.missing).where(
        Claim.indicator == Indicator.TRANSFERRED,
        Claim.scope == Scope.CITY,
        Claim.standing == Standing.COUNTED,
    )


def rescinded(form: Form) -> None:
    sold = form.hand_in(form.sale())
    told = form.follow(sold, "rescission", note="受让方停产")

    contract = form.session.get_one(Contract, sold.contract_id)
    assert (contract.state, contract.rescinded_on) == (ContractState.RESCINDED, date(2026, 5, 20))
    assert (form.counted(), told.transfer_id, form.rows(Transfer)) == ({}, None, 1)
    (taken,) = form.session.exec(select(Claim.effective_on).where(
        Claim.sign == -1, Claim.scope == Scope.CITY, Claim.standing == Standing.COUNTED,
    ))  # fmt: skip
    assert taken == date(2026, 5, 20)


def no_contract(form: Form) -> None:
    form.hand_in(made.result_content(form.author) | {"has_transfer": False})

    assert form.counted() == {}


def published(form: Form) -> None:
    paper = edits.together([{"result.kind": "paper"}, {"result.title": "示例论文"}])
    form.hand_in(form.sale(), paper)
    form.hand_in(
        made.result_content(form.author, title="示例授权专利", kind="invention"),
        edits.numbers("patent", [PATENTS[0]]),
    )

    assert form.counted() == {}


def related(form: Form) -> None:
    content = form.sale(related_parties=True)
    content["transfer"]["related_parties"] = True
    form.hand_in(content)

    assert form.counted() == {2026: 1}
    assert list(form.session.exec(_told(form))) == ["关联交易"]


def classified(form: Form) -> None:
    row = form.draft(form.sale(), {"result.non_secret": False})
    with pytest.raises(Refused, match="涉密"):
        form.accept(row)

    assert json.loads(row.content)["result"]["non_secret"] is False
    assert form.rows(Result) == 0


REACHED: dict[str, Callable[[Form], None]] = {
    "two receivers in one year": two_receivers,
    "a new receiver in a later year": later_year,
    "amended, renewed, paid in instalments, registered later": amended,
    "one contract over a batch of patents": batch,
    "several patents, papers or software": package,
    "co-owned, submitted by two institutes": co_owned,
    "submitted again by another researcher": resubmitted,
    "held here, received outside": outward,
    "received here, worked elsewhere": worked_elsewhere,
    "rescinded": rescinded,
    "piloted, no contract": no_contract,
    "published or granted only": published,
    "related parties": related,
    "classified": classified,
}


@pytest.mark.parametrize("row", REACHED)
def test_a_row_of_what_one_item_is_can_be_done_through_the_form(form, row):
    REACHED[row](form)
