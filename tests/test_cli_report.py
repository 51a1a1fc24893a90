"""`pilot report …` and `pilot verify-pack`, as they are typed."""

import asyncio
import hashlib
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from sqlmodel import select
from starlette.requests import Request
from typer.testing import CliRunner

from pilot.cli import app
from pilot.config import settings
from pilot.domain.people import Role
from pilot.reports.report_files import members, pack
from pilot.services import projects
from pilot.services.command import perform
from pilot.store import queries_people, schema
from pilot.store.engine import make_engine, reading, shared, writing
from pilot.store.models import Project
from pilot.store.queries_door import account_named
from pilot.web import packs as routes
from tests import factories, serving

BY = ("--by", "officer")
FREEZE = ("report", "freeze", "R2", "--period", "2026-05", *BY)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """An installation with a project, a pack of May (number 1) and one of another base (2)."""
    folder = tmp_path_factory.mktemp("cli-report")
    engine = make_engine(f"sqlite:///{folder / 'pilot.db'}")
    schema.upgrade(engine)
    serving.people(engine)
    with writing(engine) as session:
        boss = queries_people.actor(session, account_named(session, "manager").id, factories.NOON)
        mine = factories.Team(session.get(factories.Base, boss.base_id), *[boss] * 5)
        factories.project(session, mine, name="示例催化剂中试")
        far = factories.team(session, "QT")
        factories.actor(session, far.base, Role.OFFICER, login="far")
    with pytest.MonkeyPatch.context() as patch:
        _served(patch, folder)
        for login in ("officer", "far"):
            done = pilot(*FREEZE[:-1], login)
            assert done.exit_code == 0, done.output
    yield folder
    shared(f"sqlite:///{folder / 'pilot.db'}").dispose()
    engine.dispose()


@pytest.fixture(autouse=True)
def served(site, monkeypatch):
    """The installation is the one that commands speak to."""
    _served(monkeypatch, site)
    return site


def _served(patch, folder):
    patch.setattr(settings(), "database_url", f"sqlite:///{folder / 'pilot.db'}")
    patch.setattr(settings(), "data_dir", folder)


def pilot(*words):
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "500"})


@pytest.fixture
def exported(tmp_path):
    """The pack of May as a file."""
    file = tmp_path / "pack.zip"
    assert pilot("report", "export", 1, "--out", file, *BY).exit_code == 0
    return file


def test_templates_and_packs_are_listed(exported):
    done = pilot("report", "list", *BY)

    assert done.exit_code == 0
    assert "月度调度表" in done.output
    assert hashlib.sha256(exported.read_bytes()).hexdigest()[:16] in done.output
    assert done.output.count("2026-05") == 1  # that of the other base is not


def test_a_preview_shows_the_rows_and_freezes_nothing(site):
    done = pilot("report", "preview", "R2", "--period", "2026-05", *BY)

    assert done.exit_code == 0
    assert "示例催化剂中试" in done.output
    assert "1 行，校验发现 0 处" in done.output
    assert pilot("report", "export", 3, "--out", site / "x.zip", *BY).exit_code == 1


def test_an_export_is_what_the_browser_gets(exported, site, monkeypatch):
    with reading(shared(settings().url)) as session:
        who = queries_people.actor(session, account_named(session, "officer").id, datetime.now(UTC))

    async def visitor(_request):
        return SimpleNamespace(actor=who)

    monkeypatch.setattr(routes, "visitor_of", visitor)
    asked = {"type": "http", "path_params": {"pack_id": 1, "member": "zip"}}
    answer = asyncio.run(routes.pack(Request(asked)))

    assert answer.body == exported.read_bytes()


def test_freezing_writes_the_file_at_once_and_a_reason_makes_another(tmp_path):
    file, why = tmp_path / "june.zip", ("--reason", "示例理由")
    first = pilot(*FREEZE[:4], "2026", *BY, "--out", file, "--prepared", "示例填报")
    assert first.exit_code == 0, first.output
    assert "已冻结：报表包 3" in first.output
    manifest = json.loads(members(file.read_bytes())["manifest.json"])
    assert manifest["signers"]["填报人"] == "示例填报"

    again = pilot(*FREEZE[:4], "2026", *BY)
    assert (again.exit_code, "再次冻结必须写明理由" in again.stderr) == (1, True)
    assert pilot(*FREEZE[:4], "2026", *BY, *why).exit_code == 0
    assert pilot("verify-pack", file).exit_code == 0


def test_the_same_file_again_is_no_harm_and_another_is_kept(exported, tmp_path):
    assert pilot("report", "export", 1, "--out", exported, *BY).exit_code == 0
    other = tmp_path / "other.zip"
    other.write_bytes(b"mine")

    done = pilot("report", "export", 1, "--out", other, *BY)

    assert (done.exit_code, other.read_bytes()) == (1, b"mine")
    assert "已经存在，没有改动它" in done.stderr


