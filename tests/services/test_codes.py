"""An administrator edits code lists and checklists without touching code."""

from dataclasses import replace

import pytest

from pilot.domain.errors import Conflict, Invalid, NotAllowed, Refused
from pilot.domain.people import Role
from pilot.domain.vocabulary import Gate, HazardClass, Requirement
from pilot.services import codes
from pilot.services.codes import ChecklistDraft, CodeDraft
from pilot.store import queries_codes, queries_gates
from tests import factories
from tests.factories import clock


@pytest.fixture
def people(session):
    return factories.team(session)


@pytest.fixture
def admin(session, people):
    return factories.actor(session, people.base, Role.ADMIN, login="pj-admin")


FIELD = CodeDraft("fields", "bio_base", "生物制造", position=80)
LINE = ChecklistDraft(Gate.G1, "G1-T9", "已完成专利布局", Requirement.REQUIRED)


def test_a_new_code_can_be_chosen_at_once(session, people, admin):
    codes.save_code(session, FIELD, by=admin, at=clock(session))

    assert queries_codes.lists(session, people.base.id)["fields"]["bio_base"] == "生物制造"


def test_a_switched_off_code_is_shown_but_not_offered(session, people, admin):
    item = codes.save_code(session, FIELD, by=admin, at=clock(session))
    off = replace(FIELD, active=False)
    codes.save_code(session, off, by=admin, at=clock(session), item_id=item.id)

    assert "bio_base" not in queries_codes.lists(session, people.base.id)["fields"]
    assert queries_codes.labels(session, people.base.id, "fields")["bio_base"] == "生物制造"


def test_a_code_in_use_is_never_renamed(session, admin):
    item = codes.save_code(session, FIELD, by=admin, at=clock(session))

    with pytest.raises(Invalid, match="停用后另建"):
        codes.save_code(
            session, replace(FIELD, code="bio"), by=admin, at=clock(session), item_id=item.id
        )


def test_a_code_stands_once_in_an_edition(session, admin):
    codes.save_code(session, FIELD, by=admin, at=clock(session))

    with pytest.raises(Conflict, match="bio_base"):
        codes.save_code(session, FIELD, by=admin, at=clock(session))


def test_two_editions_of_a_standard_stand_side_by_side(session, people, admin):
    old = CodeDraft("industries", "2664", "信息化学品制造", "GB/T 4754-2011")
    codes.save_code(session, old, by=admin, at=clock(session))

    editions = {
        item.edition
        for item in queries_codes.items(session, people.base.id, "industries")
        if item.code == "2664"
    }

    assert editions == {"GB/T 4754-2011", "GB/T 4754-2017"}


@pytest.mark.parametrize(
    ("draft", "error"),
    [
        pytest.param(replace(FIELD, list_name="colours"), Invalid, id="an unknown list"),
        pytest.param(replace(FIELD, label=""), Refused, id="no label"),
        pytest.param(replace(FIELD, position=-1), Refused, id="a negative place"),
    ],
)
def test_a_code_is_refused_for(session, admin, draft, error):
    with pytest.raises(error):
        codes.save_code(session, draft, by=admin, at=clock(session))


def test_a_new_line_joins_the_checklist(session, people, admin):
    codes.save_checklist_item(session, LINE, by=admin, at=clock(session))

    items = queries_gates.checklist(session, people.base.id, Gate.G1, hazardous=False)

    assert "已完成专利布局" in [item.text for item in items]


def test_a_line_switched_off_leaves_the_checklist(session, people, admin):
    item = codes.save_checklist_item(session, LINE, by=admin, at=clock(session))
    off = replace(LINE, active=False)
    codes.save_checklist_item(session, off, by=admin, at=clock(session), item_id=item.id)

    items = queries_gates.checklist(session, people.base.id, Gate.G1, hazardous=False)

    assert "G1-T9" not in [item.code for item in items]


@pytest.mark.parametrize(
    ("draft", "error"),
    [
        pytest.param(replace(LINE, code="D01"), Conflict, id="a code that is taken"),
        pytest.param(replace(LINE, doc_code="D99"), Refused, id="an unknown paper"),
        pytest.param(replace(LINE, requirement="must"), Refused, id="an unknown requirement"),
    ],
)
def test_a_line_is_refused_for(session, admin, draft, error):
    with pytest.raises(error):
        codes.save_checklist_item(session, draft, by=admin, at=clock(session))


def test_a_line_keeps_its_gate_and_class(session, admin):
    item = codes.save_checklist_item(session, LINE, by=admin, at=clock(session))
    moved = replace(LINE, hazard_class=HazardClass.HAZARDOUS)

    with pytest.raises(Invalid):
        codes.save_checklist_item(session, moved, by=admin, at=clock(session), item_id=item.id)


def test_a_line_that_the_record_answers_keeps_its_words(session, people, admin):
    items = queries_gates.checklist(session, people.base.id, Gate.G0, hazardous=False)
    item = next(one for one in items if one.code == "G0-C2")
    draft = ChecklistDraft(
        gate=item.gate, hazard_class=item.hazard_class, code=item.code, text="项目经理已到岗",
        requirement=item.requirement, position=item.position,
    )  # fmt: skip

    with pytest.raises(Invalid):
        codes.save_checklist_item(session, draft, by=admin, at=clock(session), item_id=item.id)


def test_a_manager_may_not_edit_codes(session, people):
    with pytest.raises(NotAllowed):
        codes.save_code(session, FIELD, by=people.manager, at=clock(session))
