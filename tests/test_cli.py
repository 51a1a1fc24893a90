"""`pilot init`, `serve` and `migrate`, as they are typed."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pilot import cli
from pilot.config import settings
from pilot.services import opening
from pilot.store import schema
from pilot.store.engine import make_engine, shared, writing
from tests import factories

PASSWORD = "Right-Horse-77"
ANSWERS = {
    "--code": "PJ",
    "--name": "示例中试基地",
    "--city-code": "211100",
    "--city": "盘锦市",
    "--login": "boss",
    "--person": "管理员",
    "--password": PASSWORD,
}


@pytest.fixture
def url(tmp_path, monkeypatch, forced_writes):
    """Where an installation that does not exist yet will be; nothing is really served."""
    url = f"sqlite:///{tmp_path / 'new' / 'pilot.db'}"
    before = settings().model_dump()
    monkeypatch.setattr(settings(), "database_url", url)
    monkeypatch.setattr(cli, "_run", lambda: None)
    yield url
    shared(url).dispose()
    for name, value in before.items():
        setattr(settings(), name, value)


def pilot(*words, **changed):
    """Type a command; `changed` replaces answers of init."""
    if words == ("init",):
        answers = ANSWERS | {f"--{name.replace('_', '-')}": text for name, text in changed.items()}
        words = ("init", *(part for pair in answers.items() for part in pair))
    return CliRunner().invoke(cli.app, list(words))


def test_an_installation_begins_with_a_base_and_an_administrator(url):
    said = pilot("init")
    assert said.exit_code == 0, said.output
    assert opening.is_open(make_engine(url))
    assert pilot("serve").exit_code == 0


def test_a_wrong_answer_is_asked_for_again_at_once(url):
    answers = ["盘锦", "pj", "示例中试基地", "21", "211100", "盘锦市", "boss", "管理员"]
    answers += [ANSWERS["--password"]] * 2
    said = CliRunner().invoke(cli.app, ["init"], input="\n".join(answers) + "\n")

    assert said.exit_code == 0, said.output
    assert "基地代码须 2 至 10 位" in said.output
    assert "城市代码须 6 位数字" in said.output
    assert opening.is_open(make_engine(url))


def test_the_help_of_init_says_what_each_answer_means():
    said = pilot("init", "--help").output
    for words in ("基地代码", "基地名称", "城市行政区划代码", "城市名称", "登录名", "管理员姓名"):
        assert words in said


def test_serving_says_which_database_and_journal_it_uses(url):
    pilot("init")
    said = pilot("serve").output
    assert "数据库：SQLite 3." in said
    assert "synchronous=2" in said
    assert "journal_mode=" in said


def test_the_database_is_the_operators_alone(url, tmp_path):
    pilot("init")
    assert (tmp_path / "new" / "pilot.db").stat().st_mode & 0o077 == 0
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


def test_an_installation_is_not_begun_twice(url):
    pilot("init")
    again = pilot("init", login="other")
    assert again.exit_code == 1
    assert "没有再次初始化" in again.stderr


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"password": "short"}, "12"),
        ({"login": "管理员"}, "登录名"),
        ({"code": "盘锦"}, "基地代码"),
        ({"city_code": "21"}, "城市代码"),
        ({"name": " "}, "基地名称"),
    ],
    ids=["weak password", "login", "code", "city", "empty name"],
)
def test_a_refused_answer_leaves_nothing_behind(url, changed, why):
    said = pilot("init", **changed)
    assert said.exit_code in (1, 2)
    assert why in said.stderr
    made = Path(url.removeprefix("sqlite:///"))
    assert not made.exists() or not opening.is_open(make_engine(url))


def test_nothing_is_served_before_the_beginning(url):
    said = pilot("serve")
    assert said.exit_code == 1
    assert "pilot init" in said.stderr


def test_listening_everywhere_needs_the_name_that_people_use(url, monkeypatch):
    pilot("init")
    said = pilot("serve", "--host", "0.0.0.0")
    assert said.exit_code == 1
    assert "PILOT_ALLOWED_HOSTS" in said.stderr
    monkeypatch.setattr(settings(), "allowed_hosts", "pilot.example.cn")
    assert pilot("serve", "--host", "0.0.0.0").exit_code == 0
    assert "pilot.example.cn" in settings().hosts


def test_a_demonstration_is_not_served_as_the_real_thing(url):
    engine = shared(url)
    schema.upgrade(engine)
    with writing(engine) as session:
        factories.base(session, is_demo=True)
    said = pilot("serve")
    assert said.exit_code == 1
    assert "演示库" in said.stderr


def test_migrating_says_what_it_did_once(url):
    assert "数据库已升级" in pilot("migrate").output
    assert pilot("migrate").output == ""


def test_a_database_password_is_not_printed(url, monkeypatch):
    engine = shared(url)
    monkeypatch.setattr(engine, "url", engine.url.set(username="pilot", password="planted"))
    monkeypatch.setattr(cli, "_migrated", lambda: engine)
    monkeypatch.setattr(opening, "open_first_base", lambda *_args, **_options: 1)
    assert "planted" not in pilot("init").output
