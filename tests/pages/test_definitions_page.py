"""口径与目标 as a page: who reads, who changes, what is seen before it is saved."""

from datetime import date

import pytest

from pilot.domain.people import Role
from pilot.domain.vocabulary import AdmissionEvent, Gate
from pilot.store import queries_counting, queries_goals, queries_submissions
from pilot.store.engine import reading, writing
from tests import factories
from tests.pages.people_of import people_of

FORMS = {
    "definitions": "预览变化",
    "targets": "保存目标",
    "filings": "登记为已上报",
    "checklists": "保存",
    "review": "保存审核规则",
    "codes": "保存",
}


@pytest.fixture
def filled(engine):
    with writing(engine) as session:
        factories.before_gate(session, people_of(session), Gate.G2, name="示例催化剂中试")


def words(app):
    """Everything the page says outside tables."""
    shown = [app.title, app.subheader, app.markdown, app.text, app.caption, app.info]
    shown += [app.success, app.warning, app.error]
    return "\n".join(item.value for group in shown for item in group)


def labelled(app, label):
    """The input with this label, of whatever kind."""
    groups = [app.text_input, app.text_area, app.selectbox, app.date_input, app.number_input]
    return next(item for group in groups for item in group if item.label == label)


def press(app, label):
    return next(button for button in app.button if button.label == label).click().run()


def has_button(app, label):
    return any(button.label == label for button in app.button)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.RESEARCHER, Role.PROVINCE])
def test_others_have_no_such_page(open_page, role):
    app = open_page("definitions", role)

    assert not any(title.value == "口径与目标" for title in app.title)


@pytest.mark.parametrize(
    ("role", "writes"),
    [
        (Role.ADMIN, {"definitions", "targets", "checklists", "review", "codes"}),
        (Role.MANAGER, {"targets", "filings"}),
        (Role.OFFICER, {"filings"}),
    ],
)
def test_definers_read_every_section_and_see_the_forms_they_may_use(open_page, role, writes):
    opened = {section: open_page("definitions", role, section=section) for section in FORMS}

    assert not any(app.exception for app in opened.values())
    assert all(app.title[0].value == "口径与目标" for app in opened.values())
    assert {name for name, app in opened.items() if has_button(app, FORMS[name])} == writes


def test_nothing_can_be_written_in_a_past_view(open_page):
    app = open_page("definitions", Role.ADMIN, as_of="2026-01-01")

    assert not has_button(app, "预览变化")


def fill_in(app, reason="市科技局〔2026〕1号"):
    labelled(app, "生效日期 *").set_value(date(2026, 1, 1))
    labelled(app, "准入口径").set_value(AdmissionEvent.FIRST_FEED)
    labelled(app, "变更依据 *").set_value(reason)
    return press(app, "预览变化")


def test_a_new_definition_is_previewed_with_the_units_it_takes_out_and_saves_nothing(
    open_page, filled, engine
):
    app = fill_in(open_page("definitions", Role.ADMIN))

    said = words(app)
    assert "新增中试项目 · 全市 · 2026：1 → 0" in said
    assert "这 1 个将不再计入：ZS-2026-001 示例催化剂中试" in said
    with reading(engine) as session:
        assert {row.version for row in queries_counting.definitions(session, 1)} == {1}


def test_a_previewed_definition_is_saved_and_the_preview_goes(open_page, filled, engine):
    app = fill_in(open_page("definitions", Role.ADMIN))
    app.button(key="definition-save").click().run()

    assert "已保存新增中试项目的新口径" in words(app)
    assert not has_button(app, "保存这一版口径")
    with reading(engine) as session:
        assert queries_goals.last_version(session, 1, "M1") == 2


def test_a_refused_definition_says_why_and_keeps_what_was_typed(open_page, filled):
    app = fill_in(open_page("definitions", Role.ADMIN), reason="")

    assert "变更口径必须写明依据" in words(app)
    assert not has_button(app, "保存这一版口径")
    assert labelled(app, "生效日期 *").value == date(2026, 1, 1)


