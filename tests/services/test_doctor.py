"""The doctor names what is wrong and what to do, and changes nothing."""

import contextlib
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import event, text

from pilot.domain import demo
from pilot.domain.people import Role
from pilot.services import doctor, jobs, opening, passwords, sealing
from pilot.services.doctor import Level, place
from pilot.services.opening import NewBase
from pilot.store import mounts, schema
from pilot.store.engine import make_engine, reading, writing
from pilot.store.models import Account
from tests import factories
from tests.postbox import Postbox

MAIL = SecretStr("smtps://me:planted@mail.example.cn?from=pilot@example.cn")
IN_THE_CLEAR = SecretStr("smtp://me:planted@mail.example.cn?from=pilot@example.cn&starttls=no")
NOON = factories.NOON
HOUR = timedelta(hours=1)


@dataclass
class Chosen:
    """Settings of an installation that does well."""

    data_dir: Path
    demo: bool = False
    host: str = "127.0.0.1"
    hosts: frozenset[str] = frozenset({"127.0.0.1", "::1", "localhost"})
    allowed_hosts: str = ""
    secure_cookie: bool = False
    jobs: bool = True
    backup_key: SecretStr = field(default_factory=lambda: SecretStr(sealing.new_key()[1]))
    metrics_token: SecretStr = field(default_factory=lambda: SecretStr(""))
    smtp_url: SecretStr = field(default_factory=lambda: SecretStr(""))
    public_url: str = "https://pilot.example.cn"

    @property
    def attachments(self) -> Path:
        return self.data_dir / "attachments"

    @property
    def backups(self) -> Path:
        return self.data_dir / "backups"


@pytest.fixture
def chosen(tmp_path):
    tmp_path.chmod(0o700)
    return Chosen(tmp_path)


@pytest.fixture
def well(engine):
    """A base with two administrators whose backup is fresh."""
    new = NewBase("PJ", "示例基地", "211100", "盘锦市")
    opening.open_first_base(
        engine, new, login="boss", name="甲", password="Right-Horse-77", at=NOON
    )
    with writing(engine) as session:
        home = session.get_one(factories.Base, 1)
        factories.actor(session, home, Role.ADMIN, login="second")
    jobs.schedule(engine, NOON)
    return engine


def found(engine, chosen, now=NOON, title=None):
    """The findings that are not good, or those about one thing."""
    checks = doctor.examine(engine, chosen, now)
    if title:
        return [check for check in checks if check.title == title]
    return [check for check in checks if check.level is not Level.OK]


def test_only_the_place_of_the_backups_is_to_be_noted(well, chosen):
    durable = [one for one in found(well, chosen) if one.title not in ("备份位置", "数据库")]
    assert durable == []
    assert {check.title for check in doctor.examine(well, chosen, NOON)} >= {
        "版本", "磁盘空间", "时钟", "备份", "演示账号", "系统管理员", "数据库版本", "写入",
    }  # fmt: skip


def test_whatever_is_not_good_says_what_to_do(well, chosen):
    for check in found(well, chosen, NOON + 100 * HOUR):
        assert check.remedy, check


def level(engine, chosen, title, now=NOON):
    return [one.level for one in found(engine, chosen, now, title)]


def test_a_database_that_may_lose_commits_is_a_failure(tmp_path, chosen):
    engine = make_engine(f"sqlite:///{tmp_path / 'weak.db'}")
    schema.upgrade(engine)
    engine.dispose()
    event.listen(engine, "connect", lambda raw, _record: raw.execute("PRAGMA synchronous=NORMAL"))
    assert level(engine, chosen, "数据库") == [Level.FAIL]


@pytest.mark.usefixtures("forced_writes")
def test_a_durable_database_is_good(tmp_path, chosen):
    engine = make_engine(f"sqlite:///{tmp_path / 'good.db'}")
    schema.upgrade(engine)
    assert level(engine, chosen, "数据库") == [Level.OK]


def test_a_database_that_does_not_answer_is_a_failure_not_a_crash(chosen):
    engine = make_engine("postgresql://someone:planted@127.0.0.1:1/none")
    [check] = found(engine, chosen, title="数据库")
    assert check.level is Level.FAIL
    assert "planted" not in check.found


def test_what_does_not_exist_yet_is_said_and_not_made(tmp_path, chosen):
    [check] = found(make_engine(f"sqlite:///{tmp_path / 'none.db'}"), chosen, title="数据库")
    assert (check.level, "pilot init" in check.remedy) == (Level.FAIL, True)
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize(("revision", "remedy"), [("9999", "升级程序"), ("0001", "pilot migrate")])
def test_another_versions_schema_is_a_failure(tmp_path, chosen, revision, remedy):
    engine = make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    schema.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :n"), {"n": revision})
    [check] = found(engine, chosen, title="数据库版本")
    assert check.level is Level.FAIL
    assert remedy in check.remedy


def test_a_clock_that_went_back_is_a_failure(well, chosen):
    [check] = found(well, chosen, NOON - HOUR, "时钟")
    assert check.level is Level.FAIL
    assert "时钟回拨" in check.found


def test_an_old_backup_is_a_failure(well, chosen):
    assert level(well, chosen, "备份", NOON + 26 * HOUR) == [Level.OK]
    assert level(well, chosen, "备份", NOON + 27 * HOUR) == [Level.FAIL]


