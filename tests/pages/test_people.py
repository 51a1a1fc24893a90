"""人员与权限 and 我的账号, as pages."""

from datetime import UTC, datetime

import pytest

from pilot.domain.people import Role
from pilot.services import accounts, door
from pilot.services.command import perform
from pilot.store.engine import reading, writing
from pilot.store.queries_door import account_named
from tests import factories_registry as registry
from tests import serving
from tests.pages.people_of import people_of

OTHERS = [role for role in Role if role is not Role.ADMIN]


def pick(app, login):
    """Choose an account of the list; returns its id."""
    ids = [option for option in app.selectbox(key="account").options if option.startswith(login)]
    app.selectbox(key="account").select(ids[0]).run()
    return app


def fill_in(app, login="zhang", name="张工", role=Role.REVIEWER):
    """Fill the form of a new account and send it."""
    form = {field.label: field for field in app.text_input}
    form["登录名 *"].input(login)
    form["姓名 *"].input(name)
    roles = next(group for group in app.button_group if group.options and not group.value)
    roles.set_value([role] if role else [])
    next(button for button in app.button if button.label == "建立账号").click().run()
    return app


def text(app):
    """Everything the page says in messages."""
    return " ".join(item.value for item in [*app.success, *app.error, *app.warning])


def stored(engine, login):
    """The account as it is in the database."""
    with reading(engine) as session:
        return account_named(session, login)


@pytest.mark.parametrize("role", OTHERS)
def test_only_an_administrator_sees_the_accounts(open_page, role):
    app = open_page("people", role, part="new")
    assert "人员与权限" not in [title.value for title in app.title]
    assert "临时密码 *" not in [field.label for field in app.text_input]


def test_the_page_lists_every_account(open_page):
    app = open_page("people")
    assert not app.exception
    assert set(app.dataframe[0].value["登录名"]) == {"boss"} | {role.value for role in OTHERS}


def test_a_new_account_gets_the_temporary_password_that_is_shown(open_page, engine):
    app = fill_in(open_page("people", part="new"))
    row = stored(engine, "zhang")
    assert row.must_change
    password = text(app).split("：")[1].split("（")[0].replace("\\", "").replace("\u2060", "")
    found = door.sign_in(engine, "zhang", password, address="x", agent="x", now=datetime.now(UTC))
    assert found.token


def test_a_refused_form_keeps_what_was_typed_and_says_why(open_page, engine):
    app = fill_in(open_page("people", part="new"), login="zhang", role=None)
    assert "请至少选择一个角色" in text(app)
    assert {field.label: field.value for field in app.text_input}["登录名 *"] == "zhang"
    assert stored(engine, "zhang") is None


def test_who_changes_their_own_roles_is_told_that_it_was_saved(open_page, engine):
    app = pick(open_page("people"), "boss")
    roles = next(group for group in app.button_group if group.value == [Role.ADMIN])
    roles.set_value([Role.ADMIN, Role.MANAGER]).run()
    app.button(key="roles").click().run()
    assert "已更改 boss 的角色" in text(app)
    assert "请重新登录" in text(app)


def test_a_name_is_shown_letter_for_letter(open_page):
    fill_in(open_page("people", part="new"), name="**张** $3 http://evil.example")
    app = open_page("people")
    assert "**张** $3 http://evil.example" in list(app.dataframe[0].value["姓名"])
    assert any("**张** $3" in option for option in app.selectbox(key="account").options)


def test_disabling_ends_the_sessions(open_page, engine):
    token = sign_in(engine, "manager")
    app = pick(open_page("people"), "manager")
    app.button(key="disable").click().run()
    assert "已停用" in text(app)
    with reading(engine) as session:
        assert door.visitor(session, token, datetime.now(UTC)) is None


def test_the_last_administrator_cannot_be_disabled_and_the_page_says_why(open_page, engine):
    app = pick(open_page("people"), "boss")
    app.button(key="disable").click().run()
    assert "最后一名" in text(app)
    assert stored(engine, "boss").disabled_at is None


def test_roles_are_replaced(open_page, engine):
    app = pick(open_page("people"), "officer")
    roles = next(group for group in app.button_group if group.key.startswith("roles-"))
    roles.set_value([Role.REVIEWER]).run()
    app.button(key="roles").click().run()
    assert "已更改" in text(app)
    row = next(r for r in app.dataframe[0].value.to_dict("records") if r["登录名"] == "officer")
    assert row["角色"] == "审核人"


def test_an_account_is_given_a_unit_and_taken_out_again(open_page, engine):
    with writing(engine) as session:
        unit = registry.institute(session, people_of(session), name="示例**研究所**").id
    app = pick(open_page("people"), "researcher")
    app.selectbox[1].select_index(1).run()
    app.button(key="unit").click().run()

    assert "已更改 researcher 的所属单位" in text(app)
    assert stored(engine, "researcher").organisation_id == unit
    row = next(r for r in app.dataframe[0].value.to_dict("records") if r["登录名"] == "researcher")
    assert row["单位"] == "示例**研究所**"

    app.selectbox[1].select_index(0).run()
    app.button(key="unit").click().run()
    assert stored(engine, "researcher").organisation_id is None


def test_a_disabled_administrator_can_do_nothing_more_in_an_open_page(open_page, engine):
    second = serving.account(engine, "second", Role.ADMIN)
    app = pick(open_page("people"), "manager")
    boss = stored(engine, "boss").id
    perform(engine, accounts.disable, boss, by=second, now=datetime.now(UTC))
    app.button(key="disable").click().run()
    assert "登录已失效" in text(app)
    assert stored(engine, "manager").disabled_at is None
    assert not app.dataframe


def test_an_account_changed_by_somebody_else_is_not_overwritten(open_page, engine):
    app = pick(open_page("people"), "manager")
    target = stored(engine, "manager").id
    perform(engine, accounts.set_roles, target, [Role.OFFICER], by=1, now=datetime.now(UTC))
    app.button(key="disable").click().run()
    assert "修改了这条记录" in text(app)
    assert stored(engine, "manager").disabled_at is None


def test_nothing_is_written_from_a_past_view(open_page, engine):
    app = open_page("people", as_of="2026-01-01")
    assert "历史视图" in text(app)
    app = pick(app, "manager")
    app.button(key="disable").click().run()
    assert "先回到今天" in text(app)
    assert stored(engine, "manager").disabled_at is None


@pytest.mark.parametrize("role", list(Role))
def test_everybody_sees_their_own_account(open_page, role):
    app = open_page("my_account", role)
    assert not app.exception
    assert app.title[0].value == "我的账号"


def test_signing_out_everywhere_ends_this_page_too(open_page, engine):
    app = open_page("my_account", Role.MANAGER)
    app.button(key="out").click().run()
    assert "登录已失效" in text(app)
    assert not app.title


def sign_in(engine, login):
    """A live session's token."""
    now = datetime.now(UTC)
    found = door.sign_in(engine, login, serving.PASSWORD, address="y", agent="y", now=now)
    return found.token
