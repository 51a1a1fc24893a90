"""报表模板 as a page: live data under a template, a changed one put in use, changes of a pack."""

from datetime import UTC, datetime

import pytest

from pilot.config import settings
from pilot.domain.people import Role
from pilot.domain.report_periods import PeriodKind, period_of
from pilot.domain.vocabulary import Gate
from pilot.reports import packs
from pilot.services import packs as freezing
from pilot.services.report_templates import TEMPLATES
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
    app.selectbox(key="template").set_value("R2").run()
    assert not app.exception
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
    with writing(engine) as session:
        people, folder = people_of(session), settings().attachments
        freezing.freeze(
            session, "R2", period_of(now.date(), PeriodKind.YEAR), by=people.manager, at=now,
            folder=folder, build=packs.build,
        )  # fmt: skip
    app.run()
    assert "与冻结时相同" in texts(app)