@pytest.mark.parametrize("where", ["there.zip", "nowhere/pack.zip"])
def test_nothing_is_frozen_that_could_not_be_written(tmp_path, where):
    (tmp_path / "there.zip").write_bytes(b"mine")
    before = pilot("report", "list", *BY).output

    done = pilot(*FREEZE, "--reason", "示例", "--out", tmp_path / where)

    assert done.exit_code == 1
    assert pilot("report", "list", *BY).output == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(("preview", "R99", "--period", "2026-05", *BY), "没有代码为“R99”", id="code"),
        pytest.param(("preview", "R2", "--period", "2026-13", *BY), "报告期", id="month 13"),
        pytest.param(("preview", "R2", "--period", "May", *BY), "报告期", id="no period"),
        pytest.param(("freeze", "R2", "--period", "2099", *BY), "还没有开始", id="future"),
        pytest.param(("freeze", "R9", "--period", "2026-05", *BY), "只用于年报", id="other kind"),
        pytest.param(("freeze", "R99", "--period", "2026-05", *BY), "没有代码", id="freeze code"),
        pytest.param(("freeze", "R2", "--period", "2026-05", "--by", "x"), "没有登录名", id="who"),
        pytest.param(("export", 99, "--out", "x.zip", *BY), "没有找到这个报表包", id="number"),
        pytest.param(("export", 2, "--out", "x.zip", *BY), "没有找到这个报表包", id="another's"),
        pytest.param(("diff", 99, *BY), "没有找到这个报表包", id="diff number"),
        pytest.param(("diff", 2, *BY), "没有找到这个报表包", id="diff another's"),
        pytest.param(("list",), "请用 --by 写明操作人", id="several bases"),
        *(
            pytest.param((*words, "--by", role), "", id=f"{words[0]} by {role}")
            for role in ("reviewer", "researcher")
            for words in (
                ("list",),
                ("preview", "R2", "--period", "2026-05"),
                ("freeze", "R2", "--period", "2026-05", "--reason", "示例"),
                ("export", 1, "--out", "x.zip"),
                ("diff", 1),
            )
        ),
        pytest.param(
            ("freeze", "R2", "--period", "2026-05", "--reason", "示", "--by", "province"), "",
            id="freeze by province",
        ),
    ],
)  # fmt: skip
def test_what_is_refused_is_a_sentence_and_status_1(tmp_path, monkeypatch, words, says):
    monkeypatch.chdir(tmp_path)
    done = pilot("report", *words)

    assert (done.exit_code, isinstance(done.exception, SystemExit)) == (1, True), done.output
    assert says in done.stderr
    assert done.stderr.strip().endswith("。")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words", [("preview", "R2"), ("freeze", "R2", "--period", "2026"), ("export", "one")]
)
def test_what_is_left_out_is_told_with_status_2(words):
    assert pilot("report", *words).exit_code == 2


def test_a_difference_is_told_field_by_field_with_who_and_why(site):
    assert "没有变动" in pilot("report", "diff", 1, *BY).output
    engine = shared(settings().url)
    with reading(engine) as session:
        row = session.exec(select(Project).where(Project.base_id == 1)).one()
        draft = replace(projects.draft_of(row, ()), name="改名后的中试")
        by = account_named(session, "manager").id
    told = {"on": date(2026, 5, 1), "reason": "更名批复"}
    perform(engine, projects.edit, row.id, draft, by=by, now=datetime.now(UTC), **told)

    done = pilot("report", "diff", 1, *BY)

    assert done.exit_code == 0
    assert "项目名称：示例催化剂中试 → 改名后的中试" in done.output
    assert "示例manager" in done.output
    assert "更名批复" in done.output
    assert "变动 1 项" in done.output


def repacked(content):
    """The same members, packed by another program."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in members(content).items():
            out.writestr(name, data)
    return body.getvalue()


def without(content, name):
    return pack({one: data for one, data in members(content).items() if one != name})


def altered(content, name):
    files = members(content)
    files[name] += b" "
    return pack(files)


def told_anew(content):
    """A table changed, and its digest in the manifest with it."""
    files = members(content)
    files["R2.csv"] = files["R2.csv"].replace("示例催化剂".encode(), "示例吸附剂".encode())
    about = json.loads(files["manifest.json"])
    digest = hashlib.sha256(files["R2.csv"]).hexdigest()
    about["files"]["R2.csv"]["sha256"] = digest
    files["manifest.json"] = json.dumps(about, ensure_ascii=False, indent=2).encode() + b"\n"
    return pack(files)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        pytest.param(lambda content: content[:-100], "不是完整的报表包", id="cut short"),
        pytest.param(lambda content: without(content, "R2.xlsx"), "缺少文件 R2.xlsx", id="lost"),
        pytest.param(lambda content: altered(content, "rules.txt"), "rules.txt 与清单", id="byte"),
        pytest.param(told_anew, "R2.csv 与由冻结数据重新生成的不同", id="table and manifest"),
        pytest.param(repacked, "压缩包本身被重新打包过", id="packed anew"),
        pytest.param(lambda _content: b"", "不是完整的报表包", id="empty"),
    ],
)
def test_a_damaged_pack_is_found(exported, damage, says):
    assert pilot("verify-pack", exported).exit_code == 0
    exported.write_bytes(damage(exported.read_bytes()))

    done = pilot("verify-pack", exported)

    assert done.exit_code == 1
    assert says in done.stderr
    assert "核验未通过" in done.output


def test_a_pack_is_verified_without_a_database(exported, monkeypatch):
    monkeypatch.setattr(settings(), "database_url", "sqlite:////nowhere/at/all.db")
    done = pilot("verify-pack", exported)

    assert done.exit_code == 0
    assert "R2 第 1 版，2026-05" in done.output
    assert pilot("verify-pack", exported.with_name("none.zip")).exit_code == 2
