"""项目台账 as a page: the list, and the form that registers a project."""

import pytest
import streamlit as st
from sqlmodel import select

from pilot.config import ROOT
from pilot.domain.people import Role
from pilot.store.engine import reading, writing
from pilot.store.models import Project
from tests import factories
from tests.pages.people_of import people_of

READERS = [Role.ADMIN, Role.MANAGER, Role.REVIEWER, Role.OFFICER, Role.PROVINCE]


@pytest.fixture(autouse=True)
def _nothing_kept():
    st.cache_data.clear()


@pytest.fixture
def filled(engine):
    """Sixty projects in the pool."""
    with writing(engine) as session:
        people = people_of(session)
        for number in range(60):
            factories.project(session, people, name=f"示例项目{number:02d}")


def field(group, label):
    return next(item for item in group if item.label == label)


def submit(app):
    return field(app.button, "登记项目").click().run()


def registered(engine) -> list[Project]:
    with reading(engine) as session:
        return list(session.exec(select(Project)))


def words(app):
    groups = [app.markdown, app.caption, app.info, app.error, app.success]
    return "\n".join(item.value for group in groups for item in group)


@pytest.mark.parametrize("role", READERS)
def test_every_reader_sees_the_list(open_page, engine, role):
    with writing(engine) as session:
        factories.project(session, people_of(session), name="示例项目")

    app = open_page("projects", role)

    assert not app.exception
    assert list(app.dataframe[0].value["name"]) == ["示例项目"]


def test_a_long_list_shows_fifty_and_says_how_many_there_are(open_page, filled):
    app = open_page("projects", Role.OFFICER)

    assert len(app.dataframe[0].value) == 50
    assert "共 60 个项目" in words(app)


def test_a_search_that_finds_one_project_offers_the_way_to_it(open_page, filled):
    def ways(app):
        links = [one.proto for one in app.get("page_link") if one.proto.page == "project"]
        return [(one.label.replace("\\", ""), one.query_string) for one in links]

    assert ways(open_page("projects", Role.PROVINCE)) == []
    app = open_page("projects", Role.PROVINCE, q="示例项目37")
    [(label, query)] = ways(app)
    assert label.startswith("打开 ")
    assert label.endswith(" 示例项目37")
    assert query == f"id={app.dataframe[0].value['project_id'].iloc[0]}"


def test_the_second_page_is_in_the_address(open_page, filled):
    app = open_page("projects", Role.OFFICER, p="2")

    assert len(app.dataframe[0].value) == 10


def test_a_word_narrows_the_list_and_returns_to_its_first_page(open_page, filled):
    app = open_page("projects", Role.OFFICER, p="2")

    field(app.text_input, "搜索").set_value("项目07").run()

    assert list(app.dataframe[0].value["name"]) == ["示例项目07"]
    assert "p" not in app.query_params


def test_only_a_manager_can_register(open_page):
    assert any(
        item.label == "登记项目" for item in open_page("projects", Role.MANAGER, new="1").button
    )
    for role in (Role.REVIEWER, Role.OFFICER, Role.PROVINCE, Role.ADMIN):
        app = open_page("projects", role, new="1")
        assert not any(item.label == "登记项目" for item in app.button)


def test_nothing_can_be_registered_on_a_past_view(open_page):
    app = open_page("projects", Role.MANAGER, new="1", as_of="2026-01-10")

    assert not any(item.label == "登记项目" for item in app.button)


def test_a_project_is_registered_with_what_was_typed(open_page, engine):
    app = open_page("projects", Role.MANAGER, new="1")
    field(app.text_input, "项目名称 *").set_value("示例催化剂中试")
    field(app.selectbox, "技术领域").set_value("catalyst")
    field(app.selectbox, "国民经济行业").set_value("2661")
    field(app.selectbox, "技术成熟度").set_value("GB/T 37264-2018:4")
    field(app.text_input, "预算（万元）").set_value("120.5")

    app = submit(app)

    assert not app.exception
    (row,) = registered(engine)
    assert (row.name, row.field, row.industry) == ("示例催化剂中试", "catalyst", "2661")
    assert row.industry_edition == "GB/T 4754-2017"
    scheme = (row.readiness_scheme, row.readiness_version, row.readiness_level)
    assert scheme == ("GB/T 37264", "2018", 4)
    assert str(row.budget) == "120.50"


def test_the_form_that_a_link_opened_is_still_there_when_it_is_sent(open_page, engine):
    """The browser's address of a link to the page one is on is gone at the next run."""
    app = open_page("projects", Role.MANAGER, new="1")
    del app.query_params["new"]
    field(app.text_input, "项目名称 *").set_value("示例催化剂中试")

    submit(app)

    assert [row.name for row in registered(engine)] == ["示例催化剂中试"]
    app.switch_page(str(ROOT / "pages" / "projects.py")).run()
    assert "项目台账" in [item.value for item in app.title]
    assert not any(item.label == "登记项目" for item in app.button)


def test_a_refusal_says_why_and_loses_nothing_typed(open_page, engine):
    app = open_page("projects", Role.MANAGER, new="1")
    field(app.text_input, "资料来源").set_value("示例会议纪要")

    submit(app)

    assert "项目名称" in words(app).replace("\\", "")
    assert field(app.text_input, "资料来源").value == "示例会议纪要"
    assert registered(engine) == []


def test_a_missing_unit_is_entered_without_leaving_the_form(open_page, engine):
    app = open_page("projects", Role.MANAGER, new="1")
    field(app.text_input, "单位名称 *").set_value("示例外国研究所")
    field(app.selectbox, "单位类型 *").set_value("foreign")

    field(app.button, "保存单位").click().run()

    assert "示例外国研究所" in field(app.selectbox, "成果持有方").options


def test_a_base_reads_only_its_own_projects(open_page, engine):
    with writing(engine) as session:
        strangers = factories.team(session, "XX")
        factories.project(session, strangers, name="别处项目")

    assert not open_page("projects", Role.MANAGER).dataframe
    assert len(open_page("projects", Role.PROVINCE).dataframe[0].value) == 1


def test_a_unit_entered_beside_the_form_leaves_an_empty_form(open_page, engine):
    app = open_page("projects", Role.MANAGER, new="1")
    field(app.text_input, "单位名称 *").input("示例境外公司")
    field(app.selectbox, "单位类型 *").select("foreign")
    field(app.button, "保存单位").click().run()

    assert not app.exception
    assert "已登记单位 示例境外公司" in words(app)
    assert field(app.text_input, "单位名称 *").value == ""
