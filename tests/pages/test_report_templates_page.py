"""报表模板 as a page: live data under a template, a changed one put in use, changes of a pack."""

from datetime import UTC, date, datetime

import pytest

from pilot.config import settings
from pilot.domain import report_template_files
from pilot.domain.people import Role
from pilot.domain.report_periods import PeriodKind, period_of
from pilot.domain.report_templates import ColumnType
from pilot.domain.vocabulary import Gate
from pilot.reports import packs
from pilot.reports.report_sources import SHAPES
from pilot.services import packs as freezing
from pilot.services.report_templates import TEMPLATES, save_template
from pilot.store import queries_packs
from pilot.store.engine import reading, writing
from tests import factories
from tests.pages.people_of import people_of


@pytest.fixture
def filled(engine):
    with writing(engine) as session:
        factories.before_gate(session, people_of(session), Gate.G2, name="示例催化剂中试")


def texts(app):
    groups = app.title, app.subheader, app.caption, app.markdown, app.info, app.error, app.success
    return "\n".join(item.value for group in groups for item in group)


def test_a_template_is_seen_on_live_data(open_page, filled):
    app = open_page("report_templates", Role.OFFICER)

    assert not app.exception
    app.selectbox(key="template-choice").set_value("R2").run()
    assert not app.exception
    assert app.query_params["template"] == "R2"
    assert "示例催化剂中试" in app.dataframe[0].value["项目名称"].tolist()
    app.text_input(key="period-R2").set_value("2026/13").run()
    assert "看不懂报告期" in texts(app)


def test_a_spoilt_file_is_refused_with_every_problem(open_page, filled):
    app = open_page("report_templates", Role.ADMIN, section="change")
    text = (TEMPLATES / "R2.json").read_text("utf-8")
    spoilt = text.replace('"field": "name"', '"field": "nothing"').replace("技术领域", "技术成熟度")
    app.file_uploader[0].upload("R2.json", spoilt.encode()).run()

    assert not app.exception
    assert "模板有 2 处问题" in texts(app)
    assert not app.button


def test_a_changed_template_is_put_in_use_as_a_new_version(open_page, filled, engine):
    app = open_page("report_templates", Role.ADMIN, section="change")
    text = (TEMPLATES / "R2.json").read_text("utf-8").replace('"项目名称"', '"中试项目"')
    app.file_uploader[0].upload("R2.json", text.encode()).run()
    next(one for one in app.text_input if one.label == "依据 *").set_value("示例文号")
    next(one for one in app.button if one.label == "启用这一版").click().run()

    assert not app.exception
    with reading(engine) as session:
        row = queries_packs.template(session, people_of(session).base.id, "R2")
    assert (row.version, "中试项目" in row.body) == (2, True)


def test_an_officer_brings_no_template_in(open_page, filled):
    app = open_page("report_templates", Role.OFFICER, section="change")
    assert not app.file_uploader


def test_what_has_changed_since_a_freeze_is_listed(open_page, filled, engine):
    now = datetime.now(UTC)
    app = open_page("report_templates", Role.OFFICER, section="packs")
    assert "还没有冻结的报表包" in texts(app)
    assert "pilot report" not in texts(app)
    with writing(engine) as session:
        people, folder = people_of(session), settings().attachments
        freezing.freeze(
            session, "R2", period_of(now.date(), PeriodKind.YEAR), by=people.manager, at=now,
            folder=folder, build=packs.build,
        )  # fmt: skip
    app.run()
    assert "与冻结时相同" in texts(app)


def test_a_link_to_a_template_or_a_pack_reproduces_the_view(open_page, filled, engine):
    app = open_page("report_templates", Role.OFFICER, template="R6", period="2026-03")
    assert app.selectbox(key="template-choice").value == "R6"
    assert app.text_input(key="period-R6").value == "2026-03"
    now = datetime.now(UTC)
    year = period_of(now.date(), PeriodKind.YEAR)
    with writing(engine) as session:
        made = [
            freezing.freeze(
                session, code, year, by=people_of(session).manager,
                at=now, folder=settings().attachments, build=packs.build, reason="示例理由",
            ).id
            for code in ("R2", "R5", "R2")
        ]  # fmt: skip
    for number in made:
        app = open_page("report_templates", Role.OFFICER, section="packs", pack=str(number))
        assert app.selectbox(key="pack-choice").value == str(number)
    named = dict(zip(made, reversed(app.selectbox(key="pack-choice").options), strict=True))
    assert [number for number in made if "已有新包" in named[number]] == [made[0]]


# --- 编辑模板 ------------------------------------------------------------------------------------


def field(app, label):
    kinds = (app.text_input, app.selectbox, app.multiselect, app.date_input, app.text_area)
    return next(one for kind in kinds for one in kind if one.label == label)


def press(app, label):
    next(one for one in app.button if one.label == label).click().run()
    assert not app.exception
    return app


def look_at(app, start, place):
    """Choose a column in the table, as a click does."""
    editing = app.session_state[f"template-editing-{start}"]
    app.session_state[editing.key("columns")] = {"selection": {"rows": [place]}}
    editing.at = place
    return app.run()


def in_use(engine, code):
    with reading(engine) as session:
        row = queries_packs.template(session, people_of(session).base.id, code)
    return row and (row.version, row.document_number, report_template_files.read(row.body))


