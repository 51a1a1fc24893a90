"""Accounts (账号): create, disable, enable, reset, roles, own password, sign out everywhere.

Whatever takes rights away ends the account's sessions in the same transaction, and who may
administer no more leaves no open invitation behind.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import Session

from pilot.domain.errors import Conflict, Invalid
from pilot.domain.parsing import clean_text
from pilot.domain.passwords import check_password, clean_login
from pilot.domain.people import Actor, Role
from pilot.services import invitations, passwords
from pilot.services.command import verb
from pilot.store import journal, queries, queries_door
from pilot.store.models import Account, AccountRole, Base, Organisation

_LAST = "这是最后一名在用的系统管理员；请先为另一个账号授予系统管理员角色。"


@verb("account.create")
def create(
    session: Session,
    login: str,
    name: str,
    roles: Collection[Role],
    temporary: str,
    *,
    by: Actor,
    at: datetime,
) -> Account:
    """Open an account with a temporary password, which its owner changes at the first sign-in."""
    return _add(session, by.base_id, login, name, roles, temporary, at=at, must_change=True)


@verb("account.disable")
def disable(session: Session, account_id: int, *, by: Actor, at: datetime) -> Account:
    """Close an account (停用): its sessions end now, its past stays."""
    row = queries.one(session, Account, by.base_id, account_id)
    if row.disabled_at is not None:
        raise Conflict("这个账号已经停用。")
    _check_not_last(session, row)
    row.disabled_at = at
    queries_door.revoke_all(session, row.id, at)
    invitations.revoke_all_by(session, row.id, at)
    return row


@verb("account.enable")
def enable(session: Session, account_id: int, *, by: Actor, at: datetime) -> Account:
    """Open a disabled account again (启用)."""
    row = queries.one(session, Account, by.base_id, account_id)
    if row.disabled_at is None:
        raise Conflict("这个账号没有停用。")
    row.disabled_at = None
    return row


@verb("account.reset")
def reset(session: Session, account_id: int, temporary: str, *, by: Actor, at: datetime) -> Account:
    """Give somebody else a temporary password (重置密码) and end their sessions."""
    row = queries.one(session, Account, by.base_id, account_id)
    if row.id == by.id:
        raise Conflict("自己的密码请在“我的账号”里修改。")
    _set_password(session, row, temporary, at=at, must_change=True)
    return row


@verb("account.roles")
def set_roles(
    session: Session, account_id: int, roles: Collection[Role], *, by: Actor, at: datetime
) -> Account:
    """Replace the roles of an account and end its sessions."""
    row = queries.one(session, Account, by.base_id, account_id)
    wanted = _checked(roles)
    if Role.ADMIN not in wanted:
        _check_not_last(session, row)
    held = {given.role: given for given in queries_door.roles(session, row.id)}
    if wanted == set(held):
        raise Conflict("角色没有变化。")
    for role in held.keys() - wanted:
        session.delete(held[role])
    _give(session, row, wanted - held.keys())
    if Role.ADMIN not in wanted:
        invitations.revoke_all_by(session, row.id, at)
    flag_modified(row, "name")  # the roles are the account's: its page version grows with them
    queries_door.revoke_all(session, row.id, at)
    return row


@verb("account.organisation")
def set_organisation(
    session: Session, account_id: int, organisation_id: int | None, *, by: Actor, at: datetime
) -> Account:
    """Say which unit an account's holder belongs to (所属单位), or that it is none of them.

    Researchers see what their unit has sent; reviewers do not judge it (回避).
    """
    row = queries.one(session, Account, by.base_id, account_id)
    if organisation_id is not None:
        queries.one(session, Organisation, by.base_id, organisation_id)
    if row.organisation_id == organisation_id:
        raise Conflict("所属单位没有变化。")
    row.organisation_id = organisation_id
    return row


@verb("account.password")
def change_password(
    session: Session, current: str, new: str, *, by: Actor, at: datetime
) -> Account:
    """Change one's own password; every session of the account ends, this one too."""
    row = queries.one(session, Account, by.base_id, by.id)
    check_new_password(current, new, row.login)
    if not passwords.verified(current, row.password_hash)[0]:
        raise Invalid("current", "现在的密码不正确。")
    _set_password(session, row, new, at=at, must_change=False)
    return row


@verb("account.sign_out_everywhere")
def sign_out_everywhere(session: Session, *, by: Actor, at: datetime) -> Account:
    """End every session of one's own account, this one too (全部退出)."""
    queries_door.revoke_all(session, by.id, at)
    return queries.one(session, Account, by.base_id, by.id)


def check_new_password(current: str, new: str, login: str) -> None:
    """Raise Invalid if `new` breaks a rule or is the present one."""
    check_password(new, login)
    if new == current:
        raise Invalid("password", "新密码不能与现在的密码相同。")


def first_administrator(
    session: Session, base: Base, login: str, name: str, password: str, *, at: datetime
) -> Account:
    """The account that a new base starts with; the journal says that the system opened it."""
    head = journal.lock(session, base.id)
    with journal.recording(session) as changes:
        roles = (Role.ADMIN,)
        row = _add(session, base.id, login, name, roles, password, at=at, must_change=False)
        session.flush()
    note = journal.Note(base.id, at, None, "account.create", "account", row.id)
    journal.append(session, head, note, changes, at)
    return row


def of_invitation(
    session: Session,
    base_id: int,
    login: str,
    name: str,
    password: str,
    *,
    role: Role,
    organisation_id: int | None,
    at: datetime,
) -> Account:
    """The account that a link opens, with the name and the password its owner has chosen."""
    row = _add(session, base_id, login, name, (role,), password, at=at, must_change=False)
    row.organisation_id = organisation_id
    return row


def _add(
    session: Session, base_id: int, login, name, roles, password, *, at, must_change
) -> Account:
    login = clean_login(login)
    shown = clean_text(name, 50)
    if not shown or "\n" in shown:
        raise Invalid("name", "请填写姓名（一行，最多 50 字）。")
    wanted = _checked(roles)
    check_password(password, login)
    if queries_door.account_named(session, login):
        raise Conflict(f"登录名 {login} 已被使用，请换一个。")
    row = Account(
        base_id=base_id,
        login=login,
        name=shown,
        password_hash=passwords.hashed(password),
        password_set_at=at,
        must_change=must_change,
        recorded_at=at,
    )
    session.add(row)
    session.flush()
    _give(session, row, wanted)
    return row


def _set_password(session: Session, row: Account, password: str, *, at, must_change) -> None:
    check_password(password, row.login)
    row.password_hash = passwords.hashed(password)
    row.password_set_at, row.must_change = at, must_change
    queries_door.revoke_all(session, row.id, at)


def _give(session: Session, row: Account, roles: Collection[Role]) -> None:
    given = [AccountRole(account_id=row.id, role=role, base_id=row.base_id) for role in roles]
    session.add_all(sorted(given, key=lambda one: one.role))


def _checked(roles: Collection[Role]) -> set[Role]:
    wanted = {Role(role) for role in roles}
    if not wanted:
        raise Invalid("roles", "请至少选择一个角色。")
    return wanted


def _check_not_last(session: Session, row: Account) -> None:
    """A base keeps one active administrator (最后一名管理员不可停用、不可降级)."""
    held = {given.role for given in queries_door.roles(session, row.id)}
    if row.disabled_at is not None or Role.ADMIN not in held:
        return
    if not queries_door.other_administrators(session, row.base_id, row.id):
        raise Conflict(_LAST)
