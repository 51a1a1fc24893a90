"""Frozen packs in the read-only interface; both times in the results; turns of two processes."""

import hashlib
import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from sqlmodel import col, select

from pilot.domain.api_tokens import ApiScope
from pilot.domain.moment import local_day
from pilot.domain.people import Role
from pilot.domain.report_periods import period
from pilot.reports import packs
from pilot.reports.pack_check import check
from pilot.services import api_tokens, results
from pilot.services import packs as freezing
from pilot.services.command import perform
from pilot.store import queries_people
from pilot.store.engine import reading, writing
from pilot.store.models import ApiToken, Base, Result
from pilot.store.queries_door import account_named
from tests import factories, factories_registry, serving
from tests.factories import Team
from tests.serving import Server
from tests.serving import serving as run_server

OLD, NEW = "更名前的成果", "更名后的成果"
LONG_AGO = datetime(2026, 6, 2, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, its bytes as they are."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict:
        """The JSON in it."""
        return json.loads(self.body)


def seed(engine: Engine) -> None:
    """A result that is renamed today, and packs: one replaced, one of another base."""
    serving.people(engine)
    folder = Path(engine.url.database).parent / "attachments"
    with writing(engine) as session:
        manager = queries_people.actor(session, account_named(session, "manager").id, LONG_AGO)
        mine = Team(session.get(Base, manager.base_id), *[manager] * 5)
        factories.project(session, mine, name="示例中试")
        renamed = factories_registry.result(session, mine, title=OLD).id
        officer = queries_people.actor(session, account_named(session, "officer").id, LONG_AGO)
        far = factories.team(session, "QT")
        stranger = factories.actor(session, far.base, Role.OFFICER, login="far", name="示例外基地")
        session.flush()
        how = {"folder": folder, "build": packs.build, "reason": "示例理由"}
        for by, code, key in ((officer, "R2", "2026-05"), (stranger, "R2", "2026-05")):
            at = factories.clock(session)
            freezing.freeze(session, code, period(key), by=by, at=at, **how)
    now = datetime.now(UTC)
    for key in ("2026-05", "2026"):
        perform(engine, freezing.freeze, "R2", period(key), by=officer.id, now=now, **how)
    with reading(engine) as session:
        draft = results.result_draft(session, session.get(Result, renamed))
    draft = replace(draft, title=NEW)
    perform(engine, results.save_result, draft, result_id=renamed, by=manager.id, now=now)


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    """A server whose database has packs."""
    with run_server(tmp_path_factory.mktemp("packs"), seed, PILOT_API_PER_MINUTE="1000") as running:
        yield running


@pytest.fixture
def token(server) -> Callable[..., str]:
    """`token(scopes, …)`: one that the administrator made."""

    def made(*scopes: ApiScope, **options) -> str:
        text, until = api_tokens.fresh(), local_day(datetime.now(UTC)) + timedelta(days=30)
        args = ("示例平台", scopes or tuple(ApiScope), until, text)
        now = datetime.now(UTC)
        perform(server.engine, api_tokens.create, *args, by=1, now=now, **options)
        return text

    return made


def get(server: Server, path: str, token: str, **headers: str) -> Answer:
    """The answer to a GET."""
    sent = {"authorization": f"Bearer {token}"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    with closing(http.client.HTTPConnection(server.host, timeout=20)) as line:
        line.request("GET", path, headers=sent)
        answer = line.getresponse()
        known = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status, known, answer.read())


def listed(server, token, query="") -> list[dict]:
    answer = get(server, f"/api/v1/packs{query}", token)
    assert answer.status == 200, answer.body
    return answer.told["rows"]


def number(server, status="现行", where="2026-05") -> int:
    """The number of a pack of our base."""
    with reading(server.engine) as session:
        reader = queries_people.actor(
            session, account_named(session, "officer").id, datetime.now(UTC)
        )
        kept = [row.id for row, _who in packs.kept(session, reader, "R2", where)]
    return kept[0] if status == "现行" else kept[-1]


def test_the_packs_are_listed_with_both_times_and_what_replaced_them(server, token):
    rows = listed(server, token())

    assert [(row["period"], row["status"]) for row in rows] == [
        ("2026", "现行"), ("2026-05", "现行"), ("2026-05", "已有新包"),
    ]  # fmt: skip
    last = rows[-1]
    assert (last["template"], last["title"], last["as_of"]) == ("R2", "项目台账", "2026-05-31")
    assert last["known_at"][:10] == last["frozen_at"][:10] == "2026-06-01"
    assert len(last["sha256"]) == 64


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("?known_on=2026-06-30", [("2026-05", "现行")], id="as known then"),
        pytest.param("?as_of=2026-04-30", [], id="of days up to then"),
        pytest.param("?period=2026", [("2026", "现行")], id="of a period"),
        pytest.param("?year=2025", [], id="of a year"),
        pytest.param("?template=R1", [], id="of a template"),
    ],
)
def test_the_list_is_narrowed(server, token, query, found):
    rows = listed(server, token(), query)

    assert [(row["period"], row["status"]) for row in rows] == found


