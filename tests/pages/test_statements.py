"""No page asks in a loop: it takes as many statements for a large portfolio as for a small one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event
from streamlit.testing.v1 import AppTest

from benchmarks.loader import PASSWORD, load
from benchmarks.sizes import Size
from pilot.config import ROOT, settings
from pilot.services import door
from pilot.store.engine import make_engine, shared
from pilot.ui import visitor

SMALL, LARGE = Size("small", 12), Size("large", 120)
PAGES = [
    ("overview", {}),
    ("overview", {"as": "board"}),
    ("projects", {}),
    ("projects", {"q": "示例"}),
    ("project", {"id": "5"}),
    ("gate", {}),
    ("results", {}),
    ("results", {"section": "transfers"}),
    ("results", {"section": "contracts"}),
    ("results", {"section": "registry"}),
    ("claims", {"indicator": "M1"}),
    ("claims", {"indicator": "M3"}),
    ("claims", {"indicator": "M3", "standing": "record"}),
    ("exports", {}),
    ("exports", {"table": "transfers"}),
    ("exports", {"table": "claims"}),
    ("reports", {}),
    ("reports", {"section": "rules"}),
    ("definitions", {}),
    ("waiting", {}),
    ("notices", {}),
]


@pytest.fixture(scope="module")
def portfolios(tmp_path_factory) -> dict[str, str]:
    """The addresses of two portfolios, ten times apart."""
    urls = {}
    for size in (SMALL, LARGE):
        urls[size.name] = f"sqlite:///{tmp_path_factory.mktemp(size.name) / 'pilot.db'}"
        engine = make_engine(urls[size.name])
        load(engine, size)
        engine.dispose()
    return urls


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Every statement that the block sends, transactions' own apart."""
    sent: list[str] = []

    def note(_connection, _cursor, statement: str, *_rest) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def statements(
    monkeypatch, url: str, page: str, query: dict[str, str], *, again: bool = False
) -> list[str]:
    """What the first run of a page sends: nothing is kept from an earlier one. Or the one after."""
    monkeypatch.setattr(settings(), "database_url", url)
    engine, now = shared(url), datetime.now(UTC)
    found = door.sign_in(engine, "manager", PASSWORD, address="test", agent="test", now=now)
    monkeypatch.setattr(visitor, "token", lambda: found.token)
    app = AppTest.from_file(str(ROOT / "pilot" / "ui" / "main.py"), default_timeout=60)
    app.switch_page(str(ROOT / "pages" / f"{page}.py"))
    for name, value in query.items():
        app.query_params[name] = value
    if again:
        app.run()
    with counted(engine) as sent:
        app.run()
    assert not app.exception
    return sent


@pytest.mark.parametrize(("page", "query"), PAGES, ids=lambda part: str(part))
def test_a_page_sends_no_more_statements_for_more_data(portfolios, monkeypatch, page, query):
    few = statements(monkeypatch, portfolios["small"], page, query)
    many = statements(monkeypatch, portfolios["large"], page, query)

    # A branch with nothing to show sends less; a handful is no loop over ten times as many.
    assert len(many) <= len(few) + 4, "\n".join(sorted(set(many) - set(few)))
    assert len(many) <= 60


@pytest.mark.parametrize("page", ["overview", "projects"])
def test_a_rerun_asks_once_who_looks_and_otherwise_only_whether_anybody_has_written(
    portfolios, monkeypatch, page
):
    sent = statements(monkeypatch, portfolios["small"], page, {}, again=True)

    about = [statement.split("FROM")[1].split()[0] for statement in sent]
    assert about == ["login_session", "notice", "journal_head"]


@pytest.mark.parametrize("indicator", ["M1", "M3"])
def test_the_list_behind_a_number_looks_for_standing_claims_once(
    portfolios, monkeypatch, indicator
):
    asked = {"indicator": indicator, "scope": "base"}  # nobody has, so that nothing is kept
    sent = statements(monkeypatch, portfolios["small"], "claims", asked)

    assert len([statement for statement in sent if "row_number" in statement]) == 1
