"""总览 as a page: cards, stages, what waits, projects, for every role."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
import streamlit as st
from streamlit.elements.widgets import button as links_of_streamlit

from pilot.domain.drafts import ProjectDraft
from pilot.domain.moment import local_day
from pilot.domain.people import Role
from pilot.domain.vocabulary import Gate, Indicator, Scope
from pilot.services import lifecycle, projects
from pilot.services.command import perform
from pilot.store import queries_stage_counts
from pilot.store.engine import reading, writing
from tests import factories, factories_goals, factories_registry
from tests.pages.filling import fill
from tests.pages.people_of import people_of

READERS = [Role.ADMIN, Role.MANAGER, Role.REVIEWER, Role.OFFICER, Role.PROVINCE]
Y2026 = {"year": "2026"}


@pytest.fixture(autouse=True)
def _nothing_kept():
    st.cache_data.clear()


@pytest.fixture
def today():
    return local_day(datetime.now(UTC))


@pytest.fixture
def filled(engine, today):
    """A counted pilot, a project late at G1, an unverified transfer, a goal of ten."""
    fill(engine, _portfolio, today)


def _portfolio(session, today):
    people = people_of(session)
    factories_goals.target(session, people, Indicator.NEW_PILOT, 10)
    factories.before_gate(session, people, Gate.G2, name="示例**催化剂**中试")
    late = factories.before_gate(session, people, Gate.G1, name="示例聚合物中试")
    factories_goals.set_clock(session, today - timedelta(days=1))  # known at any hour of today
    at = factories.clock(session)
    planned = today - timedelta(days=3)
    projects.plan_gate(session, late.id, Gate.G1, planned, by=people.manager, at=at)
    factories_registry.transfer(session, people, verified=False)


def words(app):
    """Everything the page says outside tables."""
    groups = [app.title, app.subheader, app.markdown, app.caption, app.info, app.error]
    said = [item.value for group in groups for item in group]
    return "\n".join(said + [link.proto.label for link in app.get("page_link")])


def button(app, key):
    return next(item for item in app.button if item.key == key)


@pytest.mark.parametrize("role", READERS)
def test_every_reader_sees_cards_stages_and_projects(open_page, filled, role):
    app = open_page("overview", role, **Y2026)

    assert not app.exception
    assert [metric.value for metric in app.metric] == ["1 / 10", "0", "0"]
    assert button(app, "stage-concept").label == "概念验证 **1** ❯"
    assert sorted(app.dataframe[0].value["name"]) == ["示例**催化剂**中试", "示例聚合物中试"]


def test_what_ended_in_a_stage_has_a_line_of_its_own(open_page, filled, engine, today):
    with writing(engine) as session:
        people = people_of(session)
        factories_goals.set_clock(session, today - timedelta(days=1))
        gone = factories.before_gate(session, people, Gate.G1)
        at = factories.clock(session)
        lifecycle.move(
            session, gone.id, "terminate", by=people.manager, at=at, on=local_day(at), reason="停"
        )
    said = words(open_page("overview", Role.MANAGER, **Y2026))
    assert "进行中 1  \n已结束 1：终止 1" in said


def test_only_the_first_seven_needs_are_listed_and_the_rest_is_told(
    open_page, filled, engine, today
):
    with writing(engine) as session:
        people = people_of(session)
        factories_goals.set_clock(session, today - timedelta(days=1))
        for _ in range(9):
            row = factories.before_gate(session, people, Gate.G1)
            at = factories.clock(session)
            projects.plan_gate(session, row.id, Gate.G1, today, by=people.manager, at=at)
    app = open_page("overview", Role.MANAGER, **Y2026)
    assert "先列最急的 7 项，至少还有" in words(app)
    assert sum(link.proto.label.startswith("催交") for link in app.get("page_link")) == 7


def test_a_researcher_does_not_see_the_overview(open_page, filled):
    app = open_page("overview", Role.RESEARCHER)

    assert not app.metric
    assert not app.dataframe


def test_an_empty_base_says_what_to_do_next(open_page):
    app = open_page("overview", Role.MANAGER, **Y2026)

    said = words(app)
    assert [metric.value for metric in app.metric] == ["0", "0", "0"]
    assert "还没有登记 2026 年度目标。" in said
    assert "现在没有等待您处理的事项。" in said
    assert "还没有项目。由基地管理人员在“项目台账”登记第一个项目" in said


@pytest.mark.parametrize(
    ("role", "ways"),
    [
        pytest.param(Role.ADMIN, ["新建账号"], id="admin"),
        pytest.param(Role.MANAGER, ["登记第一个项目", "批量导入"], id="manager"),
        pytest.param(Role.PROVINCE, [], id="province"),
    ],
)
def test_an_empty_base_leads_to_what_the_reader_may_begin_with(open_page, role, ways):
    app = open_page("overview", role, **Y2026)

    first = ("新建账号", "登记第一个项目", "批量导入")
    links = {link.proto.label: link.proto for link in app.get("page_link")}
    assert [label for label in links if label in first] == ways
    if "登记第一个项目" in ways:
        assert links["登记第一个项目"].page == "projects"
        assert "new=1" in links["登记第一个项目"].query_string


def test_the_diamonds_say_that_what_waits_is_not_among_the_ready(open_page, filled):
    app = open_page("overview", Role.MANAGER, **Y2026)
    assert "还没有提交评审" in button(app, "gate-G1").help


def test_what_waits_is_named_with_its_verb_and_its_reason(open_page, filled, today):
    app = open_page("overview", Role.MANAGER)

    said = words(app)
    assert "催交 D01 等 4 份" in said
    assert "已逾期 3 天，缺 D01、D02、D03、D04（0/4）".replace("（0/4）", "") in said.replace(
        "\\", ""
    )


def test_the_verb_of_what_waits_leads_to_the_very_paper(open_page, filled):
    app = open_page("overview", Role.MANAGER)
    link = next(one for one in app.get("page_link") if one.proto.label.startswith("催交 D01"))

    asked = dict(parse_qsl(link.proto.query_string))
    paper = open_page("project", Role.MANAGER, **asked)
    chooser = next(item for item in paper.selectbox if item.label == "办理或查看一份材料")
    assert chooser.value == "D01"


def test_names_are_shown_letter_for_letter(open_page, filled):
    app = open_page("overview", Role.MANAGER, **{"as": "board"})

    assert "示例\\*\\*催化剂\\*\\*中试" in words(app)


def test_only_who_may_act_is_told_what_waits(open_page, filled):
    acting = {Role.MANAGER, Role.REVIEWER, Role.OFFICER}
    for role in READERS:
        app = open_page("overview", role)

        assert ("需要您处理" in [head.value for head in app.subheader]) is (role in acting)


def test_a_past_view_shows_the_past_and_asks_nobody(open_page, filled):
    app = open_page("overview", Role.MANAGER, year="2026", as_of="2026-01-10")

    assert app.metric[0].value == "0 / 10"
    assert "需要您处理" not in [head.value for head in app.subheader]
    assert "历史视图" in words(app)


def test_links_carry_the_view_to_the_next_page(open_page, filled):
    app = open_page("overview", Role.MANAGER, year="2026", as_of="2026-03-31", known="2026-06-02")

    card = next(link for link in app.get("page_link") if link.proto.page == "claims")
    assert card.proto.query_string == (
        "year=2026&as_of=2026-03-31&known=2026-06-02&indicator=M1&scope=city"
    )


def test_a_stage_narrows_the_list_below(open_page, filled):
    app = open_page("overview", Role.MANAGER)

    button(app, "stage-concept").click().run()

    assert list(app.dataframe[0].value["name"]) == ["示例聚合物中试"]
    assert app.query_params["stage"] == "concept"
    assert app.query_params["state"] == "active,awaiting,conditional,paused"


def test_a_gate_narrows_the_list_below(open_page, filled):
    app = open_page("overview", Role.MANAGER)

    button(app, "gate-G2").click().run()

    assert list(app.dataframe[0].value["name"]) == ["示例**催化剂**中试"]


def test_the_address_reproduces_the_filter(open_page, filled):
    app = open_page("overview", Role.MANAGER, stage="pilot", q="催化")

    assert list(app.dataframe[0].value["name"]) == ["示例**催化剂**中试"]
    assert app.text_input[0].value == "催化"


def test_nonsense_in_the_address_filters_nothing(open_page, filled):
    app = open_page("overview", Role.MANAGER, stage="moon,,pilot2", p="99", gate="G9")

    assert not app.exception
    assert len(app.dataframe[0].value) == 2


def test_the_board_shows_the_same_projects(open_page, filled):
    app = open_page("overview", Role.MANAGER, **{"as": "board"})

    assert not app.dataframe
    assert "**概念验证** 1" in words(app)
    assert "**储备**" not in words(app)  # a stage without any project takes no place


def test_both_scopes_have_their_own_card_and_are_never_added(open_page, filled, engine):
    with writing(engine) as session:
        people = people_of(session)
        factories_goals.set_clock(session, local_day(datetime.now(UTC)) - timedelta(days=1))
        factories_goals.target(session, people, Indicator.NEW_PILOT, 5, scope=Scope.BASE)

    app = open_page("overview", Role.MANAGER, **Y2026)

    labels = [(metric.label, metric.value) for metric in app.metric]
    assert ("M1 新增中试项目（全市）", "1 / 10") in labels
    assert ("M1 新增中试项目（基地）", "1 / 5") in labels
    assert "不能相加" in words(app)


def test_the_province_sees_each_base_by_its_name(open_page, filled, engine):
    with writing(engine) as session:
        factories.project(session, factories.team(session, "XX"), name="别处项目")

    app = open_page("overview", Role.PROVINCE, **Y2026)

    assert [metric.value for metric in app.metric] == ["1 / 10", "0", "0", "0", "0", "0"]
    assert words(app).count("**示例中试基地**") == 2
    assert "别处项目" in list(app.dataframe[0].value["name"])


def test_the_province_sees_many_bases_in_one_table(open_page, filled, engine, monkeypatch):
    with writing(engine) as session:
        factories.project(session, factories.team(session, "XX"), name="别处项目")
    monkeypatch.setattr(queries_stage_counts, "MANY", 1)

    app = open_page("overview", Role.PROVINCE, **Y2026)

    assert not app.metric
    assert "**全部基地（2 个）**" in words(app)
    goals, bases = app.dataframe[0].value, app.dataframe[1].value
    assert goals[["已计入", "目标"]].iloc[0].tolist() == [1, 10]
    assert bases["M1 已计入"].tolist() == [1, 0]
    manager = open_page("overview", Role.MANAGER, **Y2026)
    assert [metric.value for metric in manager.metric] == ["1 / 10", "0", "0"]


def test_what_is_written_is_seen_at_once_although_pages_are_kept(open_page, filled, engine):
    assert button(open_page("overview", Role.MANAGER), "stage-pool").label == "储备 **0** ❯"
    with reading(engine) as session:
        manager = people_of(session).manager.id

    draft = ProjectDraft(name="示例新项目")
    perform(engine, projects.register, draft, by=manager, now=datetime.now(UTC))

    assert button(open_page("overview", Role.MANAGER), "stage-pool").label == "储备 **1** ❯"


def test_links_look_for_no_file_and_lend_no_icon(open_page, filled, monkeypatch):
    """Each of them would go through the disk for the file of its page."""
    looked = []
    monkeypatch.setattr(
        links_of_streamlit, "normalize_path_join", lambda *path: looked.append(path) or ""
    )
    app = open_page("overview", Role.MANAGER, **{"as": "board"})
    links = [link.proto for link in app.get("page_link")]
    assert looked == []
    assert {link.icon for link in links if link.label.startswith("**")} == {""}  # the cards
