"""A batch of an import: checked first, applied as a whole, undone as a whole; the journal knows."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from openpyxl import Workbook
from sqlmodel import select

from pilot.domain.arrangement import Arrangement
from pilot.domain.errors import Conflict, GuardFailed, Invalid, NotAllowed, Refused
from pilot.domain.import_columns import ImportKind
from pilot.domain.importing import BatchState
from pilot.domain.people import Role
from pilot.domain.vocabulary import Gate, State
from pilot.services import attachments, importing, projects
from pilot.services.command import perform
from pilot.services.importing import batches
from pilot.services.importing.undoing import by_two
from pilot.services.sheets import arranged, read_sheet
from pilot.store import queries_imports
from pilot.store.engine import reading, writing
from pilot.store.models import (
    ImportBatch,
    ImportMapping,
    ImportProblem,
    ImportRow,
    JournalEntry,
    Notice,
    Organisation,
    Project,
    Result,
)
from tests import factories
from tests import factories_registry as registry
from tests.services.test_importing import LATER, as_csv, project_row, result_row

UNDO = LATER + timedelta(hours=1)
WHY = "示例撤销理由"


@pytest.fixture
def people(engine):
    """A base with code lists, a unit, an institute and a person to name."""
    with writing(engine) as session:
        team = factories.team(session)
        registry.organisation(session, team, name="示例化工有限公司")
        registry.institute(session, team, name="示例研究所（大连）")
        registry.person(session, team, name="张工")
    return team


@pytest.fixture
def desk(engine, people, tmp_path):
    """`desk.bring(kind, data)` stages a file and checks it; the other steps are verbs too."""
    return Desk(engine, people, tmp_path / "files")


class Desk:
    def __init__(self, engine, people, folder):
        self.engine, self.people, self.folder = engine, people, folder

    def bring(self, kind, data, name="示例.csv", source="", now=LATER) -> int:
        stored = attachments.keep(self.folder, data, shown_name=name, limit_bytes=10**7)
        done = self.do(importing.stage, kind, file=stored, source=source, now=now)
        self.work(done.subject_id, now)
        return done.subject_id

    def work(self, batch_id, now=LATER):
        importing.work(self.engine, self.folder, batch_id, lambda: now)

    def do(self, step, *args, now=LATER, by=None, **options):
        by = by or self.people.manager.id
        return perform(self.engine, step, *args, by=by, now=now, **options)

    def apply(self, batch_id, now=LATER):
        self.do(importing.queue, batch_id, now=now)
        self.work(batch_id, now)
        return self.batch(batch_id)

    def undo(self, batch_id, now=UNDO):
        if by_two(self.batch(batch_id)):
            second = self.people.decider.id
            self.do(importing.ask_undo, batch_id, reason=WHY, now=now, by=second)
        return self.do(importing.undo, batch_id, reason=WHY, now=now)

    def batch(self, batch_id) -> ImportBatch:
        with reading(self.engine) as session:
            return session.get(ImportBatch, batch_id)

    def all(self, kind):
        with reading(self.engine) as session:
            return list(session.exec(select(kind).order_by(kind.id)))

    def actions(self):
        return [entry.action for entry in self.all_entries()]

    def all_entries(self):
        with reading(self.engine) as session:
            return list(session.exec(select(JournalEntry).order_by(JournalEntry.sequence)))

    def told(self, hard=True):
        return [(p.row, p.column, p.rule) for p in self.all(ImportProblem) if p.hard is hard]


def unit_row(**fields) -> dict:
    return {
        "单位名称": "示例新材料厂",
        "单位类型": "企业",
        "简称": "新材料厂",
        "统一社会信用代码": registry.uscc(77),
    } | fields


# --- checking ------------------------------------------------------------------------------------


def test_a_checked_file_has_changed_no_record_and_survives_the_page(desk):
    batch_id = desk.bring(ImportKind.PROJECTS, as_csv([project_row()]))

    batch = desk.batch(batch_id)
    assert (batch.state, batch.new, batch.total, batch.hard) == (BatchState.CHECKED, 1, 1, 0)
    assert desk.all(Project) == []
    assert desk.actions() == ["import.stage"]


def test_every_problem_is_kept_with_its_row_column_rule_and_remedy(desk):
    rows = [project_row(项目经理="李工"), project_row(项目编号="ZS-2026-002", 项目名称="")]
    batch_id = desk.bring(ImportKind.PROJECTS, as_csv(rows))

    assert desk.told() == [(2, "项目经理", "person-unknown"), (3, "项目名称", "required")]
    assert all(problem.message and problem.remedy for problem in desk.all(ImportProblem))
    assert (desk.batch(batch_id).refused, desk.batch(batch_id).hard) == (2, 2)
    with pytest.raises(GuardFailed):
        desk.do(importing.queue, batch_id)


def test_old_stands_beside_new_in_words(desk):
    desk.apply(desk.bring(ImportKind.PROJECTS, as_csv([project_row()])))
    changed = project_row(**{"预算（万元）": "99", "成果持有方": "示例化工有限公司"})
    desk.bring(ImportKind.PROJECTS, as_csv([changed]))

    row = desk.all(ImportRow)[-1]
    assert '["成果持有方", "示例研究所（大连）", "示例化工有限公司"]' in row.differences
    assert '"120.50", "99.00"' in row.differences


def test_a_file_that_cannot_be_read_says_why(desk):
    batch_id = desk.bring(ImportKind.PROJECTS, '项目编号,项目名称\n"x'.encode())

    assert desk.batch(batch_id).state is BatchState.CHECKED
    assert desk.told() == [(2, None, "quote")]


def test_checking_again_leaves_no_trace_of_the_first_time(desk):
    batch_id = desk.bring(ImportKind.PROJECTS, as_csv([project_row(项目经理="李工")]))
    with writing(desk.engine) as session:
        registry.person(session, desk.people, name="李工")
    desk.do(importing.recheck, batch_id)
    desk.work(batch_id)

    assert (desk.batch(batch_id).hard, desk.told(), len(desk.all(ImportRow))) == (0, [], 1)


def test_two_workers_never_do_the_same_batch(desk):
    batch_id = desk.bring(ImportKind.PROJECTS, as_csv([project_row()]))
    desk.do(importing.queue, batch_id)
    with writing(desk.engine) as session:
        batch = session.get(ImportBatch, batch_id)
        batch.leased_until = LATER + timedelta(minutes=5)
    desk.work(batch_id)

    assert desk.all(Project) == []
    assert importing.waiting(desk.engine, LATER) == []
    assert importing.waiting(desk.engine, LATER + timedelta(minutes=6)) == [batch_id]


# --- applying ------------------------------------------------------------------------------------


def test_applying_is_one_entry_of_its_own(desk):
    batch = desk.apply(desk.bring(ImportKind.PROJECTS, as_csv([project_row()])))

    assert (batch.state, batch.applied_by_id) == (BatchState.APPLIED, desk.people.manager.id)
    assert [project.code for project in desk.all(Project)] == ["ZS-2026-001"]
    entry = desk.all_entries()[-1]
    assert (entry.action, entry.subject, entry.subject_id) == (
        "import.apply", "import_batch", batch.id,
    )  # fmt: skip
    assert entry.reason == "导入项目：新增 1、变更 0"


def test_what_changed_after_the_check_is_never_written_over(desk):
    desk.apply(desk.bring(ImportKind.PROJECTS, as_csv([project_row()])))
    batch_id = desk.bring(ImportKind.PROJECTS, as_csv([project_row(**{"预算（万元）": "99"})]))
    project = desk.all(Project)[0]
    draft = projects.draft_of(project, ())
    desk.do(projects.edit, project.id, type(draft)(**{**_fields(draft), "budget": Decimal(7)}))
    batch = desk.apply(batch_id)

    assert batch.state is BatchState.CHECKED
    assert batch.message == batches.STALE
    assert desk.all(Project)[0].budget == Decimal(7)


def _fields(draft):
    return {name: getattr(draft, name) for name in draft.__dataclass_fields__}


def test_a_cancelled_batch_is_never_applied(desk):
    batch_id = desk.bring(ImportKind.PROJECTS, as_csv([project_row()]))
    desk.do(importing.cancel, batch_id)

    with pytest.raises(Conflict):
        desk.do(importing.queue, batch_id)
    assert desk.all(Project) == []


def test_the_same_file_again_has_nothing_to_write(desk):
    data = as_csv([project_row()])
    desk.apply(desk.bring(ImportKind.PROJECTS, data))
    again = desk.bring(ImportKind.PROJECTS, data)

    assert desk.batch(again).unchanged == 1
    with pytest.raises(GuardFailed):
        desk.do(importing.queue, again)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.MANAGER])
def test_only_managers_bring_files(desk, role):
    with writing(desk.engine) as session:
        other = factories.actor(session, desk.people.base, role)
    stored = attachments.keep(
        desk.folder, as_csv([project_row()]), shown_name="x.csv", limit_bytes=10**6
    )
    with pytest.raises(NotAllowed):
        desk.do(importing.stage, ImportKind.PROJECTS, file=stored, by=other.id)


# --- undoing -------------------------------------------------------------------------------------


def test_an_undone_batch_leaves_the_records_as_they_were(desk):
    planned = {"下一阶段门": Gate.G0.label, "计划日期": "2026-09-01"}
    desk.apply(desk.bring(ImportKind.PROJECTS, as_csv([project_row()])))
    before = desk.all(Project)[0]
    rows = [project_row(项目名称="新名称") | {"预算（万元）": "99"} | planned]
    rows += [project_row(项目编号="ZS-2026-002", 项目名称="示例二") | dict.fromkeys(planned, "")]
    batch = desk.apply(desk.bring(ImportKind.PROJECTS, as_csv(rows)))
    assert batch.state is BatchState.APPLIED, batch.message
    desk.undo(batch.id)

    old, new = desk.all(Project)
    assert (old.name, old.budget, old.code) == (before.name, before.budget, "ZS-2026-001")
    assert new.state is State.VOIDED
    batch = desk.batch(batch.id)
    assert (batch.state, batch.undo_reason) == (BatchState.UNDONE, WHY)
    assert desk.actions()[-1] == "import.undo"


def test_the_corrected_file_goes_in_after_the_undoing(desk):
    data = as_csv([project_row()])
    desk.undo(desk.apply(desk.bring(ImportKind.PROJECTS, data)).id)
    batch = desk.apply(desk.bring(ImportKind.PROJECTS, data, now=UNDO), UNDO)

    assert batch.state is BatchState.APPLIED
    standing = [p.code for p in desk.all(Project) if p.state is not State.VOIDED]
    assert standing == ["ZS-2026-001"]


def test_results_and_units_can_be_undone_too(desk):
    rows = [result_row(), result_row(成果名称="示例二", 专利号="")]
    done = desk.apply(desk.bring(ImportKind.RESULTS, as_csv(rows)))
    assert done.state is BatchState.APPLIED, done.message
    desk.undo(done.id)
    assert all(result.voided_at for result in desk.all(Result))

    units = len(desk.all(Organisation))
    code = next(unit.uscc for unit in desk.all(Organisation) if unit.name == "示例化工有限公司")
    known = unit_row(单位名称="示例化工有限公司", 简称="示例化工", 统一社会信用代码=code)
    done = desk.apply(desk.bring(ImportKind.ORGANISATIONS, as_csv([unit_row(), known])))
    assert done.state is BatchState.APPLIED, done.message
    assert len(desk.all(Organisation)) == units + 1
    desk.undo(done.id)
    assert len(desk.all(Organisation)) == units
    assert "示例化工" not in {unit.short_name for unit in desk.all(Organisation)}


def test_a_record_changed_since_stands_in_the_way_by_its_row(desk):
    rows = [project_row(), project_row(项目编号="ZS-2026-002", 项目名称="示例二")]
    batch = desk.apply(desk.bring(ImportKind.PROJECTS, as_csv(rows)))
    second = desk.all(Project)[1]
    desk.do(projects.note, second.id, "示例进展", now=LATER + timedelta(minutes=1))

    with pytest.raises(Refused) as refused:
        desk.undo(batch.id)

    assert [(one.row, one.rule) for one in refused.value.problems] == [(3, "changed-since")]
    assert all(project.state is State.ACTIVE for project in desk.all(Project))
    assert desk.batch(batch.id).state is BatchState.APPLIED


def test_a_unit_that_is_named_since_stands_in_the_way(desk):
    batch = desk.apply(desk.bring(ImportKind.ORGANISATIONS, as_csv([unit_row()])))
    rows = [project_row(成果持有方="示例新材料厂")]
    desk.apply(desk.bring(ImportKind.PROJECTS, as_csv(rows)))

    with reading(desk.engine) as session:
        found = importing.obstacles(session, desk.people.manager, batch.id)
    assert [(one.row, one.rule) for one in found] == [(2, "named-since")]
    assert "项目" in found[0].message
    with pytest.raises(Refused):
        desk.undo(batch.id)


def test_a_package_and_its_parts_are_undone_together(desk):
    rows = [
        result_row() | {"成果编号": "CG-2026-0001", "所属成果包编号": ""},
        result_row(成果名称="部分", 专利号="")
        | {"成果编号": "CG-2026-0002", "所属成果包编号": "CG-2026-0001"},
    ]
    batch = desk.apply(desk.bring(ImportKind.RESULTS, as_csv(rows)))
    assert batch.state is BatchState.APPLIED, batch.message
    desk.undo(batch.id)

    assert all(result.voided_at for result in desk.all(Result))


def test_undoing_needs_a_reason_and_happens_once(desk):
    batch = desk.apply(desk.bring(ImportKind.PROJECTS, as_csv([project_row()])))
    with pytest.raises(Invalid):
        desk.do(importing.undo, batch.id, reason=" ", now=UNDO)
    desk.undo(batch.id)
    with pytest.raises(Conflict):
        desk.undo(batch.id)


# --- files as people make them -------------------------------------------------------------------

SHEET = [
    ["2026年中试项目台账", None, None, None, None],
    ["填报单位：示例中心", None, None, None, None],
    ["序号", "项目信息", None, "经费（元）", "开工"],
    [None, "编号", "项目名称", None, None],
    [1, "ＺＳ－2026－001", "示例一", "1205000", "2026/3"],
    [2, "ZS-2026-002", "示例二", "约99万元", "—"],
    ["合计", None, None, "1304999", None],
    ["注：示例数据", None, None, None, None],
]
COLUMNS = {
    "序号": None, "项目信息/编号": "code", "项目信息/项目名称": "name", "经费（元）": "budget",
    "开工": "stage_since",
}  # fmt: skip


def real_sheet(rows) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.active.merge_cells("A1:E1")
    book.active.merge_cells("B3:C3")
    book.active.merge_cells("A3:A4")
    book.save(file)
    return file.getvalue()


def test_a_real_sheet_is_read_once_its_headings_are_confirmed(desk):
    batch_id = desk.bring(ImportKind.PROJECTS, real_sheet(SHEET), "台账.xlsx")
    assert desk.batch(batch_id).state is BatchState.MAPPING
    desk.do(
        importing.confirm_mapping, batch_id, source="示例台账", where=Arrangement(3, 2),
        columns=COLUMNS,
    )  # fmt: skip
    desk.work(batch_id)
    batch = desk.batch(batch_id)
    assert (batch.state, batch.new, batch.hard) == (BatchState.CHECKED, 2, 0), desk.told()
    rules = {rule for _, _, rule in desk.told(hard=False)}
    assert rules >= {
        "row-above", "headings-joined", "header-passed-over", "read-loosely", "row-sum", "row-note",
    }  # fmt: skip
    desk.apply(batch_id)

    one, two = desk.all(Project)
    assert (one.code, one.budget, one.entered_on) == (
        "ZS-2026-001", Decimal("120.50"), date(2026, 3, 1),
    )  # fmt: skip
    assert two.budget == Decimal("99.00")


def test_the_next_file_of_a_source_goes_through_and_another_layout_is_asked_again(desk):
    batch_id = desk.bring(ImportKind.PROJECTS, real_sheet(SHEET), "台账.xlsx")
    confirm = {"source": "示例台账", "where": Arrangement(3, 2), "columns": COLUMNS}
    desk.do(importing.confirm_mapping, batch_id, **confirm)
    again = desk.bring(ImportKind.PROJECTS, real_sheet(SHEET), "台账.xlsx", source="示例台账")
    assert desk.batch(again).state is BatchState.CHECKED

    other = [[*row, "新列" if number == 2 else None] for number, row in enumerate(SHEET)]
    asked = desk.bring(ImportKind.PROJECTS, real_sheet(other), "台账.xlsx", source="示例台账")
    assert desk.batch(asked).state is BatchState.MAPPING
    confirm["columns"] = COLUMNS | {"新列": None}
    desk.do(importing.confirm_mapping, asked, **confirm)
    assert [mapping.version for mapping in desk.all(ImportMapping)] == [1, 2]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        pytest.param({"开工": "name"}, "都对应“项目名称”", id="twice"),
        pytest.param({"项目信息/项目名称": None}, "项目名称", id="a required one missing"),
        pytest.param({"开工": "password"}, "没有这样的列", id="no column of the catalogue"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(desk, columns, words):
    batch_id = desk.bring(ImportKind.PROJECTS, real_sheet(SHEET), "台账.xlsx")
    with pytest.raises(Invalid, match=words):
        desk.do(
            importing.confirm_mapping, batch_id, source="示例台账", where=Arrangement(3, 2),
            columns=COLUMNS | columns,
        )  # fmt: skip


def test_a_name_for_the_source_is_asked(desk):
    batch_id = desk.bring(ImportKind.PROJECTS, real_sheet(SHEET), "台账.xlsx")
    with pytest.raises(Invalid, match="来源名称"):
        desk.do(
            importing.confirm_mapping,
            batch_id,
            source=" ",
            where=Arrangement(3, 2),
            columns=COLUMNS,
        )


def test_nothing_is_proposed_without_being_asked(desk):
    """A heading that is only like a column's is never taken for it silently."""
    batch_id = desk.bring(ImportKind.ORGANISATIONS, as_csv([{"单位名": "甲", "单位类型": "企业"}]))

    assert desk.batch(batch_id).state is BatchState.MAPPING


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_text_files_of_every_kind_are_read(encoding, delimiter):
    text = as_csv([unit_row()], "utf-8").decode().replace(",", delimiter)
    table = arranged(read_sheet(text.encode(encoding), "单位.txt"), Arrangement())

    assert list(table.rows) == [(2, unit_row())]


