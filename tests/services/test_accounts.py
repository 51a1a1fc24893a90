"""Accounts and the door: who may get in, and who is put out."""

from datetime import timedelta

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Engine
from sqlmodel import select

from pilot.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from pilot.domain.passwords import check_password
from pilot.domain.people import Actor, Role
from pilot.services import accounts, door, passwords
from pilot.services.command import perform
from pilot.services.door import Limits
from pilot.store import queries_people, schema
from pilot.store.engine import make_engine, reading, writing
from pilot.store.models import Account, JournalEntry, LoginAttempt, LoginSession, Organisation
from tests import factories
from tests import factories_registry as registry
from tests.conftest import NOON

GOOD, OTHER = "Right-Horse-77", "Wrong-Horse-77"
HERE, THERE = "10.0.0.1", "10.0.0.2"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def admin(engine: Engine) -> Actor:
    """The only administrator of the only base, signing in as `boss`."""
    with writing(engine) as session:
        home = factories.base(session)
        row = accounts.first_administrator(session, home, "boss", "管理员", GOOD, at=NOON)
    return Actor(row.id, home.id, row.name, frozenset({Role.ADMIN}))


@pytest.fixture
def wang(engine: Engine, admin: Actor) -> int:
    """A manager who has already chosen a password of their own."""
    done = make(engine, admin, "wang", OTHER)
    perform(engine, accounts.change_password, OTHER, GOOD, by=done, now=NOON)
    return done


def make(engine: Engine, admin: Actor, login: str, password: str = GOOD, *roles: Role) -> int:
    """Open an account as the administrator; returns its id."""
    roles = roles or (Role.MANAGER,)
    args = (login, "王工", roles, password)
    return perform(engine, accounts.create, *args, by=admin.id, now=NOON).subject_id


def try_door(engine: Engine, login: str, password: str = GOOD, **options) -> door.SignIn:
    """One try at the door."""
    values = {"address": HERE, "agent": "test", "now": NOON} | options
    return door.sign_in(engine, login, password, **values)


def visitor(engine: Engine, token: str, now=NOON) -> door.Visitor | None:
    """Who stands behind a token."""
    with reading(engine) as session:
        return door.visitor(session, token, now)


# --- accounts ------------------------------------------------------------------------------------


def test_a_new_account_must_change_its_temporary_password(engine, admin):
    make(engine, admin, "chen")
    found = try_door(engine, "chen")
    assert found.token
    assert found.must_change


def test_one_name_is_one_account_whatever_its_case(engine, admin):
    make(engine, admin, "chen")
    with pytest.raises(Conflict):
        make(engine, admin, " CHEN ")


@pytest.mark.parametrize(
    "login",
    ["", "ab", "-chen", "陈工", "chen li", "a" * 33, "chen\nli", "chen\0li", "ｃｈｅｎ"],
    ids=["empty", "short", "dash", "hanzi", "blank", "long", "newline", "nul", "full-width"],
)
def test_login_names_that_are_refused(engine, admin, login):
    with pytest.raises(Invalid):
        make(engine, admin, login)


def test_an_account_needs_a_role(engine, admin):
    with pytest.raises(Invalid, match="角色"):
        perform(engine, accounts.create, "chen", "李", (), GOOD, by=admin.id, now=NOON)


def test_a_password_hash_never_reaches_the_journal(engine, admin):
    make(engine, admin, "chen")
    with reading(engine) as session:
        text = "".join(entry.changes for entry in session.exec(select(JournalEntry)))
    assert "argon2" not in text
    assert GOOD not in text


@pytest.mark.parametrize(
    ("password", "why"),
    [
        pytest.param("Short-1a", "12", id="under 12"),
        pytest.param("alllowercaseletters", "三类", id="one class"),
        pytest.param("lowercase12345", "三类", id="two classes"),
        pytest.param("Zhang-wang-99", "登录名", id="contains the login"),
        pytest.param("Password1234", "常见", id="common"),
        pytest.param("Aa1aAa1aAa1a", "常见", id="few characters"),
        pytest.param("Aa1-" * 33, "128", id="over 128"),
        pytest.param("Good-Enough-1\ud800", "无法识别", id="lone surrogate"),
        pytest.param("Good-Enough-1\0", "无法识别", id="NUL"),
    ],
)
def test_passwords_that_are_refused(password, why):
    with pytest.raises(Invalid, match=why):
        check_password(password, "wang")


