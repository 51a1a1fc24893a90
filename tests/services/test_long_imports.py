"""A long import: in portions, others in between, carried to its end or taken back."""

import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select, text

from pilot.domain.drafts import Holder, Number, OrganisationDraft, ResultDraft
from pilot.domain.errors import Conflict, NotAllowed
from pilot.domain.identifiers import IdentifierKind
from pilot.domain.import_columns import ImportKind
from pilot.domain.importing import BatchState
from pilot.domain.people import Role
from pilot.services import importing, organisations, results
from pilot.services.command import perform
from pilot.services.importing import backing, carrying, portions
from pilot.services.verify import verify_all
from pilot.store import queries_portions
from pilot.store.engine import reading, writing
from pilot.store.models import (
    ImportBatch,
    ImportProblem,
    ImportRow,
    JournalEntry,
    Organisation,
    Result,
    ResultHolder,
    ResultIdentifier,
    ResultSpan,
)
from tests import factories
from tests.services.test_import_batches import WHY, Desk, people  # noqa: F401
from tests.services.test_importing import LATER, PATENT, as_csv, result_row

ROWS = 9


@pytest.fixture
def desk(engine, people, tmp_path, monkeypatch):  # noqa: F811
    """A desk at which a batch of more than three rows is long, with portions of three."""
    monkeypatch.setattr(portions, "LONG", 3)
    for name in ("FIRST", "LEAST", "MOST"):
        monkeypatch.setattr(portions, name, 3)
    monkeypatch.setattr(carrying, "_BREATH", 0)
    return Desk(engine, people, tmp_path / "files")


def rows(number=ROWS, **fields) -> list[dict]:
    """Results of all sorts: with a code or a number, parts of a package, plain ones."""
    made = []
    for place in range(1, number + 1):
        row = result_row(成果名称=f"示例工艺{place}", 专利号="") | {
            "成果编号": "",
            "所属成果包编号": "",
        }
        if place == 1:
            row["成果编号"] = "CG-2026-0700"
        if place in (3, 8):
            row["所属成果包编号"] = "CG-2026-0700"
        if place == 5:
            row["专利号"] = "201810000001.4"
        made.append(row | fields)
    return made


def entries(desk):
    return [
        entry for entry in desk.all_entries() if entry.action in ("import.apply", "import.undo")
    ]


def standing(desk):
    return [row for row in desk.all(Result) if row.voided_at is None]


def bring(desk, data=None):
    batch_id = desk.bring(ImportKind.RESULTS, as_csv(data or rows()), name="成果.csv")
    assert [one.message for one in desk.all(ImportProblem) if one.hard] == []
    return batch_id


def killed_at(monkeypatch, module, name, number):
    """Let the process die (nothing can catch it) before the call of this number."""
    real, calls = getattr(module, name), []

    def dies(*args, **options):
        calls.append(name)
        if len(calls) == number:
            raise KeyboardInterrupt
        return real(*args, **options)

    monkeypatch.setattr(module, name, dies)


def work_again(desk, batch_id, monkeypatch, killed=True):
    monkeypatch.undo()
    for name in ("LONG", "FIRST", "LEAST", "MOST"):
        monkeypatch.setattr(portions, name, 3)
    desk.work(batch_id, LATER + timedelta(minutes=2 if killed else 0))
    return desk.batch(batch_id)


# --- written in portions --------------------------------------------------------------------------


def test_a_long_batch_is_written_in_portions_and_closed_by_an_entry_of_its_own(desk):
    batch = desk.apply(bring(desk))

    assert (batch.state, batch.done, batch.new) == (BatchState.APPLIED, ROWS, ROWS)
    told = [entry.reason for entry in entries(desk)]
    assert told[1:4] == [
        "导入成果：第 2–4 行，3 行", "导入成果：第 5–7 行，3 行", "导入成果：第 8–10 行，3 行"
    ]  # fmt: skip
    assert told[4] == f"导入成果写完：新增 9、变更 0，共 9 行；SHA-256 {batch.written}"
    with reading(desk.engine) as session:
        assert queries_portions.what_was_written(session, batch.id) == (ROWS, batch.written)


