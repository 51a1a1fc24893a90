"""项目详情, as a page: for managers who act, reviewers who judge, and those who only read."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlmodel import select

from pilot.config import settings
from pilot.domain.gates import MOVES
from pilot.domain.people import Role
from pilot.domain.vocabulary import EvidenceState, Gate, LandingLevel, Stage, State
from pilot.services import projects
from pilot.services.command import perform
from pilot.store import queries_gates
from pilot.store.engine import reading, writing
from pilot.store.models import Attachment, Evidence, PilotRun, Project, ProjectNote
from tests import factories
from tests.pages import staff
from tests.serving import Seed

PDF = b"%PDF-1.7 example"
TABS = ["概况", "阶段门", "材料", "成果", "产业化", "进展", "历史"]


@pytest.fixture
def seed() -> Seed:
    return staff.people_and_seconds


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(settings(), "data_dir", tmp_path)


def project(engine, gate=Gate.G0, **fields) -> int:
    """A committed project that stands before a gate; returns its id."""
    with writing(engine) as session:
        return factories.before_gate(session, staff.team(session), gate, **fields).id


def texts(app) -> str:
    kinds = (app.markdown, app.caption, app.text, app.title, app.subheader, app.success, app.error)
    found = [item.value for kind in kinds for item in kind]
    found += [item.value for kind in (app.info, app.warning, app.table) for item in kind]
    return "\n".join(str(value) for value in found).replace("\\", "").replace("\u2060", "")


def field(app, kind, label, form=""):
    return next(i for i in getattr(app, kind) if i.label == label and i.form_id.startswith(form))


def press(app, label, form=""):
    found = [b for b in app.button if b.label == label and (b.form_id or "").startswith(form)]
    return found[0].click().run()


def row(engine, project_id) -> Project:
    with reading(engine) as session:
        return session.get(Project, project_id)


def of(engine, kind, project_id) -> list:
    with reading(engine) as session:
        return list(session.exec(select(kind).where(kind.project_id == project_id)))


def tab(open_page, engine, name, project_id, role=Role.MANAGER, **query):
    app = open_page("project", role, id=str(project_id), tab=name, **query)
    assert not app.exception
    return app


# --- finding and reading ---


@pytest.mark.parametrize("asked", ["", "99", "abc", "-1"])
def test_what_is_not_there_is_one_sentence(open_page, asked):
    app = open_page("project", Role.MANAGER, id=asked)
    assert not app.exception
    assert [item.value for item in app.error] == [
        "没有找到这个项目；它可能属于其他基地，或链接有误，请从“项目台账”打开。"
    ]


def test_another_bases_project_is_as_good_as_missing(open_page, engine):
    with writing(engine) as session:
        stranger = factories.project(session, factories.team(session, "YK"), name="营口项目").id
    app = open_page("project", Role.MANAGER, id=str(stranger))
    assert "没有找到这个项目" in texts(app)
    assert "营口项目" not in texts(app)


def test_the_province_reads_every_base(open_page, engine):
    with writing(engine) as session:
        stranger = factories.project(session, factories.team(session, "YK"), name="营口项目").id
    app = open_page("project", Role.PROVINCE, id=str(stranger))
    assert "营口项目" in texts(app)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.REVIEWER, Role.PROVINCE])
def test_every_tab_opens_for_every_reader(open_page, engine, role):
    project_id = project(engine, Gate.G4)
    for name in TABS:
        tab(open_page, engine, name, project_id, role)


def test_a_link_opens_one_paper(open_page, engine):
    app = tab(open_page, engine, "材料", project(engine, Gate.G1), paper="D02")
    assert "D02 小试报告及数据" in texts(app)
    chooser = next(item for item in app.selectbox if item.label == "办理或查看一份材料")
    assert chooser.value == "D02"


def test_what_is_done_with_a_paper_stands_before_the_long_list(open_page, engine):
    app = tab(open_page, engine, "材料", project(engine, Gate.G1), paper="D02")
    drawn = [(item.type, getattr(item, "label", "")) for item in app.main]
    table = next(place for place, (kind, _) in enumerate(drawn) if "data" in kind)
    assert drawn.index(("selectbox", "办理或查看一份材料")) < table


def test_a_closed_tab_costs_nothing(open_page, engine):
    app = tab(open_page, engine, "概况", project(engine, Gate.G2))
    assert not app.dataframe


@pytest.mark.parametrize("role", [Role.PROVINCE, Role.OFFICER, Role.ADMIN])
def test_a_reader_is_offered_no_action(open_page, engine, role):
    app = open_page("project", role, id=str(project(engine, Gate.G2)))
    assert not [b.label for b in app.button if b.form_id]
    assert not app.text_area


def test_the_head_says_stage_gate_owner_and_why_the_light_is_on(open_page, engine):
    app = open_page("project", Role.MANAGER, id=str(project(engine, Gate.G2)))
    said = texts(app)
    assert "G2 准入投料" in said
    assert "示例负责人" in said
    assert "G2 没有计划日期" in said
    assert "D05 中试方案（目标值、批次、物料、投料量、终止条件）：缺" in said


def test_a_gate_passed_on_the_day_of_registration_stands_in_the_chain(open_page, engine):
    with writing(engine) as session:
        people = staff.team(session)
        row = factories.project(session, people)
        review = factories.round_at(session, people, row, on=date(2026, 1, 5))
        factories.prove(session, people, review)
        factories.decide(session, people, review, held_on=date(2026, 1, 5))
        project_id = row.id
    said = texts(open_page("project", Role.MANAGER, id=str(project_id)))
    assert "◆ G0" in said
    assert "登记前" not in said


def test_between_two_gates_the_head_names_the_next_step(open_page, engine):
    with writing(engine) as session:
        people = staff.team(session)
        row = factories.before_gate(session, people, Gate.G3)
        factories.pass_gate(session, people, row, on=date(2026, 4, 10))
        project_id = row.id
    said = texts(open_page("project", Role.MANAGER, id=str(project_id)))
    assert "下一步" in said
    assert "**转入本地产业化**" in said


def test_names_are_shown_letter_for_letter(open_page, engine):
    app = open_page(
        "project", Role.MANAGER, id=str(project(engine, name="**甲** $x$ [链](http://e)"))
    )
    assert "**甲** $x$ [链](http://e)" in texts(app)


def test_a_project_not_registered_then_says_so(open_page, engine):
    app = open_page("project", Role.MANAGER, id=str(project(engine)), as_of="2026-01-04")
    assert "这个项目还没有登记" in texts(app)


def test_a_past_view_shows_the_stage_of_then_and_offers_nothing(open_page, engine):
    project_id = project(engine, Gate.G2)
    app = tab(open_page, engine, "阶段门", project_id, as_of="2026-02-05")
    assert "概念验证 · 待评审" in texts(app)
    assert "G1 概念验证" not in [item.value for item in app.text]
    assert not app.text_area


# --- moves ---


def at_work(open_page, project_id, login="manager"):
    """The page of the project with every move drawn."""
    app = open_page("project", login=login, id=str(project_id))
    app.session_state["moves"] = True
    return app.run()


def popovers(app) -> dict[str, object]:
    return {block.proto.popover.label: block.proto.popover for block in blocks(app.main)}


def blocks(node):
    for child in getattr(node, "children", {}).values():
        if getattr(child, "type", "") == "popover":
            yield child
        yield from blocks(child)


def test_every_move_of_the_table_is_shown_and_a_refused_one_says_why(open_page, engine):
    shown = popovers(at_work(open_page, project(engine, Gate.G2)))
    titles = {move.title for move in MOVES.values()} - {"提交评审", "作废"}
    assert titles | {"提交 G2 评审", "申请作废"} <= shown.keys()
    assert shown["中试准入"].disabled
    assert "不能“中试准入”" in shown["中试准入"].help
    assert not shown["暂停"].disabled


def test_one_primary_button_leads_on(open_page, engine):
    shown = popovers(at_work(open_page, project(engine, Gate.G2)))
    assert [label for label, popover in shown.items() if popover.type == "primary"] == [
        "提交 G2 评审"
    ]


def test_a_project_between_two_gates_is_told_what_the_next_move_lacks(open_page, engine):
    with writing(engine) as session:
        people = staff.team(session)
        found = factories.before_gate(session, people, Gate.G1)
        factories.pass_gate(session, people, found, on=date(2026, 2, 1))
        project_id = found.id
    app = at_work(open_page, project_id)
    assert "下一步：中试准入" in texts(app)
    assert "D06 中试服务/合作协议尚未合格" in texts(app)
    assert popovers(app)["中试准入"].disabled


def test_the_other_moves_are_drawn_once_they_are_asked_for(open_page, engine):
    app = open_page("project", Role.MANAGER, id=str(project(engine, Gate.G2)))
    assert [title for title in popovers(app) if "评审" in title] == ["提交 G2 评审"]
    assert "暂停" not in popovers(app)


def test_submitting_opens_the_round(open_page, engine):
    project_id = project(engine, Gate.G1)
    app = at_work(open_page, project_id)
    press(app, "确认：提交 G1 评审")
    assert row(engine, project_id).state is State.AWAITING


def test_a_pause_needs_a_reason_and_keeps_it_typed(open_page, engine):
    project_id = project(engine)
    app = at_work(open_page, project_id)
    app = press(app, "确认：暂停")
    assert "必须填写理由" in texts(app)
    field(app, "text_area", "理由 *", "move-pause").input("等待设备")
    app = press(app, "确认：暂停")
    assert row(engine, project_id).state is State.PAUSED
    assert "已办理：暂停" in texts(app)


def test_two_people_void_a_project(open_page, engine):
    project_id = project(engine)
    app = at_work(open_page, project_id)
    field(app, "text_area", "理由 *", "move-void").input("重复登记")
    app = press(app, "确认：申请作废")
    assert popovers(app)["确认作废"].disabled
    second = at_work(open_page, project_id, "manager2")
    field(second, "text_area", "理由 *", "move-void").input("属实")
    press(second, "确认：确认作废")
    assert row(engine, project_id).state is State.VOIDED


def test_a_merge_names_the_other_project_by_its_code(open_page, engine):
    first, second = project(engine), None
    with writing(engine) as session:
        second = factories.project(session, staff.team(session), name="同一技术").id
    app = at_work(open_page, second)
    field(app, "text_input", "合并到哪个项目（编号） *").input("ZS-2026-999")
    field(app, "text_area", "理由 *", "move-merge").input("同一技术")
    app = press(app, "确认：合并")
    assert "没有找到这条项目" in texts(app)
    field(app, "text_input", "合并到哪个项目（编号） *").input(row(engine, first).code)
    press(app, "确认：合并")
    assert row(engine, second).merged_into_id == first


def test_a_page_that_somebody_overtook_is_refused(open_page, engine):
    project_id = project(engine)
    app = at_work(open_page, project_id)
    field(app, "text_area", "理由 *", "move-pause").input("等待设备")
    people = staff.people(engine)
    perform(engine, projects.note, project_id, "他人补记", by=people.decider.id, now=factories.NOON)
    app = press(app, "确认：暂停")
    assert "修改了这条记录" in texts(app)
    assert row(engine, project_id).state is State.ACTIVE
    press(app, "确认：暂停")
    assert row(engine, project_id).state is State.PAUSED


# --- notes, facts, plans ---


def test_a_note_is_added_once_and_shown_on_top(open_page, engine):
    project_id = project(engine)
    app = open_page("project", Role.REVIEWER, id=str(project_id))
    field(app, "text_area", "进展 *").input("设备**到货**")
    app = press(app, "保存进展")
    assert "设备**到货**" in texts(app)
    assert [note.text for note in of(engine, ProjectNote, project_id)] == ["设备**到货**"]


def test_the_same_words_on_a_new_page_are_the_same_note(open_page, engine):
    """The server was killed and its answer lost: who writes again writes nothing twice."""
    project_id = project(engine)
    for text in ("设备到货", "设备到货", "设备调试"):
        app = open_page("project", Role.REVIEWER, id=str(project_id))
        field(app, "text_area", "进展 *").input(text)
        app = press(app, "保存进展")
        assert "已记录进展。" in texts(app)
    assert [note.text for note in of(engine, ProjectNote, project_id)] == ["设备到货", "设备调试"]


def test_editing_starts_from_what_is_recorded(open_page, engine):
    project_id = project(engine, budget=Decimal("120.00"))
    app = open_page("project", Role.MANAGER, id=str(project_id))
    app.session_state["edit"] = True
    app.run()
    assert field(app, "text_input", "项目名称 *").value == "示例催化剂中试"
    field(app, "text_input", "预算（万元）").input("150.5")
    field(app, "text_input", "修改理由").input("追加预算")
    app = press(app, "保存修改")
    assert "项目信息已修改" in texts(app)
    assert row(engine, project_id).budget == Decimal("150.50")


def test_an_edit_with_errors_names_them_and_keeps_what_was_typed(open_page, engine):
    app = open_page("project", Role.MANAGER, id=str(project(engine)))
    app.session_state["edit"] = True
    app.run()
    field(app, "text_input", "项目名称 *").input(" ")
    field(app, "text_input", "预算（万元）").input("很多")
    app = press(app, "保存修改")
    assert "项目名称未填写" in texts(app)
    assert "预算（万元）" in texts(app)
    assert field(app, "text_input", "预算（万元）").value == "很多"


def test_a_gate_is_planned_and_replanned_with_a_reason(open_page, engine):
    project_id = project(engine)
    app = tab(open_page, engine, "阶段门", project_id)
    field(app, "date_input", "计划日期", "plan").set_value(date(2030, 1, 1))
    app = press(app, "保存计划")
    field(app, "date_input", "计划日期", "plan").set_value(date(2030, 2, 1))
    app = press(app, "保存计划")
    assert "调整计划必须填写理由" in texts(app)
    with reading(engine) as session:
        assert queries_gates.plans(session, project_id)[Gate.G0].planned_on == date(2030, 1, 1)


# --- papers ---


def paper(app, code):
    chooser = app.selectbox(key="paper")
    return chooser.select(next(o for o in chooser.options if o.startswith(code))).run()


def test_a_paper_is_handed_in_with_its_file(open_page, engine):
    project_id = project(engine, Gate.G1)
    app = paper(tab(open_page, engine, "材料", project_id), "D02")
    app.file_uploader[0].upload("小试报告.pdf", PDF, "application/pdf")
    app = press(app, "交材料", "hand-in")
    assert "已交 D02" in texts(app)
    stored = of(engine, Evidence, project_id)[-1]
    with reading(engine) as session:
        file = session.get(Attachment, stored.attachment_id)
    assert (stored.state, file.name) == (EvidenceState.SUBMITTED, "小试报告.pdf")
    assert app.dataframe[0].value["附件"].dropna().tolist() == [f"/files/{file.id}#小试报告.pdf"]


def test_a_file_that_lies_about_itself_is_refused_and_nothing_is_saved(open_page, engine):
    project_id = project(engine, Gate.G1)
    app = paper(tab(open_page, engine, "材料", project_id), "D02")
    app.file_uploader[0].upload("小试报告.pdf", b"MZ program", "application/pdf")
    app = press(app, "交材料", "hand-in")
    assert "这是程序文件" in texts(app)
    assert "D02" not in {each.doc_code for each in of(engine, Evidence, project_id)}


def test_who_handed_it_in_cannot_judge_it_and_a_reviewer_can(open_page, engine):
    project_id = project(engine, Gate.G1)
    app = paper(tab(open_page, engine, "材料", project_id), "D02")
    app = press(app, "交材料", "hand-in")
    judge = popovers(app)["核验"]
    assert (judge.disabled, judge.help) == (True, "不能核验自己交的材料")
    reviewer = paper(tab(open_page, engine, "材料", project_id, Role.REVIEWER), "D02")
    press(reviewer, "确认核验", "judge")
    assert of(engine, Evidence, project_id)[-1].state is EvidenceState.QUALIFIED


def test_a_required_paper_cannot_be_waived_on_the_page(open_page, engine):
    app = paper(tab(open_page, engine, "材料", project(engine, Gate.G1)), "D02")
    waive = popovers(app)["不适用"]
    assert (waive.disabled, waive.help) == (True, "必需材料不能标为不适用")


def test_the_province_gets_no_link_to_a_file(open_page, engine):
    project_id = project(engine, Gate.G1)
    app = paper(tab(open_page, engine, "材料", project_id), "D02")
    app.file_uploader[0].upload("小试报告.pdf", PDF, "application/pdf")
    press(app, "交材料", "hand-in")
    reader = tab(open_page, engine, "材料", project_id, Role.PROVINCE)
    assert "/files/" not in reader.dataframe[0].value.to_string()


# --- runs and plants ---


def test_a_run_is_recorded_in_the_pilot_stage_only(open_page, engine):
    early = tab(open_page, engine, "进展", project(engine, Gate.G1))
    assert popovers(early)["登记运行批次"].disabled
    with writing(engine) as session:
        people = staff.team(session)
        session.info["clock"] = factories.NOON.replace(hour=8)
        project_id = factories.before_gate(session, people, Gate.G2, name="第二个").id
    app = tab(open_page, engine, "进展", project_id)
    field(app, "text_input", "批次号 *").input("P-01")
    field(app, "number_input", "连续运行（小时）").set_value(96.5)
    app = press(app, "保存批次")
    assert "已登记批次 P-01" in texts(app)
    assert of(engine, PilotRun, project_id)[0].continuous_hours == Decimal("96.5")


def test_a_level_is_entered_by_one_and_verified_by_another(open_page, engine):
    project_id = project(engine, Gate.G4)
    app = tab(open_page, engine, "产业化", project_id)
    proof = [i for i in app.text_input if i.label == "证明材料 *" and "L5" in i.form_id]
    proof[0].input("达产验收意见")
    app = press(app, "登记 L5")
    assert "等待他人核实" in texts(app)
    verify = next(b for b in app.button if b.label == "核实")
    assert verify.disabled
    reviewer = tab(open_page, engine, "产业化", project_id, Role.REVIEWER)
    reviewer = press(reviewer, "核实")
    assert "已核实 L5 达产" in texts(reviewer)
    with reading(engine) as session:
        plants = queries_gates.landings(session, project_id)
        steps = queries_gates.steps(session, [plant.id for plant in plants])
    assert [s.verified_by is not None for s in steps if s.level is LandingLevel.L5] == [True]


# --- history ---


def test_the_history_tells_changes_in_words(open_page, engine):
    project_id = project(engine, budget=Decimal(100))
    with reading(engine) as session:
        people = staff.team(session)
        stored = session.get(Project, project_id)
        draft = projects.draft_of(stored, ())
    perform(
        engine, projects.edit, project_id, replace(draft, budget=Decimal(150)),
        by=people.decider.id, now=factories.NOON, reason="追加预算",
    )  # fmt: skip
    said = texts(tab(open_page, engine, "历史", project_id, Role.PROVINCE))
    assert "修改项目" in said
    assert "预算（万元）：100.00 → 150.00" in said
    assert "理由：追加预算" in said


def test_an_accepted_project_lands_from_the_page(open_page, engine):
    with writing(engine) as session:
        people = staff.team(session)
        found = factories.before_gate(session, people, Gate.G3)
        factories.pass_gate(session, people, found, on=date(2026, 4, 10))
        plant = factories.plant(session, people, found)
        factories.level(session, people, plant, LandingLevel.L1)
        project_id = found.id
    app = open_page("project", Role.MANAGER, id=str(project_id))
    press(app, "确认：转入本地产业化")
    assert row(engine, project_id).stage is Stage.INDUSTRY