def test_a_manager_sets_a_goal_with_its_source(open_page, engine):
    app = open_page("definitions", Role.MANAGER, section="targets")
    labelled(app, "目标（不少于）*").set_value(10)
    labelled(app, "目标出处 *").set_value("政府工作报告")
    press(app, "保存目标")

    assert "已保存" in words(app)
    with reading(engine) as session:
        [row] = queries_goals.targets(session, 1)
    assert (row.goal, row.source) == (10, "政府工作报告")


def test_a_goal_without_source_is_refused_and_keeps_the_number(open_page, engine):
    app = open_page("definitions", Role.MANAGER, section="targets")
    labelled(app, "目标（不少于）*").set_value(10)
    press(app, "保存目标")

    assert "目标出处未填写。请填写后再提交。" in words(app).replace("\\", "")
    assert labelled(app, "目标（不少于）*").value == 10


def test_an_officer_reports_a_year(open_page, engine):
    app = open_page("definitions", Role.OFFICER, section="filings")
    labelled(app, "上报情况 *").set_value("已报市科技局")
    press(app, "登记为已上报")

    assert "为已上报" in words(app)
    with reading(engine) as session:
        assert len(queries_goals.filed_years(session, 1)) == 1


def test_an_administrator_adds_a_code(open_page, engine):
    app = open_page("definitions", Role.ADMIN, section="codes")
    labelled(app, "代码表").set_value("fields").run()
    labelled(app, "代码 *").set_value("hydrogen")
    labelled(app, "名称 *").set_value("氢能材料")
    press(app, "保存")

    assert "已保存代码" in words(app)
    assert "氢能材料" in list(app.dataframe[0].value["label"])


def test_an_administrator_adds_a_line_to_a_checklist(open_page, engine):
    app = open_page("definitions", Role.ADMIN, section="checklists", gate="G3")
    labelled(app, "编号 *").set_value("G3-X1")
    labelled(app, "内容 *").set_value("示例附加准则")
    press(app, "保存")

    assert "已保存检查单" in words(app)
    assert "示例附加准则" in list(app.dataframe[0].value["text"])


def test_an_administrator_changes_a_line_and_its_code_stays(open_page, engine):
    app = open_page("definitions", Role.ADMIN, section="checklists", gate="G3")
    code = app.dataframe[0].value["code"][0]
    app.session_state["checklist-G3-general"] = {"selection": {"rows": [0]}}
    app.run()
    labelled(app, "内容 *").set_value("示例改后的内容")
    press(app, "保存")

    assert "已保存检查单" in words(app)
    [row] = [row for row in app.dataframe[0].value.to_dict("records") if row["code"] == code]
    assert row["text"] == "示例改后的内容"


def test_an_administrator_changes_the_rules_of_review_for_a_reason(open_page, engine):
    app = open_page("definitions", Role.ADMIN, section="review")
    labelled(app, "双人核实金额（万元）*").set_value("50")
    app.checkbox[0].check()
    press(app, "保存审核规则")
    assert "必须写明依据" in words(app)
    assert labelled(app, "双人核实金额（万元）*").value == "50"

    labelled(app, "改动依据 *").set_value("只有一家单位有审核人")
    press(app, "保存审核规则")
    assert "超过 **50.00** 万元" in words(app)
    assert "已允许审核人审核本单位的填报" in words(app)
    with reading(engine) as session:
        rules = queries_submissions.policy(session, 1)
    assert (rules.two_person_amount, rules.own_organisation) == (50, True)


def test_the_rules_of_review_are_read_by_those_who_do_not_write_them(open_page):
    app = open_page("definitions", Role.MANAGER, section="review")

    assert "超过 **100.00** 万元" in words(app)
    assert "审核人不审核本单位的填报" in words(app)
