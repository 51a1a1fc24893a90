"""What an invitation may give, for how long, how it stands; what a request must say."""

from datetime import date, datetime, timedelta

import pytest

from pilot.domain import joining
from pilot.domain.errors import Invalid, Refused
from pilot.domain.joining import LONGEST, RegistrationDraft
from pilot.domain.people import Role
from pilot.domain.vocabulary import InvitationState
from tests.factories import NOON

TODAY = date(2026, 6, 1)
DAY = timedelta(days=1)
WORDS = ["name", "unit", "contact", "reason"]
FULL = RegistrationDraft("李工", "示例研究所", "0427-1234567", "填报催化剂成果")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
@pytest.mark.parametrize("until", [TODAY, TODAY + LONGEST])
def test_any_role_but_an_administrators_may_be_given_for_a_while(role, until):
    joining.check_invitation(role, until, TODAY)


@pytest.mark.parametrize(
    ("role", "until", "field"),
    [
        pytest.param(Role.ADMIN, TODAY, "role", id="administrators are entered by hand"),
        pytest.param(Role.RESEARCHER, TODAY - DAY, "until", id="past"),
        pytest.param(Role.RESEARCHER, TODAY + LONGEST + DAY, "until", id="too long"),
        pytest.param(Role.RESEARCHER, None, "until", id="no day"),
    ],
)
def test_what_no_invitation_gives(role, until, field):
    with pytest.raises(Invalid) as refusal:
        joining.check_invitation(role, until, TODAY)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("used", "revoked", "now", "state"),
    [
        (None, None, NOON, InvitationState.OPEN),
        (None, None, NOON + DAY, InvitationState.OPEN),
        (None, None, NOON + DAY + timedelta(microseconds=1), InvitationState.EXPIRED),
        (None, NOON, NOON, InvitationState.REVOKED),
        (None, NOON, NOON + 2 * DAY, InvitationState.REVOKED),
        (NOON, None, NOON + 2 * DAY, InvitationState.USED),
    ],
)
def test_how_an_invitation_stands(
    used: datetime | None, revoked: datetime | None, now: datetime, state: InvitationState
):
    found = joining.invitation_state(now, expires=NOON + DAY, used=used, revoked=revoked)
    assert found is state


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"name": " "}, ["name"]),
        ({"name": "李\n工"}, ["name"]),
        ({"unit": ""}, ["unit"]),
        ({"contact": "1" * 101}, ["contact"]),
        ({"reason": "字" * 301}, ["reason"]),
        ({"reason": "a\x00b"}, ["reason"]),
        (
            {"name": "", "unit": "", "contact": "", "reason": ""},
            ["name", "unit", "contact", "reason"],
        ),
    ],
)
def test_a_request_says_everything_that_is_wrong_at_once(changed, fields):
    values = {name: getattr(FULL, name) for name in WORDS}
    with pytest.raises(Refused) as refusal:
        joining.checked(RegistrationDraft(**(values | changed)), TODAY)
    assert [one.field for one in refusal.value.problems] == fields


def test_a_request_may_have_several_lines_of_reason():
    draft = RegistrationDraft("  李工 ", "示例研究所", "0427-1234567", "一\r\n二")
    assert joining.checked(draft, TODAY) == RegistrationDraft(
        "李工", "示例研究所", "0427-1234567", "一\n二"
    )


@pytest.mark.parametrize(
    ("key", "good"),
    [("k" * 43, True), ("k" * 42, False), ("k" * 42 + "\n", False), ("k" * 42 + "/", False)],
)
def test_what_can_be_the_secret_of_a_link(key, good):
    assert joining.is_key(key) is good
