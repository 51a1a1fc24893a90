"""A backup counts once it is checked, and comes back on either database as it was."""

import json
import os
import stat
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import text

from pilot.domain.errors import Conflict, PilotError
from pilot.domain.vocabulary import Gate, MailKind
from pilot.services import backup, restore, sealing
from pilot.services.attachments import add
from pilot.services.backup import Site
from pilot.store import archive, files, journal, queries_backup, schema, snapshot
from pilot.store.archive import Damaged
from pilot.store.engine import make_engine, writing
from pilot.store.models import Attachment, LoginSession, Mail, MailAddress
from tests import factories
from tests.conftest import empty
from tests.furnished import furnished

PDF = b"%PDF-1.4 agreement"
NOW = factories.NOON + timedelta(days=3)


@pytest.fixture
def site(engine, folder, tmp_path):
    """An installation with a base, projects before a gate, a stored file and an open session."""
    stored = files.save(folder, PDF, shown_name="协议.pdf", limit_bytes=10_000)

    def made(session):
        people = factories.team(session)
        head = journal.lock(session, people.base.id)
        with journal.recording(session) as changes:
            row = factories.before_gate(session, people, Gate.G2)
            add(session, stored, by=people.manager, at=factories.clock(session))
            session.flush()
        at, by = factories.clock(session), people.manager.id
        note = journal.Note(people.base.id, at, by, "project.register", "project", row.id)
        journal.append(session, head, note, changes, at)
        session.add(_open_session(people.manager.id))

    with writing(engine) as session:
        furnished(session, made)
    return Site(engine, folder, tmp_path / "work", tmp_path / "backups")


def _open_session(account_id):
    hour = timedelta(hours=1)
    return LoginSession(
        account_id=account_id, token_hash="0" * 64, address="test",
        created_at=NOW, last_seen_at=NOW, expires_at=NOW + hour,
    )  # fmt: skip


@pytest.fixture(params=["sqlite", "postgres"])
def elsewhere(request, tmp_path, migrated, engine):
    """Another, empty installation on either kind of database, in a folder of its own."""
    place = tmp_path / "elsewhere"
    if request.param == "sqlite":
        target = make_engine(f"sqlite:///{place / 'new.db'}")
    else:
        target = migrated["postgres"]
    yield Site(target, place / "attachments", place / "work", place / "backups")
    if request.param == "sqlite":
        target.dispose()
    else:
        empty(target)


def same(site, other):
    """Both have the same records."""
    return queries_backup.mark(site.engine) == queries_backup.mark(other.engine)


def test_a_backup_comes_back_elsewhere_as_it_was(site, elsewhere):
    made = backup.make(site, now=NOW)
    mark = queries_backup.mark(site.engine)
    if elsewhere.engine is site.engine:
        empty(site.engine)

    found = restore.restore(elsewhere, made.file, now=NOW)

    assert found.sound, [one.differences for one in found.checked]
    assert found.fingerprint == made.manifest["fingerprint"] == mark
    assert queries_backup.mark(elsewhere.engine) == mark
    [sha256] = queries_backup.stored_files(elsewhere.engine)
    assert files.check(elsewhere.attachments, sha256)


def test_work_goes_on_after_a_restore(site, elsewhere):
    made = backup.make(site, now=NOW)
    if elsewhere.engine is site.engine:
        empty(site.engine)
    restore.restore(elsewhere, made.file, now=NOW)

    with writing(elsewhere.engine) as session:
        session.info["clock"] = NOW
        row = session.get_one(Attachment, 1)
        copy = Attachment(**row.model_dump(exclude={"id"}))
        session.add(copy)
        session.flush()
        assert copy.id > row.id


def test_every_session_ends_with_a_restore(site, elsewhere):
    made = backup.make(site, now=NOW)
    if elsewhere.engine is site.engine:
        empty(site.engine)
    restore.restore(elsewhere, made.file, now=NOW)
    with elsewhere.engine.connect() as connection:
        open_ones = "SELECT count(*) FROM login_session WHERE revoked_at IS NULL"
        assert connection.execute(text(open_ones)).scalar() == 0


