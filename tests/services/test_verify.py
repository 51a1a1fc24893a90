"""The check of a base finds nothing in a sound one, and names each kind of damage."""

from dataclasses import replace
from datetime import UTC

import pytest
from sqlalchemy import text

from pilot.domain.chain import link_of
from pilot.domain.errors import NotFound
from pilot.domain.moment import SHANGHAI
from pilot.domain.vocabulary import Gate
from pilot.services import verify
from pilot.services.attachments import add
from pilot.store import files, journal, journal_reading
from pilot.store.engine import reading, writing
from pilot.store.models import Base
from tests import factories
from tests.furnished import furnished

PDF = b"%PDF-1.4\n%" + b"x" * 200 + b"\n%%EOF\n"


@pytest.fixture
def home(engine, folder):
    """A base with a project, a new pilot and a stored file, everything in its journal."""
    stored = files.save(folder, PDF, shown_name="协议.pdf", limit_bytes=10_000)

    def made(session):
        people = factories.team(session)
        for make in (factories.project, lambda *who: factories.before_gate(*who, Gate.G2)):
            entered(session, people, make)
        add(session, stored, by=people.manager, at=factories.clock(session))
        return people.base

    with writing(engine) as session:
        return furnished(session, made)


def entered(session, people, make, zone=UTC):
    """What `make` does, as one command of the journal."""
    head = journal.lock(session, people.base.id)
    with journal.recording(session) as changes:
        row = make(session, people)
        session.flush()
    at, by = factories.clock(session).astimezone(zone), people.manager.id
    note = journal.Note(people.base.id, at, by, "project.register", "project", row.id)
    journal.append(session, head, note, changes, at)


def found(engine, folder, home, *anchors):
    with reading(engine) as session:
        return verify.verify(session, folder, session.get(Base, home.id), anchors)


def anchor_of(engine, home, known_at=None):
    with reading(engine) as session:
        return journal_reading.anchor(session, home, known_at)


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
        pytest.param(
            "UPDATE project_span SET valid_length = 3 WHERE valid_to = '9999-12-31'",
            "的历史段登记的长度与起止不符",
            id="a span that counts of a day would miss",
        ),
        pytest.param(
            "UPDATE project_span SET known_length = 7 WHERE valid_to = '9999-12-31'",
            "的历史段登记的长度与起止不符",
            id="a span that passes for one no longer known",
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


# --- anchors (日志锚) ----------------------------------------------------------------------------

CUT = (
    "DELETE FROM journal_entry WHERE sequence = 2",
    "UPDATE journal_head SET sequence = 1, hash = (SELECT hash FROM journal_entry)",
)


def test_the_chain_alone_cannot_show_that_its_end_was_cut_off(engine, folder, home):
    """The limit of the chain, kept here so that nobody believes more of it."""
    for statement in CUT:
        damage(engine, statement)

    about = [each for each in found(engine, folder, home).differences if "日志的" in each]
    assert about == []


def test_an_anchor_shows_that_the_end_was_cut_off(engine, folder, home):
    anchor = anchor_of(engine, home)
    for statement in CUT:
        damage(engine, statement)

    differences = found(engine, folder, home, anchor).differences
    assert f"日志不再到达日志锚 {anchor}：现有 1 条，末尾被删除过。" in differences


def test_an_anchor_shows_that_the_end_was_computed_anew(engine, folder, home):
    anchor = anchor_of(engine, home)
    with writing(engine) as session:
        last = factories.entries(session, home)[-1]
        last.reason = "改过"
        last.hash = journal.digest(link_of(last))
        journal.lock(session, home.id).hash = last.hash

    assert found(engine, folder, home).differences == ()
    assert found(engine, folder, home, anchor).differences == (
        f"日志不经过日志锚 {anchor}：第 2 条或它之前的记录被重写过。",
    )


def test_a_journal_that_has_grown_still_passes_through_its_anchors(engine, folder, home):
    anchor = anchor_of(engine, home)
    with writing(engine) as session:
        people = factories.team(session, "YK")
        people = replace(people, base=home, manager=replace(people.manager, base_id=home.id))
        entered(session, people, factories.project)

    checked = found(engine, folder, home, anchor)
    assert checked.differences == ()
    assert checked.anchor.sequence == anchor.sequence + 1


def test_the_anchor_of_a_past_view_is_where_the_journal_stood_then(engine, home):
    with reading(engine) as session:
        first = factories.entries(session, home)[0]

    past = anchor_of(engine, home, first.at)
    assert (past.sequence, past.hash) == (1, first.hash)
    assert anchor_of(engine, home, factories.NOON) is None


def test_an_anchor_of_a_base_that_is_not_there_is_refused(engine, folder, home):
    with reading(engine) as session, pytest.raises(NotFound, match="没有代码为 YK 的基地"):
        verify.verify_all(session, folder, [replace(anchor_of(engine, home), base="YK")])


def test_text_that_was_spoilt_is_named_and_stops_nothing(engine, folder, home):
    damage(engine, 'UPDATE journal_entry SET changes = changes || \'"table":"claim"\'')

    assert any("第 1 条" in each for each in found(engine, folder, home).differences)
