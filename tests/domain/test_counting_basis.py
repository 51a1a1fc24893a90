"""What all counts share, rule by rule: the numbers are those of docs/counting-rules.md."""

import pytest

from pilot.domain import counting, counting_basis, counting_cases, counting_transfers
from pilot.domain.counting import industrialised, new_pilots, transferred
from pilot.domain.vocabulary import AdmissionEvent, LandingLevel, Locality
from tests.domain.counting_facts import (
    M1,
    M2,
    M3,
    SHENYANG,
    again,
    contract,
    day,
    industry,
    package,
    pilot,
    plant,
    report,
    step,
    told,
    transfer,
)


def until(rule, last: str, **changes):
    return again(rule, valid_to=day(last), **changes)


def since(rule, first: str, **changes):
    return again(rule, id=rule.id + 10, version=2, valid_from=day(first), **changes)


FEED = AdmissionEvent.FIRST_FEED
LONG_AGO = pilot(review_on=day("22-01-01"), agreement_on=day("22-03-01"))
TO_FEED = (until(M1, "25-12-31"), since(M1, "26-01-01", admission_event=FEED))
TO_ADMISSION = (until(M1, "25-12-31", admission_event=FEED), since(M1, "26-01-01"))
LOWER = (until(M2, "25-12-31"), since(M2, "26-01-01", threshold=LandingLevel.L3))


@pytest.mark.parametrize(
    ("agreed", "year"),
    [
        pytest.param("25-12-31", 2025, id="C-R1 the last day of the year"),
        pytest.param("26-01-01", 2026, id="C-R1 the first day of the next"),
    ],
)
def test_the_event_day_decides_the_year(agreed, year):
    fact = pilot(review_on=day("25-06-01"), agreement_on=day(agreed))

    assert [each.year for each in new_pilots(fact, [M1])] == [year]


@pytest.mark.parametrize(
    ("fact", "definitions", "expected"),
    [
        pytest.param(pilot(), [], [], id="C-R2 no definition at all"),
        pytest.param(pilot(), [M2, M3], [], id="C-R2 definitions of other indicators only"),
        pytest.param(
            LONG_AGO,
            [M1],
            ["M1 pending project 1 22-03-01 C-R2 by 1"],
            id="C-R2 before the first definition",
        ),
        pytest.param(
            LONG_AGO,
            [M1, since(M1, "27-01-01")],
            ["M1 pending project 1 22-03-01 C-R2 by 1"],
            id="C-R2 the nearest of two",
        ),
        pytest.param(
            pilot(review_on=None, reports=(report("M1", "22-10-21"),)),
            [M1],
            ["M1 pending project 1 22-10-21 C-R5 by 1"],
            id="C-R2 a report before the first definition",
        ),
        pytest.param(
            pilot(),
            [until(M1, "26-03-09"), since(M1, "26-03-10")],
            ["M1 counted project 1 26-03-10 M1-R1 by 11"],
            id="C-R2 the version that begins on the event day",
        ),
        pytest.param(
            pilot(),
            [until(M1, "26-03-10"), since(M1, "26-03-11")],
            ["M1 counted project 1 26-03-10 M1-R1 by 1"],
            id="C-R2 the version that ends on the event day",
        ),
        pytest.param(
            pilot(),
            [since(M1, "26-01-01"), M1],
            ["M1 counted project 1 26-03-10 M1-R1 by 11"],
            id="C-R2 the higher of two versions in force",
        ),
        pytest.param(
            pilot(
                first_feed_on=day("26-06-01"),
                agreement_on=day("25-12-01"),
                review_on=day("25-11-01"),
            ),
            TO_FEED,
            ["M1 counted project 1 25-12-01 M1-R1 by 1"],
            id="C-R3 admitted by the old rule, fed under the new: once",
        ),
        pytest.param(
            pilot(first_feed_on=day("26-06-01")),
            TO_FEED,
            ["M1 counted project 1 26-06-01 M1-R2 by 11"],
            id="C-R3 admitted and fed under the new rule",
        ),
        pytest.param(
            pilot(),
            TO_FEED,
            [],
            id="C-R3 admitted under the new rule, not fed",
        ),
        pytest.param(
            pilot(
                first_feed_on=day("26-06-01"),
                agreement_on=day("25-12-01"),
                review_on=day("25-11-01"),
            ),
            TO_ADMISSION,
            ["M1 pending project 1 26-01-01 C-R3 by 11"],
            id="C-R3 fell between two rules: awaits a decision",
        ),
    ],
)
def test_which_definition_counts_a_pilot(fact, definitions, expected):
    verdicts = new_pilots(fact, definitions)

    assert [f"{words} by {each.definition_id}" for words, each in _pairs(verdicts)] == expected


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param(
            (step("L3", on="25-05-01"),),
            ["M2 pending project 1 26-01-01 C-R3"],
            id="C-R3 met the lower threshold before it was one",
        ),
        pytest.param(
            (step("L3", on="25-05-01"), step("L4", on="25-11-01")),
            ["M2 counted project 1 25-11-01 M2-R1"],
            id="C-R3 counted by the old threshold, not again",
        ),
        pytest.param(
            (step("L3", on="25-05-01"), step("L4", on="26-03-01")),
            ["M2 pending project 1 26-01-01 C-R3"],
            id="C-R3 a further level does not settle it",
        ),
        pytest.param(
            (step("L3", on="26-02-01"),),
            ["M2 counted project 1 26-02-01 M2-R1"],
            id="C-R3 met the lower threshold when it was one",
        ),
        pytest.param(
            (step("L3", on="25-05-01", withdrawn_on=day("25-08-01")),),
            [],
            id="C-R3 withdrawn before the threshold was lowered",
        ),
    ],
)
def test_a_lower_threshold_does_not_reach_back(steps, expected):
    fact = industry(plant(*steps), accepted_on=day("25-01-15"))

    assert told(industrialised(fact, LOWER)) == expected


