"""One action = one transaction = one journal entry: rows D and G of the trust notes."""

import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, func, select

from pilot.domain.errors import Conflict, Invalid, NotAllowed, PilotError, StalePage, Unsure
from pilot.domain.people import MAY, Role
from pilot.services import lifecycle, projects
from pilot.services.command import VERBS, Seen, perform
from pilot.services.projects import ProjectDraft
from pilot.store import retrying
from pilot.store.engine import reading, writing
from pilot.store.models import Account, JournalEntry, Project
from tests import factories
from tests.factories import NOON


@pytest.fixture
def people(engine):
    with writing(engine) as session:
        home = factories.base(session)
        return {
            "manager": factories.actor(session, home, Role.MANAGER),
            "other": factories.actor(session, home, Role.MANAGER),
            "officer": factories.actor(session, home, Role.OFFICER),
        }


def count(engine, kind):
    with reading(engine) as session:
        return session.exec(select(func.count()).select_from(kind)).one()


def register(engine, actor, **options):
    draft = ProjectDraft(name="示例项目")
    return perform(engine, projects.register, draft, by=actor.id, now=NOON, **options)


def test_an_accepted_command_leaves_its_row_and_one_entry(engine, people):
    done = register(engine, people["manager"])
    with reading(engine) as session:
        entry = session.exec(select(JournalEntry)).one()
    assert (done.subject, entry.subject, entry.by_id) == (
        "project",
        "project",
        people["manager"].id,
    )
    assert "示例项目" in entry.changes
    assert entry.sequence == done.sequence == 1


def test_a_refused_command_leaves_nothing(engine, people):
    with pytest.raises(NotAllowed, match="基地管理"):
        register(engine, people["officer"])
    assert (count(engine, Project), count(engine, JournalEntry)) == (0, 0)


@pytest.mark.parametrize("text", ["进展\0", "进展\x1b[2J", "进展\ud800", "报告\u202efdp.exe"])
def test_a_text_without_a_draft_is_looked_at_too(engine, people, text):
    """Rows 21 and 27: reasons and notes refuse what cannot be kept or turns the text around."""
    done = register(engine, people["manager"])
    for verb, args, options in (
        (projects.note, (text,), {}),
        (lifecycle.move, ("pause",), {"reason": text}),
    ):
        options |= {"by": people["manager"].id, "now": NOON}
        with pytest.raises(PilotError, match="第 3 个字符"):
            perform(engine, verb, done.subject_id, *args, **options)
    assert count(engine, JournalEntry) == 1


def test_a_verb_that_fails_half_way_leaves_nothing(engine, people, monkeypatch):
    def stop(*_args, **_options):
        raise PilotError("停")

    monkeypatch.setattr("pilot.services.projects.project_spans.refresh", stop)
    with pytest.raises(PilotError):
        register(engine, people["manager"])
    assert (count(engine, Project), count(engine, JournalEntry)) == (0, 0)


def test_the_same_key_does_it_once_and_answers_the_same(engine, people):
    first = register(engine, people["manager"], key="form-1")
    again = register(engine, people["manager"], key="form-1")
    assert (again.subject_id, again.repeated) == (first.subject_id, True)
    assert count(engine, Project) == 1


