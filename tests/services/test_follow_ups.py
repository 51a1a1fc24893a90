"""What follows on a contract that is there already: who may tell of it, and what it changes."""

import pytest

from pilot.domain import submission_edits as edits
from pilot.domain.errors import Conflict, GuardFailed, Refused
from pilot.domain.moment import moment
from pilot.domain.vocabulary import ContractState
from pilot.reports import earlier_contracts
from pilot.reports import registry as reports
from pilot.services import contracts, submission_reviews, submissions
from pilot.store.models import Contract, FollowUp
from tests import factories
from tests import factories_registry as registry
from tests import factories_submissions as made
from tests.factories import NOON, clock


@pytest.fixture
def people(session):
    return factories.team(session)


@pytest.fixture
def writer(session, people):
    return made.author(session, people)


@pytest.fixture
def sold(session, people, writer):
    """An accepted sale for 88.50, technology amount 80, signed on 1 March 2026."""
    buyer = registry.organisation(session, people)
    content = made.transfer_content(writer, buyer, technology_amount="80")
    row = made.sent(session, writer, content)
    return made.accepted(session, row, people.one, people.other)


def told(writer, sold, kind="amendment", **fields):
    values = {"kind": kind, "contract_id": sold.contract_id, "happened_on": "2026-05-20"}
    values |= {"note": "示例说明"} | fields
    same = values.pop("same_as", sold.result_id)
    return made.result_content(writer) | {
        "has_transfer": True,
        "follow_up": values,
        "same_as": same,
        "explanations": {"files/contract-wanted": made.REASON},
    }


def refused(session, writer, content):
    row = made.draft(session, writer, content)
    with pytest.raises(Refused) as error:
        submissions.submit(session, row.id, by=writer.actor, at=clock(session))
    return [(each.field, each.rule) for each in error.value.problems]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        pytest.param({"contract_id": ""}, ("contract_id", "required"), id="no contract"),
        pytest.param({"contract_id": 999}, ("contract_id", "contract-unknown"), id="unknown"),
        pytest.param({"same_as": None}, ("contract_id", "result-required"), id="no result"),
        pytest.param({"happened_on": ""}, ("happened_on", "required"), id="no day"),
        pytest.param({"happened_on": "2026-02-28"}, ("happened_on", "before-signing"), id="early"),
        pytest.param({"happened_on": "2026-12-31"}, ("happened_on", "future"), id="not yet"),
        pytest.param({"note": ""}, ("note", "note-required"), id="not said what"),
        pytest.param({"amount": "79"}, ("amount", "part-of-amount"), id="below its part"),
        pytest.param(
            {"kind": "rescission", "note": " "}, ("note", "note-required"), id="no reason"
        ),
        pytest.param({"kind": "instalment"}, ("amount", "paid-required"), id="nothing paid"),
        pytest.param(
            {"kind": "registration"}, ("registration_no", "registration-required"), id="no number"
        ),
        pytest.param(
            {"kind": "registration", "registration_no": "2026211100000999"},
            ("contract_id", "registered-already"),
            id="registered already",
        ),
    ],
)
def test_what_a_follow_up_lacks_is_told_at_its_field(session, writer, sold, fields, problem):
    field, rule = problem
    assert (f"follow_up.{field}", rule) in refused(session, writer, told(writer, sold, **fields))


def test_a_result_of_another_contract_is_not_meant(session, people, writer, sold):
    other = registry.result(session, people)

    problems = refused(session, writer, told(writer, sold, same_as=other.id))

    assert ("follow_up.contract_id", "result-of-contract") in problems


def test_a_stranger_neither_sees_nor_names_the_contract(session, people, writer, sold):
    stranger = made.author(session, people)

    assert list(earlier_contracts.offered(session, writer.actor)) == [sold.contract_id]
    assert earlier_contracts.offered(session, stranger.actor) == {}
    content = told(stranger, sold)
    assert ("follow_up.contract_id", "contract-unknown") in refused(session, stranger, content)


