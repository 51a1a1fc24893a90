"""M2 and M2X, rule by rule: the numbers are those of docs/counting-rules.md."""

from dataclasses import fields

import pytest

from pilot.domain.counting import IndustryFact, PlantFact, Source, industrialised
from pilot.domain.vocabulary import Indicator, LandingLevel, Scope
from tests.domain.counting_facts import (
    M2,
    PANJIN,
    SHENYANG,
    XINGLONGTAI,
    again,
    day,
    industry,
    plant,
    report,
    rules,
    step,
    told,
)

COUNTED = ["M2 counted project 1 26-05-01 M2-R1"]


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        pytest.param(industry(), COUNTED, id="M2-R1 accepted, local, in production"),
        pytest.param(
            industry(plant(step(on="25-12-20")), accepted_on=day("26-02-10")),
            ["M2 counted project 1 26-02-10 M2-R1"],
            id="M2-R1 in production in December, accepted in February",
        ),
        pytest.param(
            industry(plant(step(on="26-05-01")), accepted_on=day("25-11-01")),
            COUNTED,
            id="M2-R1 accepted in the year before",
        ),
        pytest.param(
            industry(plant(waiver=True), accepted_on=None),
            ["M2 counted project 1 26-05-01 M2-R2"],
            id="M2-R2 piloted elsewhere, with a waiver",
        ),
        pytest.param(industry(plant(site_area="211102")), COUNTED, id="M2-R3 a site in 双台子区"),
        pytest.param(
            industry(plant(site_area=XINGLONGTAI)), COUNTED, id="M2-R3 a site in 兴隆台区"
        ),
        pytest.param(industry(plant(site_area="211122")), COUNTED, id="M2-R3 a site in 盘山县"),
        pytest.param(
            industry(plant(site_area="211103400")), COUNTED, id="M2-R3 a site in 盘锦高新区"
        ),
        pytest.param(
            industry(plant(entity_area="211122")), COUNTED, id="M2-R3 registered in a county"
        ),
        pytest.param(industry(plant(step("L3"))), [], id="M2-R4 building has begun"),
        pytest.param(industry(plant(step("L5"))), COUNTED, id="M2-R4 beyond the threshold"),
        pytest.param(
            industry(plant(step("L5", on="26-06-01"), step("L4"))),
            COUNTED,
            id="M2-R4 the day of the first level that suffices",
        ),
        pytest.param(industry(plant(steps=())), [], id="M2-R4 no level at all"),
        pytest.param(again(industry(), plants=()), [], id="M2-R4 accepted without a plant"),
        pytest.param(
            industry(plant(), plant(step(on="26-03-01"), landing_id=22)),
            ["M2 counted project 1 26-03-01 M2-R1"],
            id="M2-R6 two plants",
        ),
        pytest.param(
            industry(plant(), plant(step(on="27-03-01"), landing_id=22)),
            COUNTED,
            id="M2-R6 an expansion in a later year",
        ),
        pytest.param(
            industry(plant(linked=True)), [], id="M2-R7 the plant of another, principal project"
        ),
        pytest.param(
            industry(plant(linked=True), plant(step(on="26-08-01"))),
            ["M2 counted project 1 26-08-01 M2-R1"],
            id="M2-R7 with a plant of its own besides",
        ),
        pytest.param(
            industry(plant(entity_area=SHENYANG, site_area="210112")),
            ["M2X counted project 1 26-05-01 M2-R8"],
            id="M2-R8 company and plant outside",
        ),
        pytest.param(
            industry(plant(step(verified=False), entity_area=SHENYANG, site_area="210112")),
            ["M2X pending project 1 26-05-01 M2-R13"],
            id="M2-R8 outside and not verified",
        ),
        pytest.param(
            industry(plant(), plant(entity_area=SHENYANG, site_area="210112", landing_id=22)),
            ["M2 counted project 1 26-05-01 M2-R1", "M2X counted project 1 26-05-01 M2-R8"],
            id="M2-R8 one plant here, one elsewhere: two separate counts",
        ),
        pytest.param(
            industry(plant(site_area="210112")),
            ["M2 pending project 1 26-05-01 M2-R9"],
            id="M2-R9 registered here, plant elsewhere",
        ),
        pytest.param(
            industry(plant(entity_area=SHENYANG)),
            ["M2 pending project 1 26-05-01 M2-R9"],
            id="M2-R9 plant here, registered elsewhere",
        ),
        pytest.param(
            industry(plant(entity_area=None)),
            ["M2 pending project 1 26-05-01 M2-R9"],
            id="M2-R9 registration unknown",
        ),
        pytest.param(
            industry(plant(site_area="")),
            ["M2 pending project 1 26-05-01 M2-R9"],
            id="M2-R9 site unknown",
        ),
        pytest.param(
            industry(plant(site_area=PANJIN)),
            ["M2 pending project 1 26-05-01 M2-R9"],
            id="M2-R9 county of the site unknown",
        ),
        pytest.param(
            industry(plant(step(on="25-12-28")), accepted_on=day("25-06-01")),
            ["M2 counted project 1 25-12-28 M2-R1"],
            id="M2-R10 evidence in February for December",
        ),
        pytest.param(
            industry(plant(step(on="26-05-01", withdrawn_on=day("26-09-01")))),
            ["M2 counted project 1 26-05-01 to 26-09-01 M2-R1"],
            id="M2-R12 permission revoked",
        ),
        pytest.param(
            industry(plant(step(withdrawn_on=day("26-09-01")), step(on="27-02-01"))),
            [
                "M2 counted project 1 26-05-01 to 26-09-01 M2-R1",
                "M2 counted project 1 27-02-01 M2-R1",
            ],
            id="M2-R12 revoked and reached again in the next year",
        ),
        pytest.param(
            industry(
                plant(step(withdrawn_on=day("27-09-01"))),
                plant(step(on="26-08-01", source=Source("landing_step", 32)), landing_id=22),
            ),
            [
                "M2 counted project 1 26-05-01 to 27-09-01 M2-R1",
                "M2 counted project 1 27-09-01 for 2026 M2-R1",
            ],
            id="M2-R12 the second plant takes over in its own year",
        ),
        pytest.param(
            industry(
                plant(step(withdrawn_on=day("26-09-01")), step(on="26-10-01", verified=False))
            ),
            [
                "M2 counted project 1 26-05-01 to 26-09-01 M2-R1",
                "M2 pending project 1 26-10-01 M2-R13",
            ],
            id="M2-R12 revoked, the next claim awaits verification",
        ),
        pytest.param(
            industry(plant(step(withdrawn_on=day("26-01-15"), on="26-01-01"))),
            [],
            id="M2-R12 withdrawn before the pilot was accepted",
        ),
        pytest.param(
            industry(accepted_on=None),
            ["M2 pending project 1 26-05-01 M2-R13"],
            id="M2-R13 in production, pilot not accepted",
        ),
        pytest.param(
            industry(plant(step(verified=False))),
            ["M2 pending project 1 26-05-01 M2-R13"],
            id="M2-R13 level not verified",
        ),
        pytest.param(
            industry(plant(step(verified=False), step("L5", on="26-07-01"))),
            ["M2 counted project 1 26-07-01 M2-R1"],
            id="M2-R13 a verified higher level counts on its own day",
        ),
        pytest.param(industry(voided=True), [], id="C-R7 voided"),
        pytest.param(industry(merged=True), [], id="C-R7 merged"),
        pytest.param(
            industry(reports=(report("M2", "26-01-20"),)), COUNTED, id="C-R5 reported and proven"
        ),
        pytest.param(
            again(industry(), plants=(), reports=(report("M2", "26-01-20"),)),
            ["M2 pending project 1 26-01-20 C-R5"],
            id="C-R5 reported only",
        ),
    ],
)
def test_industrialised(fact, expected):
    assert told(industrialised(fact, [M2])) == expected


