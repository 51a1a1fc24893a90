"""The check of a base finds nothing in a sound one, and names each kind of damage."""

from datetime import UTC

import pytest
from sqlalchemy import text

from pilot.domain.moment import SHANGHAI
from pilot.domain.vocabulary import Gate
from pilot.services import verify
from pilot.services.attachments import add
from pilot.store import files, journal
from pilot.store.engine import reading, writing
from pilot.store.models import Base
from tests import factories

PDF = b"%PDF-1.4\n%" + b"x" * 200 + b"\n%%EOF\n"


@pytest.fixture
def home(engine, folder):
    """A base with a project, a new pilot and a stored file, everything in its journal."""
    with writing(engine) as session:
        people = factories.team(session)
        for make in (factories.project, lambda *who: factories.before_gate(*who, Gate.G2)):
            entered(session, people, make)
        stored = files.save(folder, PDF, shown_name="协议.pdf", limit_bytes=10_000)
        add(session, stored, by=people.manager, at=factories.clock(session))
    return people.base


def entered(session, people, make, zone=UTC):
    """What `make` does, as one command of the journal."""
    head = journal.lock(session, people.base.id)
    with journal.recording(session) as changes:
        row = make(session, people)
        session.flush()
    at, by = factories.clock(session).astimezone(zone), people.manager.id
    note = journal.Note(people.base.id, at, by, "project.register", "project", row.id)
    journal.append(session, head, note, changes, at)


def found(engine, folder, home):
    with reading(engine) as session:
        return verify.verify(session, folder, session.get(Base, home.id))


def damage(engine, statement):
    """Change the database behind the product's back."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
        else:
            connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(statement))
        connection.commit()
        if engine.dialect.name == "sqlite":
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")
        else:
            connection.execute(text("SET session_replication_role = DEFAULT"))
            connection.commit()


def test_a_sound_base_has_no_differences_and_says_what_was_looked_at(engine, folder, home):
    checked = found(engine, folder, home)

    assert checked.differences == ()
    assert checked.sound
    assert (checked.base, checked.entries, checked.files) == (home.name, 2, 1)
    assert checked.claims > 0


def test_a_clock_that_runs_in_shanghai_leaves_a_sound_journal(engine, folder):
    with writing(engine) as session:
        people = factories.team(session)
        session.info["clock"] = factories.NOON.astimezone(SHANGHAI)
        entered(session, people, lambda *who: factories.before_gate(*who, Gate.G2), SHANGHAI)

    assert found(engine, folder, people.base).differences == ()


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        pytest.param(
            "UPDATE claim SET year = 2025 WHERE id = (SELECT min(id) FROM claim)",
            "计入台账与事实不符：新增中试项目·全市",
            id="a claim moved to another year",
        ),
        pytest.param(
            "UPDATE claim SET recorded_at = '2026-01-01 00:00:00' "
            "WHERE id = (SELECT min(id) FROM claim)",
            "被改动过：recorded_at 与日志不符",
            id="a claim said to have been known earlier",
        ),
        pytest.param(
            "DELETE FROM claim WHERE id = (SELECT min(id) FROM claim)",
            "按事实应有而台账没有",
            id="a claim deleted",
        ),
        pytest.param(
            "INSERT INTO claim (base_id, indicator, scope, standing, unit_kind, unit_id, year,"
            " sign, effective_on, recorded_at, definition_id, rule, missing, reason, repeated)"
            " SELECT base_id, indicator, scope, standing, unit_kind, 999, year, 1,"
            " effective_on, recorded_at, definition_id, rule, missing, reason, repeated"
            " FROM claim WHERE id = (SELECT min(id) FROM claim)",
            "台账有而按事实不应有",
            id="a claim smuggled in",
        ),
        pytest.param(
            "UPDATE decision SET held_on = '2026-03-30' WHERE gate = 'G1'",
            "计入台账与事实不符",
            id="a fact changed behind the ledger's back",
        ),
        pytest.param(
            "UPDATE journal_entry SET reason = '改过' WHERE sequence = 1",
            "日志第 1 条（2026-06-01 12:",
            id="a journal entry edited",
        ),
        pytest.param(
            "DELETE FROM journal_entry WHERE sequence = 1",
            "日志第 1 条缺失",
            id="a journal entry deleted",
        ),
        pytest.param(
            "DELETE FROM journal_entry WHERE sequence = 2",
            "日志的末尾不符：现有 1 条，应为 2 条",
            id="the last journal entry deleted",
        ),
        pytest.param(
            "UPDATE project SET stage = 'industry' WHERE id = (SELECT min(id) FROM project)",
            "的阶段与现行的历史段不一致",
            id="a project changed behind its spans' back",
        ),
        pytest.param(
            "DELETE FROM project_span WHERE valid_to = '9999-12-31'",
            "没有现行的历史段",
            id="a span deleted",
        ),
    ],
)
def test_damage_is_named(engine, folder, home, statement, sentence):
    damage(engine, statement)

    assert any(sentence in each for each in found(engine, folder, home).differences)


def test_only_the_first_broken_entry_of_the_journal_is_named(engine, folder, home):
    damage(engine, "UPDATE journal_entry SET reason = '改过'")

    about = [each for each in found(engine, folder, home).differences if "日志" in each]
    assert len(about) == 1


@pytest.mark.parametrize(
    "content",
    [pytest.param(PDF[:-1], id="cut"), pytest.param(None, id="gone")],
)
def test_a_stored_file_that_is_not_what_was_stored_is_named(engine, folder, home, content):
    [path] = [path for path in folder.rglob("*") if path.is_file()]
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)

    assert found(engine, folder, home).differences == (
        "附件 1《协议.pdf》的文件缺失，或内容与登记的校验值不符。",
    )


def test_every_base_of_the_installation_is_checked(engine, folder, home):
    with writing(engine) as session:
        factories.base(session, "YK", name="示例二号基地")

    with reading(engine) as session:
        bases = [checked.base for checked in verify.verify_all(session, folder)]
    assert bases == [home.name, "示例二号基地"]
