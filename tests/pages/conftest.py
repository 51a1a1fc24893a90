"""Pages run in this process, through the real main script, for a person of one's choice."""

import functools
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import streamlit.config
from sqlalchemy import Engine
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from pilot.config import ROOT, settings
from pilot.domain.people import Role
from pilot.services import door
from pilot.store.engine import shared
from pilot.ui import visitor
from tests import remembered, serving
from tests.serving import Seed

Open = Callable[..., AppTest]


@pytest.fixture(scope="session", autouse=True)
def _scanned_once() -> None:
    """Every AppTest looks through all installed packages for components; once will do."""
    scan = manifest_scanner.scan_component_manifests
    manifest_scanner.scan_component_manifests = functools.cache(scan)


@pytest.fixture
def seed() -> Seed:
    """What the database holds at the start; a module of tests may have another."""
    return serving.people


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: Seed) -> Iterator[Engine]:
    """A database of its own with an account of every role; the pages use the same engine."""
    url = f"sqlite:///{shutil.copy(serving.furnished(seed), tmp_path)}"
    monkeypatch.setattr(settings(), "database_url", url)
    engine = shared(url)
    remembered.follow(engine)
    remembered.begin(engine, seed.__qualname__)
    yield engine
    engine.dispose()


@pytest.fixture
def open_page(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Open:
    """`open_page("people", Role.ADMIN)` runs a page of pages/ for a person with that role."""
    monkeypatch.setattr(streamlit.config, "get_option", _frank(streamlit.config.get_option))

    def run(page: str, role: Role = Role.ADMIN, *, login: str = "", **query: str) -> AppTest:
        login = login or (serving.ADMIN if role is Role.ADMIN else role.value)
        token = sign_in(engine, login)
        monkeypatch.setattr(visitor, "token", lambda: token)
        app = AppTest.from_file(str(ROOT / "pilot" / "ui" / "main.py"), default_timeout=60)
        app.switch_page(str(ROOT / "pages" / f"{page}.py"))
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return run


def sign_in(engine: Engine, login: str) -> str:
    """A live session's token."""
    now = datetime.now(UTC)
    found = door.sign_in(engine, login, serving.PASSWORD, address="test", agent="test", now=now)
    assert found.token, found.sentence
    return found.token


def _frank(real: Callable) -> Callable:
    """Show what went wrong in a page: the product's own setting hides it from users."""
    return lambda key: "full" if key == "client.showErrorDetails" else real(key)
