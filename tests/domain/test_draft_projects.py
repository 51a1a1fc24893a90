"""The rules of a project's form and import row."""

from datetime import date
from decimal import Decimal

import pytest

from pilot.domain import drafts
from pilot.domain.drafts import ProjectDraft

TODAY = date(2026, 6, 1)
LISTS = {
    "fields": {"catalyst": "催化剂"},
    "industries": {"2661": "化学试剂和助剂制造"},
    "areas": {"211102": "双台子区"},
    "sites": {"liaobin": "辽滨"},
    "readiness_schemes": {"GB/T 37264": "新材料技术成熟度"},
    "readiness_levels": {"GB/T 37264-2018:6": "6级"},
}


def broken(**fields) -> set[str]:
    draft = ProjectDraft(**({"name": "示例"} | fields))
    return {one.rule for one in drafts.hard(drafts.problems(draft, LISTS, TODAY))}


@pytest.mark.parametrize(
    ("fields", "rules"),
    [
        pytest.param({}, set(), id="a name is enough"),
        pytest.param({"name": " "}, {"required"}, id="a name is needed"),
        pytest.param({"name": "一\n二"}, {"one-line"}, id="a name is one line"),
        pytest.param({"field": "baking"}, {"not-in-list"}, id="a field is in its list"),
        pytest.param({"sites": ("mars",)}, {"not-in-list"}, id="a site is in its list"),
        pytest.param({"sites": ("liaobin",) * 2}, {"site-twice"}, id="a site stands once"),
        pytest.param({"budget": Decimal(-1)}, {"negative"}, id="a budget is not negative"),
        pytest.param({"reaction_grade": 6}, {"grade"}, id="a hazard grade is 1 to 5"),
        pytest.param({"parent_id": 3}, {"parent-reason"}, id="a parent needs its reason"),
        pytest.param({"continues_parent": True}, {"parent-missing"}, id="it continues something"),
        pytest.param(
            {"readiness_scheme": "GB/T 37264", "readiness_level": 6},
            {"readiness"},
            id="a readiness level needs its edition",
        ),
        pytest.param(
            {
                "readiness_scheme": "GB/T 37264",
                "readiness_version": "2018",
                "readiness_level": 6,
            },
            set(),
            id="scheme, edition and level together are fine",
        ),
    ],
)
def test_what_a_project_must_keep(fields, rules):
    assert broken(**fields) == rules


def test_what_is_wanted_only_warns():
    found = drafts.problems(ProjectDraft(name="示例"), LISTS, TODAY)

    assert {one.field for one in found} == {"holder_id", "manager_id", "area"}
    assert not drafts.hard(found)