@pytest.mark.parametrize("password", [GOOD, "中试基地Safe-2026", "correct horse 7 Battery"])
def test_passwords_that_are_good_enough(password):
    check_password(password, "wang")


def test_generated_temporary_passwords_meet_the_rule():
    for _ in range(50):
        check_password(passwords.temporary(), "wang")


def test_the_last_administrator_cannot_be_disabled(engine, admin):
    with pytest.raises(Conflict, match="最后一名"):
        perform(engine, accounts.disable, admin.id, by=admin.id, now=NOON)


def test_the_last_administrator_cannot_be_demoted(engine, admin):
    with pytest.raises(Conflict, match="最后一名"):
        perform(engine, accounts.set_roles, admin.id, [Role.MANAGER], by=admin.id, now=NOON)


def test_a_disabled_administrator_does_not_count_as_another(engine, admin):
    second = make(engine, admin, "chen", GOOD, Role.ADMIN)
    perform(engine, accounts.disable, second, by=admin.id, now=NOON)
    with pytest.raises(Conflict, match="最后一名"):
        perform(engine, accounts.disable, admin.id, by=admin.id, now=NOON)


def test_with_another_administrator_one_may_go(engine, admin):
    second = make(engine, admin, "chen", GOOD, Role.ADMIN)
    perform(engine, accounts.disable, admin.id, by=second, now=NOON)
    assert try_door(engine, "boss").token is None


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_administrators_manage_accounts(engine, admin, role):
    person = make(engine, admin, "chen", GOOD, role)
    for verb, args in [
        (accounts.create, ("zhao", "赵", (Role.ADMIN,), GOOD)),
        (accounts.disable, (admin.id,)),
        (accounts.enable, (admin.id,)),
        (accounts.reset, (admin.id, GOOD)),
        (accounts.set_roles, (person, (Role.ADMIN,))),
    ]:
        with pytest.raises(NotAllowed):
            perform(engine, verb, *args, by=person, now=NOON)


def test_an_account_of_another_base_does_not_exist(engine, admin):
    with writing(engine) as session:
        other = factories.base(session, "YK")
        stranger = factories.actor(session, other, Role.MANAGER).id
    said = set()
    for target in (stranger, 99_999):
        with pytest.raises(NotFound) as caught:
            perform(engine, accounts.disable, target, by=admin.id, now=NOON)
        said.add(caught.value.message)
    assert len(said) == 1


@pytest.mark.parametrize(
    ("verb", "rest"),
    [
        pytest.param(accounts.disable, (), id="disabled"),
        pytest.param(accounts.set_roles, ([Role.OFFICER],), id="roles changed"),
        pytest.param(accounts.reset, (OTHER,), id="password reset"),
    ],
)
def test_taking_rights_away_ends_every_session_at_once(engine, admin, wang, verb, rest):
    tokens = [try_door(engine, "wang").token for _ in range(2)]
    perform(engine, verb, wang, *rest, by=admin.id, now=NOON)
    assert [visitor(engine, token) for token in tokens] == [None, None]
    with pytest.raises(NotAllowed), reading(engine) as session:
        queries_people.actor(session, tokens[0], NOON)


def test_the_unit_of_an_account_is_one_of_its_base_or_none(engine, admin, wang):
    with writing(engine) as session:
        theirs = registry.institute(session, factories.team(session, "YK")).id
        own = Organisation(
            base_id=admin.base_id, name="示例单位", kind="institute", recorded_at=NOON
        )
        session.add(own)
        session.flush()
        unit = own.id
    perform(engine, accounts.set_organisation, wang, unit, by=admin.id, now=NOON)

    with pytest.raises(NotFound):
        perform(engine, accounts.set_organisation, wang, theirs, by=admin.id, now=NOON)
    with pytest.raises(Conflict, match="没有变化"):
        perform(engine, accounts.set_organisation, wang, unit, by=admin.id, now=NOON)
    with reading(engine) as session:
        assert session.get_one(Account, wang).organisation_id == unit


def test_an_enabled_account_gets_in_again_but_its_old_sessions_do_not(engine, admin, wang):
    token = try_door(engine, "wang").token
    perform(engine, accounts.disable, wang, by=admin.id, now=NOON)
    perform(engine, accounts.enable, wang, by=admin.id, now=NOON)
    assert visitor(engine, token) is None
    assert try_door(engine, "wang").token