# --- undoing by two ------------------------------------------------------------------------------


def test_voiding_the_projects_of_a_batch_takes_two_persons(desk):
    batch = desk.apply(desk.bring(ImportKind.PROJECTS, as_csv([project_row()])))
    with pytest.raises(GuardFailed, match="需要两人"):
        desk.do(importing.undo, batch.id, reason=WHY, now=UNDO)
    desk.do(importing.ask_undo, batch.id, reason=WHY, now=UNDO)
    assert [one.account_id for one in desk.all(Notice)] == [desk.people.decider.id]
    with pytest.raises(NotAllowed, match="第二人"):
        desk.do(importing.undo, batch.id, reason=WHY, now=UNDO)
    assert desk.all(Project)[0].state is State.ACTIVE

    desk.do(importing.undo, batch.id, reason=WHY, now=UNDO, by=desk.people.decider.id)
    assert desk.all(Project)[0].state is State.VOIDED
    assert desk.actions()[-1] == "import.undo"


def test_who_asked_takes_the_request_back_and_the_batch_stays(desk):
    batch = desk.apply(desk.bring(ImportKind.PROJECTS, as_csv([project_row()])))
    with pytest.raises(Conflict, match="没有等待确认"):
        desk.do(importing.withdraw_undo, batch.id, now=UNDO)
    desk.do(importing.ask_undo, batch.id, reason=WHY, now=UNDO)
    with pytest.raises(NotAllowed, match="申请人本人"):
        desk.do(importing.withdraw_undo, batch.id, now=UNDO, by=desk.people.decider.id)

    desk.do(importing.withdraw_undo, batch.id, now=UNDO)

    row = desk.batch(batch.id)
    assert (row.state, row.undo_asked_by_id, row.undo_reason) == (BatchState.APPLIED, None, None)
    with pytest.raises(GuardFailed, match="需要两人"):
        desk.do(importing.undo, batch.id, reason=WHY, now=UNDO, by=desk.people.decider.id)
    desk.undo(batch.id)
    assert desk.all(Project)[0].state is State.VOIDED


