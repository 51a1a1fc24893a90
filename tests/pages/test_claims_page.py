"""指标明细 as a page: the number, the list, the explanation, each for every role."""

from datetime import date

import pytest

from pilot.domain.people import Role
from pilot.domain.vocabulary import Gate
from pilot.services import contracts
from pilot.store.engine import writing
from tests import factories, factories_registry
from tests.pages.filling import fill
from tests.pages.people_of import people_of

READERS = [Role.ADMIN, Role.MANAGER, Role.REVIEWER, Role.OFFICER, Role.PROVINCE]
PILOTS = {"year": "2026", "indicator": "M1"}


@pytest.fixture
def filled(engine):
    """One new pilot, one counted and one unverified transfer."""
    fill(engine, _portfolio)


def _portfolio(session):
    people = people_of(session)
    factories.before_gate(session, people, Gate.G2, name="示例**催化剂**中试")
    factories_registry.transfer(session, people)
    factories_registry.transfer(session, people, verified=False)


def words(app):
    """Everything the page says outside tables."""
    shown = [app.title, app.subheader, app.markdown, app.text, app.caption, app.info]
    shown += [app.success, app.warning, app.error]
    return "\n".join(item.value for group in shown for item in group)


@pytest.mark.parametrize("role", READERS)
def test_every_reader_sees_number_list_and_their_agreement(open_page, filled, role):
    app = open_page("claims", role, **PILOTS)

    assert not app.exception
    assert app.title[0].value == "新增中试项目 · 全市 · 2026 = 1"
    assert "合计 = 卡片数字：清单 1 行，台账之和 1" in words(app)
    assert list(app.dataframe[0].value["name"]) == ["示例**催化剂**中试"]


def test_a_researcher_does_not_see_the_claims(open_page, filled):
    app = open_page("claims", Role.RESEARCHER, **PILOTS)

    assert not app.dataframe
    assert not app.title or "新增中试项目" not in app.title[0].value


def test_an_empty_year_says_what_to_do_next(open_page):
    app = open_page("claims", Role.MANAGER, **PILOTS)

    assert app.title[0].value.endswith("= 0")
    assert "项目通过相应的阶段门、成果转化核实以后，自动列在这里" in words(app)


@pytest.mark.parametrize("standing", ["counted", "pending"])
def test_a_year_without_units_neither_praises_nor_leads_to_an_empty_list(open_page, standing):
    said = words(open_page("claims", Role.MANAGER, standing=standing, **PILOTS))

    assert "都齐了" not in said
    assert "请看“待核”" not in said


def test_a_year_with_pending_units_only_leads_to_what_they_lack(open_page, engine):
    with writing(engine) as session:
        factories_registry.transfer(session, people_of(session), verified=False)
    app = open_page("claims", Role.MANAGER, year="2026", indicator="M3")

    assert "请看“待核”里缺什么" in words(app)


def test_the_address_chooses_indicator_scope_and_standing(open_page, filled):
    app = open_page(
        "claims", Role.MANAGER, year="2026", indicator="M3", scope="city", standing="pending"
    )

    assert app.title[0].value == "转化科技成果 · 全市 · 2026 = 1"
    assert list(app.dataframe[0].value["note"]) == ["转化事件未核验"]


def test_a_word_the_address_does_not_know_falls_back_to_the_first_goal(open_page, filled):
    app = open_page("claims", Role.MANAGER, year="2026", indicator="M9", scope="moon")

    assert app.title[0].value == "新增中试项目 · 全市 · 2026 = 1"


def test_the_claim_in_the_address_is_explained_and_judged_anew(open_page, filled):
    listed = open_page("claims", Role.MANAGER, **PILOTS)
    claim = listed.dataframe[0].value["id"][0]

    app = open_page("claims", Role.MANAGER, **PILOTS, claim=str(claim))

    said = words(app)
    assert "为什么计入" in said
    assert "G1 概念验证：通过" in said
    assert "中试准入 = 准入评审（G1）通过" in said
    assert "重新判定这一单元，与台账一致" in said


def test_a_claim_of_another_indicator_is_not_explained_under_this_heading(open_page, filled):
    listed = open_page("claims", Role.MANAGER, year="2026", indicator="M3")
    claim = listed.dataframe[0].value["id"][0]

    app = open_page("claims", Role.MANAGER, **PILOTS, claim=str(claim))

    assert "为什么计入" not in words(app).replace("查看它为什么计入", "")


def test_what_was_known_before_the_claim_was_recorded_shows_none(open_page, filled):
    app = open_page("claims", Role.MANAGER, **PILOTS, known="2026-05-31")

    assert app.title[0].value.endswith("= 0")
    assert "历史视图" in words(app)


def test_a_claim_changed_behind_the_ledgers_back_is_said_so(open_page, filled, engine):
    listed = open_page("claims", Role.MANAGER, year="2026", indicator="M3")
    claim = listed.dataframe[0].value["id"][0]
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE transfer SET voided_at = '2026-06-02', void_reason = 'x'"
        )

    app = open_page("claims", Role.MANAGER, year="2026", indicator="M3", claim=str(claim))

    assert "与台账不一致" in words(app)


def test_the_record_of_changes_shows_the_reversal(open_page, filled, engine):
    with writing(engine) as session:
        people = people_of(session)
        transfer = factories_registry.transfer(session, people)
        contracts.rescind(
            session, transfer.contract_id, date(2026, 5, 1),
            by=people.manager, at=factories.clock(session), reason="双方协商解除",
        )  # fmt: skip

    app = open_page("claims", Role.OFFICER, year="2026", indicator="M3", standing="record")

    rows = app.dataframe[0].value
    [row] = [row for row in rows.to_dict("records") if row["what"].startswith("冲回")]
    assert (row["sign"], row["reason"]) == ("−1", "双方协商解除")