@pytest.mark.parametrize(
    ("fact", "scopes"),
    [
        pytest.param(industry(), {"city"}, id="C-R6 not piloted by the base"),
        pytest.param(industry(in_base=True), {"city", "base"}, id="C-R6 piloted by the base"),
        pytest.param(
            industry(plant(waiver=True), in_base=True, accepted_on=None),
            {"city"},
            id="M2-R2 a waiver is for the city alone",
        ),
        pytest.param(
            industry(plant(waiver=True), in_base=True, accepted_on=None, reports=(report("M2"),)),
            {"city"},
            id="C-R5 a report does not bring the waived project back to the base",
        ),
    ],
)
def test_scope_of_an_industrialised_project(fact, scopes):
    assert {each.scope.value for each in industrialised(fact, [M2])} == scopes


def test_an_acceptance_after_a_waiver_moves_nothing_in_the_city():
    fact = industry(plant(step(on="25-12-01"), waiver=True), in_base=True)

    days = {each.scope: each.on for each in industrialised(fact, [M2])}

    assert days == {Scope.CITY: day("25-12-01"), Scope.BASE: day("26-02-01")}


@pytest.mark.parametrize(
    ("threshold", "expected"),
    [
        pytest.param("L3", ["M2 counted project 1 26-03-01 M2-R1"], id="M2-R4 threshold 开工"),
        pytest.param("L4", COUNTED, id="M2-R4 threshold 投产"),
        pytest.param("L5", [], id="M2-R4 threshold 达产"),
    ],
)
def test_the_definition_chooses_the_threshold(threshold, expected):
    fact = industry(plant(step("L3", on="26-03-01"), step("L4")))

    assert told(industrialised(fact, [again(M2, threshold=LandingLevel(threshold))])) == expected


