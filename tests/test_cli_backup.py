"""`pilot backup`, `restore` and `doctor`, as they are typed."""

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from pilot import cli
from pilot.config import settings
from pilot.domain import chain
from pilot.services import backup, opening, sealing
from pilot.services.opening import NewBase
from pilot.store import schema
from pilot.store.engine import make_engine, shared
from tests.factories import NOON


@pytest.fixture
def installation(tmp_path, monkeypatch):
    """An installation with a base; returns a function that points the settings to another one."""
    urls = []

    def move_to(folder):
        folder.mkdir(mode=0o700)
        urls.append(f"sqlite:///{folder / 'pilot.db'}")
        monkeypatch.setattr(settings(), "data_dir", folder)
        monkeypatch.setattr(settings(), "database_url", urls[-1])

    for name in ("backup_dir", "backup_key"):
        monkeypatch.setattr(settings(), name, getattr(settings(), name))
    move_to(tmp_path / "here")
    engine = make_engine(urls[0])
    schema.upgrade(engine)
    new = NewBase("PJ", "示例基地", "211100", "盘锦市")
    opening.open_first_base(
        engine, new, login="boss", name="甲", password="Right-Horse-77", at=NOON
    )
    engine.dispose()
    yield move_to
    for url in urls:
        shared(url).dispose()


def pilot(*words):
    return CliRunner().invoke(cli.app, [str(word) for word in words])


def test_a_backup_is_made_checked_and_restored_elsewhere(installation, tmp_path):
    made = pilot("backup")
    assert made.exit_code == 0, made.output
    assert "日志锚 PJ-1-" in made.output
    [file] = backup.kept(settings().backups)
    assert str(file) in made.output
    assert pilot("backup", "--check", file).exit_code == 0

    installation(tmp_path / "there")
    back = pilot("restore", file)
    assert back.exit_code == 0, back.output
    assert "示例基地：台账 0 条、日志 1 条、附件 0 个，全部相符。" in back.output
    assert pilot("verify").exit_code == 0


def test_a_restore_over_data_is_refused(installation):
    pilot("backup")
    [file] = backup.kept(settings().backups)
    said = pilot("restore", file)
    assert (said.exit_code, "已经有数据" in said.stderr) == (1, True)


def test_a_backup_goes_where_it_is_told(installation, tmp_path):
    assert pilot("backup", "--to", tmp_path / "disk2").exit_code == 0
    assert len(backup.kept(tmp_path / "disk2")) == 1


def test_the_new_keys_close_and_open(installation, monkeypatch, tmp_path):
    lines = pilot("backup", "--new-key").output.splitlines()
    public, secret = (line.rpartition("：")[2] for line in lines)
    monkeypatch.setattr(settings(), "backup_key", SecretStr(public))
    assert pilot("backup").exit_code == 0
    [file] = backup.kept(settings().backups)
    assert file.name.endswith(sealing.ENDING)
    assert pilot("backup", "--check", file).exit_code == 1
    monkeypatch.setattr(settings(), "backup_key", SecretStr(secret))
    assert pilot("backup", "--check", file).exit_code == 0


def test_nothing_to_back_up_is_said(installation, tmp_path):
    installation(tmp_path / "empty")
    said = pilot("backup")
    assert (said.exit_code, "没有可备份的" in said.stderr) == (1, True)


def test_a_file_that_is_none_is_said(installation, tmp_path):
    assert "没有文件" in pilot("restore", tmp_path / "none.zip").stderr
    (tmp_path / "odd.zip").write_bytes(b"PK")
    assert "不是备份文件" in pilot("restore", tmp_path / "odd.zip").stderr
    assert "没有文件" in pilot("restore", tmp_path / "none.zip.age").stderr


@pytest.mark.usefixtures("forced_writes")
def test_the_doctor_ends_with_1_if_something_is_broken(installation, tmp_path):
    well = pilot("doctor")
    assert well.exit_code == 0, well.output
    assert "故障 0 项" in well.output
    installation(tmp_path / "empty")
    assert pilot("doctor").exit_code == 1


def test_upgrading_says_what_it_did_and_backs_up_first(installation):
    assert pilot("migrate").output == ""
    assert backup.kept(settings().backups) == []


def test_a_backup_holds_the_journal_to_its_past(installation):
    pilot("backup")
    [file] = backup.kept(settings().backups)
    whole = pilot("verify", "--anchor", file)
    assert (whole.exit_code, "全部相符" in whole.output) == (0, True), whole.output

    engine = make_engine(settings().database_url)
    with engine.begin() as connection:  # somebody computes the journal's end anew
        for name in _triggers(connection):
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("DELETE FROM journal_entry")
        connection.exec_driver_sql(
            f"UPDATE journal_head SET sequence = 0, hash = '{chain.GENESIS}'"
        )
    engine.dispose()
    assert pilot("verify").exit_code == 0  # the chain alone doesn't show it
    cut = pilot("verify", "--anchor", file)
    assert (cut.exit_code, "日志不再到达日志锚 PJ-1-" in cut.output + cut.stderr) == (1, True)


def _triggers(connection):
    found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    return [name for (name,) in found.all()]


def test_an_anchor_of_a_file_that_is_no_backup_is_said(installation, tmp_path):
    (tmp_path / "odd.zip").write_bytes(b"PK")
    for name, said in (("odd.zip", "不是备份文件"), ("none.zip", "没有文件")):
        told = pilot("verify", "--anchor", tmp_path / name)
        assert (told.exit_code, said in told.stderr) == (1, True)
