"""What the form of a submission works with: edits, progress of sections, early problems."""

from datetime import date

import pytest

from pilot.domain import submission_edits as edits
from pilot.domain.errors import Invalid
from pilot.domain.submission_content import LONGEST, Section, merged, problems, title_of
from pilot.domain.submission_edits import edited, together
from pilot.domain.submission_sections import Filled, following, progress, standing, with_early
from pilot.domain.vocabulary import FileKind

TODAY = date(2026, 6, 1)
LISTS = {
    "result_kinds": {"process": "新工艺"},
    "fields": {"catalyst": "催化剂"},
    "readiness_schemes": {"GB/T 37264": "新材料"},
    "readiness_levels": {"GB/T 37264-2018:5": "5级"},
    "organisation_kinds": {"enterprise": "企业"},
}
RESULT = {
    "title": "示例工艺",
    "kind": "process",
    "field": "catalyst",
    "summary": "示例简介",
    "readiness_scheme": "GB/T 37264",
    "readiness_version": "2018",
    "readiness_level": 5,
    "non_secret": True,
    "holders": [{"organisation_id": 1}],
}


def held(*ids):
    return {"result": {"holders": [{"organisation_id": one, "share": ""} for one in ids]}}


def ids(content):
    return [one["organisation_id"] for one in content["result"]["holders"]]


# --- edits ---------------------------------------------------------------------------------------


def test_numbers_of_one_kind_leave_the_others():
    content = edited({"result": {"numbers": {"patent": ["1"]}}}, edits.numbers("software", ["2"]))
    assert content["result"]["numbers"] == {"patent": ["1"], "software": ["2"]}


@pytest.mark.parametrize(
    ("edit", "left"),
    [
        pytest.param(edits.holder_added(3), [1, 2, 3], id="added at the end"),
        pytest.param(edits.holder_added(2), [1, 2], id="once only"),
        pytest.param(edits.holder_removed(1), [2], id="removed"),
        pytest.param(edits.holder_removed(9), [1, 2], id="a stranger is not missed"),
        pytest.param(edits.holder_raised(2), [2, 1], id="raised"),
        pytest.param(edits.holder_raised(1), [1, 2], id="the first stays"),
        pytest.param(edits.holder_raised(9), [1, 2], id="a stranger is not raised"),
    ],
)
def test_holders_change_in_order(edit, left):
    before = held(1, 2)
    assert ids(edited(before, edit)) == left
    assert ids(before) == [1, 2]


def test_two_edits_of_one_list_both_stand():
    both = together([edits.holder_added(5), edits.holder_share(5, "40"), edits.holder_added(6)])
    assert edited({}, both)["result"]["holders"] == [
        {"organisation_id": 5, "share": "40"},
        {"organisation_id": 6, "share": ""},
    ]


def test_a_unit_taken_out_moves_up_the_ones_behind_it_everywhere():
    content = {
        "organisations": [{"name": "甲"}, {"name": "乙"}, {"name": "丙"}],
        "result": {"holders": [{"organisation_id": one} for one in (7, -1, -2, -3)]},
        "contract": {"seller_id": -2, "buyer_id": -3},
        "transfer": {"receiver_id": -1},
    }
    after = edited(content, edits.organisation_dropped(2))

    assert [one["name"] for one in after["organisations"]] == ["甲", "丙"]
    assert ids(after) == [7, -1, -2]
    assert after["contract"] == {"seller_id": None, "buyer_id": -2}
    assert after["transfer"] == {"receiver_id": -1}


def test_a_unit_is_filled_in_field_by_field():
    content = edited(
        edited({}, edits.organisation_asked), edits.organisation_field(1, "name", "甲")
    )
    assert content["organisations"] == [{"name": "甲"}]
    assert edited(content, edits.organisation_field(2, "name", "乙")) == content


def test_more_than_any_form_holds_is_refused():
    with pytest.raises(Invalid, match="过长"):
        merged({}, {"result.summary": "长" * LONGEST})


