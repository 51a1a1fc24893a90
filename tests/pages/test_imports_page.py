"""The page of a long batch: how far it is, stopping it, undoing it, rows that stayed."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from pilot.domain.import_columns import ImportKind
from pilot.domain.importing import BatchState
from pilot.domain.people import Role
from pilot.services import importing
from pilot.services.command import perform
from pilot.store.engine import reading, writing
from pilot.store.files import StoredFile
from pilot.store.models import Account, ImportBatch
from pilot.ui import desk

NOW = datetime(2026, 11, 26, tzinfo=UTC)
FILE = StoredFile("ab" * 32, 10**8, "text/csv", "成果.csv")


@pytest.fixture
def batch(engine, monkeypatch):
    """`batch(state, done=…)` makes a batch of a million rows that stands so; no server works."""
    monkeypatch.setattr(desk, "work", lambda _batch_id: None)

    def made(state: BatchState, kind: ImportKind = ImportKind.RESULTS, **values) -> str:
        with reading(engine) as session:
            by = session.exec(select(Account.id).where(Account.login == "manager")).one()
        done = perform(engine, importing.stage, kind, file=FILE, by=by, now=NOW)
        if state in (BatchState.APPLIED, BatchState.HELD):
            values |= {"applied_at": NOW, "applied_by_id": by}
        with writing(engine) as session:
            row = session.get(ImportBatch, done.subject_id)
            row.sqlmodel_update({"state": state, "new": 1_000_000, "total": 1_000_000} | values)
        return str(done.subject_id)

    return made


def words(app) -> str:
    """What the page says, with the text of its bars."""
    said = []
    for one in app.main:
        said += [str(getattr(one, "value", "")), getattr(getattr(one, "proto", None), "text", "")]
    return " ".join(text for text in said if isinstance(text, str))


def state_of(engine) -> BatchState:
    with reading(engine) as session:
        return session.exec(select(ImportBatch.state)).one()


def test_a_batch_that_is_being_written_says_how_far_it_is_and_can_be_stopped(
    open_page, batch, engine
):
    number = batch(BatchState.WRITING, done=340_000)
    app = open_page("imports", Role.MANAGER, id=number)
    assert not app.exception
    assert "正在写入 340,000 / 1,000,000" in words(app)
    app.button(key=f"stop-{number}").click().run()
    assert state_of(engine) is BatchState.BACKING
    assert "正在收回，还剩 340,000 / 1,000,000" in words(app)


def test_a_file_that_was_brought_is_not_said_to_be_checked(open_page, engine, batch):
    app = open_page("imports", Role.MANAGER)
    upload = b"\xef\xbb\xbf\xe9\xa1\xb9\xe7\x9b\xae\n\xe7\x94\xb2\n"
    app = app.get("file_uploader")[0].upload("表.csv", upload).run()
    app = app.button(key="check").click().run()

    assert state_of(engine) is BatchState.WAITING
    assert "已上传；还没有写入任何记录，下一步见下方。" in words(app)
    assert "检查结果如下" not in words(app)


@pytest.mark.parametrize(("role", "invited"), [(Role.MANAGER, True), (Role.ADMIN, False)])
def test_only_who_may_import_is_invited_to(open_page, role, invited):
    app = open_page("imports", role)
    assert "还没有导入过文件" in words(app)
    assert ("上传自己的表格" in words(app)) is invited


def test_an_administrator_sees_the_progress_and_stops_nothing(open_page, batch):
    number = batch(BatchState.WRITING, done=340_000)
    app = open_page("imports", Role.ADMIN, id=number)
    assert "正在写入 340,000 / 1,000,000" in words(app)
    assert f"stop-{number}" not in {button.key for button in app.button}


def test_a_long_batch_is_undone_from_its_page_with_a_reason(open_page, batch, engine):
    number = batch(BatchState.APPLIED, done=1_000_000, written="ab" * 32)
    app = open_page("imports", Role.MANAGER, id=number)
    assert "写入内容的 SHA-256" in words(app)
    app.button(key=f"undo-{number}").click().run()
    assert state_of(engine) is BatchState.APPLIED  # no reason was given
    app.text_input(key=f"why-{number}").input("示例撤销理由")
    app.button(key=f"undo-{number}").click().run()
    assert state_of(engine) is BatchState.BACKING


def test_who_asked_for_an_undo_by_two_withdraws_it(open_page, batch, engine):
    number = batch(BatchState.APPLIED, ImportKind.PROJECTS)
    app = open_page("imports", Role.MANAGER, id=number)
    app.text_input(key=f"why-{number}").input("示例撤销理由")
    app.button(key=f"undo-{number}").click().run()
    app.button(key=f"withdraw-{number}").click().run()
    assert "已撤回撤销申请" in " ".join(one.value for one in app.success)
    with reading(engine) as session:
        assert session.exec(select(ImportBatch.undo_asked_by_id)).one() is None
    assert app.text_input(key=f"why-{number}").value == ""


@pytest.mark.parametrize(
    ("key", "reason", "then"),
    [
        ("again", "", BatchState.BACKING),
        ("leave", "", BatchState.HELD),
        ("leave", "示例保留理由", BatchState.APPLIED),
    ],
)
def test_rows_that_stayed_may_be_tried_again_or_left_for_a_reason(
    open_page, batch, engine, key, reason, then
):
    number = batch(BatchState.HELD, done=1, message="有 1 行没有收回（第 5 行）。")
    app = open_page("imports", Role.MANAGER, id=number)
    assert "还有 1 行没有收回" in words(app)
    app.text_input(key=f"leave-why-{number}").input(reason)
    app.button(key=f"{key}-{number}").click().run()
    assert state_of(engine) is then
