"""Downloads of reports: who may, of which base, under which name."""

import http.client
import io
import json
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import quote

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine

from pilot.domain.people import Role
from pilot.store import queries_people
from pilot.store.engine import writing
from pilot.store.models import Base
from pilot.store.queries_door import account_named
from tests import factories, serving
from tests.factories import NOON, Team
from tests.serving import Server
from tests.serving import serving as run_server

MINE, OTHERS = "示例催化剂中试", "别的基地的项目"
READERS = ["boss", "manager", "officer", "province"]
ROUTES = ["/export/projects.csv", "/export/projects.xlsx", "/export/projects.json"]


def seed(engine: Engine) -> None:
    """A project in each of two bases."""
    serving.people(engine)
    with writing(engine) as session:
        manager = queries_people.actor(session, account_named(session, "manager").id, NOON)
        mine = Team(session.get(Base, manager.base_id), *[manager] * 5)
        factories.project(session, mine, name=MINE)
        factories.project(session, factories.team(session, "QT"), name=OTHERS)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose database has two bases."""
    with run_server(tmp_path_factory.mktemp("exports"), seed) as running:
        yield running


def get(browser, path):
    """The answer to a request without a page."""
    return browser.send("GET", path)


@pytest.mark.parametrize("path", ROUTES)
def test_a_stranger_gets_no_export(stranger, path):
    assert stranger.send("GET", path).status == 401
    assert stranger.page(path).status == 303


@pytest.mark.parametrize("login", [r.value for r in (Role.RESEARCHER, Role.REVIEWER)])
@pytest.mark.parametrize("path", ROUTES)
def test_who_may_not_export_is_told_which_role_may(visit, login, path):
    answer = get(visit(login), path)

    assert answer.status == 403
    assert "上报人员" in answer.body
    assert MINE not in answer.body


@pytest.mark.parametrize("login", READERS)
def test_who_may_export_gets_the_list(visit, login):
    answer = get(visit(login), "/export/projects.csv")

    assert answer.status == 200
    assert MINE in answer.body


@pytest.mark.parametrize("login", ["boss", "manager", "officer"])
@pytest.mark.parametrize("query", ["", "?scope=base", "?text=别的基地", "?state=active"])
def test_the_rows_of_another_base_never_leave_it(visit, login, query):
    path = f"/export/projects.csv{quote(query, safe='?=')}"

    assert OTHERS not in get(visit(login), path).body


def test_the_province_gets_every_base(visit):
    body = get(visit("province"), "/export/projects.csv").body

    assert MINE in body
    assert OTHERS in body


def test_the_file_has_a_chinese_name_and_is_not_kept(visit):
    answer = get(visit("officer"), "/export/projects.csv?year=2026&as_of=2026-06-30")

    assert quote("项目台账_2026年_截至2026-06-30_知悉") in answer.headers["content-disposition"]
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_the_answer_says_how_long_it_is(visit):
    answer = get(visit("officer"), "/export/projects.csv")

    assert int(answer.headers["content-length"]) == len(answer.body.encode())


def test_what_was_not_known_then_is_not_in_the_file(visit):
    answer = get(visit("officer"), "/export/projects.csv?known=2026-05-31")

    assert answer.status == 200
    assert MINE not in answer.body


def test_the_metadata_goes_with_the_file(visit):
    about = json.loads(get(visit("officer"), "/export/projects.json?encoding=gb18030").body)

    assert about["表名"] == "项目台账"
    assert about["编码"] == "GB18030"
    assert about["行数"] == 1


def test_a_workbook_opens(visit, server):
    browser = visit("officer")
    with closing(http.client.HTTPConnection(server.host, timeout=20)) as line:
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        line.request("GET", "/export/projects.xlsx", headers={"cookie": cookie})
        data = line.getresponse().read()

    assert load_workbook(io.BytesIO(data)).sheetnames == ["项目台账", "说明"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/export/account.csv", 404),
        ("/export/projects.csv?as_of=yesterday", 400),
        ("/export/projects.csv?year=26", 400),
        ("/export/projects.csv?state=sold", 400),
        ("/export/projects.csv?encoding=latin-1", 400),
    ],
)
def test_what_is_not_understood_is_refused_and_not_guessed(visit, path, status):
    answer = get(visit("officer"), path)

    assert answer.status == status
    assert MINE not in answer.body