def facts(engine):
    """Every row that an import leaves, without the times; the journal's fields by record."""
    with reading(engine) as session:
        found = [
            [
                {
                    name: value
                    for name, value in row.model_dump().items()
                    if name not in _TIMES and (name != "id" or order == "id")
                }
                for row in session.exec(select(kind).order_by(getattr(kind, order)))
            ]
            for kind, order in _KINDS.items()
        ]
        said = [
            entry.changes.replace(entry.at.isoformat(), "T")
            for entry in session.exec(select(JournalEntry).order_by(JournalEntry.sequence))
        ]
    return found, said


_KINDS = {Result: "id", ResultHolder: "id", ResultIdentifier: "id", ResultSpan: "result_id"}
_TIMES = {"recorded_at", "known_from", "known_to"}


def test_portions_leave_the_same_rows_spans_and_journal_fields_as_one_transaction(
    desk, engine, monkeypatch
):
    desk.apply(bring(desk))
    found, said = facts(engine)
    with writing(engine) as session:
        for table in ("result_span", "result_identifier", "result_holder", "import_row"):
            session.execute(text(f"DELETE FROM {table}"))
        session.execute(text("DELETE FROM result WHERE package_id IS NOT NULL"))
        session.execute(text("DELETE FROM result"))
        restart(session)
    monkeypatch.setattr(portions, "LONG", 100)
    desk.apply(bring(desk))
    again, said_again = facts(engine)

    assert again == found
    assert sorted(changes_of(said_again[len(said) :])) == sorted(changes_of(said))


def restart(session):
    """Let the keys begin at one again; SQLite does by itself."""
    if session.connection().dialect.name == "postgresql":
        for table in ("result", "result_holder", "result_identifier", "result_span"):
            session.execute(text(f"ALTER SEQUENCE {table}_id_seq RESTART"))


def changes_of(entries):
    """Each row that some entries tell of, as text; the batch itself left out."""
    return [
        json.dumps(
            change["fields"] | {"id": change["id"], "table": change["table"]}, sort_keys=True
        )
        for entry in entries
        for change in json.loads(entry)
        if change["table"].startswith("result")
    ]


def test_a_short_batch_stays_one_transaction_and_one_entry(desk):
    batch = desk.apply(bring(desk, rows(3)))

    assert (batch.state, batch.written) == (BatchState.APPLIED, None)
    assert [entry.reason for entry in entries(desk)] == ["", "导入成果：新增 3、变更 0"]


def test_changed_rows_are_written_in_portions_too_and_put_back(desk):
    data = [row | {"技术领域": ""} for row in rows()]
    desk.apply(bring(desk, data))
    for row in data[1:]:
        row["技术领域"] = "催化剂"
    batch = desk.apply(bring(desk, data))

    assert (batch.state, batch.changed, batch.unchanged) == (BatchState.APPLIED, 8, 1)
    assert [row.field is None for row in standing(desk)] == [True] + [False] * 8

    undone = undo(desk, batch.id)
    assert undone.state is BatchState.UNDONE
    assert {row.field for row in standing(desk)} == {None}


def test_units_and_persons_are_written_in_portions_and_undone(desk):
    units = [{"单位名称": f"示例单位{n}", "单位类型": "境外", "注册地": ""} for n in range(7)]
    batch = desk.apply(desk.bring(ImportKind.ORGANISATIONS, as_csv(units)))
    assert (batch.state, batch.done, len(entries(desk))) == (BatchState.APPLIED, 7, 5)

    assert undo(desk, batch.id).state is BatchState.UNDONE


# --- others in between ----------------------------------------------------------------------------


