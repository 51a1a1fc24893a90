"""How people come in (加入): by an administrator's link, or by asking and being approved.

The secret of a link is 256 random bits; what it opens is decided here from the record alone.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated

from pilot.domain import draft_fields
from pilot.domain.draft_fields import Plain, Text
from pilot.domain.errors import Invalid, Refused
from pilot.domain.people import Role
from pilot.domain.vocabulary import InvitationState

LONGEST = timedelta(days=90)  # an invitation
AFTER_APPROVAL = timedelta(days=30)  # to choose a login name once approved
CONTACT_KEPT = timedelta(days=90)  # after the decision
ASKED_PER_ADDRESS, ASKED_WITHIN = 5, timedelta(hours=1)
LOOKED_PER_ADDRESS, LOOKED_WITHIN = 30, timedelta(minutes=15)
MOST_WAITING = 200  # requests in a base: a flood fills no more than this
SHORTEST_SEARCH, MOST_FOUND = 2, 8
# Whoever administers is entered by another administrator, never by a link that may be passed on.
INVITABLE = tuple(role for role in Role if role is not Role.ADMIN)

_KEY = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class RegistrationDraft:
    """What somebody without an account says of themselves (注册申请); no more than is needed."""

    name: Annotated[str, Text("姓名", 50)]
    unit: Annotated[str, Text("所在单位", 200)]
    contact: Annotated[str, Text("联系方式", 100)]
    reason: Annotated[str, Text("申请说明", 300, lines=True)]
    organisation_id: Annotated[int | None, Plain("登记簿中的单位")] = None


def checked(draft: RegistrationDraft, today: date) -> RegistrationDraft:
    """The draft as it is stored; Refused with everything that is wrong with it."""
    if found := draft_fields.field_problems(draft, {}, today):
        raise Refused(found)
    return draft_fields.tidy(draft)


def is_key(text: str) -> bool:
    """Whether a text has the form of a link's secret."""
    return bool(_KEY.fullmatch(text))


def check_invitation(role: Role, until: date | None, today: date) -> None:
    """Raise Invalid for a role that no link gives, or a last day that is past or too far off."""
    if role not in INVITABLE:
        raise Invalid("role", f"{role.label}不能用链接邀请；请在“新建账号”里直接建立账号。")
    if until is None or not today <= until <= today + LONGEST:
        last = today + LONGEST
        raise Invalid("until", f"有效期须在今天至 {last} 之间（最长 {LONGEST.days} 天）；请修改。")


def invitation_state(
    now: datetime, *, expires: datetime, used: datetime | None, revoked: datetime | None
) -> InvitationState:
    """How an invitation stands now: a used one stays used, whatever comes after."""
    if used is not None:
        return InvitationState.USED
    if revoked is not None:
        return InvitationState.REVOKED
    return InvitationState.OPEN if now <= expires else InvitationState.EXPIRED
