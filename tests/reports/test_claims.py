"""The list behind a number: as long as the card at any two times, and every claim explained."""

from datetime import date, datetime, timedelta

import pytest

from pilot.domain.errors import NotFound
from pilot.domain.moment import Moment, end_of_day
from pilot.domain.people import Role
from pilot.domain.vocabulary import Gate, Indicator, Scope, Standing
from pilot.reports import claims, explanations
from pilot.reports.tables import Chosen
from pilot.services import contracts, definitions, lifecycle, targets, transfers, verify
from pilot.store.files import StoredFile
from tests import factories, factories_registry
from tests.factories import clock
from tests.services.test_definitions import FIRST_FEED

PILOTS = Chosen(indicator=Indicator.NEW_PILOT, scope=Scope.CITY, standing=Standing.COUNTED)
RESULTS = Chosen(indicator=Indicator.TRANSFERRED, scope=Scope.CITY, standing=Standing.COUNTED)


@pytest.fixture
def people(session):
    return factories.team(session)


def seen(session, as_of=date(2026, 6, 30), known_at: datetime | None = None):
    """What is known at this second of the test, unless told otherwise."""
    return Moment(2026, as_of, known_at or session.info["clock"])


def look(session, people, chosen=PILOTS, **times):
    view = seen(session, **times)
    number = claims.numbers(session, people.manager, view, chosen)
    return number, claims.lines(session, people.manager, view, chosen)


def pilot(session, people, **fields):
    return factories.before_gate(session, people, Gate.G2, **fields)


def test_the_list_names_the_unit_its_day_its_rule_and_who_verified_it(session, people):
    project = pilot(session, people)

    _, rows = look(session, people)

    [row] = rows.itertuples()
    assert (row.code, row.name, row.effective_on) == (project.code, project.name, date(2026, 2, 11))
    assert row.rule == "M1-R1 评审通过且协议签订，取较晚的一天"
    assert (row.definition, row.verifier) == ("第 1 版", people.decider.name)


def test_the_number_is_known_only_after_it_was_recorded(session, people):
    pilot(session, people)
    recorded = session.info["clock"]

    before, _ = look(session, people, known_at=recorded - timedelta(minutes=10))
    after, _ = look(session, people)

    assert (before.card[Standing.COUNTED], after.card[Standing.COUNTED]) == (0, 1)
    assert before.entries == 0


def test_a_unit_stands_from_its_own_day_on(session, people):
    pilot(session, people)

    day_before, _ = look(session, people, as_of=date(2026, 2, 10))
    same_day, _ = look(session, people, as_of=date(2026, 2, 11))

    assert (day_before.rows, same_day.rows) == (0, 1)


def test_a_terminated_project_still_counts_and_the_list_says_so(session, people):
    project = pilot(session, people)
    lifecycle.move(
        session, project.id, "terminate", by=people.manager, at=clock(session), reason="经济性"
    )

    number, rows = look(session, people)

    assert number.card[Standing.COUNTED] == 1
    assert rows.note[0] == "其中已终止"


def test_the_list_is_as_long_as_the_card_on_every_day_whatever_was_corrected(session, people):
    transfer = factories_registry.transfer(session, people)
    contracts.rescind(
        session, transfer.contract_id, date(2026, 5, 1),
        by=people.manager, at=clock(session), reason="解除",
    )  # fmt: skip
    transfers.void_transfer(
        session, transfer.id, by=people.manager, at=clock(session), reason="录错"
    )

    for day in (date(2026, 3, 1), date(2026, 4, 15), date(2026, 5, 1), date(2026, 6, 1)):
        number, rows = look(session, people, RESULTS, as_of=day)
        assert (number.card[Standing.COUNTED], number.rows, len(rows)) == (0, 0, 0)


def test_what_was_known_before_a_correction_can_still_be_listed(session, people):
    transfer = factories_registry.transfer(session, people)
    then = session.info["clock"]
    transfers.void_transfer(
        session, transfer.id, by=people.manager, at=clock(session), reason="录错"
    )

    was, rows = look(session, people, RESULTS, known_at=then)
    now, _ = look(session, people, RESULTS)

    assert (was.rows, len(rows), now.rows) == (1, 1, 0)


def test_a_second_contract_takes_over_from_one_that_was_rescinded(session, people):
    transfer = factories_registry.transfer(session, people)
    other = factories_registry.contract(session, people, signed_on=date(2026, 4, 1))
    factories_registry.transfer(session, people, result_id=transfer.result_id, contract_id=other.id)
    contracts.rescind(
        session, transfer.contract_id, date(2026, 5, 1),
        by=people.manager, at=clock(session), reason="解除",
    )  # fmt: skip

    for day in (date(2026, 3, 2), date(2026, 4, 2), date(2026, 5, 2)):
        number, rows = look(session, people, RESULTS, as_of=day)
        assert (number.card[Standing.COUNTED], len(rows)) == (1, 1)


def test_a_claim_is_explained_by_rule_definition_grounds_and_journal(session, people):
    project = pilot(session, people)
    [claim_id] = look(session, people)[1].id

    found = explanations.explanation(session, people.manager, claim_id, seen(session))

    assert (found.unit, found.standing) == (("project", project.id), Standing.COUNTED)
    assert found.rule.number == "M1-R1"
    assert "事件日期取两者中较晚的一天" in found.rule.text
    assert found.version.parameters.startswith("准入口径：中试准入")
    assert [ground.what for ground in found.grounds] == ["评审结论", "材料"]
    assert found.grounds[0].vouched == f"结论人 {people.decider.name}"
    assert "D06 示例材料" in found.grounds[1].says
    assert len(found.history) == 1