def test_a_column_is_changed_and_moved_in_the_browser(open_page, filled, engine):
    app = open_page("report_templates", Role.ADMIN, section="edit", **{"from": "R2"})
    _, _, before = in_use(engine, "R2")
    look_at(app, "R2", 1)
    field(app, "第一级表头 *").set_value("基本情况").run()
    field(app, "第二级表头").set_value("项目").run()
    field(app, "必填").set_value("when").run()
    field(app, "取哪些值时必填").set_value("在研，暂停").run()
    press(app, "下移")
    field(app, "文号").set_value("示例〔2026〕1号").run()
    field(app, "有效期止").set_value(date(2027, 12, 31)).run()
    assert app.dataframe[0].value["表头"][2] == "基本情况 / 项目"
    press(app, "启用为新的一版")
    assert "必须写明依据" in texts(app)
    field(app, "依据 *").set_value("示例通知").run()
    press(app, "启用为新的一版")

    version, number, after = in_use(engine, "R2")
    assert (version, number, after.valid_to) == (2, "示例〔2026〕1号", date(2027, 12, 31))
    assert after.columns[2].heading == ("基本情况", "项目")
    assert after.columns[2].required.words == ("在研", "暂停")
    assert after.columns[1] == before.columns[2]
    assert len(after.columns) == len(before.columns)


def test_what_is_wrong_is_told_at_the_field_and_nothing_typed_is_lost(open_page, filled):
    app = open_page("report_templates", Role.ADMIN, section="edit", **{"from": "R2"})
    look_at(app, "R2", 1)
    field(app, "类型 *").set_value(ColumnType.MONEY).run()
    field(app, "表名 *").set_value("示例新表名").run()

    [told] = [one.value for one in app.markdown if one.value.startswith(":red[")]
    assert "不能按金额" in told
    assert app.dataframe[0].value["问题"].tolist()[:3] == ["", "⚠ 须改", ""]
    assert next(one for one in app.button if one.label == "启用为新的一版").disabled
    app.query_params["section"] = "templates"
    assert "示例新表名" not in texts(app.run())
    app.query_params["section"] = "edit"
    assert field(app.run(), "表名 *").value == "示例新表名"
    press(app, "放弃改动，重新载入")
    assert field(app, "表名 *").value == "项目台账"


def test_a_draft_outlives_the_browser_and_is_continued_or_discarded(open_page, engine):
    def again():
        return open_page("report_templates", Role.ADMIN, section="edit", **{"from": "R2"})

    app = again()
    field(app, "表名 *").set_value("示例草稿").run()
    field(app, "签名栏").set_value("甲").run()
    look_at(app, "R2", 1)
    press(app, "删除此列")

    app = again()
    assert "没有启用的草稿，改自第 1 版" in " ".join(one.value for one in app.info)
    press(app, "继续编辑草稿")
    assert field(app, "表名 *").value == "示例草稿"
    assert field(app, "签名栏").value == "甲"
    number = len(in_use(engine, "R2")[2].columns)
    assert f"列（{number - 1}）" in texts(app)

    app = again()
    press(app, "放弃草稿")
    assert field(app, "表名 *").value == "项目台账"
    assert "没有启用的草稿" not in texts(again())
    assert in_use(engine, "R2")[0] == 1


def test_a_template_is_made_from_nothing_and_seen_on_live_data(open_page, filled, engine):
    app = open_page("report_templates", Role.ADMIN, section="edit", **{"from": "new"})
    assert "应有 1 至 200 个" in texts(app)
    field(app, "数据来源 *").set_value("projects").run()
    for name in ("code", "name", "budget"):
        field(app, "添加列：取自").set_value(name).run()
        press(app, "添加")
    press(app, "添加合计行")
    press(app, "添加校验")
    field(app, "模板代码 *").set_value("X1").run()
    field(app, "表名 *").set_value("示例简表").run()
    assert "示例催化剂中试" in app.dataframe[-1].value.iloc[0].tolist()
    press(app, "删除此列")
    assert "budget” 不在列中" in texts(app).replace("”不", "” 不")
    field(app, "添加列：取自").set_value("budget").run()
    press(app, "添加")

    field(app, "依据 *").set_value("示例通知").run()
    press(app, "启用为新的一版")
    version, _, made = in_use(engine, "X1")
    assert (version, [one.field for one in made.columns]) == (1, ["code", "name", "budget"])
    assert (made.totals[0].fields, made.checks[0].fields) == (("budget",), ("code",))
    assert app.selectbox(key="from-choice").value == "X1"


def test_a_version_that_somebody_else_made_meanwhile_is_not_run_over(open_page, filled, engine):
    app = open_page("report_templates", Role.ADMIN, section="edit", **{"from": "R2"})
    field(app, "表名 *").set_value("示例新表名").run()
    text = (TEMPLATES / "R2.json").read_text("utf-8").replace('"项目名称"', '"中试项目"')
    with writing(engine) as session:
        admin = factories.actor(session, people_of(session).base, Role.ADMIN)
        save_template(session, text, SHAPES, by=admin, at=datetime.now(UTC), reason="示例", after=1)
    field(app, "依据 *").set_value("示例通知").run()
    assert "现在在用的已是第 2 版" in " ".join(one.value for one in app.warning)
    press(app, "启用为新的一版")

    assert "已有第 2 版" in texts(app)
    assert field(app, "表名 *").value == "示例新表名"
    assert in_use(engine, "R2")[0] == 2
