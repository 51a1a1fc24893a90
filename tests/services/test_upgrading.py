"""An existing SQLite database is backed up, and the upgrade tried on the copy, before it runs."""

import pytest
from alembic import command
from sqlalchemy import inspect, text

from pilot.domain.chain import GENESIS
from pilot.domain.errors import PilotError
from pilot.services import backup, report_templates, restore, upgrading
from pilot.services.backup import Site
from pilot.store import queries_packs, queries_verify, schema
from pilot.store.engine import make_engine, reading
from tests.factories import NOON


@pytest.fixture
def site(tmp_path):
    """An installation of the first version, with a base."""
    engine = make_engine(f"sqlite:///{tmp_path / 'pilot.db'}")
    at_first(engine)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO base (code, name, city_code, city_name, is_demo)"
                " VALUES ('PJ', '示例基地', '211100', '盘锦市', 0)"
            )
        )
        connection.execute(
            text("INSERT INTO journal_head SELECT id, 0, :hash, :at FROM base"),
            {"hash": GENESIS, "at": "2026-06-01 04:00:00.000000"},
        )
    yield Site(engine, tmp_path / "attachments", tmp_path, tmp_path / "backups")
    engine.dispose()


def at_first(engine):
    """Bring an empty database to the first revision only."""
    with engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        command.upgrade(schema.config(connection), "0001")


def test_an_upgrade_begins_with_a_backup_that_restores(site, tmp_path):
    assert upgrading.upgrade(site, now=NOON) == ("0001", schema.head())

    [kept] = backup.kept(site.backups)
    manifest = restore.check(site, kept)
    assert (manifest["schema"], manifest["fingerprint"]) == ("0001", None)
    assert manifest["tables"]["base"] == 1
    new = tmp_path / "new"
    target = make_engine(f"sqlite:///{new / 'pilot.db'}")
    found = restore.restore(Site(target, new / "a", new, new / "b"), kept, now=NOON)
    assert [one.base for one in found.checked] == ["示例基地"]
    assert schema.current(target) == schema.head()


def test_a_new_or_current_database_needs_no_backup(site, tmp_path):
    upgrading.upgrade(site, now=NOON)
    upgrading.upgrade(site, now=NOON)
    assert len(backup.kept(site.backups)) == 1

    empty = make_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    other = Site(empty, tmp_path / "a", tmp_path, tmp_path / "other")
    assert upgrading.upgrade(other, now=NOON) == (None, schema.head())
    assert backup.kept(other.backups) == []


def test_without_a_backup_nothing_is_upgraded(site, monkeypatch):
    monkeypatch.setattr(backup.files, "LEAST_FREE", 10**18)
    with pytest.raises(PilotError, match="剩余空间不足"):
        upgrading.upgrade(site, now=NOON)
    assert schema.current(site.engine) == "0001"


def test_an_upgrade_that_fails_on_the_copy_leaves_the_database_alone(site):
    """A table of the same name in the way: the upgrade can't make its own."""
    with site.engine.begin() as connection:
        connection.execute(text("CREATE TABLE job_run (x INTEGER)"))
    with pytest.raises(PilotError, match="演练"):
        upgrading.upgrade(site, now=NOON)

    assert schema.current(site.engine) == "0001"
    assert [c["name"] for c in inspect(site.engine).get_columns("job_run")] == ["x"]
    assert backup.kept(site.backups) == []


def test_an_upgrade_brings_every_base_the_report_templates_it_lacks(site):
    upgrading.upgrade(site, now=NOON)
    with reading(site.engine) as session:
        [base] = queries_verify.bases(session)
        assert not report_templates.lacking(session)
        codes = {row.code for row in queries_packs.in_use(session, base.id)}
    assert codes == {path.stem for path in report_templates.TEMPLATES.glob("*.json")}
