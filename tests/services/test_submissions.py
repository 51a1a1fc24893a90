"""A submission through its life: saved, sent, judged, counted once."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import col, func, select

from pilot.domain import submission_edits as edits
from pilot.domain.errors import Busy, Conflict, GuardFailed, Invalid, NotAllowed, NotFound, Refused
from pilot.domain.people import Role
from pilot.domain.vocabulary import FileKind, Indicator, Scope, Standing
from pilot.domain.vocabulary import SubmissionState as State
from pilot.services import (
    accounts,
    lookalikes,
    results,
    submission_files,
    submission_reviews,
    submissions,
)
from pilot.services.command import perform
from pilot.services.submissions import start
from pilot.store import queries_lookalikes, queries_submissions, retrying
from pilot.store.engine import reading, writing
from pilot.store.models import (
    Account,
    Claim,
    Contract,
    JournalEntry,
    Notice,
    Organisation,
    Result,
    Submission,
    Transfer,
)
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
def buyer(session, people):
    return registry.organisation(session, people)


def counted(session, standing=Standing.COUNTED):
    """M3 of 2026 for the city, as the ledger has it."""
    query = select(func.coalesce(func.sum(Claim.sign), 0)).where(
        Claim.indicator == Indicator.TRANSFERRED,
        Claim.scope == Scope.CITY,
        Claim.standing == standing,
    )
    return session.exec(query).one()


def how_many(session, kind):
    return session.exec(select(func.count()).select_from(kind)).one()


def rules(error):
    return {(problem.field, problem.rule) for problem in error.value.problems}


# --- writing -------------------------------------------------------------------------------------


def test_what_was_typed_is_kept_field_by_field(session, writer):
    row = submissions.start(session, by=writer.actor, at=clock(session))
    for changes in ({"result.title": "示例一"}, {"result.kind": "process"}, {"has_transfer": True}):
        submissions.put(session, row.id, changes, by=writer.actor, at=clock(session))

    content = json.loads(row.content)
    assert content == {"result": {"title": "示例一", "kind": "process"}, "has_transfer": True}
    assert row.title == "示例一"


def test_saving_leaves_no_journal_entry_and_no_new_page_version(engine):
    with writing(engine) as session:
        people = factories.team(session)
        author = made.author(session, people).actor
    done = perform(engine, start, by=author.id, now=NOON)
    with reading(engine) as session:
        before = how_many(session, JournalEntry), session.get_one(Submission, done.subject_id).rev

    submissions.save(engine, done.subject_id, {"result.title": "示例"}, by=author.id, now=NOON)

    with reading(engine) as session:
        row = session.get_one(Submission, done.subject_id)
        assert (how_many(session, JournalEntry), row.rev) == before
        assert row.title == "示例"


def test_nobody_else_can_read_or_write_a_draft(session, people, writer):
    row = made.draft(session, writer, made.result_content(writer))
    other = made.author(session, people).actor

    with pytest.raises(NotFound):
        submissions.put(session, row.id, {"result.title": "别人"}, by=other, at=clock(session))
    with pytest.raises(NotFound):
        submissions.submit(session, row.id, by=other, at=clock(session))


def test_a_copy_carries_what_does_not_name_the_old_result(session, writer):
    content = made.result_content(writer, numbers={"patent": ["201911044411.X"]})
    old = made.draft(session, writer, content)

    row = submissions.start(session, by=writer.actor, at=clock(session), copy_of=old.id)

    result = json.loads(row.content)["result"]
    assert result["holders"] == content["result"]["holders"]
    assert not {"numbers", "non_secret"} & set(result)


# --- sending -------------------------------------------------------------------------------------


def test_an_empty_draft_is_refused_with_every_field_that_lacks(session, writer):
    row = made.draft(session, writer, {})

    with pytest.raises(Refused) as refused:
        submissions.submit(session, row.id, by=writer.actor, at=clock(session))

    assert {("result.title", "required"), ("result.kind", "required")} <= rules(refused)
    assert row.state is State.DRAFT


def test_a_soft_problem_passes_with_an_explanation(session, writer):
    content = made.result_content(writer, summary="")
    row = made.draft(session, writer, content)
    with pytest.raises(Refused) as refused:
        submissions.submit(session, row.id, by=writer.actor, at=clock(session))
    assert rules(refused) == {("result.summary", "summary-wanted")}

    explained = {"explanations.result.summary/summary-wanted": "简介随后补充"}
    submissions.put(session, row.id, explained, by=writer.actor, at=clock(session))
    submissions.submit(session, row.id, by=writer.actor, at=clock(session))

    assert row.state is State.WAITING


def test_a_unit_of_another_base_or_of_none_is_refused(session, writer):
    elsewhere = registry.organisation(session, factories.team(session, "YK"))
    for strange in (elsewhere.id, 999_999, -1, "1", None):
        content = made.result_content(writer, holders=[{"organisation_id": strange}])
        row = made.draft(session, writer, content)
        with pytest.raises(Refused) as refused:
            submissions.submit(session, row.id, by=writer.actor, at=clock(session))
        assert ("result.holders", "unit-unknown") in rules(refused)


def test_a_database_that_is_busy_is_said_in_words(engine, monkeypatch):
    def locked(*_args, **_options):
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    monkeypatch.setattr(submissions, "put", locked)
    monkeypatch.setattr(retrying, "PATIENCE", 0.05)
    with writing(engine) as session:
        author = made.author(session, factories.team(session)).actor

    with pytest.raises(Busy):
        submissions.save(engine, 1, {"result.title": "示例"}, by=author.id, now=NOON)


def test_quick_edits_of_one_list_all_stand(engine):
    with writing(engine) as session:
        author = made.author(session, factories.team(session)).actor
    number = perform(engine, start, by=author.id, now=NOON).subject_id

    def add(one):
        submissions.save(engine, number, edits.holder_added(one), by=author.id, now=NOON)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(1, 17)))

    with reading(engine) as session:
        content = json.loads(session.get_one(Submission, number).content)
    assert sorted(one["organisation_id"] for one in content["result"]["holders"]) == [*range(1, 17)]


def test_anothers_submission_may_be_said_to_be_the_same(session, people, writer):
    other = made.author(session, people)
    numbers = {"patent": ["201911044411.X"]}
    sent = made.sent(session, other, made.result_content(other, numbers=numbers))
    content = made.result_content(writer, numbers=numbers)
    row = made.draft(session, writer, content | {"same_submission": sent.id})

    submissions.submit(session, row.id, by=writer.actor, at=clock(session))

    assert row.state is State.WAITING


def test_a_known_result_of_another_base_is_not_taken_for_the_same(session, people, writer):
    elsewhere = registry.result(session, factories.team(session, "YK"))
    row = made.sent(session, writer, made.result_content(writer) | {"same_as": elsewhere.id})

    with pytest.raises(NotFound):
        made.accepted(session, row, people.one)


def test_classified_content_is_refused(session, writer):
    row = made.draft(session, writer, made.result_content(writer, non_secret=False))

    with pytest.raises(Refused) as refused:
        submissions.submit(session, row.id, by=writer.actor, at=clock(session))

    assert rules(refused) == {("result.non_secret", "classified")}


def test_receipts_run_through_the_year_and_stay(session, people, writer):
    first = made.sent(session, writer, made.result_content(writer))
    second = made.sent(session, writer, made.result_content(writer, title="完全不同的另一项装置"))
    assert (first.receipt, second.receipt) == ("TB-2026-00001", "TB-2026-00002")

    made.claimed(session, first, people.one)
    submission_reviews.send_back(
        session, first.id, by=people.one, at=clock(session), reason="补指标"
    )
    submissions.submit(session, first.id, by=writer.actor, at=clock(session))

    assert (first.receipt, first.round) == ("TB-2026-00001", 2)


def test_reviewers_are_told_of_what_arrives(session, people, writer):
    row = made.sent(session, writer, made.result_content(writer))

    told = session.exec(select(Notice.account_id).where(Notice.about_id == row.id)).all()
    assert sorted(told) == sorted([people.one.id, people.other.id])


def test_a_repeated_click_makes_one_submission(engine):
    with writing(engine) as session:
        people = factories.team(session)
        writer = made.author(session, people)
        row = made.draft(session, writer, made.result_content(writer))
    send = {"by": writer.actor.id, "now": NOON, "key": "click-1"}

    first = perform(engine, submissions.submit, row.id, **send)
    again = perform(engine, submissions.submit, row.id, **send)

    assert again.repeated
    assert again.sequence == first.sequence


# --- look-alikes ---------------------------------------------------------------------------------


def test_the_same_patent_must_be_answered_before_sending(session, people, writer):
    from pilot.domain.drafts import Number
    from pilot.domain.identifiers import IdentifierKind

    patent = Number(IdentifierKind.PATENT, "201911044411.X")
    known = registry.result(session, people, numbers=(patent,))
    numbers = {"patent": ["CN 201911044411.x"]}
    row = made.draft(session, writer, made.result_content(writer, numbers=numbers))
    with pytest.raises(Refused) as refused:
        submissions.submit(session, row.id, by=writer.actor, at=clock(session))
    assert rules(refused) == {("lookalikes", "lookalike")}

    same = {"same_as": known.id}
    submissions.put(session, row.id, same, by=writer.actor, at=clock(session))
    submissions.submit(session, row.id, by=writer.actor, at=clock(session))

    assert row.state is State.WAITING


def test_what_was_said_not_to_be_the_same_is_not_asked_again(session, people, writer):
    made.sent(session, writer, made.result_content(writer))
    other = made.author(session, people)
    twin = made.result_content(other)
    twin["result"]["holders"] = [{"organisation_id": writer.home.id, "share": "100"}]
    row = made.draft(session, other, twin)
    with pytest.raises(Refused):
        submissions.submit(session, row.id, by=other.actor, at=clock(session))
    found = lookalikes.found(session, row, twin)

    lookalikes.distinguish(
        session, row.id, found[0].table, found[0].id, by=other.actor, at=clock(session),
        reason="原料和设备都不同",
    )  # fmt: skip
    submissions.submit(session, row.id, by=other.actor, at=clock(session))

    assert row.state is State.WAITING
    assert queries_submissions.distinctions(session, [row.id])[0][0].reason == "原料和设备都不同"


def test_what_is_decided_waits_for_no_reviewer_any_more(session, people, writer):
    def unread():
        query = select(Notice.account_id).where(
            col(Notice.read_at).is_(None), Notice.page == "review"
        )
        return set(session.exec(query))

    one = made.sent(session, writer, made.result_content(writer))
    kept = made.sent(session, writer, made.result_content(writer, title="另一项示例成果"))
    assert unread() == {people.one.id, people.other.id}
    made.accepted(session, one, people.one)
    submissions.withdraw(session, kept.id, by=writer.actor, at=clock(session))
    assert unread() == set()


def test_a_second_verification_is_told_to_who_has_to_make_it(session, people, writer, buyer):
    row = made.sent(session, writer, made.transfer_content(writer, buyer))
    made.accepted(session, row, people.one)

    query = select(Notice).where(col(Notice.read_at).is_(None))
    assert [(one.account_id, "复核" in one.text) for one in session.exec(query)] == [
        (people.other.id, True)
    ]


def test_said_of_what_a_change_is_about_it_holds_for_the_change(session, people, writer):
    first = made.sent(session, writer, made.result_content(writer))
    other = made.author(session, people)
    twin = made.result_content(other)
    twin["result"]["holders"] = [{"organisation_id": writer.home.id, "share": "100"}]
    row = made.draft(session, other, twin)
    lookalikes.distinguish(
        session, row.id, "submission", first.id, by=other.actor, at=clock(session),
        reason="原料和设备都不同",
    )  # fmt: skip
    made.accepted(session, first, people.one)
    submissions.submit(session, row.id, by=other.actor, at=clock(session))
    made.accepted(session, row, people.one)

    change = submissions.ask_change(session, row.id, by=other.actor, at=clock(session))
    edit = {"result.summary": "更正的示例简介"}
    submissions.put(session, change.id, edit, by=other.actor, at=clock(session))
    found = lookalikes.found(session, change, twin)
    assert [(one.table, one.id) for one in found] == [("result", first.result_id)]
    submissions.submit(session, change.id, by=other.actor, at=clock(session))
    assert change.state is State.WAITING


def test_a_near_title_is_a_hint_and_asks_nothing(session, people, writer):
    known = registry.result(session, people, title="示例耐温分离膜的制备新工艺")
    content = made.result_content(writer, title="一种示例耐温分离膜制备新工艺")
    row = made.draft(session, writer, content)

    found = lookalikes.found(session, row, content)
    submissions.submit(session, row.id, by=writer.actor, at=clock(session))

    assert [(each.table, each.id) for each in found] == [("result", known.id)]
    assert row.state is State.WAITING


# --- judging -------------------------------------------------------------------------------------


def test_one_reviewer_accepts_a_result_and_it_is_in_the_registry(session, people, writer):
    row = made.sent(session, writer, made.result_content(writer))
    made.accepted(session, row, people.one)

    result = session.get_one(Result, row.result_id)
    assert (row.state, result.title) == (State.ACCEPTED, "示例耐温分离膜制备工艺")
    assert counted(session) == 0


def test_a_transfer_needs_two_and_then_counts_once(session, people, writer, buyer):
    row = made.sent(session, writer, made.transfer_content(writer, buyer))

    made.accepted(session, row, people.one)
    assert (row.state, row.result_id, counted(session)) == (State.SECOND, None, 0)
    made.accepted(session, row, people.other)

    transfer = session.get_one(Transfer, row.transfer_id)
    assert row.state is State.ACCEPTED
    assert (transfer.entered_by, transfer.verified_by) == (writer.actor.id, people.other.id)
    assert counted(session) == 1


AWAY = "210100"


@pytest.mark.parametrize(
    ("contract", "area", "limit", "voters"),
    [
        pytest.param({"type": "development"}, "211102", "100", 1, id="four-tech below the limit"),
        pytest.param({"type": "development"}, "211102", "88", 2, id="four-tech above the limit"),
        pytest.param({}, AWAY, "100", 1, id="received elsewhere below the limit"),
        pytest.param({}, AWAY, "88", 2, id="received elsewhere above the limit"),
        pytest.param({}, "211102", "100", 2, id="makes a claim"),
    ],
)
def test_two_verify_what_makes_a_claim_or_is_large(
    session, people, writer, contract, area, limit, voters
):
    admin = factories.actor(session, people.base, Role.ADMIN)
    submission_reviews.save_policy(
        session, limit, False, by=admin, at=clock(session), reason="示例依据"
    )
    buyer = registry.organisation(session, people, reg_area=area)
    row = made.sent(session, writer, made.transfer_content(writer, buyer, **contract))

    made.accepted(session, row, people.one)

    assert row.state is (State.ACCEPTED if voters == 1 else State.SECOND)


def test_a_registered_contract_decides_how_many_verify(session, people, writer, buyer):
    registry.contract(session, people, no="SB-001", amount=5000, type="development")
    content = made.transfer_content(writer, buyer, amount="1", type="development")
    row = made.sent(session, writer, content)

    made.accepted(session, row, people.one)

    assert row.state is State.SECOND


def test_the_same_person_cannot_verify_twice(session, people, writer, buyer):
    row = made.sent(session, writer, made.transfer_content(writer, buyer))
    made.accepted(session, row, people.one)

    with pytest.raises(NotAllowed, match="复核须由另一位"):
        made.claimed(session, row, people.one)


def test_a_changed_field_voids_the_first_verification(session, people, writer, buyer):
    row = made.sent(session, writer, made.transfer_content(writer, buyer))
    made.accepted(session, row, people.one)
    made.claimed(session, row, people.other)
    submission_reviews.send_back(
        session, row.id, by=people.other, at=clock(session), reason="金额与合同不符"
    )
    amount = {"contract.amount": "90"}
    submissions.put(session, row.id, amount, by=writer.actor, at=clock(session))
    submissions.submit(session, row.id, by=writer.actor, at=clock(session))

    made.accepted(session, row, people.other)

    assert (row.state, counted(session)) == (State.SECOND, 0)


def test_a_changed_file_voids_the_first_verification(session, people, writer, buyer):
    row = made.sent(session, writer, made.transfer_content(writer, buyer))
    made.accepted(session, row, people.one)
    made.claimed(session, row, people.other)
    submission_reviews.send_back(session, row.id, by=people.other, at=clock(session), reason="缺")
    submission_files.attach(
        session, row.id, FileKind.CONTRACT, by=writer.actor, at=clock(session), file=made.file()
    )
    submissions.submit(session, row.id, by=writer.actor, at=clock(session))

    made.accepted(session, row, people.other)

    assert row.state is State.SECOND


def test_what_comes_back_unchanged_keeps_its_verification(session, people, writer, buyer):
    row = made.sent(session, writer, made.transfer_content(writer, buyer))
    made.accepted(session, row, people.one)
    made.claimed(session, row, people.other)
    submission_reviews.send_back(session, row.id, by=people.other, at=clock(session), reason="问")
    submissions.submit(session, row.id, by=writer.actor, at=clock(session))

    made.accepted(session, row, people.other)

    assert (row.state, counted(session)) == (State.ACCEPTED, 1)


def test_nobody_judges_their_own(session, people, writer):
    both = factories.actor(session, people.base, Role.RESEARCHER, Role.REVIEWER)
    home = made.Author(both, writer.home)
    row = made.sent(session, home, made.result_content(home))

    with pytest.raises(NotAllowed, match="自己的填报"):
        made.claimed(session, row, both)


def test_nobody_judges_their_organisations_unless_it_is_allowed(session, people, writer):
    session.get_one(Account, people.one.id).organisation_id = writer.home.id
    row = made.sent(session, writer, made.result_content(writer))
    with pytest.raises(NotAllowed, match="回避"):
        made.claimed(session, row, people.one)

    admin = factories.actor(session, people.base, Role.ADMIN)
    submission_reviews.save_policy(
        session, "100", True, by=admin, at=clock(session), reason="只有一家单位"
    )

    assert made.claimed(session, row, people.one).reviewer_id == people.one.id


def test_the_unit_is_the_authors_at_the_time_of_sending(session, people, writer):
    row = made.draft(session, writer, made.result_content(writer))
    moved = registry.institute(session, people)
    admin = factories.actor(session, people.base, Role.ADMIN)
    unit = {"by": admin, "at": clock(session)}
    accounts.set_organisation(session, writer.actor.id, moved.id, **unit)
    accounts.set_organisation(session, people.one.id, moved.id, **unit)

    submissions.submit(session, row.id, by=writer.actor, at=clock(session))

    assert row.organisation_id == moved.id
    with pytest.raises(NotAllowed, match="回避"):
        made.claimed(session, row, people.one)


@pytest.mark.parametrize(
    ("amount", "reason", "why"),
    [
        ("-1", "依据", "负数"),
        ("一百万", "依据", "金额"),
        ("1.234", "依据", "金额"),
        ("50", " ", "依据"),
    ],
)
def test_rules_of_review_that_are_refused(session, people, amount, reason, why):
    admin = factories.actor(session, people.base, Role.ADMIN)
    with pytest.raises(Invalid, match=why):
        submission_reviews.save_policy(
            session, amount, False, by=admin, at=clock(session), reason=reason
        )


def test_two_reviewers_at_one_item_one_gets_a_sentence(session, people, writer):
    row = made.sent(session, writer, made.result_content(writer))
    made.claimed(session, row, people.one)

    with pytest.raises(Conflict, match="另一位审核人认领"):
        made.claimed(session, row, people.other)
    with pytest.raises(Conflict, match="请先认领"):
        submission_reviews.accept(session, row.id, by=people.other, at=clock(session))


def test_a_return_needs_a_word(session, people, writer):
    row = made.sent(session, writer, made.result_content(writer))
    made.claimed(session, row, people.one)
    with pytest.raises(GuardFailed, match="说明要改什么"):
        submission_reviews.send_back(session, row.id, by=people.one, at=clock(session))

    submissions.comment(
        session, row.id, "请写明指标", by=people.one, at=clock(session), field="result.summary"
    )
    submission_reviews.send_back(session, row.id, by=people.one, at=clock(session))

    assert row.state is State.RETURNED


@pytest.mark.parametrize("end", ["refused", "withdrawn"])
def test_what_is_refused_or_withdrawn_leaves_nothing(session, people, writer, buyer, end):
    row = made.sent(session, writer, made.transfer_content(writer, buyer))
    if end == "refused":
        made.claimed(session, row, people.one)
        submission_reviews.refuse(
            session, row.id, by=people.one, at=clock(session), reason="不属于转化"
        )
    else:
        submissions.withdraw(session, row.id, by=writer.actor, at=clock(session))

    assert row.state.value == end
    assert [how_many(session, kind) for kind in (Result, Contract, Transfer, Claim)] == [0] * 4


def test_joining_takes_the_transfer_to_the_known_result(session, people, writer, buyer):
    known = registry.result(session, people)
    row = made.sent(session, writer, made.transfer_content(writer, buyer))
    made.accepted(session, row, people.one)
    made.claimed(session, row, people.other)

    submission_reviews.join(
        session, row.id, known.id, by=people.other, at=clock(session), reason="同一专利"
    )

    assert (row.state, row.result_id) == (State.DUPLICATE, known.id)
    assert session.get_one(Transfer, row.transfer_id).result_id == known.id
    assert (how_many(session, Result), counted(session)) == (1, 1)


def test_a_voided_result_takes_nothing_in(session, people, writer):
    known = registry.result(session, people)
    content = made.result_content(writer) | {"same_as": known.id}
    row = made.claimed(session, made.sent(session, writer, content), people.one)
    results.void_result(session, known.id, by=people.manager, at=clock(session), reason="重复登记")

    with pytest.raises(GuardFailed, match="已作废"):
        submission_reviews.accept(session, row.id, by=people.one, at=clock(session))
    with pytest.raises(GuardFailed, match="已作废"):
        submission_reviews.join(
            session, row.id, known.id, by=people.one, at=clock(session), reason="同一项"
        )


def test_a_draft_is_missing_for_reviewers_and_colleagues(session, people, writer):
    row = made.draft(session, writer, made.result_content(writer))
    other = made.author(session, people)
    mine = made.sent(session, other, made.result_content(other, title="示例另一项成果"))

    said = set()
    for reader in (people.one, other.actor):
        for number in (row.id, 10**6):  # hidden and missing: nothing tells one from the other
            with pytest.raises(NotFound) as refused:
                submissions.comment(session, number, "示例", by=reader, at=clock(session))
            said.add(refused.value.message)
    assert said == {"没有找到这条填报。"}
    with pytest.raises(NotFound, match="没有找到这条填报"):
        made.claimed(session, row, people.one)
    with pytest.raises(NotFound, match="没有找到这条填报"):
        lookalikes.distinguish(
            session, mine.id, "submission", row.id, by=other.actor, at=clock(session), reason="不同"
        )


def test_an_organisation_that_was_asked_for_is_registered_once(session, people, writer):
    asked = {
        "name": "示例新单位有限公司",
        "kind": "enterprise",
        "uscc": registry.uscc(77),
        "reg_area": "211102",
    }
    content = made.result_content(writer, holders=[{"organisation_id": -1, "share": "100"}])
    row = made.sent(session, writer, content | {"organisations": [asked]})
    made.accepted(session, row, people.one)

    found = session.exec(select(Organisation).where(Organisation.name == asked["name"])).all()
    assert len(found) == 1


def test_a_second_change_is_told_which_one_it_waits_for(session, people, writer, buyer):
    row = made.sent(session, writer, made.transfer_content(writer, buyer))
    made.accepted(session, row, people.one, people.other)
    first, second = (
        submissions.ask_change(session, row.id, by=writer.actor, at=clock(session)) for _ in "12"
    )
    submissions.submit(session, first.id, by=writer.actor, at=clock(session))

    with pytest.raises(Refused) as refused:
        submissions.submit(session, second.id, by=writer.actor, at=clock(session))
    [problem] = refused.value.problems
    assert problem.rule == "change-under-way"
    assert first.receipt in problem.message
    assert first.receipt in problem.remedy

    submissions.withdraw(session, first.id, by=writer.actor, at=clock(session))
    submissions.submit(session, second.id, by=writer.actor, at=clock(session))
    assert second.state is State.WAITING


def test_changes_of_what_names_no_result_do_not_wait_for_each_other(session, people, writer, buyer):
    changes = []
    for number, title in enumerate(("示例甲催化剂再生", "示例乙电子级溶剂提纯")):
        terms = {"no": f"SB-{number}", "registration_no": f"202621110000012{number}"}
        content = made.transfer_content(writer, buyer, **terms)
        content["result"] |= {"title": title, "numbers": {}}
        row = made.sent(session, writer, content)
        made.accepted(session, row, people.one, people.other)
        change = submissions.ask_change(session, row.id, by=writer.actor, at=clock(session))
        change.result_id = None  # as of a follow-up that names none
        changes.append(change)
    first, second = changes
    first.state, first.receipt = State.WAITING, "TB-2026-9999"
    session.flush()

    assert queries_lookalikes.change_under_way(session, second) is None


def test_a_change_reopens_the_claim_until_it_is_judged(session, people, writer, buyer):
    row = made.sent(session, writer, made.transfer_content(writer, buyer))
    made.accepted(session, row, people.one, people.other)
    change = submissions.ask_change(session, row.id, by=writer.actor, at=clock(session))
    amount = {"contract.amount": "99"}
    submissions.put(session, change.id, amount, by=writer.actor, at=clock(session))

    submissions.submit(session, change.id, by=writer.actor, at=clock(session))
    assert (counted(session), counted(session, Standing.PENDING)) == (0, 1)
    made.accepted(session, change, people.one, people.other)

    assert session.get_one(Contract, change.contract_id).amount == 99
    assert (counted(session), counted(session, Standing.PENDING)) == (1, 0)
    assert [how_many(session, kind) for kind in (Result, Contract, Transfer)] == [1, 1, 1]