def between(monkeypatch, act, number=1):
    """Do something after the portion of this number, before the next is judged."""
    real, calls = carrying._Carrier._write, []

    def writes(self, portion):
        real(self, portion)
        calls.append(portion)
        if len(calls) == number:
            act()

    monkeypatch.setattr(carrying._Carrier, "_write", writes)


def before_turn(monkeypatch, act):
    """Do something once after the second portion was judged, before it has its turn."""
    real, calls = carrying._Carrier._write, []

    def writes(self, portion):
        calls.append(portion)
        if len(calls) == 2:
            act()
        real(self, portion)

    monkeypatch.setattr(carrying._Carrier, "_write", writes)


def save_result(desk, **fields):
    with reading(desk.engine) as session:
        holder = session.exec(select(Organisation.id).where(Organisation.kind == "institute")).one()
    values = {"kind": "process", "non_secret": True, "holders": (Holder(holder),)}
    draft = ResultDraft(**(values | fields))
    return perform(desk.engine, results.save_result, draft, by=desk.people.manager.id, now=LATER)


def save_unit(desk):
    draft = OrganisationDraft(name="示例后来单位", kind="foreign")
    by = desk.people.manager.id
    return perform(desk.engine, organisations.save_organisation, draft, by=by, now=LATER)


@pytest.mark.parametrize("when", [between, before_turn])
@pytest.mark.parametrize("what", ["another result", "a unit"])
def test_what_others_save_meanwhile_stays_and_the_batch_goes_on(desk, monkeypatch, when, what):
    def act():
        save_unit(desk) if what == "a unit" else save_result(desk, title="示例别人的成果")

    batch_id = bring(desk)
    when(monkeypatch, act)
    batch = desk.apply(batch_id)

    assert (batch.state, batch.done) == (BatchState.APPLIED, ROWS)
    assert len(standing(desk)) == ROWS + (what == "another result")
    codes = [row.code for row in standing(desk)]
    assert len(codes) == len(set(codes))


def test_somebody_else_saves_while_a_long_batch_is_written(desk, monkeypatch):
    saved = []

    def other():
        saved.append(save_result(desk, title="示例别人的成果"))

    def act():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(timeout=5)

    batch_id = bring(desk)
    between(monkeypatch, act)
    desk.apply(batch_id)

    assert len(saved) == 1
    order = [entry.action for entry in desk.all_entries()]
    assert order[-5:] == ["import.apply", "result.save", *["import.apply"] * 3]


# --- refused in the middle: taken back ------------------------------------------------------------


@pytest.mark.parametrize("when", [between, before_turn])
@pytest.mark.parametrize("fields", [{"title": "示例工艺6"}, {"title": "x", "patent": True}])
def test_a_row_that_somebody_else_has_entered_meanwhile_takes_everything_back(
    desk, monkeypatch, when, fields
):
    data = rows()
    data[5]["专利号"] = PATENT if "patent" in fields else ""

    def act():
        numbers = (Number(IdentifierKind.PATENT, PATENT),) if "patent" in fields else ()
        save_result(desk, title=fields["title"], numbers=numbers)

    batch_id = bring(desk, data)
    when(monkeypatch, act)
    batch = desk.apply(batch_id)
    assert batch.state is BatchState.BACKING
    desk.work(batch_id)
    batch = desk.batch(batch_id)

    assert (batch.state, batch.done) == (BatchState.UNDONE, 0)
    assert batch.message.startswith("第 7 行：")
    assert batch.message.endswith("写入的行已全部收回。")
    assert [row.title for row in standing(desk)] == [fields["title"]]
    assert desk.all(ResultIdentifier) == [] or "patent" in fields


def stopped_after(desk, monkeypatch, number, act=None):
    batch_id = bring(desk)

    def stops():
        desk.do(importing.stop, batch_id)
        if act:
            act()

    between(monkeypatch, stops, number)
    desk.apply(batch_id)
    return batch_id