def test_a_mail_that_waits_is_not_sent_by_the_restored_installation_too(site, elsewhere):
    about = {"base_id": 1, "account_id": 1, "recorded_at": NOW}
    with writing(site.engine) as session:
        session.add(MailAddress(**about, address="li@example.cn", confirmed_at=NOW))
        session.add(Mail(**about, kind=MailKind.TEST, due=NOW))
    made = backup.make(site, now=NOW)
    if elsewhere.engine is site.engine:
        empty(site.engine)
    restore.restore(elsewhere, made.file, now=NOW)
    with elsewhere.engine.connect() as connection:
        held = "SELECT (SELECT count(*) FROM mail), (SELECT count(*) FROM mail_address)"
        assert tuple(connection.execute(text(held)).one()) == (0, 1)


def test_the_manifest_says_what_is_inside_and_where_the_journal_ends(site):
    manifest = backup.make(site, now=NOW).manifest

    assert manifest["schema"] == schema.head()
    assert manifest["made_on"] == site.engine.dialect.name
    assert manifest["made_at"] == "2026-06-04T04:00:00+00:00"
    assert manifest["tables"]["project"] == 1
    [anchor] = manifest["journal"]
    assert (anchor["base"], anchor["sequence"], len(anchor["hash"])) == ("PJ", 1, 64)


def test_a_backup_is_the_operators_alone_and_leaves_nothing_beside_it(site):
    made = backup.make(site, now=NOW)
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    assert [path.name for path in site.backups.iterdir()] == [made.file.name]
    assert list(site.work.iterdir()) == []


def test_a_restore_never_touches_an_installation_that_has_data(site):
    made = backup.make(site, now=NOW)
    before = queries_backup.mark(site.engine)
    with pytest.raises(Conflict, match="已经有数据"):
        restore.restore(site, made.file, now=NOW)
    assert queries_backup.mark(site.engine) == before


def test_a_lost_file_is_named_and_does_not_stop_the_backup(site, elsewhere):
    [path] = [path for path in site.attachments.rglob("*") if path.is_file()]
    path.write_bytes(b"other")

    made = backup.make(site, now=NOW)
    assert len(made.manifest["missing"]) == 1
    assert "1 个附件文件缺失" in made.sentence
    if elsewhere.engine is site.engine:
        empty(site.engine)
    assert not restore.restore(elsewhere, made.file, now=NOW).sound


# --- encryption ----------------------------------------------------------------------------------


def test_a_sealed_backup_opens_with_its_secret_key_only(site):
    secret, public = sealing.new_key()
    other, _ = sealing.new_key()
    made = backup.make(_with(site, public), now=NOW)

    assert made.file.name.endswith(".zip.age")
    assert "示例".encode() not in made.file.read_bytes()
    assert restore.check(_with(site, secret), made.file)["schema"] == schema.head()
    for wrong in ("", public, other, "x"):
        with pytest.raises(PilotError):
            restore.check(_with(site, wrong), made.file)


def test_a_changed_byte_of_a_sealed_backup_is_found(site):
    secret, _ = sealing.new_key()
    made = backup.make(_with(site, secret), now=NOW)
    _flip(made.file, -20)
    with pytest.raises(PilotError, match="已损坏"):
        restore.check(_with(site, secret), made.file)


def test_no_backup_is_made_with_a_key_that_is_none(site):
    with pytest.raises(PilotError, match="PILOT_BACKUP_KEY"):
        backup.make(_with(site, "correct horse"), now=NOW)


def _with(site, key):
    return Site(site.engine, site.attachments, site.work, site.backups, key)


# --- damage --------------------------------------------------------------------------------------


def test_any_changed_byte_of_a_member_is_found(site):
    made = backup.make(site, now=NOW)
    with zipfile.ZipFile(made.file) as held:
        starts = [info.header_offset + 60 for info in held.infolist()]
    for start in starts:
        _flip(made.file, start)
        with pytest.raises(Damaged):
            restore.check(site, made.file)
        _flip(made.file, start)
    restore.check(site, made.file)


