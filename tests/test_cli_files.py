"""`pilot export` and `pilot import`, as they are typed."""

import json
import shutil
import subprocess
import sys

import pytest
from openpyxl import load_workbook
from sqlmodel import select
from typer.testing import CliRunner

from pilot.cli import app, carrying
from pilot.config import ROOT, settings
from pilot.domain.importing import BatchState
from pilot.services.importing import portions
from pilot.store.engine import make_engine, reading, shared, writing
from pilot.store.models import ImportBatch, JournalEntry, JournalHead, Project
from tests import serving

GOOD = "项目编号,项目名称\nZS-2026-001,示例一\nZS-2026-002,示例二\n"
BAD = "项目编号,项目名称,预算（万元）\nZS-2026-001,示例一,12美元\nZS-2026-002,,3\n"


@pytest.fixture
def engine(tmp_path, monkeypatch):
    url = f"sqlite:///{shutil.copy(serving.furnished(), tmp_path)}"
    engine = make_engine(url)
    monkeypatch.setattr(settings(), "database_url", url)
    yield engine
    shared(url).dispose()
    engine.dispose()


def pilot(*words, width="160"):
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": width})


def written(tmp_path, text):
    file = tmp_path / "项目.csv"
    file.write_text(text, "utf-8")
    return file


def names(engine):
    with reading(engine) as session:
        return sorted(session.exec(select(Project.name)))


def test_a_file_is_only_checked_unless_told_otherwise(engine, tmp_path):
    done = pilot("import", "projects", written(tmp_path, GOOD))

    assert done.exit_code == 0
    assert "新增 2" in done.output
    assert "只作检查，没有写入" in done.output
    assert names(engine) == []


def test_a_file_is_applied_for_a_named_account(engine, tmp_path):
    done = pilot("import", "projects", written(tmp_path, GOOD), "--apply", "--by", "manager")
    again = pilot("import", "projects", written(tmp_path, GOOD), "--apply", "--by", "manager")

    assert "已全部写入" in done.output
    assert "没有需要写入的内容" in again.output
    assert names(engine) == ["示例一", "示例二"]


def test_nothing_is_applied_for_nobody(engine, tmp_path):
    done = pilot("import", "projects", written(tmp_path, GOOD), "--apply")

    assert done.exit_code == 1
    assert "--by" in done.output
    assert names(engine) == []


def test_who_may_not_import_is_told_so(engine, tmp_path):
    done = pilot("import", "projects", written(tmp_path, GOOD), "--apply", "--by", "officer")

    assert done.exit_code == 1
    assert "需要基地管理角色" in done.output


def test_a_bad_file_is_refused_with_a_table_of_everything_wrong(engine, tmp_path):
    done = pilot("import", "projects", written(tmp_path, BAD), "--apply", "--by", "manager")

    assert done.exit_code == 1
    for word in ("预算（万元）", "read-money", "项目名称", "required", "没有写入任何内容"):
        assert word in done.output
    assert names(engine) == []


def test_a_file_that_is_no_table_is_refused(engine, tmp_path):
    file = tmp_path / "项目.csv"
    file.write_bytes(b"\x00\x01\x02")

    assert pilot("import", "projects", file).exit_code == 1


def test_a_template_is_written(engine, tmp_path):
    done = pilot("import", "template", "projects", "--out", tmp_path / "模板.xlsx")

    assert done.exit_code == 0
    assert load_workbook(tmp_path / "模板.xlsx").sheetnames == ["项目导入", "填写说明", "代码表"]


def test_the_public_facts_are_recorded_once(engine):
    first = pilot("import", "public", "--apply", "--by", "manager")
    again = pilot("import", "public", "--apply", "--by", "manager")

    assert "新增 15" in first.output
    assert "新增 0，未变 15" in again.output
    assert len(names(engine)) == 5


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_list_is_exported_with_its_metadata(engine, tmp_path, ending):
    pilot("import", "public", "--apply", "--by", "manager")
    out = tmp_path / f"台账.{ending}"
    done = pilot("export", "projects", "--out", out)

    assert done.exit_code == 0, done.output
    assert out.stat().st_size > 100
    about = json.loads((tmp_path / "台账_元数据.json").read_text("utf-8"))
    assert (about["表名"], about["行数"]) == ("项目台账", 5)
    assert sorted(path.name for path in tmp_path.glob(".export-*")) == []


def test_a_list_is_exported_in_gb18030_when_asked(engine, tmp_path):
    pilot("export", "projects", "--out", tmp_path / "x.csv", "--encoding", "gb18030")

    assert (tmp_path / "x.csv").read_text("gb18030").startswith("基地,项目编号")


def test_an_unknown_list_or_ending_is_refused(engine, tmp_path):
    assert "没有“account”这张表" in pilot("export", "account", "--out", tmp_path / "x.csv").output
    assert pilot("export", "projects", "--out", tmp_path / "x.pdf").exit_code == 1
    assert not list(tmp_path.glob("x.*"))


