"""M1, rule by rule: the numbers are those of docs/counting-rules.md."""

from dataclasses import fields

import pytest

from pilot.domain.counting import PilotFact, Source, new_pilots
from pilot.domain.vocabulary import AdmissionEvent, Purpose, Scope
from tests.domain.counting_facts import M1, again, day, pilot, report, told

BY_FEED = again(M1, admission_event=AdmissionEvent.FIRST_FEED)
COUNTED = ["M1 counted project 1 26-03-10 M1-R1"]


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        pytest.param(pilot(), COUNTED, id="M1-R1 on the agreement day, the later one"),
        pytest.param(
            pilot(review_on=day("26-04-02")),
            ["M1 counted project 1 26-04-02 M1-R1"],
            id="M1-R1 on the review day, the later one",
        ),
        pytest.param(
            pilot(review_on=day("25-12-20"), agreement_on=day("26-01-05")),
            ["M1 counted project 1 26-01-05 M1-R1"],
            id="M1-R1 in the year of the later day",
        ),
        pytest.param(pilot(review_on=None), [], id="M1-R3 agreement but still in the pool"),
        pytest.param(
            pilot(agreement_on=None, agreement_proven=False),
            [],
            id="M1-R3 reviewed but nothing agreed",
        ),
        pytest.param(
            pilot(review_on=None, agreement_on=None, agreement_proven=False),
            [],
            id="M1-R3 concept verification only",
        ),
        pytest.param(pilot(voided=True), [], id="M1-R5 admitted by mistake"),
        pytest.param(pilot(merged=True), [], id="M1-R5 merged into another"),
        pytest.param(
            pilot(continues_parent=True), [], id="M1-R6 second phase of the same technology"
        ),
        pytest.param(
            pilot(project_id=2, continues_parent=False, own_scheme=True),
            ["M1 counted project 2 26-03-10 M1-R1"],
            id="M1-R7 new product of the same holder",
        ),
        pytest.param(
            pilot(framework_agreement=True, own_scheme=True),
            COUNTED,
            id="M1-R8 under a framework with its own scheme",
        ),
        pytest.param(
            pilot(framework_agreement=True),
            ["M1 pending project 1 26-03-10 M1-R8"],
            id="M1-R8 under a framework without",
        ),
        pytest.param(
            pilot(framework_agreement=True, own_scheme=True, review_on=None),
            [],
            id="M1-R8 under a framework but not admitted itself",
        ),
        pytest.param(pilot(purpose=Purpose.TOLL), [], id="M1-R9 toll manufacture"),
        pytest.param(pilot(purpose=Purpose.TESTING), [], id="M1-R9 testing service"),
        pytest.param(
            pilot(review_on=day("25-12-01"), agreement_on=day("25-12-28")),
            ["M1 counted project 1 25-12-28 M1-R1"],
            id="M1-R10 agreed on 28 December, entered in January",
        ),
        pytest.param(
            pilot(agreement_proven=False),
            ["M1 pending project 1 26-03-10 M1-R12"],
            id="M1-R12 agreement not proven",
        ),
        pytest.param(
            pilot(agreement_on=None),
            ["M1 pending project 1 26-03-01 M1-R12"],
            id="M1-R12 agreement proven without its day",
        ),
        pytest.param(
            pilot(reports=(report("M1"),)), COUNTED, id="C-R5 a report adds nothing to a proof"
        ),
        pytest.param(
            pilot(agreement_proven=False, reports=(report("M1"),)),
            ["M1 pending project 1 26-03-10 M1-R12"],
            id="C-R5 nor to a pending unit",
        ),
        pytest.param(
            pilot(review_on=None, reports=(report("M1", "25-10-21"), report("M1", "24-06-01"))),
            ["M1 pending project 1 24-06-01 C-R5"],
            id="C-R5 several reports alone are one pending unit of the first's year",
        ),
        pytest.param(
            pilot(review_on=None, reports=(report("M2", "25-10-21"),)),
            [],
            id="C-R5 a report of something else",
        ),
        pytest.param(
            pilot(voided=True, reports=(report("M1"),)), [], id="C-R7 a report of a voided project"
        ),
    ],
)
def test_new_pilots(fact, expected):
    assert told(new_pilots(fact, [M1])) == expected


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        pytest.param(
            pilot(first_feed_on=day("26-06-01")),
            ["M1 counted project 1 26-06-01 M1-R2"],
            id="M1-R2 on the first feed",
        ),
        pytest.param(pilot(), [], id="M1-R2 admitted but nothing fed yet"),
        pytest.param(
            pilot(first_feed_on=day("26-06-01"), framework_agreement=True),
            ["M1 pending project 1 26-06-01 M1-R8"],
            id="M1-R8 the framework rule holds for the first feed too",
        ),
    ],
)
def test_new_pilots_by_first_feed(fact, expected):
    assert told(new_pilots(fact, [BY_FEED])) == expected


@pytest.mark.parametrize(
    ("in_base", "scopes"),
    [
        pytest.param(False, {Scope.CITY}, id="M1-R11 on the holder's own site"),
        pytest.param(True, {Scope.CITY, Scope.BASE}, id="M1-R11 under a contract of the base"),
    ],
)
def test_scope_of_a_new_pilot(in_base, scopes):
    verdicts = new_pilots(pilot(in_base=in_base), [M1])

    assert {each.scope for each in verdicts} == scopes
    assert len(verdicts) == len(scopes)


@pytest.mark.parametrize(
    "absent",
    [
        pytest.param("terminated_on", id="M1-R4 termination takes nothing away"),
        pytest.param("renewed_on", id="M1-R6 a renewal adds nothing"),
        pytest.param("paused_on", id="M1-R6 a pause adds nothing"),
        pytest.param("site", id="M1-R6 a move between sites adds nothing"),
        pytest.param("recorded_at", id="M1-R10 the day of entry is not asked"),
    ],
)
def test_what_a_new_pilot_does_not_depend_on(absent):
    assert absent not in {field.name for field in fields(PilotFact)}


def test_a_new_pilot_names_what_it_rests_on():
    (verdict,) = new_pilots(pilot(), [M1])

    assert verdict.sources == (Source("decision", 11), Source("evidence", 12))
    assert verdict.verified_by == 7
    assert verdict.definition_id == M1.id
    assert verdict.missing == ()


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [
        pytest.param(
            pilot(agreement_proven=False),
            "中试服务（合作）协议（D06）未核验合格",
            id="M1-R12 says which paper",
        ),
        pytest.param(
            pilot(framework_agreement=True),
            "框架协议下的项目缺本项目的中试方案（D05）",
            id="M1-R8 says which scheme",
        ),
        pytest.param(
            pilot(review_on=None, reports=(report("M1", "24-10-21"),)),
            "仅有公开报道（2024-10-21），缺准入评审、协议等原始材料",
            id="C-R5 says what a report lacks",
        ),
    ],
)
def test_a_pending_pilot_says_what_is_missing(fact, sentence):
    assert [each.missing for each in new_pilots(fact, [M1])] == [(sentence,)]