def test_a_cut_backup_is_found(site):
    made = backup.make(site, now=NOW)
    os.truncate(made.file, made.file.stat().st_size - 10)
    with pytest.raises(Damaged, match="没有写完"):
        restore.check(site, made.file)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda said: said["tables"].update(project=7), id="another row count"),
        pytest.param(lambda said: said["journal"].clear(), id="no anchor"),
        pytest.param(lambda said: said.update(fingerprint="0" * 64), id="another fingerprint"),
        pytest.param(lambda said: said.update(format="other/1"), id="another format"),
        pytest.param(
            lambda said: said["members"].update({"../x": {"size": 1}}), id="a strange name"
        ),
        pytest.param(lambda said: said["missing"].append("ab" * 32), id="one more missing"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(site, tmp_path, change):
    made = backup.make(site, now=NOW)
    manifest = json.loads(json.dumps(made.manifest))
    change(manifest)
    forged = tmp_path / "forged.zip"
    with zipfile.ZipFile(made.file) as held, zipfile.ZipFile(forged, "w") as copy:
        for name in held.namelist():
            if name != archive.MANIFEST:
                copy.writestr(name, held.read(name))
        copy.writestr(archive.MANIFEST, json.dumps(manifest))
    with pytest.raises(Damaged):
        restore.check(site, forged)


def test_a_backup_of_a_newer_version_is_refused(site, tmp_path):
    made = backup.make(site, now=NOW)
    data = tmp_path / "newer.db"
    with data.open("wb") as target:
        archive.extract(made.file, archive.DATA, target)
    with snapshot.opened(data) as copy, copy.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    newer = tmp_path / "newer.zip"
    about = {key: made.manifest[key] for key in made.manifest if key not in ("format", "members")}
    named = [one["sha256"] for name, one in made.manifest["members"].items() if name != "data.db"]
    archive.write(
        newer,
        about | {"schema": "9999"},
        data,
        named,
        lambda sha: files.open_file(site.attachments, sha),
    )
    with pytest.raises(schema.SchemaTooNew, match="9999"):
        restore.check(site, newer)


def test_a_failed_backup_leaves_the_earlier_ones_and_nothing_else(site, monkeypatch):
    first = backup.make(site, now=NOW)
    monkeypatch.setattr(archive, "verify", _damaged)
    with pytest.raises(Damaged):
        backup.make(site, now=NOW)
    assert backup.kept(site.backups) == [first.file]
    assert [path.name for path in site.backups.iterdir()] == [first.file.name]


def _damaged(_file):
    raise Damaged("测试")


def test_a_full_disk_is_said_before_anything_is_written(site, monkeypatch):
    monkeypatch.setattr(files, "LEAST_FREE", 10**18)
    with pytest.raises(PilotError, match="剩余空间不足"):
        backup.make(site, now=NOW)
    assert list(site.backups.iterdir()) == []


# --- keeping -------------------------------------------------------------------------------------


def test_only_the_newest_are_kept_and_strange_files_stay(site):
    made = [backup.make(site, now=NOW + timedelta(days=day)).file for day in range(3)]
    (site.backups / "readme.txt").write_text("x")

    assert backup.thin_out(site.backups, 2) == 1
    assert backup.kept(site.backups) == [made[2], made[1]]
    assert backup.thin_out(site.backups, 0) == 1
    assert (site.backups / "readme.txt").exists()


def test_what_a_killed_backup_left_is_cleared_a_day_later(site):
    site.backups.mkdir(mode=0o700)
    left, fresh = site.backups / ".backup-dead", site.backups / ".backup-live"
    for path, age in ((left, 2), (fresh, 0)):
        path.write_bytes(b"x")
        stamp = (NOW - timedelta(days=age)).timestamp()
        os.utime(path, (stamp, stamp))
    backup.make(site, now=NOW)
    assert not left.exists()
    assert fresh.exists()


def _flip(file, place):
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)