def test_a_batch_that_is_stopped_is_taken_back(desk, monkeypatch):
    batch_id = stopped_after(desk, monkeypatch, 2)
    assert (desk.batch(batch_id).state, len(standing(desk))) == (BatchState.BACKING, 6)

    desk.work(batch_id)

    batch = desk.batch(batch_id)
    assert (batch.state, batch.done, standing(desk)) == (BatchState.UNDONE, 0, [])
    assert "停止了写入" in batch.message
    assert [entry.action for entry in entries(desk)][-3:] == ["import.undo"] * 3


def test_what_something_rests_on_stays_is_told_and_may_be_tried_again_or_left(desk, monkeypatch):
    def rests():
        row = next(row for row in standing(desk) if row.title == "示例工艺4")
        with reading(desk.engine) as session:
            draft = replace(results.result_draft(session, row), summary="示例改动")
        by = desk.people.manager.id
        perform(desk.engine, results.save_result, draft, result_id=row.id, by=by, now=LATER)

    batch_id = stopped_after(desk, monkeypatch, 2, rests)
    desk.work(batch_id)
    batch = desk.batch(batch_id)

    assert (batch.state, batch.done) == (BatchState.HELD, 1)
    assert batch.message.startswith("有 1 行没有收回（第 5 行）")
    with reading(desk.engine) as session:
        [problem] = importing.standing_rows(session, desk.people.manager, batch_id, 10)
    assert (problem.row, problem.rule) == (5, "changed-since")
    assert [row.title for row in standing(desk)] == ["示例工艺4"]

    desk.do(importing.back_again, batch_id)
    desk.work(batch_id)
    assert desk.batch(batch_id).state is BatchState.HELD

    desk.do(importing.leave, batch_id, reason=WHY)
    batch = desk.batch(batch_id)
    assert (batch.state, batch.done) == (BatchState.APPLIED, 1)
    assert "保留了 1 行" in batch.message


# --- undone ---------------------------------------------------------------------------------------


def undo(desk, batch_id):
    desk.do(importing.undo, batch_id, reason=WHY)
    assert desk.batch(batch_id).state is BatchState.BACKING
    desk.work(batch_id)
    return desk.batch(batch_id)


def test_a_long_batch_is_undone_in_portions_and_its_numbers_are_free_again(desk):
    batch = undo(desk, desk.apply(bring(desk)).id)

    assert (batch.state, batch.done, standing(desk)) == (BatchState.UNDONE, 0, [])
    assert [entry.action for entry in entries(desk)][-5:] == ["import.undo"] * 5
    assert desk.apply(bring(desk)).state is BatchState.APPLIED


def test_a_long_batch_that_something_rests_on_is_not_begun_to_be_undone(desk):
    batch = desk.apply(bring(desk))
    package = next(row for row in standing(desk) if row.code == "CG-2026-0700")
    save_result(desk, title="示例后来的部件", package_id=package.id)

    batch = undo(desk, batch.id)

    assert (batch.state, batch.done) == (BatchState.APPLIED, ROWS)
    assert batch.message.startswith("没有撤销。第 2 行“CG-2026-0700 示例工艺1”：已有成果用到它。")
    assert batch.undo_asked_by_id is None


# --- taken up again -------------------------------------------------------------------------------

KILLS = [
    pytest.param(carrying, "perform", 1, id="before the first portion"),
    pytest.param(carrying, "perform", 3, id="between portions"),
    pytest.param(portions, "write_some", 2, id="in a portion"),
    pytest.param(carrying.queries_portions, "what_was_written", 1, id="before it is closed"),
]


@pytest.mark.parametrize(("module", "name", "number"), KILLS)
def test_a_batch_that_was_cut_off_is_taken_up_where_it_stopped(
    desk, monkeypatch, module, name, number
):
    batch_id = bring(desk)
    killed_at(monkeypatch, module, name, number)
    with pytest.raises(KeyboardInterrupt):
        desk.apply(batch_id)
    batch = work_again(desk, batch_id, monkeypatch)

    assert (batch.state, batch.done) == (BatchState.APPLIED, ROWS)
    assert [row.title for row in desk.all(Result)] == [row["成果名称"] for row in rows()]
    assert len(entries(desk)) == 5
    with reading(desk.engine) as session:
        assert all(base.sound for base in verify_all(session, desk.folder))


