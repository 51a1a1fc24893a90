"""The read-only interface: who gets in, what is answered, and that its document tells the truth."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Engine, update
from sqlmodel import col

from pilot.domain.api_tokens import ApiScope
from pilot.domain.drafts import ProjectDraft
from pilot.domain.moment import local_day
from pilot.domain.people import Role
from pilot.services import accounts, api_tokens, projects
from pilot.services.command import perform
from pilot.store import queries_people
from pilot.store.engine import reading, writing
from pilot.store.models import ApiToken, Base
from pilot.store.queries_door import account_named
from pilot.web.api_document import document
from tests import factories, factories_registry, serving
from tests.factories import NOON, Team
from tests.serving import Server
from tests.serving import serving as run_server
from tests.web.client import Answer, Browser

MINE, OTHERS = "示例催化剂中试", "别的基地的项目"
PER_MINUTE = 400
LISTS = [f"/api/v1/{scope.value}" for scope in ApiScope]
Ask = Callable[..., Answer]


def seed(engine: Engine) -> None:
    """Projects and results in a base, a project in another."""
    serving.people(engine)
    with writing(engine) as session:
        manager = queries_people.actor(session, account_named(session, "manager").id, NOON)
        mine = Team(session.get(Base, manager.base_id), *[manager] * 5)
        for number in range(5):
            factories.project(session, mine, name=f"{MINE}{number}")
        factories_registry.transfer(session, mine, verified=False)
        factories.project(session, factories.team(session, "QT"), name=OTHERS)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose database has two bases."""
    folder = tmp_path_factory.mktemp("api")
    with run_server(folder, seed, PILOT_API_PER_MINUTE=str(PER_MINUTE)) as running:
        yield running


@dataclass
class Key:
    """A token and its row."""

    token: str
    id: int


@pytest.fixture
def key(server) -> Callable[..., Key]:
    """`key(scopes, …)`: a token that the administrator made."""

    def made(*scopes: ApiScope, **options) -> Key:
        token, until = api_tokens.fresh(), local_day(datetime.now(UTC)) + timedelta(days=30)
        args = ("示例平台", scopes or tuple(ApiScope), until, token)
        now = datetime.now(UTC)
        done = perform(server.engine, api_tokens.create, *args, by=1, now=now, **options)
        return Key(token, done.subject_id)

    return made


@pytest.fixture
def ask(server) -> Ask:
    """`ask(path, token)`: the answer to a GET."""

    def asked(path: str, token: str = "", **headers: str) -> Answer:
        sent = {"authorization": f"Bearer {token}"} if token else {}
        return Browser(server).send("GET", quote(path, safe="/?=&%"), **sent, **headers)

    return asked


def manager_of(engine: Engine) -> int:
    """The id of the manager's account."""
    with reading(engine) as session:
        return account_named(session, "manager").id


def rows(answer: Answer) -> list[dict]:
    """The rows of a JSON answer."""
    assert answer.status == 200, answer.body
    return json.loads(answer.body)["rows"]


@pytest.mark.parametrize("path", [*LISTS, "/api/v1/openapi.json", "/api/v1/", "/api/x"])
@pytest.mark.parametrize("token", ["", "pilot_" + "a" * 43, "x", "pilot_密码"])
def test_without_a_live_token_nothing_is_answered(ask, path, token):
    answer = ask(path, token.encode().decode("latin-1"))

    assert answer.status == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert json.loads(answer.body)["detail"].startswith("令牌无效")


def test_a_signed_in_browser_is_no_token(visit):
    assert visit("manager").send("GET", "/api/v1/projects").status == 401


@pytest.mark.parametrize("path", LISTS)
def test_every_list_is_answered_with_its_times_and_definitions(ask, key, path):
    answer = ask(path, key().token)

    found = json.loads(answer.body)
    assert found["total"] == len(found["rows"])
    assert found["as_of"] == local_day(datetime.now(UTC)).isoformat()
    assert found["definitions"]
    assert found["anchors"]
    assert answer.headers["content-type"] == "application/json"


def test_only_the_lists_of_the_token_are_open(ask, key):
    token = key(ApiScope.COUNTS).token

    assert ask("/api/v1/counts", token).status == 200
    assert ask("/api/v1/projects", token).status == 403
    assert list(json.loads(ask("/api/v1/openapi.json", token).body)["paths"]) == ["/counts"]


def test_a_token_reads_its_base_or_if_it_says_so_every_base(ask, key):
    own = rows(ask("/api/v1/projects", key().token))
    every = rows(ask("/api/v1/projects", key(all_bases=True).token))

    assert OTHERS not in {row["name"] for row in own}
    assert OTHERS in {row["name"] for row in every}


def test_an_expired_token_is_refused(server, ask, key):
    made = key()
    with writing(server.engine) as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        session.exec(update(ApiToken).where(col(ApiToken.id) == made.id).values(expires_at=past))

    assert ask("/api/v1/counts", made.token).status == 401


def test_a_revoked_token_is_refused_at_its_next_request(server, ask, key):
    made = key()
    assert ask("/api/v1/counts", made.token).status == 200
    perform(server.engine, api_tokens.revoke, made.id, by=1, now=datetime.now(UTC))

    assert ask("/api/v1/counts", made.token).status == 401


