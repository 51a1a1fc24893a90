"""The search finds exactly what a plain comparison finds, and has an index for two characters."""

from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session, col, delete, or_, select

from pilot.domain.moment import FOREVER, FOREVER_DAY
from pilot.domain.spans import LONGEST
from pilot.domain.vocabulary import Stage, State
from pilot.store import search
from pilot.store.models import ProjectSpan
from tests import factories
from tests.factories import NOON

# Few letters, so that many texts hold each other; and what SQL, LIKE and letter case make hard.
LETTERS = st.sampled_from([*"中试催化剂aAbBÉéß%_/\\'\" .-（）０ＡͿ", "𬍛", "\x01", "İ", "Σ"])
WORDS = st.text(LETTERS, min_size=1, max_size=8)
ROWS = st.lists(
    st.tuples(WORDS, WORDS, st.none() | WORDS, st.none() | WORDS), min_size=1, max_size=8
)


@pytest.fixture
def home(session) -> tuple[int, int]:
    """A base and a project; their numbers."""
    people = factories.team(session)
    return people.base.id, factories.project(session, people).id


def fill(session: Session, home: tuple[int, int], rows) -> None:
    session.exec(delete(ProjectSpan))
    session.add_all(
        ProjectSpan(
            base_id=home[0],
            project_id=home[1],
            valid_from=date(2026, 1, 1),
            valid_to=FOREVER_DAY,
            known_from=NOON,
            known_to=FOREVER,
            valid_length=LONGEST,
            name=name,
            code=code,
            holder=holder,
            manager=manager,
            stage=Stage.POOL,
            state=State.ACTIVE,
        )
        for name, code, holder, manager in rows
    )
    session.flush()


def plain(words: str):
    span = ProjectSpan
    columns = span.name, span.code, span.holder, span.manager
    return or_(*(col(column).icontains(words, autoescape=True) for column in columns))


def found(session: Session, condition) -> list[int]:
    return list(session.exec(select(ProjectSpan.id).where(condition).order_by(ProjectSpan.id)))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=ROWS, words=WORDS, cut=st.tuples(st.integers(0, 7), st.integers(1, 4)))
@example(rows=[("示例催化剂中试", "ZS-2026-001", None, None)], words="催化", cut=(0, 1))
@example(rows=[("甲", "乙", "丙", "丁")], words="甲乙", cut=(0, 1))
def test_the_search_finds_what_a_plain_comparison_finds(session, home, rows, words, cut):
    fill(session, home, rows)
    start, size = cut
    for wanted in (words, rows[0][0][start : start + size], rows[0][0].swapcase(), words[:1]):
        if wanted:
            by_index = found(session, search.in_project(wanted))
            assert by_index == found(session, plain(wanted)), repr(wanted)


def test_two_characters_are_found_by_the_index(session, home):
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("SQLite looks at every row")
    fill(session, home, [("示例催化剂中试", "ZS-2026-001", None, None)])
    session.exec(text("SET LOCAL enable_seqscan = off"))
    query = select(ProjectSpan.id).where(search.in_project("催化"))
    compiled = query.compile(session.connection(), compile_kwargs={"literal_binds": True})
    plan = "\n".join(session.scalars(text(f"EXPLAIN {compiled}")))
    assert search.INDEX in plan


def test_the_migration_has_the_same_function_as_the_search(session):
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("SQLite has no such function")
    query = text("SELECT prosrc FROM pg_proc WHERE proname = 'pilot_pairs'")
    source = session.scalars(query).first()
    assert source.strip() == search.FUNCTION.split("$$")[1].strip()
