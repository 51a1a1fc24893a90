"""What a new base starts with."""

import csv

import pytest
from sqlmodel import Session, func, select

from pilot.domain.draft_registry import WITHOUT_USCC
from pilot.domain.vocabulary import Gate, HazardClass, Indicator, Requirement
from pilot.services import setup
from pilot.store import queries_codes, queries_gates
from pilot.store.models import CodeItem, Definition, JournalEntry
from tests import factories

NOON = factories.NOON


@pytest.fixture
def people(session: Session) -> factories.Team:
    return factories.team(session)


def papers(session, base, gate, *, hazardous):
    items = queries_gates.checklist(session, base.id, gate, hazardous=hazardous)
    return {item.doc_code: item.requirement for item in items if item.doc_code}


def test_every_code_of_the_files_is_installed_once(session, people):
    files = [path for path in setup.CODES.glob("*.csv") if path.stem not in setup._NOT_LISTS]
    expected = sum(len(list(csv.DictReader(path.open(encoding="utf-8")))) for path in files)

    assert session.exec(select(func.count()).select_from(CodeItem)).one() == expected
    assert set(queries_codes.lists(session, people.base.id)) == {path.stem for path in files}


def test_installing_leaves_the_journal_alone(session, people):
    assert session.exec(select(func.count()).select_from(JournalEntry)).one() == 0


def test_two_bases_have_lists_of_their_own(session, people):
    other = factories.base(session, "LN")
    setup.install(session, other, NOON)

    assert queries_codes.lists(session, other.id) == queries_codes.lists(session, people.base.id)


@pytest.mark.parametrize(
    ("list_name", "code", "label"),
    [
        ("areas", "211104", "大洼区"),
        ("areas", "211103400", "盘锦高新技术产业开发区"),
        ("areas", "abroad", "境外"),
        ("industries", "2614", "有机化学原料制造"),
        ("hazardous_processes", "P18", "偶氮化工艺"),
        ("documents", "D16", "中试总结报告及验收意见"),
        ("readiness_levels", "GB/T 22900-2022:3", "3级（仿真级）"),
        ("readiness_levels", "GB/T 37264-2018:9", "9级（产业化阶段）"),
    ],
)
def test_a_code_reads(session, people, list_name, code, label):
    assert queries_codes.labels(session, people.base.id, list_name)[code] == label


def test_kinds_named_by_a_rule_are_in_their_lists(session, people):
    lists = queries_codes.lists(session, people.base.id)

    assert lists["organisation_kinds"].keys() >= WITHOUT_USCC
    assert "paper" in lists["result_kinds"]
    assert len(lists["hazardous_processes"]) == 18
    assert len(lists["documents"]) == 23


REQUIRED, CONDITIONAL = Requirement.REQUIRED, Requirement.CONDITIONAL


@pytest.mark.parametrize(
    ("gate", "hazardous", "expected"),
    [
        (Gate.G0, False, {}),
        (Gate.G1, False, dict.fromkeys(["D01", "D02", "D03", "D04"], REQUIRED)),
        (
            Gate.G2,
            False,
            dict.fromkeys(["D05", "D06", "D10", "D12", "D13"], REQUIRED)
            | dict.fromkeys(["D09", "D11", "D23"], CONDITIONAL),
        ),
        (
            Gate.G2,
            True,
            dict.fromkeys(["D05", "D06", "D10", "D12", "D13"], REQUIRED)
            | dict.fromkeys(["D07", "D08", "D09", "D11", "D23"], CONDITIONAL),
        ),
        (
            Gate.G3,
            False,
            dict.fromkeys(["D14", "D15", "D16"], REQUIRED)
            | dict.fromkeys(["D03", "D17", "D18"], CONDITIONAL),
        ),
        (
            Gate.G4,
            True,
            dict.fromkeys(["D03", "D04", "D08", "D09", "D10", "D17", "D20", "D21"], REQUIRED)
            | dict.fromkeys(["D07", "D19", "D22", "D23"], CONDITIONAL),
        ),
        (
            Gate.G4,
            False,
            dict.fromkeys(["D03", "D04", "D10", "D17", "D20", "D21"], REQUIRED)
            | dict.fromkeys(["D07", "D08", "D09", "D19", "D22", "D23"], CONDITIONAL),
        ),
    ],
)
def test_a_gate_asks_for_these_papers(session, people, gate, hazardous, expected):
    assert papers(session, people.base, gate, hazardous=hazardous) == expected


@pytest.mark.parametrize("gate", [Gate.G1, Gate.G3])
def test_both_verifications_have_criteria_for_all_three_dimensions(session, people, gate):
    items = queries_gates.checklist(session, people.base.id, gate, hazardous=False)

    criteria = {item.dimension for item in items if not item.doc_code}

    assert {"technical", "equipment", "commercial"} <= criteria


def test_customs_without_a_rule_behind_them_only_advise(session, people):
    items = queries_codes.checklist_items(session, people.base.id)
    customs = {
        item.text: item.requirement for item in items if "72小时" in item.text or "95%" in item.text
    }

    assert customs["连续运行不少于72小时"] is Requirement.ADVISORY
    assert customs["物料衡算闭合率在95%–105%之间"] is Requirement.ADVISORY


def test_hazardous_items_are_for_hazardous_processes_only(session, people):
    items = queries_codes.checklist_items(session, people.base.id)
    hazardous = {item.doc_code for item in items if item.hazard_class is HazardClass.HAZARDOUS}

    assert {"D07", "D08"} <= hazardous


def test_every_indicator_has_its_first_definition(session, people):
    rows = session.exec(select(Definition)).all()

    assert {row.indicator for row in rows} == set(Indicator)
    assert {(row.version, row.headline, row.threshold, row.locality) for row in rows} == {
        (1, "city", "L4", "receiver")
    }
    assert [row.indicator for row in rows if row.include_four_tech] == [Indicator.COOPERATION]