def test_the_list_comes_in_parts_and_as_csv(server, token):
    key = token()
    part = get(server, "/api/v1/packs?limit=2", key).told
    rest = get(server, part["next"], key).told
    table = get(server, "/api/v1/packs?format=csv", key)

    assert part["rows"] + rest["rows"] == listed(server, key)
    assert rest["next"] is None
    assert table.body.decode("utf-8-sig").count("\r\n") == 1 + part["total"]


def test_another_bases_packs_are_the_provinces_alone(server, token):
    every = listed(server, token(all_bases=True))
    own = {row["number"] for row in listed(server, token())}
    [far] = [row for row in every if row["number"] not in own]
    path = f"/api/v1/packs/{far['number']}"

    assert get(server, path, token()).status == 404
    assert get(server, path, token(all_bases=True)).told["sha256"] == far["sha256"]


def test_every_file_is_sent_as_it_was_frozen(server, token):
    key, place = token(), f"/api/v1/packs/{number(server)}"
    told = get(server, place, key).told
    assert told["manifest"]["period"]["key"] == "2026-05"
    assert {"pack.zip", "manifest.json", "R2.xlsx", "R2.csv"} <= {f["name"] for f in told["files"]}
    for file in told["files"]:
        answer = get(server, file["href"], key)
        assert hashlib.sha256(answer.body).hexdigest() == file["sha256"], file["name"]
        assert len(answer.body) == file["size"]
        assert answer.headers["content-type"] == file["media_type"]
        assert answer.headers["etag"] == f'"{file["sha256"]}"'
    whole = get(server, f"{place}/files/pack.zip", key)
    assert check(whole.body).differences == ()


@pytest.mark.parametrize("path", ["", "/files/pack.zip", "/files/manifest.json", "/files/R2.csv"])
def test_what_they_have_is_not_sent_again(server, token, path):
    key, path = token(), f"/api/v1/packs/{number(server)}{path}"
    tag = get(server, path, key).headers["etag"]
    again = get(server, path, key, if_none_match=tag)

    assert (again.status, again.body) == (304, b"")
    assert get(server, path, key, if_none_match='"other"').status == 200


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("999", "没有找到这个报表包"),
        ("99999999999999999999", "没有找到这个报表包"),
        ("{number}/files/R1.csv", "没有文件“R1.csv”"),
        ("abc", "没有这个地址"),
    ],
)
def test_what_is_not_there_is_told(server, token, path, says):
    answer = get(server, f"/api/v1/packs/{path}".format(number=number(server)), token())

    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in answer.told["detail"]


@pytest.mark.parametrize("path", ["", "/{number}", "/{number}/files/pack.zip"])
def test_packs_need_their_scope(server, token, path):
    path = f"/api/v1/packs{path}".format(number=number(server))
    answer = get(server, path, token(ApiScope.COUNTS))

    assert answer.status == 403
    assert "冻结报表包" in answer.told["detail"]


def test_a_lost_file_is_gone_but_its_manifest_is_known(server, token):
    key, pack = token(), number(server, where="2026")
    told = get(server, f"/api/v1/packs/{pack}", key).told
    sha256 = told["sha256"]
    file = server.folder / "attachments" / sha256[:2] / sha256[2:]
    content = file.read_bytes()
    file.write_bytes(content[:-1])
    try:
        answer = get(server, f"/api/v1/packs/{pack}/files/R2.csv", key)
        assert (answer.status, "从备份恢复" in answer.told["detail"]) == (410, True)
        assert get(server, f"/api/v1/packs/{pack}/files/manifest.json", key).status == 200
    finally:
        file.write_bytes(content)


@pytest.mark.parametrize("form", ["json", "csv"])
def test_results_read_as_they_did_at_the_instant_asked_for(server, token, form):
    key = token()
    now, then = (
        get(server, f"/api/v1/results?format={form}{known}", key).body.decode()
        for known in ("", "&known_on=2026-06-30")
    )

    assert (OLD in now, NEW in now) == (False, True)
    assert (OLD in then, NEW in then) == (True, False)
    found = get(server, "/api/v1/results?known_on=2026-06-30&text=%E6%9B%B4%E5%90%8D%E5%90%8E", key)
    assert found.told["rows"] == []


def test_two_processes_share_the_turns_of_a_token(server, token, tmp_path):
    """A second instance on the same database: together they give no more than the number."""
    key = token(ApiScope.COUNTS)
    shared = {
        "PILOT_DATABASE_URL": server.engine.url.render_as_string(hide_password=False),
        "PILOT_API_PER_MINUTE": "1000",
    }
    with run_server(tmp_path, lambda _engine: None, **shared) as second:
        assert get(second, "/api/v1/counts", key).status == 200
        _used(server.engine, key, 1000)
        answers = [get(one, "/api/v1/counts", key) for one in (server, second) for _ in range(2)]
        assert [answer.status for answer in answers[:2]] == [429, 429]
        assert 0 < int(answers[0].headers["retry-after"]) <= 60
        assert "每分钟最多 1000 次" in answers[0].told["detail"]


def _used(engine: Engine, token: str, number: int) -> None:
    """All turns of this minute, and of the next, are gone."""
    ahead = int(datetime.now(UTC).timestamp()) // 60 + 1
    with writing(engine) as session:
        row = session.exec(select(ApiToken).where(ApiToken.shown == token[:12])).one()
        change = {"counted_minute": ahead, "counted": number}
        session.exec(update(ApiToken).where(col(ApiToken.id) == row.id).values(**change))