def test_a_contract_under_which_nothing_was_transferred_is_not_offered(
    session, people, writer, sold
):
    registry.contract(session, people, seller_id=writer.home.id, no="SB-900")

    assert list(earlier_contracts.offered(session, writer.actor)) == [sold.contract_id]


def test_the_registry_fills_in_what_the_form_asks_of_the_result(session, writer, sold):
    row = made.draft(session, writer, {"has_transfer": True, "result": {"title": "先写的名称"}})
    chosen = {"follow_up.kind": "renewal", "follow_up.contract_id": sold.contract_id}
    submissions.put(session, row.id, chosen, by=writer.actor, at=clock(session))

    known = earlier_contracts.registered(session, writer.actor, row.id, sold.result_id)
    edit = edits.earlier_result(sold.result_id, known)
    submissions.put(session, row.id, edit, by=writer.actor, at=clock(session))

    rest = {"result.non_secret": True, "follow_up.happened_on": "2026-05-20"}
    reasons = {"explanations": {"files/contract-wanted": made.REASON}}
    submissions.put(session, row.id, rest | reasons, by=writer.actor, at=clock(session))
    submissions.submit(session, row.id, by=writer.actor, at=clock(session))
    assert row.title == "先写的名称"


def test_a_rescission_needs_two_and_is_refused_once_it_has_happened(session, people, writer, sold):
    row = made.sent(session, writer, told(writer, sold, "rescission"))
    made.accepted(session, row, people.one)
    assert row.decided_at is None
    contracts.rescind(
        session, sold.contract_id, NOON.date(), by=people.manager, at=clock(session), reason="另案"
    )
    made.claimed(session, row, people.other)

    with pytest.raises(GuardFailed, match="已于 2026-06-01 解除"):
        submission_reviews.accept(session, row.id, by=people.other, at=clock(session))


def test_an_amendment_below_the_limit_needs_one_and_leaves_the_check_alone(
    session, people, writer, sold
):
    row = made.sent(session, writer, told(writer, sold, amount="90", no="SB-001-补1"))
    made.accepted(session, row, people.one)

    contract = session.get_one(Contract, sold.contract_id)
    assert (row.contract_id, row.result_id) == (sold.contract_id, sold.result_id)
    assert (contract.state, contract.amount) == (ContractState.AMENDED, 90)
    shown = reports.contract(session, people.manager, contract.id, moment(clock(session)))
    assert shown.followed == ("2026-05-20 补充协议（变更），SB-001-补1，90.00 万元，示例说明",)


def test_an_instalment_is_written_down_and_changes_nothing(session, people, writer, sold):
    before = contracts.contract_draft(session.get_one(Contract, sold.contract_id))

    row = made.sent(session, writer, told(writer, sold, "instalment", amount="30"))
    made.accepted(session, row, people.one)

    assert contracts.contract_draft(session.get_one(Contract, sold.contract_id)) == before
    (paid,) = session.exec(FollowUp.__table__.select()).all()
    assert (paid.amount, paid.submission_id) == (30, row.id)


def test_a_follow_up_is_not_changed_and_a_change_is_no_follow_up(session, people, writer, sold):
    row = made.sent(session, writer, told(writer, sold, "renewal"))
    made.accepted(session, row, people.one)
    with pytest.raises(Conflict, match="不能申请变更"):
        submissions.ask_change(session, row.id, by=writer.actor, at=clock(session))

    change = submissions.ask_change(session, sold.id, by=writer.actor, at=clock(session))
    content = told(writer, sold, "renewal")
    submissions.put(session, change.id, content, by=writer.actor, at=clock(session))
    with pytest.raises(Refused, match="变更申请只改"):
        submissions.submit(session, change.id, by=writer.actor, at=clock(session))


def test_a_withdrawn_follow_up_leaves_the_contract_as_it_was(session, people, writer, sold):
    row = made.sent(session, writer, told(writer, sold, "rescission"))
    submissions.withdraw(session, row.id, by=writer.actor, at=clock(session))

    assert session.get_one(Contract, sold.contract_id).state is ContractState.IN_FORCE