def test_signing_out_everywhere_ends_only_ones_own_sessions(engine, admin, wang):
    boss, here, there = (try_door(engine, login).token for login in ("boss", "wang", "wang"))
    perform(engine, accounts.sign_out_everywhere, by=here, now=NOON)
    assert visitor(engine, here) is None
    assert visitor(engine, there) is None
    assert visitor(engine, boss)


def test_ones_own_password_is_not_reset_but_changed(engine, admin):
    with pytest.raises(Conflict):
        perform(engine, accounts.reset, admin.id, OTHER, by=admin.id, now=NOON)


def test_the_first_administrator_is_in_the_journal_without_an_author(engine, admin):
    with reading(engine) as session:
        entry = session.exec(select(JournalEntry)).one()
    assert (entry.action, entry.by_id, entry.subject_id) == ("account.create", None, admin.id)


# --- the door ------------------------------------------------------------------------------------


def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(engine, admin):
    assert try_door(engine, "boss", OTHER) == try_door(engine, "nobody", OTHER)


def test_an_unknown_login_costs_a_hash_too(engine, admin, monkeypatch):
    work = []
    real = passwords._HASHER.verify_and_update
    counted = lambda *args: work.append(args) or real(*args)  # noqa: E731
    monkeypatch.setattr(passwords._HASHER, "verify_and_update", counted)
    try_door(engine, "boss", OTHER)
    try_door(engine, "nobody", OTHER)
    kinds = [stored.rpartition("$")[0].rpartition("$")[0] for _, stored in work]
    assert len(kinds) == 2
    assert kinds[0] == kinds[1]


def test_an_unknown_name_may_be_a_password_and_is_not_kept(engine, admin):
    try_door(engine, "my-secret-99", OTHER)
    with reading(engine) as session:
        kept = session.exec(select(LoginAttempt)).one()
    assert "secret" not in kept.login


@pytest.mark.parametrize(
    ("login", "password"),
    [
        pytest.param("boss", "x" * 129, id="overlong password"),
        pytest.param("boss", GOOD + "\ud83d", id="lone surrogate in the password"),
        pytest.param("bo\udc00ss", GOOD, id="lone surrogate in the login"),
        pytest.param("b\0ss", GOOD, id="NUL in the login"),
        pytest.param("b" * 65, GOOD, id="overlong login"),
    ],
)
def test_what_cannot_be_hashed_or_stored_is_refused_in_the_same_words(
    engine, admin, login, password
):
    assert try_door(engine, login, password).sentence == door.WRONG


def test_five_failures_pause_a_login_for_fifteen_minutes(engine, admin):
    for second in range(5):
        assert try_door(engine, "boss", OTHER, now=NOON + second * MINUTE).sentence == door.WRONG
    last = NOON + 4 * MINUTE
    assert try_door(engine, "boss", now=last + 14 * MINUTE).sentence == door.PAUSED
    assert try_door(engine, "boss", now=last + 15 * MINUTE).token


def test_an_unknown_login_is_paused_just_the_same(engine, admin):
    said = [try_door(engine, "nobody", OTHER).sentence for _ in range(6)]
    assert said == [door.WRONG] * 5 + [door.PAUSED]


def test_tries_during_a_pause_do_not_make_it_longer(engine, admin):
    for _ in range(5):
        try_door(engine, "boss", OTHER)
    for minute in range(15):
        try_door(engine, "boss", OTHER, now=NOON + minute * MINUTE)
    assert try_door(engine, "boss", now=NOON + 15 * MINUTE).token


def test_a_success_starts_the_count_anew(engine, admin):
    tries = [OTHER, OTHER, OTHER, OTHER, GOOD, OTHER, OTHER, OTHER, OTHER, GOOD]
    for minute, password in enumerate(tries):
        found = try_door(engine, "boss", password, now=NOON + minute * MINUTE)
        assert found.sentence != door.PAUSED
    assert found.token


def test_a_stranger_elsewhere_cannot_lock_the_owner_out(engine, admin):
    assert try_door(engine, "boss", address=HERE).token
    for _ in range(8):
        try_door(engine, "boss", OTHER, address=THERE, now=NOON + MINUTE)
    assert try_door(engine, "boss", address=THERE, now=NOON + MINUTE).sentence == door.PAUSED
    assert try_door(engine, "boss", address=HERE, now=NOON + MINUTE).token