def test_a_token_ends_with_the_account_that_made_it(server, ask):
    token, today = api_tokens.fresh(), local_day(datetime.now(UTC))
    maker, now = serving.account(server.engine, "second.boss", Role.ADMIN), datetime.now(UTC)
    args = ("示例平台", tuple(ApiScope), today, token)
    perform(server.engine, api_tokens.create, *args, by=maker, now=now)
    assert ask("/api/v1/counts", token).status == 200
    perform(server.engine, accounts.disable, maker, by=1, now=now)

    assert ask("/api/v1/counts", token).status == 401


def test_the_use_of_a_token_is_noted(server, ask, key):
    made = key()
    ask("/api/v1/counts", made.token)

    with reading(server.engine) as session:
        assert session.get(ApiToken, made.id).last_used_at is not None


def test_the_parts_of_a_list_fit_together_whatever_is_written_between(server, ask, key):
    token = key().token
    whole = [row["code"] for row in rows(ask("/api/v1/projects", token))]
    first = json.loads(ask("/api/v1/projects?limit=2&scope=base", token).body)
    manager = manager_of(server.engine)
    draft = ProjectDraft(name="翻页期间登记的项目", in_base=True)
    perform(server.engine, projects.register, draft, by=manager, now=datetime.now(UTC))

    part, found = first, [row["code"] for row in first["rows"]]
    while part["next"]:
        assert "scope=base" in part["next"]
        part = json.loads(ask(part["next"], token).body)
        assert part["known_at"] == first["known_at"]
        found += [row["code"] for row in part["rows"]]

    assert found == whole


@pytest.mark.parametrize("form", ["json", "csv"])
def test_an_answer_that_did_not_change_is_not_sent_again(server, ask, key, form):
    token = key().token
    path = f"/api/v1/projects?format={form}&limit="
    first = ask(f"{path}2", token)
    tag = first.headers["etag"]

    again = ask(f"{path}2", token, if_none_match=tag)
    other = ask(f"{path}3", token, if_none_match=tag)
    assert (again.status, again.body) == (304, "")
    assert ask(f"{path}2", token).body == first.body
    assert other.status == 200

    key()  # something is written
    assert ask(f"{path}2", token, if_none_match=tag).status == 200


def test_the_csv_is_the_file_of_the_export(ask, key, visit):
    known = (local_day(datetime.now(UTC)) - timedelta(days=1)).isoformat()
    mine = ask(f"/api/v1/projects?format=csv&known_on={known}", key().token)
    file = visit("manager").send("GET", f"/export/projects.csv?known={known}")

    assert mine.headers["content-type"] == "text/csv; charset=utf-8"
    assert mine.body == file.body
    assert mine.body.startswith("\ufeff")


def test_both_times_are_asked_for(ask, key):
    token = key().token

    assert rows(ask("/api/v1/projects?as_of=2020-01-01", token)) == []
    assert rows(ask("/api/v1/projects?known_on=2020-01-01", token)) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("year=26", "year"),
        ("as_of=2026-02-30", "as_of"),
        ("known_on=gestern", "known_on"),
        ("known_on=20260601", "known_on"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("cursor=abc", "cursor"),
        ("cursor=%E4%B8%AD", "cursor"),
        ("stage=x", "stage"),
        ("format=xml", "format"),
    ],
)
def test_a_wrong_parameter_is_named(ask, key, query, field):
    answer = ask(f"/api/v1/projects?{query}", key().token)

    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert json.loads(answer.body)["field"] == field


def test_who_asks_too_often_is_told_how_long_to_wait(server, ask, key):
    made = key(ApiScope.COUNTS)
    with writing(server.engine) as session:  # all turns are gone, of the next minute already
        ahead = int(datetime.now(UTC).timestamp()) // 60 + 1
        gone = update(ApiToken).where(col(ApiToken.id) == made.id)
        session.exec(gone.values(counted_minute=ahead, counted=PER_MINUTE - 1))
    answers = [ask("/api/v1/projects", made.token) for _ in range(2)]

    assert [answer.status for answer in answers] == [403, 429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60


def test_nothing_is_written_through_the_interface(server, key):
    sent = {"authorization": f"Bearer {key().token}"}

    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert Browser(server).send(method, "/api/v1/projects", **sent).status == 405


def test_the_answers_are_what_the_document_says(server, key):
    """Asked by a machine with right and wrong values for every parameter of every list."""
    told = schemathesis.openapi.from_dict(document())
    sent = {"Authorization": f"Bearer {key(all_bases=True).token}"}

    @given(case=told.as_strategy())
    @settings(
        max_examples=60, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def asked(case: schemathesis.Case) -> None:
        case.query.pop("cursor", None)  # opaque: a valid one cannot be made up
        case.call_and_validate(base_url=f"{server.url}/api/v1", headers=sent)

    asked()


def test_a_token_is_made_for_a_year_at_most(server):
    far = date(2199, 1, 1)
    with pytest.raises(Exception, match="有效期"):
        perform(
            server.engine, api_tokens.create, "示例", list(ApiScope), far, api_tokens.fresh(),
            by=1, now=datetime.now(UTC),
        )  # fmt: skip