def test_only_what_voids_projects_asks_a_second_person(desk):
    desk.apply(desk.bring(ImportKind.PROJECTS, as_csv([project_row()])))
    changed = desk.apply(
        desk.bring(ImportKind.PROJECTS, as_csv([project_row(**{"预算（万元）": "9"})]))
    )
    with pytest.raises(Conflict, match="不需要第二人"):
        desk.do(importing.ask_undo, changed.id, reason=WHY, now=UNDO)

    desk.do(importing.undo, changed.id, reason=WHY, now=UNDO)
    assert desk.batch(changed.id).state is BatchState.UNDONE


# --- work that does not come to its end ----------------------------------------------------------


def cut_off(desk, batch_id, now):
    """A worker that took the batch and died."""
    with writing(desk.engine) as session:
        assert queries_imports.take(session, batch_id, now, now + importing.LEASE)


def test_a_bug_is_tried_three_times_then_told_and_never_tried_again(desk):
    stored = attachments.keep(
        desk.folder, as_csv([project_row()]), shown_name="x.csv", limit_bytes=10**7
    )
    batch_id = desk.do(importing.stage, ImportKind.PROJECTS, file=stored).subject_id
    for number in range(3):
        now = LATER + timedelta(minutes=number)
        assert importing.waiting(desk.engine, now) == [batch_id]
        cut_off(desk, batch_id, now)
        assert importing.broke(desk.engine, batch_id, f"beef{number}", now) is (number == 2)

    batch = desk.batch(batch_id)
    assert batch.state is BatchState.FAILED
    assert "beef2" in batch.message
    assert "重新检查" in batch.message
    assert importing.waiting(desk.engine, LATER + timedelta(days=1)) == []
    told = {(one.account_id, one.about_id) for one in desk.all(Notice)}
    assert (desk.people.manager.id, batch_id) in told
    desk.do(importing.recheck, batch_id)
    desk.work(batch_id)
    assert desk.batch(batch_id).state is BatchState.CHECKED


def test_a_batch_whose_worker_dies_is_taken_up_again_three_times_at_most(desk):
    stored = attachments.keep(
        desk.folder, as_csv([project_row()]), shown_name="x.csv", limit_bytes=10**7
    )
    batch_id = desk.do(importing.stage, ImportKind.PROJECTS, file=stored).subject_id
    now = LATER
    for _ in range(3):
        cut_off(desk, batch_id, now)
        assert importing.waiting(desk.engine, now) == []
        now += timedelta(minutes=2)
    desk.work(batch_id, now)

    assert desk.batch(batch_id).state is BatchState.FAILED
    assert "中断" in desk.batch(batch_id).message