def test_a_decision_shows_the_files_that_lay_before_it(session, people):
    row = factories.before_gate(session, people, Gate.G1)
    factories.paper(session, people, row, "D06")
    for code in ("D02", "D20"):  # one that G1 asks for, and one that it does not
        factories.paper(session, people, row, code, file=stored(code))
    factories.pass_gate(session, people, row, on=date(2026, 2, 1))
    factories.paper(session, people, row, "D01", file=stored("D01"))  # a new version, too late
    [claim_id] = look(session, people)[1].id

    found = explanations.explanation(session, people.manager, claim_id, seen(session))

    assert [words for _, words in found.grounds[0].papers] == ["D02 D02 示例材料"]


def stored(name: str) -> StoredFile:
    return StoredFile(name.lower().ljust(64, "0"), 8, "application/pdf", f"{name}.pdf")


def test_a_pending_transfer_says_what_is_missing(session, people):
    factories_registry.transfer(session, people, verified=False)
    pending = Chosen(indicator=Indicator.TRANSFERRED, scope=Scope.CITY, standing=Standing.PENDING)
    number, rows = look(session, people, pending)

    found = explanations.explanation(session, people.manager, rows.id[0], seen(session))

    assert (number.card[Standing.COUNTED], number.card[Standing.PENDING]) == (0, 1)
    assert found.missing == ("转化事件未核验",)
    assert found.grounds[0].vouched.endswith("尚未核验")


def test_a_transfer_that_does_not_count_is_named_with_its_reason(session, people):
    away = factories_registry.organisation(session, people, reg_area="210100")
    contract = factories_registry.contract(session, people, buyer_id=away.id)
    transfer = factories_registry.transfer(session, people, contract_id=contract.id)
    excluded = Chosen(indicator=Indicator.TRANSFERRED, scope=Scope.CITY, standing=Standing.EXCLUDED)

    _, rows = look(session, people, excluded)

    assert rows.note[0] == "受让方不在本市"
    assert rows.code[0].startswith("CG-")
    found = explanations.explanation(session, people.manager, rows.id[0], seen(session))
    assert found.unit == ("transfer", transfer.id)


def test_another_base_and_an_earlier_knowledge_see_no_claim(session, people):
    pilot(session, people)
    [claim_id] = look(session, people)[1].id
    stranger = factories.team(session, "YK").manager
    earlier = seen(session, known_at=end_of_day(date(2026, 5, 1)))

    for reader, view in ((stranger, seen(session)), (people.manager, earlier)):
        with pytest.raises(NotFound):
            explanations.explanation(session, reader, claim_id, view)


def test_the_province_sees_the_claims_of_every_base(session, people):
    pilot(session, people)

    number = claims.numbers(session, people.province, seen(session), PILOTS)

    assert (number.card[Standing.COUNTED], number.bases) == (1, 1)


def test_a_change_after_the_year_was_reported_is_late_or_a_deduction(session, people):
    project = pilot(session, people)
    targets.file_year(
        session, 2026, by=people.manager, at=clock(session),
        cut_off=session.info["clock"], note="已报",
    )  # fmt: skip
    pilot(session, people)
    lifecycle.ask_void(session, project.id, by=people.manager, at=clock(session), reason="录重")
    lifecycle.void(session, project.id, by=people.decider, at=clock(session), reason="录重")

    rows = claims.ledger(session, people.manager, seen(session), PILOTS)

    assert [what.split("（")[0] for what in rows.what] == ["核减", "补报", "计入"]
    assert list(rows.sign) == ["−1", "+1", "+1"]


def test_a_basis_that_takes_the_place_of_another_is_no_change_of_the_number(session, people):
    pilot(session, people)
    admin = factories.actor(session, people.base, Role.ADMIN, login="pj-admin")
    draft = definitions.DefinitionDraft(Indicator.NEW_PILOT, date(2026, 1, 1), "文字修订。")
    definitions.save_definition(session, draft, by=admin, at=clock(session), reason="文字修订")

    rows = claims.ledger(session, people.manager, seen(session), PILOTS)

    assert sorted(what.split("（")[0] for what in rows.what) == ["更换依据", "更换依据", "计入"]
    assert set(rows.reason[:2]) == {"口径变更 M1 v2：文字修订"}


@pytest.mark.parametrize("kind", ["project", "result", "transfer", "contract"])
def test_a_unit_of_any_kind_is_judged_anew_and_agrees(session, people, kind):
    transfer = factories_registry.transfer(session, people)
    ids = {
        "project": transfer.id,
        "result": transfer.result_id,
        "transfer": transfer.id,
        "contract": transfer.contract_id,
    }

    assert verify.agrees(session, people.base.id, (kind, ids[kind]))


def test_a_unit_whose_facts_changed_behind_the_ledgers_back_does_not_agree(session, people):
    transfer = factories_registry.transfer(session, people)
    transfer.voided_at, transfer.void_reason = session.info["clock"], "绕过系统"
    session.flush()

    assert not verify.agrees(session, people.base.id, ("result", transfer.result_id))


def test_the_words_of_first_feed_are_those_of_the_definition(session, people):
    admin = factories.actor(session, people.base, Role.ADMIN, login="pj-admin")
    row = definitions.save_definition(
        session, FIRST_FEED, by=admin, at=clock(session), reason="改定"
    )

    assert explanations.parameters(row) == "准入口径：首次投料；首页统计范围：全市"
