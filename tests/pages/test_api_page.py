"""数据接口: an administrator makes a token, sees it once, and takes it back."""

from datetime import UTC, datetime

import pytest

from pilot.domain.api_tokens import ApiScope
from pilot.domain.people import Role
from pilot.services import api_tokens
from pilot.store.engine import reading
from pilot.store.models import ApiToken

OTHERS = [role for role in Role if role is not Role.ADMIN]


def made(app, name="示例平台"):
    app.text_input[0].set_value(name)
    next(one for one in app.button if one.label == "建立令牌").click()
    return app.run()


def code(app):
    return [one.value for one in app.code if one.value.startswith("pilot_")]


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_sees_the_page(open_page, role):
    assert "数据接口" not in [title.value for title in open_page("api", role).title]


def test_a_token_is_shown_once_and_lets_in(open_page, engine):
    app = made(open_page("api"))

    [token] = code(app)
    assert api_tokens.caller(engine, token, datetime.now(UTC)).scopes == set(ApiScope)
    app.button(key="put-away").click().run()
    assert code(app) == []
    assert token[:12] in app.dataframe[0].value["开头"].iloc[0]


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(open_page, engine):
    app = open_page("api")
    app.text_input[0].set_value("")
    app = made(app, "")

    assert "请写明令牌给谁用" in " ".join(one.value for one in app.error)
    with reading(engine) as session:
        assert session.get(ApiToken, 1) is None


def test_a_token_is_taken_back(open_page):
    app = made(open_page("api"))
    app.selectbox(key="token").select_index(0).run()
    app.button(key="revoke").click().run()

    assert app.dataframe[0].value["状态"].tolist() == ["已撤销"]
