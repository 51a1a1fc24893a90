"""How people come in: by a link that works once, or by asking and being approved."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pilot.domain import joining as rules
from pilot.domain.errors import Conflict, Invalid, NotAllowed, NotFound, PilotError
from pilot.domain.joining import RegistrationDraft
from pilot.domain.people import Role
from pilot.domain.vocabulary import InvitationState, RegistrationState
from pilot.reports import joining as lists
from pilot.reports import notices
from pilot.services import accounts, door, invitations, joining, registrations
from pilot.services.command import perform
from pilot.services.notices import read_all
from pilot.store import journal, queries_joining
from pilot.store.engine import reading, writing
from pilot.store.models import Account, Invitation
from pilot.store.queries_door import account_named
from pilot.store.queries_people import as_actor
from tests import factories
from tests import factories_registry as registry

NOON = factories.NOON
DAY = timedelta(days=1)
UNTIL = date(2026, 6, 15)
PASSWORD = "Right-Horse-77"
KEY, OTHER = "a" * 43, "b" * 43
DRAFT = RegistrationDraft("李工", "示例研究所", "0427-1234567", "填报催化剂成果")


@pytest.fixture
def team(engine):
    with writing(engine) as session:
        return factories.team(session)


@pytest.fixture
def admin(engine, team):
    with writing(engine) as session:
        return factories.actor(session, team.base, Role.ADMIN)


@pytest.fixture
def unit(engine, team):
    with writing(engine) as session:
        return registry.institute(session, team, name="示例研究所").id


def invite(engine, admin, role=Role.RESEARCHER, unit=None, until=UNTIL, key=KEY, now=NOON):
    args = (role, unit, until)
    return perform(engine, invitations.invite, *args, link_key=key, by=admin.id, now=now).subject_id


def join(engine, key=KEY, login="li.gong", name="李工", password=PASSWORD, now=NOON, address="x"):
    return joining.join(engine, key, login, name, password, address=address, now=now)


def ask(engine, base_id, draft=DRAFT, key=KEY, address="x", now=NOON):
    joining.ask(engine, base_id, draft, key, address=address, now=now)


def opened(engine, admin):
    perform(engine, registrations.save_policy, True, by=admin.id, now=NOON)


def request(engine, key=KEY):
    with reading(engine) as session:
        return queries_joining.registration_of(session, key)


def sign_in(engine, login, password=PASSWORD):
    return door.sign_in(engine, login, password, address="x", agent="x", now=NOON)


# --- invitations ---------------------------------------------------------------------------------


def test_a_link_opens_one_account_with_its_role_and_unit(engine, admin, unit):
    invite(engine, admin, unit=unit)

    assert join(engine) == "li.gong"

    with reading(engine) as session:
        row = account_named(session, "li.gong")
        assert (row.name, row.organisation_id, row.must_change) == ("李工", unit, False)
        assert as_actor(session, row).roles == {Role.RESEARCHER}
    assert sign_in(engine, "li.gong").token


def test_a_link_works_once(engine, admin):
    invite(engine, admin)
    join(engine)
    with pytest.raises(NotFound):
        join(engine, login="second")
    with reading(engine) as session:
        assert account_named(session, "second") is None


def revoked(engine, admin):
    number = invite(engine, admin)
    perform(engine, invitations.revoke, number, by=admin.id, now=NOON)


def used(engine, admin):
    invite(engine, admin)
    join(engine, login="first")


DEAD = {
    "forged": lambda engine, admin: None,
    "revoked": revoked,
    "used": used,
    "expired": lambda engine, admin: invite(engine, admin, until=date(2026, 6, 2)),
}


@pytest.mark.parametrize("why", DEAD)
def test_every_dead_link_gets_the_same_sentence(engine, admin, why):
    DEAD[why](engine, admin)
    later = NOON + 3 * DAY
    with pytest.raises(NotFound) as refusal:
        join(engine, now=later)
    assert refusal.value.message == joining.DEAD
    with reading(engine) as session:
        assert joining.offer(session, KEY, later) is None


@pytest.mark.parametrize("key", ["", "short", "é" * 43, "\0" * 43, "'; DROP TABLE account; --"])
def test_an_odd_secret_is_a_dead_link(engine, admin, key):
    with pytest.raises(NotFound, match="不能使用"):
        join(engine, key=key)


def test_a_link_is_good_to_the_end_of_its_last_day(engine, admin):
    invite(engine, admin)
    last = factories.NOON.replace(day=15, hour=15, minute=59)  # 23:59 in Asia/Shanghai
    with reading(engine) as session:
        assert joining.offer(session, KEY, last).until == UNTIL
        assert joining.offer(session, KEY, last + timedelta(minutes=1)) is None


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"login": "a"}, "登录名须"),
        ({"name": " "}, "姓名"),
        ({"password": "short"}, "密码须"),
        ({"login": "taken"}, "已被使用"),
    ],
)
def test_what_is_to_be_corrected_leaves_the_link_as_it_was(engine, admin, typed, why):
    perform(
        engine, accounts.create, "taken", "王工", [Role.MANAGER], PASSWORD, by=admin.id, now=NOON
    )
    invite(engine, admin)
    with pytest.raises(PilotError, match=why):
        join(engine, **typed)
    assert join(engine) == "li.gong"


def test_names_can_be_tried_only_so_often_with_one_link(engine, admin):
    invite(engine, admin)
    for number in range(20):
        with pytest.raises(Conflict):
            join(engine, login=admin_login(engine, admin), address=f"from-{number}")
    with pytest.raises(NotAllowed, match="暂停"):
        join(engine, address="from-elsewhere")
    assert join(engine, now=NOON + timedelta(minutes=16), address="from-elsewhere")


def admin_login(engine, admin):
    with reading(engine) as session:
        return session.get_one(Account, admin.id).login


def test_forged_links_can_be_tried_only_so_often_from_an_address(engine, admin):
    for number in range(30):
        with pytest.raises(NotFound):
            join(engine, key=f"{number:043}")
    invite(engine, admin)
    with pytest.raises(NotAllowed, match="暂停"):
        join(engine)
    assert join(engine, address="elsewhere")


def test_whoever_administers_no_more_leaves_no_open_link_behind(engine, team, admin):
    with writing(engine) as session:
        second = factories.actor(session, team.base, Role.ADMIN)
    invite(engine, second)
    invite(engine, admin, key=OTHER)
    perform(engine, accounts.disable, second.id, by=admin.id, now=NOON)
    with pytest.raises(NotFound):
        join(engine)
    assert join(engine, key=OTHER)


def test_whoever_keeps_administering_keeps_the_links(engine, admin):
    invite(engine, admin)
    roles = [Role.ADMIN, Role.MANAGER]
    perform(engine, accounts.set_roles, admin.id, roles, by=admin.id, now=NOON)
    assert join(engine)


def test_the_list_tells_how_each_invitation_stands(engine, admin, unit):
    invite(engine, admin, unit=unit)
    join(engine)
    invite(engine, admin, key=OTHER)
    with reading(engine) as session:
        found = lists.invitations(session, admin, NOON)
    states = [(line.state, line.guest, line.unit) for line in found.lines]
    assert states == [
        (InvitationState.OPEN, "", ""),
        (InvitationState.USED, "li.gong", "示例研究所"),
    ]


def test_the_journal_tells_who_came_in_but_no_secret(engine, admin, team):
    invite(engine, admin)
    login = join(engine)
    with reading(engine) as session:
        last = factories.entries(session, team.base)[-1]
        guest = account_named(session, login).id
        assert (last.action, last.by_id, last.subject_id) == ("invitation.use", guest, guest)
        written = "".join(entry.changes for entry in factories.entries(session, team.base))
        row = session.get_one(Invitation, 1)
    assert KEY not in written
    assert row.token_hash not in written
    assert PASSWORD not in written
    assert journal.HIDDEN in written


# --- requests ------------------------------------------------------------------------------------


def test_nobody_may_ask_before_an_administrator_opens_the_door(engine, team):
    with pytest.raises(NotAllowed, match="没有开放"):
        ask(engine, team.base.id)
    assert request(engine) is None


def test_an_approved_applicant_comes_in_with_their_own_secret(engine, team, admin, unit):
    opened(engine, admin)
    ask(engine, team.base.id)
    with pytest.raises(NotFound):
        join(engine)  # not before the approval

    args = (request(engine).id, unit)
    perform(engine, registrations.approve, *args, by=admin.id, now=NOON)

    assert join(engine) == "li.gong"
    with reading(engine) as session:
        row = account_named(session, "li.gong")
        assert row.organisation_id == unit
        assert as_actor(session, row).roles == {Role.RESEARCHER}


def test_an_approved_applicant_comes_in_by_the_name_that_was_approved(engine, team, admin):
    opened(engine, admin)
    ask(engine, team.base.id)
    perform(engine, registrations.approve, request(engine).id, None, by=admin.id, now=NOON)
    with reading(engine) as session:
        assert joining.offer(session, KEY, NOON).name == "李工"

    join(engine, name="王五")

    with reading(engine) as session:
        assert account_named(session, "li.gong").name == "李工"


def test_an_administrators_link_leaves_the_name_open(engine, admin):
    invite(engine, admin)
    with reading(engine) as session:
        assert joining.offer(session, KEY, NOON).name == ""

    join(engine, name="王五")

    with reading(engine) as session:
        assert account_named(session, "li.gong").name == "王五"


def test_a_refused_applicant_reads_the_reason_and_cannot_come_in(engine, team, admin):
    opened(engine, admin)
    ask(engine, team.base.id)
    number = request(engine).id
    with pytest.raises(Invalid, match="理由"):
        perform(engine, registrations.refuse, number, by=admin.id, now=NOON)
    perform(engine, registrations.refuse, number, reason="查无此人", by=admin.id, now=NOON)
    with reading(engine) as session:
        found = joining.asked(session, KEY)
    assert (found.state, found.refusal) == (RegistrationState.REFUSED, "查无此人")
    with pytest.raises(NotFound):
        join(engine)


def test_a_request_is_decided_once(engine, team, admin):
    opened(engine, admin)
    ask(engine, team.base.id)
    number = request(engine).id
    perform(engine, registrations.approve, number, None, by=admin.id, now=NOON)
    with pytest.raises(Conflict, match="已批准"):
        perform(engine, registrations.refuse, number, reason="迟了", by=admin.id, now=NOON)


def test_the_same_form_sent_twice_is_one_request(engine, team, admin):
    opened(engine, admin)
    ask(engine, team.base.id)
    ask(engine, team.base.id, replace(DRAFT, name="别名"))
    with reading(engine) as session:
        assert queries_joining.waiting(session, team.base.id) == 1
    assert request(engine).name == "李工"


def test_a_name_that_has_an_account_is_answered_like_any_other(engine, team, admin):
    opened(engine, admin)
    perform(
        engine, accounts.create, "li.gong", "李工", [Role.MANAGER], PASSWORD, by=admin.id, now=NOON
    )
    ask(engine, team.base.id)
    ask(engine, team.base.id, replace(DRAFT, name="没有账号的人"), key=OTHER)
    with reading(engine) as session:
        assert joining.asked(session, KEY) == joining.asked(session, OTHER)


def test_an_address_asks_only_so_often(engine, team, admin):
    opened(engine, admin)
    for number in range(rules.ASKED_PER_ADDRESS):
        ask(engine, team.base.id, key=f"{number:043}")
    with pytest.raises(NotAllowed, match="频繁"):
        ask(engine, team.base.id)
    ask(engine, team.base.id, address="elsewhere")
    ask(engine, team.base.id, key=OTHER, now=NOON + rules.ASKED_WITHIN + timedelta(seconds=1))
    assert request(engine, OTHER)


def test_asking_does_not_pause_the_sign_in_of_an_address(engine, team, admin):
    opened(engine, admin)
    invite(engine, admin, key=OTHER)
    join(engine, OTHER)
    for _ in range(rules.LOOKED_PER_ADDRESS):
        joining.units_like(engine, team.base.id, "示例", address="x", now=NOON)
    for number in range(rules.ASKED_PER_ADDRESS):
        ask(engine, team.base.id, key=f"{number:043}")
    assert sign_in(engine, "li.gong").token


def test_a_flood_fills_the_queue_and_no_more(engine, team, admin, monkeypatch):
    monkeypatch.setattr(rules, "MOST_WAITING", 2)
    opened(engine, admin)
    for number in range(2):
        ask(engine, team.base.id, key=f"{number:043}", address=f"from-{number}")
    with pytest.raises(Conflict, match="太多"):
        ask(engine, team.base.id)


def test_administrators_are_told_once_until_they_have_read_it(engine, team, admin):
    opened(engine, admin)
    for number in range(2):
        ask(engine, team.base.id, key=f"{number:043}")
    with reading(engine) as session:
        assert [one.text for one in notices.messages(session, admin)[1]] == [joining.ASKED]
        assert notices.unread(session, team.manager) == 0

    perform(engine, read_all, by=admin.id, now=NOON)
    ask(engine, team.base.id, key=OTHER)
    with reading(engine) as session:
        told = notices.listed(session, admin, all=True).lines
        assert [one.text for one in told] == [joining.ASKED] * 2


def test_strangers_find_a_few_units_by_name_and_no_single_persons(engine, team, admin, unit):
    opened(engine, admin)
    with writing(engine) as session:
        registry.organisation(session, team, name="示例个人", kind="individual", uscc=None)

    def found(text, at=NOON):
        return joining.units_like(engine, team.base.id, text, address="x", now=at)

    assert found("示例") == {unit: "示例研究所"}
    assert found("示") == {}
    assert found("%%") == {}
    for _ in range(rules.LOOKED_PER_ADDRESS):
        found("示例")
    assert found("示例") == {}
    assert found("示例", NOON + rules.LOOKED_WITHIN + timedelta(seconds=1))


def test_units_are_shown_to_nobody_while_the_door_is_closed(engine, team, unit):
    assert joining.units_like(engine, team.base.id, "示例", address="x", now=NOON) == {}


def test_another_bases_unit_is_not_taken_along(engine, team, admin):
    opened(engine, admin)
    with writing(engine) as session:
        strangers = factories.team(session, "QT")
        foreign = registry.institute(session, strangers).id
    ask(engine, team.base.id, replace(DRAFT, organisation_id=foreign))
    assert request(engine).organisation_id is None


def test_the_journal_keeps_neither_name_nor_contact_of_an_applicant(engine, team, admin):
    opened(engine, admin)
    ask(engine, team.base.id)
    with reading(engine) as session:
        written = "".join(entry.changes for entry in factories.entries(session, team.base))
    assert DRAFT.contact not in written
    assert DRAFT.name not in written
    assert request(engine).token_hash not in written


def test_name_and_contact_are_emptied_some_time_after_the_decision(engine, team, admin):
    opened(engine, admin)
    ask(engine, team.base.id)
    ask(engine, team.base.id, key=OTHER)
    perform(engine, registrations.refuse, 1, reason="不符", by=admin.id, now=NOON)
    with writing(engine) as session:
        assert queries_joining.forget_applicants(session, NOON + DAY) == 1
    assert (request(engine).name, request(engine).contact) == ("", "")
    assert request(engine, OTHER).contact == DRAFT.contact