@pytest.mark.parametrize(
    ("fact", "definitions", "expected"),
    [
        pytest.param(
            package(transfer(agreement=contract(signed_on=day("22-04-01")))),
            [M3],
            ["M3 pending result 1 22-04-01 C-R2"],
            id="C-R2 a contract before the first definition",
        ),
        pytest.param(
            package(transfer(implement_area=SHENYANG)),
            [until(M3, "25-12-31"), since(M3, "26-01-01", locality=Locality.BOTH)],
            ["M3 excluded transfer 41 26-04-01 M3-R8"],
            id="C-R2 the locality of the day of the contract",
        ),
        pytest.param(package(transfer()), [M1], [], id="C-R2 no definition of results"),
    ],
)
def test_which_definition_counts_a_result(fact, definitions, expected):
    assert told(transferred(fact, definitions)) == expected


def test_what_awaits_a_definition_says_so():
    """C-R2, C-R3: in words, with the day."""
    (unruled,) = new_pilots(LONG_AGO, [M1])
    (between,) = industrialised(
        industry(plant(step("L3", on="25-05-01")), accepted_on=day("25-01-15")), LOWER
    )

    assert unruled.missing == ("2022-03-01 没有生效的指标口径，须先制定口径再核定",)
    assert between.missing == ("2025-05-01 已达到现行口径要求，但按当时口径未计入，须确认归属年度",)


def test_one_project_may_serve_all_three_goals():
    """C-R8: once for each indicator, and each by its own event."""
    verdicts = [
        *new_pilots(pilot(), [M1, M2, M3]),
        *industrialised(industry(), [M1, M2, M3]),
        *transferred(package(transfer()), [M1, M2, M3]),
    ]

    assert [each.indicator.value for each in verdicts] == ["M1", "M2", "M3"]


def test_the_base_is_a_part_of_the_city():
    """C-R6: every verdict for the base has its equal for the city."""
    verdicts = transferred(package(transfer(), in_base=True), [M3])

    base, city = sorted(verdicts, key=lambda each: each.scope)
    assert again(base, scope=city.scope) == city


@pytest.mark.parametrize(
    "module",
    [counting, counting_basis, counting_cases, counting_transfers],
    ids=lambda m: m.__name__,
)
def test_sentences_can_be_joined_and_taken_apart(module):
    """The store keeps what is missing as one text, joined by a full-width semicolon."""
    texts = [value for name, value in vars(module).items() if name.isupper()]

    assert not any("；" in text for text in texts if isinstance(text, str))
    assert not any("；" in text for text in counting_basis.ONLY_REPORTED.values())


def _pairs(verdicts):
    return [(told([each])[0], each) for each in verdicts]
