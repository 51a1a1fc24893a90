"""What the form of a submission works with: edits, progress of sections, early problems."""

from datetime import date

import pytest

from pilot.domain import submission_edits as edits
from pilot.domain.draft_follow_ups import FollowUpKind
from pilot.domain.errors import Invalid
from pilot.domain.submission_content import (
    LONGEST,
    Section,
    differences,
    merged,
    needed,
    problems,
    title_of,
)
from pilot.domain.submission_edits import edited, together
from pilot.domain.submission_sections import Filled, following, progress, standing, with_early
from pilot.domain.vocabulary import FileKind, TransferMode

TODAY = date(2026, 6, 1)
LISTS = {
    "result_kinds": {"process": "新工艺"},
    "fields": {"catalyst": "催化剂"},
    "readiness_schemes": {"GB/T 37264": "新材料"},
    "readiness_levels": {"GB/T 37264-2018:5": "5级"},
    "organisation_kinds": {"enterprise": "企业", "foreign": "境外单位"},
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


# --- marks ---------------------------------------------------------------------------------------

MOVED = {"has_transfer": True, "transfer": {"mode": "2"}}
EMPTY_FORMS = [
    pytest.param({}, id="nothing said"),
    pytest.param({"has_transfer": False}, id="not transferred"),
    pytest.param({"has_transfer": True}, id="mode not chosen"),
    *(
        pytest.param({"has_transfer": True, "transfer": {"mode": mode.value}}, id=mode.name)
        for mode in TransferMode
    ),
    *(
        pytest.param({"has_transfer": True, "follow_up": {"kind": kind.value}}, id=kind.name)
        for kind in FollowUpKind
    ),
    pytest.param(MOVED | {"contract": {"conditional": True}}, id="conditional"),
    pytest.param(MOVED | {"contract": {"signed_on": "2026-01-05"}}, id="unregistered for long"),
    pytest.param(MOVED | {"contract": {"registered_on": "2026-05-05"}}, id="day without number"),
    pytest.param({"has_transfer": True, "transfer": {"mode": "9"}}, id="no such mode"),
]


@pytest.mark.parametrize("content", EMPTY_FORMS)
def test_an_empty_form_marks_what_its_check_asks_for_and_nothing_else(content):
    typed = {name for name, _, _ in differences({}, content)} | {"has_transfer"}
    asked = {one.field for one in problems(content, (), LISTS, TODAY)}

    marked = needed(content, TODAY) - {"same_as"}  # this one is asked for by the registry

    assert marked - typed == asked - typed
    assert "has_transfer" in marked


@pytest.mark.parametrize(
    ("mode", "marked"),
    [
        pytest.param("1", {"transfer.mode", "transfer.event_on"}, id="self-implemented"),
        pytest.param("2", {"transfer.mode", "contract.no"}, id="by contract"),
    ],
)
def test_the_mode_decides_whether_a_contract_or_a_day_is_marked(mode, marked):
    decided = {"transfer.mode", "transfer.event_on", "contract.no"}
    assert needed({"has_transfer": True, "transfer": {"mode": mode}}, TODAY) & decided == marked


@pytest.mark.parametrize(
    ("unit", "marked"),
    [
        pytest.param({}, {"name", "kind", "uscc", "reg_area"}, id="domestic unless said"),
        pytest.param({"kind": "foreign"}, {"name", "kind", "reg_area"}, id="abroad"),
    ],
)
def test_a_unit_asked_for_marks_what_its_check_asks_for(unit, marked):
    content = {"organisations": [unit]}
    found = [one for one in problems(content, (), LISTS, TODAY) if one.field == "organisations"]

    names = {one for one in needed(content, TODAY) if one.startswith("organisations.")}

    assert names == {f"organisations.1.{one}" for one in marked}
    assert len(found) == len(marked - set(unit))


def test_a_child_marks_what_its_check_asks_for():
    content = {"children": [{}]}
    found = [one for one in problems(content, (), LISTS, TODAY) if one.field == "children"]

    names = {one for one in needed(content, TODAY) if one.startswith("children.")}

    assert names == {"children.1.title", "children.1.kind"}
    assert len(found) == len(names)


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