def test_a_title_in_lists_is_one_printable_line():
    assert title_of({"result": {"title": " 甲\n乙\x00\u202e丙 "}}) == "甲乙丙"
    assert len(title_of({"result": {"title": "长" * 500}})) == 200


# --- progress ------------------------------------------------------------------------------------


def stands(content, files=()):
    return standing(content, files, with_early(content, problems(content, files, LISTS, TODAY)))


def test_an_empty_form_is_blank_where_something_is_needed():
    found = stands({})
    optional = {Section.NUMBERS, Section.CHILDREN, Section.FILES}
    assert {one for one, how in found.items() if how is Filled.OPTIONAL} == optional
    assert {one for one, how in found.items() if how is Filled.BLANK} == set(Section) - optional
    assert progress(found) == (0, 5)


def test_a_whole_form_is_done():
    found = stands({"result": RESULT, "has_transfer": False})
    assert progress(found) == (5, 5)


def test_whether_a_result_has_changed_hands_is_never_taken_for_granted():
    found = problems({"result": RESULT}, (), LISTS, TODAY)

    assert [(one.field, one.rule, one.hard) for one in found] == [
        ("has_transfer", "required", True)
    ]
    for answered in (True, False):
        said = problems({"result": RESULT, "has_transfer": answered}, (), LISTS, TODAY)
        assert "has_transfer" not in [one.field for one in said]


@pytest.mark.parametrize(
    ("change", "section"),
    [
        pytest.param({"kind": ""}, Section.BASICS, id="required"),
        pytest.param({"summary": ""}, Section.BASICS, id="wanted"),
        pytest.param(
            {"holders": [{"organisation_id": 1, "share": "120"}]}, Section.HOLDERS, id="share"
        ),
        pytest.param(
            {"numbers": {"patent": ["201911044411.1"]}}, Section.NUMBERS, id="check digit"
        ),
    ],
)
def test_a_problem_makes_its_section_partial(change, section):
    found = stands({"result": RESULT | change, "has_transfer": False})
    assert {one for one, how in found.items() if how is Filled.PARTIAL} == {section}


def test_an_explained_soft_problem_is_done():
    reason = {"result.summary/summary-wanted": "随后补充"}
    content = {"result": RESULT | {"summary": ""}, "has_transfer": False, "explanations": reason}
    assert stands(content)[Section.BASICS] is Filled.DONE


def test_a_contract_wants_its_paper():
    content = {"result": RESULT, "has_transfer": True, "transfer": {"mode": "2"}}
    assert stands(content)[Section.FILES] is Filled.PARTIAL
    assert stands(content, {FileKind.CONTRACT})[Section.FILES] is Filled.DONE


def test_sections_follow_each_other_to_the_last():
    assert following(Section.DECLARATION) is Section.BASICS
    assert following(Section.FILES) is None


# --- early problems ------------------------------------------------------------------------------


def test_numbers_are_checked_while_everything_else_is_blank():
    content = {
        "result": {"numbers": {"patent": ["201911044411.1"]}, "registration_no": "x"},
        "organisations": [{"uscc": "123"}],
    }
    early = with_early(content, [])
    assert {(one.field, one.hard) for one in early} == {
        ("result.numbers", True),
        ("result.registration_no", False),
        ("organisations", True),
    }


def test_a_number_is_told_once_and_by_its_name():
    content = {"result": RESULT | {"numbers": {"patent": ["201911044411.1"]}}}
    found = with_early(content, problems(content, (), LISTS, TODAY))
    [wrong] = [one for one in found if one.field == "result.numbers"]
    assert wrong.message.startswith("201911044411.1：")


def test_what_stands_behind_blank_fields_of_a_result_is_told_at_once():
    told = {(one.field, one.rule) for one in problems({}, (), LISTS, TODAY)}
    assert {
        ("result.title", "required"),
        ("result.kind", "required"),
        ("result.holders", "required"),
        ("result.non_secret", "classified"),
        ("result.summary", "summary-wanted"),
    } <= told