def test_an_address_that_tries_many_logins_is_paused(engine, admin):
    for number in range(30):
        assert try_door(engine, f"user{number}", OTHER).sentence == door.WRONG
    assert try_door(engine, "boss").sentence == door.PAUSED
    assert try_door(engine, "boss", address=THERE).token


def test_a_session_ends_thirty_minutes_after_its_last_use(engine, admin):
    token = try_door(engine, "boss").token
    used = NOON + 20 * MINUTE
    door.touch(engine, visitor(engine, token, used), now=used)
    assert visitor(engine, token, used + 29 * MINUTE)
    assert visitor(engine, token, used + 30 * MINUTE) is None


def test_a_session_ends_ten_hours_after_the_sign_in_whatever_its_use(engine, admin):
    token, now = try_door(engine, "boss").token, NOON
    while who := visitor(engine, token, now):
        door.touch(engine, who, now=now)
        now += 20 * MINUTE
    assert now == NOON + timedelta(hours=10)


def test_a_use_within_a_minute_writes_nothing(engine, admin):
    token = try_door(engine, "boss").token
    now = NOON + timedelta(seconds=59)
    door.touch(engine, visitor(engine, token, now), now=now)
    assert visitor(engine, token, now).last_seen == NOON


def test_a_database_that_takes_no_writes_still_lets_people_in_read(tmp_path):
    file = tmp_path / "pilot.db"
    engine = make_engine(f"sqlite:///{file}")
    schema.upgrade(engine)
    with writing(engine) as session:
        home = factories.base(session)
        accounts.first_administrator(session, home, "boss", "管理员", GOOD, at=NOON)
    token = try_door(engine, "boss").token
    engine.dispose()
    frozen = make_engine(f"sqlite:///file:{file}?mode=ro&uri=true")
    now = NOON + 5 * MINUTE
    door.touch(frozen, visitor(frozen, token, now), now=now)
    assert visitor(frozen, token, now).last_seen == NOON


def test_the_limits_of_a_session_are_settings(engine, admin):
    limits = Limits(idle=5 * MINUTE, longest=timedelta(hours=1))
    token = try_door(engine, "boss", limits=limits).token
    assert visitor(engine, token, NOON + 5 * MINUTE) is None


def test_signing_in_issues_a_new_token_and_ends_the_one_brought_along(engine, admin):
    first = try_door(engine, "boss").token
    second = try_door(engine, "boss", old=first).token
    assert second != first
    assert visitor(engine, first) is None
    assert visitor(engine, second)


def test_only_the_digest_of_a_token_is_stored(engine, admin):
    token = try_door(engine, "boss").token
    with reading(engine) as session:
        row = session.exec(select(LoginSession)).one()
    assert len(token) >= 43  # 256 bits
    assert token not in row.model_dump_json()


def test_signing_out_ends_the_session(engine, admin):
    token = try_door(engine, "boss").token
    door.sign_out(engine, token, now=NOON)
    assert visitor(engine, token) is None


def test_changing_ones_password_needs_the_present_one(engine, admin):
    token = try_door(engine, "boss").token
    with pytest.raises(Invalid, match="现在的密码"):
        door.change_password(engine, token, "Not-The-1", OTHER, address=HERE, now=NOON)
    assert try_door(engine, "boss").token


def test_changing_ones_password_ends_every_session(engine, admin):
    token = try_door(engine, "boss").token
    door.change_password(engine, token, GOOD, OTHER, address=HERE, now=NOON)
    assert visitor(engine, token) is None
    assert try_door(engine, "boss", GOOD).token is None
    assert try_door(engine, "boss", OTHER).token


def test_guessing_the_present_password_is_limited(engine, admin):
    token = try_door(engine, "boss").token
    for _ in range(5):
        with pytest.raises(Invalid):
            door.change_password(engine, token, "Not-The-1", OTHER, address=HERE, now=NOON + MINUTE)
    with pytest.raises(NotAllowed, match="暂停"):
        door.change_password(engine, token, GOOD, OTHER, address=HERE, now=NOON + MINUTE)


def test_a_hash_with_older_parameters_is_renewed_at_sign_in(engine, admin):
    weak = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8192, parallelism=1),))
    with writing(engine) as session:
        session.get_one(Account, admin.id).password_hash = weak.hash(GOOD)
    assert try_door(engine, "boss").token
    with reading(engine) as session:
        assert "m=19456,t=2,p=1" in session.get_one(Account, admin.id).password_hash
    assert try_door(engine, "boss").token
