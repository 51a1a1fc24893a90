"""The doctor on the data: schema, durability, clock, backups, accounts."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Engine

from pilot.domain import demo
from pilot.domain.moment import SHANGHAI
from pilot.domain.people import Role
from pilot.services import jobs, passwords
from pilot.services.doctor import post
from pilot.services.doctor.finding import Check, Chosen, fail, good, warn
from pilot.store import queries_door, queries_jobs, queries_status, schema
from pilot.store.durability import Volatile, durability
from pilot.store.engine import reading
from pilot.store.writable import takes_writes

_SLACK = timedelta(seconds=5)


def checks(engine: Engine, chosen: Chosen, now: datetime) -> Iterator[Check]:
    """Everything that the database is asked; of another version's tables nothing but that."""
    yield _durable(engine)
    found = _schema(engine)
    yield found
    if found.remedy:
        return
    yield _writes(engine)
    yield _clock(engine, now)
    yield from _backups(engine, chosen, now)
    yield from post.queue(engine, chosen, now)
    yield from _accounts(engine, chosen)


def _durable(engine: Engine) -> Check:
    """What the database promises about a commit it has acknowledged."""
    try:
        found = durability(engine)
    except Volatile as error:
        return fail("数据库", error.message, "请改正数据库的设置后重启。")
    if found.warnings:
        return warn("数据库", f"{found}", "".join(found.warnings))
    return good("数据库", f"{found}，已确认的提交断电不丢")


def _schema(engine: Engine) -> Check:
    now_at, wanted = schema.current(engine), schema.head()
    if now_at == wanted:
        return good("数据库版本", f"{wanted}，与程序一致")
    if now_at is None:
        return fail("数据库版本", "空库", "请运行 pilot init。")
    if schema.is_known(now_at):
        return fail("数据库版本", f"{now_at}，程序需要 {wanted}", "请运行 pilot migrate。")
    return fail("数据库版本", f"{now_at} 比程序新", "请升级程序，或恢复与本程序配套的备份。")


def _writes(engine: Engine) -> Check:
    if takes_writes(engine):
        return good("写入", "数据库可以写入")
    return fail("写入", "数据库是只读的", "请检查文件权限、磁盘挂载方式，或是否连到了备库。")


def _clock(engine: Engine, now: datetime) -> Check:
    """The journal never goes back; a clock that does would date new entries wrongly."""
    with reading(engine) as session:
        last = queries_status.last_recorded(session)
    shown = now.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    if last is not None and now < last - _SLACK:
        late = last.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
        found = f"时钟回拨：现在是 {shown}，日志里最后一条却是 {late}"
        return fail("时钟", found, "请校准系统时间（NTP）；新的日志会注明时钟回拨。")
    return good("时钟", f"{shown}，不早于日志的最后一条")


def _backups(engine: Engine, chosen: Chosen, now: datetime) -> Iterator[Check]:
    if chosen.demo:
        return
    age = jobs.backup_age(engine, now)
    if age.overdue:
        remedy = "请运行 pilot backup，并查看服务日志里每日备份为什么没有做成。"
        yield fail("备份", f"{age.sentence}，超过 26 小时", remedy)
    else:
        yield good("备份", age.sentence)
    if not chosen.jobs:
        remedy = "若没有别的服务器做这些，请去掉 PILOT_JOBS=false。"
        yield warn("定时任务", "本服务器不做定时任务", remedy)
    with reading(engine) as session:
        rows = queries_jobs.jobs(session)
    for row in rows:
        if row.last_failed and row.last_failed > (row.last_ok or row.created_at):
            title = jobs.JOBS[row.name].title if row.name in jobs.JOBS else row.name
            yield warn("定时任务", f"{title}上次没有做成：{row.said}", "请按所说的原因处理。")


def _accounts(engine: Engine, chosen: Chosen) -> Iterator[Check]:
    with reading(engine) as session:
        if not queries_door.any_base(session):
            yield fail("初始化", "还没有基地", "请运行 pilot init。")
            return
        admins = sum(row.role is Role.ADMIN for row in queries_door.enabled_roles(session))
        names = [login for login, _, _ in demo.ACCOUNTS]
        found = [queries_door.account_named(session, name) for name in names]
        known = [row for row in found if row is not None and row.disabled_at is None]
    if not chosen.demo:
        public = [r.login for r in known if passwords.verified(demo.PASSWORD, r.password_hash)[0]]
        if public:
            found = f"{'、'.join(public)} 用着公开的演示密码"
            yield fail("演示账号", found, "请立即停用这些账号，或重置密码。")
        else:
            yield good("演示账号", "没有账号用着演示密码")
    if admins < 2:
        yield warn("系统管理员", "只有一名", "请再设一名，以免一人不在时无人能管理账号。")
    else:
        yield good("系统管理员", f"{admins} 名")