def test_a_handover_file_is_imported_without_a_change(engine, tmp_path):
    pilot("import", "projects", written(tmp_path, GOOD), "--apply", "--by", "manager")
    out = tmp_path / "移交.csv"

    done = pilot("handover", "projects", "--out", out, "--by", "officer")
    again = pilot("import", "projects", out)

    assert done.exit_code == 0, done.output
    assert "2 条" in done.output
    assert "未变 2" in again.output


def test_a_handover_file_needs_the_right_to_export(engine, tmp_path):
    done = pilot("handover", "projects", "--out", tmp_path / "x.csv", "--by", "researcher")

    assert done.exit_code == 1


# --- the journal leaves the machine --------------------------------------------------------------


def verify_trail(*words):
    done = subprocess.run(
        [sys.executable, "docs/verify_trail.py", *map(str, words)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


def anchor_of(tmp_path):
    pilot("export", "projects", "--out", tmp_path / "台账.csv")
    [anchor] = json.loads((tmp_path / "台账_元数据.json").read_text("utf-8"))["日志锚"]
    return anchor


def test_the_anchor_on_an_export_is_held_against_the_journal(engine, tmp_path):
    pilot("import", "public", "--apply", "--by", "manager")
    anchor = anchor_of(tmp_path)

    assert anchor in pilot("verify").output
    assert "不在核对之内" in pilot("verify").output
    assert pilot("verify", "--anchor", anchor).exit_code == 0
    assert "抄写有误" in pilot("verify", "--anchor", anchor[:-1]).output


def test_a_journal_that_was_cut_off_is_found_by_the_anchor(engine, tmp_path):
    anchor = anchor_of(tmp_path)
    with writing(engine) as session:
        last = session.exec(select(JournalEntry).order_by(JournalEntry.sequence)).all()[-1]
        head = session.get(JournalHead, last.base_id)
        head.sequence, head.hash = last.sequence - 1, last.previous
        session.delete(last)

    assert pilot("verify").exit_code == 0
    cut = pilot("verify", "--anchor", anchor)
    assert cut.exit_code == 1
    assert "日志不再到达日志锚" in cut.output


def test_the_trail_verifies_without_the_product(engine, tmp_path):
    pilot("import", "public", "--apply", "--by", "manager")
    anchor, out = anchor_of(tmp_path), tmp_path / "trail.jsonl"
    done = pilot("trail", out)
    assert done.exit_code == 0, done.output

    assert verify_trail(out, anchor)[0] == 0
    lines = out.read_text("utf-8").splitlines(keepends=True)
    out.write_text("".join(lines[:-1]), "utf-8")
    assert verify_trail(out)[0] == 0
    assert verify_trail(out, anchor)[0] == 1
    out.write_text("".join(lines).replace("示例", "假", 1), "utf-8")
    assert "is broken" in verify_trail(out)[1]


# --- a long file ----------------------------------------------------------------------------------

LONG = "单位名称,单位类型\n" + "".join(f"示例境外单位{number},境外\n" for number in range(9))


@pytest.fixture
def short_portions(monkeypatch, tmp_path):
    for name in ("LONG", "FIRST", "LEAST", "MOST"):
        monkeypatch.setattr(portions, name, 3)
    monkeypatch.setattr(settings(), "data_dir", tmp_path / "data")


def import_long(tmp_path):
    file = tmp_path / "单位.csv"
    file.write_text(LONG, "utf-8")
    return pilot("import", "organisations", file, "--apply", "--by", "manager")


def batch_of(engine):
    with reading(engine) as session:
        return session.exec(select(ImportBatch)).one()


def test_a_long_file_is_written_in_portions(engine, tmp_path, short_portions):
    done = import_long(tmp_path)

    assert done.exit_code == 0, done.output
    assert "导入批次 1：分段写入" in done.output
    assert f"已全部写入 9 行；SHA-256 {batch_of(engine).written}" in done.output


def test_a_command_that_was_stopped_goes_on_when_it_is_run_again(
    engine, tmp_path, short_portions, monkeypatch
):
    def stopped(*_args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(carrying, "_until_done", stopped)
        import_long(tmp_path)
    assert batch_of(engine).state is BatchState.WAITING

    done = import_long(tmp_path)
    assert "接着办理导入批次 1（等待检查）" in done.output
    assert (batch_of(engine).state, batch_of(engine).done) == (BatchState.APPLIED, 9)


def test_a_long_file_with_errors_is_not_written(engine, tmp_path, short_portions, monkeypatch):
    monkeypatch.setattr("tests.test_cli_files.LONG", LONG + "示例,没有这种\n")
    done = import_long(tmp_path)
    assert done.exit_code == 1
    assert "有 1 处错误，没有写入任何内容" in done.output