@pytest.mark.parametrize(
    ("module", "name", "number"),
    [
        pytest.param(backing, "perform", 1, id="before the first portion"),
        pytest.param(backing, "perform", 3, id="between portions"),
        pytest.param(backing.many_results, "void", 2, id="in a portion"),
        pytest.param(backing, "_ended", 1, id="before it is closed"),
    ],
)
@pytest.mark.parametrize("why", ["undone", "stopped"])
def test_taking_back_that_was_cut_off_is_taken_up_where_it_stopped(
    desk, monkeypatch, module, name, number, why
):
    if why == "stopped":
        batch_id = stopped_after(desk, monkeypatch, 3)
    else:
        batch_id = desk.apply(bring(desk)).id
        desk.do(importing.undo, batch_id, reason=WHY)
    killed_at(monkeypatch, module, name, number)
    with pytest.raises(KeyboardInterrupt):
        desk.work(batch_id)
    batch = work_again(desk, batch_id, monkeypatch)

    assert (batch.state, batch.done, standing(desk)) == (BatchState.UNDONE, 0, [])
    with reading(desk.engine) as session:
        assert all(base.sound for base in verify_all(session, desk.folder))


# --- which step from which state, and by whom -----------------------------------------------------

STEPS = {
    "stop": (importing.stop, {BatchState.WRITING}),
    "back_again": (importing.back_again, {BatchState.HELD}),
    "undo": (importing.undo, {BatchState.APPLIED}),
    "cancel": (
        importing.cancel,
        {
            BatchState.WAITING,
            BatchState.MAPPING,
            BatchState.CHECKED,
            BatchState.QUEUED,
            BatchState.FAILED,
        },
    ),
}


@pytest.mark.parametrize("step", STEPS)
def test_each_step_is_taken_from_its_states_only(desk, step):
    batch_id = bring(desk)
    verb, states = STEPS[step]
    options = {"reason": WHY} if step == "undo" else {}
    for state in BatchState:
        set_state(desk, batch_id, state)
        if state in states:
            desk.do(verb, batch_id, **options)
        else:
            with pytest.raises(Conflict, match=state.label):
                desk.do(verb, batch_id, **options)


def set_state(desk, batch_id, state):
    with writing(desk.engine) as session:
        session.get(ImportBatch, batch_id).state = state


@pytest.mark.parametrize("step", ["stop", "back_again"])
def test_only_a_manager_may_stop_or_take_back(desk, step):
    with writing(desk.engine) as session:
        reviewer = factories.actor(session, desk.people.base, Role.RESEARCHER)
    with pytest.raises(NotAllowed):
        desk.do(STEPS[step][0], bring(desk), by=reviewer.id)


def test_rows_are_kept_with_the_digest_of_what_they_would_write(desk):
    bring(desk)
    digests = [row.digest for row in desk.all(ImportRow)]
    assert len(set(digests)) == ROWS
    assert all(len(digest) == 32 for digest in digests)


# --- given up -------------------------------------------------------------------------------------


def test_a_batch_whose_every_try_is_cut_off_is_taken_back_and_told(desk, monkeypatch):
    batch_id = bring(desk)
    killed_at(monkeypatch, carrying, "perform", 3)
    with pytest.raises(KeyboardInterrupt):
        desk.apply(batch_id)
    with writing(desk.engine) as session:
        session.get(ImportBatch, batch_id).tries = 3
    batch = work_again(desk, batch_id, monkeypatch)
    assert batch.state is BatchState.BACKING
    assert "不再写入，已写入的行正在收回" in batch.message

    desk.work(batch_id, LATER + timedelta(minutes=5))
    assert (desk.batch(batch_id).state, standing(desk)) == (BatchState.UNDONE, [])