def test_five_clicks_at_once_with_one_key_make_one_record(engine, people):
    failures = []

    def click():
        try:
            register(engine, people["manager"], key="form-1")
        except PilotError as error:
            failures.append(error)

    threads = [threading.Thread(target=click) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (count(engine, Project), failures) == (1, [])


def test_a_key_is_one_persons_own(engine, people):
    register(engine, people["manager"], key="form-1")
    register(engine, people["other"], key="form-1")
    assert count(engine, Project) == 2


def test_a_stale_page_is_told_who_changed_it(engine, people):
    done = register(engine, people["manager"])
    with reading(engine) as session:
        seen = Seen("project", done.subject_id, session.get(Project, done.subject_id).rev)
    perform(engine, projects.note, done.subject_id, "进展", by=people["other"].id, now=NOON)

    with pytest.raises(StalePage, match=people["other"].name):
        perform(
            engine,
            projects.edit,
            done.subject_id,
            ProjectDraft(name="新名"),
            by=people["manager"].id,
            now=NOON,
            seen=seen,
        )

    with reading(engine) as session:
        assert session.get(Project, done.subject_id).name == "示例项目"


def test_a_disabled_account_is_refused_at_its_next_action(engine, people):
    with writing(engine) as session:
        session.get(Account, people["manager"].id).disabled_at = NOON
    with pytest.raises(NotAllowed, match="重新登录"):
        register(engine, people["manager"])


def test_recorded_times_of_a_base_never_repeat_even_if_the_clock_goes_back(engine, people):
    register(engine, people["manager"])
    draft = ProjectDraft(name="乙")
    early = NOON - timedelta(hours=5)
    perform(engine, projects.register, draft, by=people["manager"].id, now=early)
    with reading(engine) as session:
        first, second = session.exec(select(JournalEntry).order_by(JournalEntry.sequence)).all()
    assert second.at > first.at
    assert (first.clock_went_back, second.clock_went_back) == (False, True)


def test_a_code_that_exists_is_refused_in_words(engine, people):
    register(engine, people["manager"], code="ZS-2026-001")
    with pytest.raises(Conflict, match="编号"):
        register(engine, people["manager"], code="ZS-2026-001")


def lose_the_answer(times):
    """The next commits are stored, but the connection ends before the client is told."""
    left = [times]

    def lose(_session):
        if left[0]:
            left[0] -= 1
            lost = OperationalError("COMMIT", {}, Exception("gone"), connection_invalidated=True)
            raise lost

    event.listen(Session, "after_commit", lose)
    return lambda: event.remove(Session, "after_commit", lose)


@pytest.mark.parametrize("key", [None, "form-1"], ids=["own key", "form's key"])
def test_a_command_whose_answer_was_lost_is_done_once(engine, people, key):
    stop = lose_the_answer(times=1)
    try:
        done = register(engine, people["manager"], key=key)
    finally:
        stop()
    assert done.repeated
    assert (count(engine, Project), count(engine, JournalEntry)) == (1, 1)


def test_when_every_answer_is_lost_the_person_is_told_that_it_may_be_saved(
    engine, people, monkeypatch
):
    monkeypatch.setattr(retrying, "PATIENCE", 0)
    stop = lose_the_answer(times=4)
    try:
        with pytest.raises(Unsure, match="可能没有保存"):
            register(engine, people["manager"], key="form-1")
    finally:
        stop()
    assert register(engine, people["manager"], key="form-1").repeated
    assert count(engine, Project) == 1


def test_every_verb_has_a_row_in_the_table_of_permissions():
    assert {verb.action for verb in VERBS.values()} <= set(MAY)


# --- the security log ----------------------------------------------------------------------------


def test_a_refusal_leaves_one_line_with_account_and_action_and_nothing_personal(
    engine, people, caplog
):
    with caplog.at_level("INFO", "pilot.security"), pytest.raises(NotAllowed):
        register(engine, people["officer"])

    officer = people["officer"]
    assert caplog.messages == [f"refused project.register to account {officer.id}: NotAllowed"]
    assert officer.name not in caplog.text


def test_an_object_that_is_not_there_for_somebody_is_named_by_its_number(engine, people, caplog):
    with caplog.at_level("INFO", "pilot.security"), pytest.raises(PilotError):
        perform(engine, projects.note, 4711, "进展", by=people["manager"].id, now=NOON)

    [line] = caplog.messages
    assert line.startswith("refused project.note of 4711 to account")


def test_a_dead_session_is_refused_without_its_token_in_the_log(engine, people, caplog):
    with caplog.at_level("INFO", "pilot.security"), pytest.raises(NotAllowed):
        perform(engine, projects.note, 1, "进展", by="secret-token", now=NOON)

    assert "account None" in caplog.text
    assert "secret-token" not in caplog.text


def test_an_accepted_command_leaves_no_line(engine, people, caplog):
    with caplog.at_level("INFO", "pilot.security"):
        register(engine, people["manager"])

    assert caplog.messages == []


def test_a_text_that_is_too_long_for_the_database_is_refused_in_words(engine, people):
    done = register(engine, people["manager"])
    with pytest.raises(Invalid, match="太长"):
        perform(
            engine, projects.note, done.subject_id, "长" * 2001, by=people["manager"].id, now=NOON
        )


def test_a_small_command_sends_seven_statements_and_no_more(engine, people):
    register(engine, people["manager"])
    now = NOON + timedelta(minutes=1)
    with sent(engine) as statements:
        perform(engine, projects.note, 1, "进展", by=people["manager"].id, now=now, key="k")

    turn, key, project, *written = [statement.split()[0] for statement in statements]
    assert {turn, key, project} == {"SELECT"}
    assert written == ["UPDATE", "INSERT", "INSERT", "UPDATE"]  # project, note, journal, its end


@contextmanager
def sent(engine):
    """The statements of the block, without those of transactions and sessions themselves."""
    statements = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)
