"""What forms and imports may say; the same rules for both."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from pilot.domain.draft_fields import Text, described
from pilot.domain.drafts import (
    ContractDraft,
    Holder,
    Number,
    OrganisationDraft,
    PersonDraft,
    ResultDraft,
    TransferDraft,
    checked,
    hard,
    label,
    problems,
)
from pilot.domain.errors import Refused
from pilot.domain.identifiers import IdentifierKind
from pilot.domain.vocabulary import ContractState, ContractType, TransferMode
from pilot.store.models import Contract, Organisation, Person, Result

TODAY = date(2026, 6, 1)
LISTS = {
    "organisation_kinds": {"enterprise": "企业", "individual": "个人", "foreign": "境外"},
    "person_kinds": {"manager": "项目经理"},
    "areas": {"211102": "双台子区", "210200": "大连市"},
    "zones": {"liaobin": "辽滨"},
    "ladder": {"hightech": "高新技术企业"},
    "result_kinds": {"process": "新工艺"},
    "fields": {"catalyst": "催化剂"},
    "readiness_schemes": {"GB/T 37264": "新材料"},
    "readiness_levels": {"GB/T 37264-2018:6": "6级"},
}
GOOD_USCC = "91350100M000100Y43"
UNIT = OrganisationDraft("示例化工", "enterprise", GOOD_USCC, reg_area="211102")
PERSON = PersonDraft("示例", "manager")
RESULT = ResultDraft(
    "示例催化工艺",
    "process",
    (Holder(1),),
    field="catalyst",
    summary="简介",
    readiness_scheme="GB/T 37264",
    readiness_version="2018",
    readiness_level=6,
    non_secret=True,
)
CONTRACT = ContractDraft(
    "HT-1",
    ContractType.TRANSFER,
    date(2026, 5, 20),
    seller_id=1,
    buyer_id=2,
    amount=Decimal(120),
    ip_clause="归受让方",
)
TRANSFER = TransferDraft(1, TransferMode.TRANSFER, contract_id=1, implement_area="211102")
PATENT = IdentifierKind.PATENT
GOOD_PATENT = "201911044411.X"


def rules(draft, *, hard_only=True):
    found = problems(draft, LISTS, TODAY)
    return [each.rule for each in found if each.hard or not hard_only]


@pytest.mark.parametrize("draft", [UNIT, PERSON, RESULT, CONTRACT, TRANSFER])
def test_a_good_draft_breaks_no_rule(draft):
    assert [p for p in problems(draft, LISTS, TODAY) if p.rule != "register-soon"] == []


@pytest.mark.parametrize(
    ("draft", "rule"),
    [
        pytest.param(replace(UNIT, name=" "), "required", id="a name"),
        pytest.param(replace(UNIT, name="甲" * 201), "text", id="at most 200 characters"),
        pytest.param(replace(UNIT, name="甲\n乙"), "one-line", id="on one line"),
        pytest.param(replace(UNIT, name="甲\x00乙"), "text", id="no control characters"),
        pytest.param(replace(UNIT, kind="company"), "not-in-list", id="a known kind"),
        pytest.param(replace(UNIT, reg_area="2111"), "not-in-list", id="a known area"),
        pytest.param(replace(UNIT, uscc=None), "uscc-needed", id="domestic has a code"),
        pytest.param(replace(UNIT, uscc="91350100M000100Y4A"), "uscc", id="with its check digit"),
        pytest.param(replace(UNIT, kind="foreign"), "uscc-none", id="abroad has none"),
        pytest.param(replace(UNIT, kind="individual"), "uscc-none", id="a person has none"),
    ],
)
def test_a_unit_needs(draft, rule):
    assert rules(draft) == [rule]


@pytest.mark.parametrize("kind", ["individual", "foreign"])
def test_a_unit_without_a_credit_code_is_fine_for_persons_and_abroad(kind):
    assert rules(replace(UNIT, kind=kind, uscc=None)) == []


def test_an_area_that_is_missing_only_warns():
    assert rules(replace(UNIT, reg_area=None), hard_only=False) == ["area-wanted"]


@pytest.mark.parametrize(
    ("draft", "rule"),
    [
        pytest.param(replace(PERSON, phone="打我电话"), "phone", id="phone"),
        pytest.param(replace(PERSON, email="甲.cn"), "email", id="mailbox"),
    ],
)
def test_contact_data_look_like_what_they_are(draft, rule):
    assert rules(draft) == [rule]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        pytest.param({"non_secret": False}, "classified", id="not classified"),
        pytest.param({"code": "CG-26-1"}, "code", id="a code of the base's form"),
        pytest.param({"holders": ()}, "required", id="a holder"),
        pytest.param({"holders": (Holder(1), Holder(1))}, "holder-twice", id="each holder once"),
        pytest.param({"holders": (Holder(1, Decimal(0)),)}, "share", id="a share above 0"),
        pytest.param({"holders": (Holder(1, Decimal("1.005")),)}, "share", id="two decimals"),
        pytest.param(
            {"holders": (Holder(1, Decimal(60)), Holder(2, Decimal("40.01")))},
            "share-sum",
            id="shares up to 100 %",
        ),
        pytest.param(
            {"numbers": (Number(PATENT, "1"),)}, "identifier-patent", id="a patent number"
        ),
        pytest.param(
            {"numbers": (Number(IdentifierKind.CONTRACT, "1"),)}, "number-kind", id="of a result"
        ),
        pytest.param(
            {"numbers": (Number(PATENT, GOOD_PATENT), Number(PATENT, f"ZL{GOOD_PATENT}"))},
            "number-twice",
            id="each number once",
        ),
        pytest.param({"registration_no": "办理中"}, "registration", id="digits in a registration"),
        pytest.param({"readiness_level": 10}, "readiness", id="a level of the scheme"),
        pytest.param({"readiness_version": None}, "readiness", id="scheme with its edition"),
        pytest.param({"registered_on": date(2026, 6, 2)}, "future", id="no day to come"),
    ],
)
def test_a_result_needs(change, rule):
    assert rules(replace(RESULT, **change)) == [rule]


def test_shares_may_add_up_to_exactly_100():
    holders = (Holder(1, Decimal("33.33")), Holder(2, Decimal("66.67")))

    assert rules(replace(RESULT, holders=holders)) == []


def test_patents_that_have_no_number_yet_are_no_duplicates():
    numbers = (Number(PATENT, "暂无"), Number(PATENT, "申请中"))

    assert rules(replace(RESULT, numbers=numbers)) == []


def test_what_an_old_result_may_lack_only_warns():
    old = ResultDraft("示例工艺", "process", (Holder(1),), non_secret=True)

    found = rules(old, hard_only=False)

    assert found == ["field-wanted", "summary-wanted", "readiness_level-wanted"]
    assert rules(old) == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        pytest.param({"type": "承揽"}, "not-a-word", id="a technology contract"),
        pytest.param({"signed_on": date(2026, 6, 2)}, "future", id="signed already"),
        pytest.param({"state": ContractState.RESCINDED}, "rescind-is-a-verb", id="not rescinded"),
        pytest.param({"buyer_id": 1}, "two-parties", id="two parties"),
        pytest.param({"effective_on": date(2026, 5, 19)}, "effective-after", id="in force later"),
        pytest.param({"registered_on": date(2026, 5, 1)}, "register-after", id="registered later"),
        pytest.param({"amount": Decimal(-1)}, "negative", id="no negative amount"),
        pytest.param({"amount": Decimal("1.005")}, "money", id="two decimals"),
        pytest.param({"technology_amount": Decimal(121)}, "part-of-amount", id="part of it"),
        pytest.param({"registration_no": "1" * 17}, "registration", id="at most 16 digits"),
        pytest.param({"registered_on": TODAY}, "registered-needs-number", id="a number if so"),
    ],
)
def test_a_contract_needs(change, rule):
    assert rule in rules(replace(CONTRACT, **change))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        pytest.param({"registration_no": "123"}, "registration-shape", id="odd number"),
        pytest.param({"signed_on": date(2026, 5, 1)}, "register-soon", id="31 days unregistered"),
        pytest.param({"amount": None}, "amount-zero", id="no amount"),
        pytest.param({"amount": Decimal(0)}, "amount-zero", id="amount 0"),
        pytest.param({"ip_clause": None}, "ip-wanted", id="no clause on rights"),
        pytest.param({"seller_id": None}, "party-wanted", id="no seller"),
        pytest.param({"conditional": True}, "condition-open", id="condition not yet met"),
    ],
)
def test_a_contract_only_warns_of(change, rule):
    draft = replace(CONTRACT, **change)

    assert rules(draft, hard_only=False) == [rule]
    assert rules(draft) == []


def test_thirty_days_after_signing_nothing_is_late_yet():
    assert "register-soon" not in rules(
        replace(CONTRACT, signed_on=date(2026, 5, 2)), hard_only=False
    )


@pytest.mark.parametrize("mode", ["2", "3", "4", "5"])
def test_modes_2_to_5_rest_on_a_contract(mode):
    draft = TransferDraft(1, mode, event_on=TODAY, implement_area="211102")

    assert rules(draft) == ["mode-has-contract"]


@pytest.mark.parametrize("mode", ["1", "6"])
def test_modes_1_and_6_need_a_day_and_no_contract(mode):
    draft = TransferDraft(1, mode, implement_area="211102")

    assert rules(draft) == ["event-day"]
    assert rules(replace(draft, event_on=TODAY)) == []


def test_every_problem_is_told_at_once_with_heading_and_remedy():
    with pytest.raises(Refused) as refused:
        checked(OrganisationDraft("", "x"), LISTS, TODAY)

    assert [each.field for each in refused.value.problems] == ["name", "kind"]
    assert refused.value.message == "单位名称未填写。单位类型“x”不在代码表中。"
    assert all(each.remedy for each in refused.value.problems)


def test_what_is_stored_is_tidy():
    raw = replace(UNIT, name="　示例化工 ", uscc=" 91350100m000100y43", short_name=" ")

    assert checked(raw, LISTS, TODAY) == replace(UNIT, short_name=None)


def test_an_import_may_give_values_as_text():
    raw = replace(CONTRACT, type="transfer", signed_on="2026年5月20日", amount="1,234.5")

    tidy = checked(raw, LISTS, TODAY)

    assert tidy.type is ContractType.TRANSFER
    assert tidy.signed_on == date(2026, 5, 20)
    assert tidy.amount == Decimal("1234.50")


def test_registration_numbers_are_kept_in_one_spelling():
    raw = replace(CONTRACT, registration_no="２０２６-2111 00010001", registered_on=TODAY)

    assert checked(raw, LISTS, TODAY).registration_no == "2026211100010001"


def test_headings_serve_forms_and_imports():
    assert label(OrganisationDraft, "uscc") == "统一社会信用代码"


@pytest.mark.parametrize(
    ("draft", "table"),
    [
        (OrganisationDraft, Organisation),
        (PersonDraft, Person),
        (ResultDraft, Result),
        (ContractDraft, Contract),
    ],
)
def test_a_draft_never_allows_more_than_its_column_holds(draft, table):
    checked_by_rule = {"uscc", "registration_no"}
    for name, about in described(draft).items():
        if isinstance(about, Text) and name not in checked_by_rule:
            assert about.longest == table.__table__.c[name].type.length, name


def test_shares_that_leave_a_rest_are_doubted():
    held = replace(RESULT, holders=(Holder(1, Decimal(60)),))
    assert "share-rest" in rules(held, hard_only=False)
    assert "share-rest" not in rules(held)


def test_hard_problems_come_out_of_the_soft_ones():
    found = problems(replace(UNIT, uscc=None, reg_area=None), LISTS, TODAY)

    assert [each.rule for each in hard(found)] == ["uscc-needed"]
    assert len(found) == 2


def test_a_moment_is_not_mistaken_for_a_later_day():
    late = datetime.fromisoformat("2026-06-01T23:59:00+08:00")

    assert rules(replace(RESULT, registered_on=late)) == []