@pytest.mark.parametrize(
    ("kind", "absent"),
    [
        pytest.param(PlantFact, "closed_on", id="M2-R5 a plant closed or sold later stays"),
        pytest.param(PlantFact, "recorded_at", id="M2-R10 the day of entry is not asked"),
        pytest.param(IndustryFact, "concept_on", id="M2-R11 our concept stage is not asked"),
    ],
)
def test_what_industrialisation_does_not_depend_on(kind, absent):
    assert absent not in {field.name for field in fields(kind)}


def test_elsewhere_has_its_own_definition_where_there_is_one():
    own = rules(Indicator.ELSEWHERE, id=9, threshold=LandingLevel.L3)
    fact = industry(plant(step("L3"), entity_area=SHENYANG, site_area="210112"))

    (verdict,) = industrialised(fact, [M2, own])

    assert (verdict.indicator, verdict.definition_id) == (Indicator.ELSEWHERE, 9)


def test_an_industrialised_project_names_what_it_rests_on():
    (verdict,) = industrialised(industry(), [M2])

    assert [each.kind for each in verdict.sources] == ["decision", "landing_step", "landing"]
    assert verdict.verified_by == 8


@pytest.mark.parametrize(
    ("fact", "sentences"),
    [
        pytest.param(
            industry(plant(step(verified=False), site_area="210112"), accepted_on=None),
            (
                "实施主体注册在本市，装置不在本市",
                "未通过中试验收（G3）",
                "L4 投产（2026-05-01）未核验",
            ),
            id="C-R4 everything missing is said at once",
        ),
        pytest.param(
            industry(plant(entity_area=SHENYANG)),
            ("装置在本市，实施主体注册在外地",),
            id="M2-R9 says which of the two is outside",
        ),
        pytest.param(
            industry(plant(site_area=None)), ("未登记装置所在县区",), id="M2-R9 site unknown"
        ),
        pytest.param(
            industry(plant(entity_area="")), ("未登记实施主体注册地",), id="M2-R9 company unknown"
        ),
    ],
)
def test_a_pending_plant_says_what_is_missing(fact, sentences):
    assert [each.missing for each in industrialised(fact, [M2])] == [sentences]