def test_a_job_that_failed_is_noted_with_its_reason(well, chosen):
    later = NOON + 15 * HOUR
    jobs.take(well, jobs.BACKUP, "one", now=later)
    jobs.failed(well, jobs.BACKUP, "one", "磁盘已满", now=later)
    [check] = found(well, chosen, later, "定时任务")
    assert "每日备份上次没有做成：磁盘已满" in check.found


def test_the_demonstrations_password_in_a_real_installation_is_a_failure(well, chosen):
    with writing(well) as session:
        home = session.get_one(factories.Base, 1)
        factories.actor(session, home, login="manager")
        row = session.exec(factories.select(Account).where(Account.login == "manager")).one()
        row.password_hash = passwords.hashed(demo.PASSWORD)
    [check] = found(well, chosen, title="演示账号")
    assert (check.level, "manager" in check.found) == (Level.FAIL, True)


def test_a_single_administrator_is_noted(well, chosen):
    with writing(well) as session:
        row = session.exec(factories.select(Account).where(Account.login == "second")).one()
        row.disabled_at = NOON
    assert level(well, chosen, "系统管理员") == [Level.WARN]


# --- the place -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "title", "wanted"),
    [
        ({"host": "0.0.0.0"}, "访问主机名", Level.FAIL),
        ({"hosts": frozenset({"pilot.example.cn"})}, "访问主机名", Level.WARN),
        ({"hosts": frozenset({"pilot.example.cn"}), "secure_cookie": True}, "访问主机名", Level.OK),
        ({"backup_key": SecretStr("")}, "备份加密", Level.WARN),
        ({"backup_key": SecretStr("x")}, "备份加密", Level.FAIL),
        ({"metrics_token": SecretStr("short")}, "指标令牌", Level.WARN),
        ({"jobs": False}, "定时任务", Level.WARN),
        ({}, "邮件", Level.OK),
        ({"smtp_url": MAIL}, "邮件", Level.OK),
        ({"smtp_url": MAIL, "public_url": ""}, "邮件", Level.WARN),
        ({"smtp_url": SecretStr("smtp://mail.example.cn")}, "邮件", Level.WARN),
        ({"smtp_url": IN_THE_CLEAR}, "邮件", Level.WARN),
    ],
    ids=[
        *("everywhere", "no TLS", "TLS", "no key", "no such key", "a short token", "no jobs"),
        *("no mail", "mail", "mail without links", "no sender", "a password in the clear"),
    ],
)
def test_settings(well, chosen, changed, title, wanted):
    for name, value in changed.items():
        setattr(chosen, name, value)
    assert level(well, chosen, title) == [wanted]


def test_a_secret_is_never_part_of_a_finding(well, chosen):
    chosen.backup_key, chosen.metrics_token = SecretStr("planted-key"), SecretStr("planted-token")
    for setting in (MAIL, IN_THE_CLEAR, SecretStr("smtp://u:planted@mail.example.cn")):
        chosen.smtp_url = setting
        assert "planted" not in str(doctor.examine(well, chosen, NOON))


def test_the_mail_server_is_called_only_when_asked(well, chosen):
    box = Postbox()
    url = f"smtp://127.0.0.1:{box.port}?from=pilot@example.cn&starttls=no"
    chosen.smtp_url = SecretStr(url)
    assert level(well, chosen, "邮件") == [Level.OK]
    for answers, wanted in ((False, Level.WARN), (True, Level.OK)):
        with box.open() if answers else contextlib.nullcontext():
            checks = doctor.examine(well, chosen, NOON, call=True)
        assert [one.level for one in checks if one.title == "邮件"] == [wanted]


def test_an_open_folder_is_noted(well, chosen):
    chosen.data_dir.chmod(0o755)
    [check] = found(well, chosen, title="数据文件夹")
    assert (check.level, "chmod 700" in check.remedy) == (Level.WARN, True)


@pytest.mark.parametrize(("free", "wanted"), [(1, Level.FAIL), (10**9, Level.WARN)], ids=str)
def test_a_full_disk(well, chosen, monkeypatch, free, wanted):
    class Usage:
        def __init__(self, _folder):
            self.free = free

    monkeypatch.setattr(place.shutil, "disk_usage", Usage)
    assert level(well, chosen, "磁盘空间") == [wanted]


MOUNTS = """/dev/sda1 / ext4 rw 0 0
server:/data /srv nfs4 rw 0 0
/dev/sdb1 /srv/local ext4 rw 0 0
//nas/share /mnt/my\\040share cifs rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/pilot", "nfs4"),
        ("/srv/local/pilot", None),
        ("/srvother", None),
        ("/mnt/my share/x", "cifs"),
        ("/", None),
    ],
)
def test_a_network_disk_is_known_by_its_mount(folder, kind):
    assert mounts.network_kind(Path(folder), MOUNTS) == kind


def test_a_database_on_a_network_disk_is_a_failure(tmp_path, chosen, monkeypatch):
    engine = make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    schema.upgrade(engine)
    monkeypatch.setattr(place, "network_kind", lambda _folder: "nfs4")
    assert level(engine, chosen, "数据库文件") == [Level.FAIL]


def test_nothing_is_changed(well, chosen):
    def everything():
        with reading(well) as session:
            return [session.exec(factories.select(Account)).all(), len(jobs.due(well, NOON))]

    before = everything()
    doctor.examine(well, chosen, NOON)
    assert everything() == before
