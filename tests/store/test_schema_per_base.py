"""One schema a base on PostgreSQL: the unchanged tables, verbs and queries, led by a name map.

That is what schema-based sharding (Citus) asks of a product, and all it asks (docs/scale.md).
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, MetaData, func, text, union_all
from sqlmodel import Session, SQLModel, select

from pilot.domain.moment import moment
from pilot.domain.vocabulary import GOALS, Gate, Indicator, Scope, Standing, State
from pilot.services import projects
from pilot.services.command import perform
from pilot.services.projects import ProjectDraft
from pilot.services.verify import verify_all
from pilot.store import queries_counting, queries_tables, search, streams
from pilot.store.engine import make_engine, reading, writing
from pilot.store.models import Claim, JournalEntry
from tests import factories
from tests.services.test_verify import entered

SCHEMAS = {"base_7": Gate.G2, "base_8": Gate.G4}  # and how far its project comes
IN_CITY = (Scope.CITY, Standing.COUNTED)
NOW = moment(datetime(2026, 6, 2, tzinfo=UTC))


@pytest.fixture(scope="module")
def whole(postgres_url) -> Iterator[Engine]:
    """The server, with an empty schema for each base and nothing of ours in `public`."""
    engine = make_engine(postgres_url)
    with engine.begin() as connection:
        for name in SCHEMAS:
            connection.execute(text(f"CREATE SCHEMA {name}"))
        connection.execute(text(search.FUNCTION))  # one for all schemas, as a migration makes it
    yield engine
    with engine.begin() as connection:
        for name in SCHEMAS:
            connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    engine.dispose()


@pytest.fixture(scope="module")
def bases(whole) -> dict[str, tuple[Engine, factories.Team]]:
    """Two bases, each in its schema, with a project that has come as far as it says."""
    made = {}
    for name, gate in SCHEMAS.items():
        engine = whole.execution_options(schema_translate_map={None: name})
        SQLModel.metadata.create_all(engine)
        with writing(engine) as session:
            people = factories.team(session, code=name.upper().replace("_", ""))
            entered(session, people, lambda *who, to=gate: factories.before_gate(*who, to))
        made[name] = engine, people
    return made


def totals(engine: Engine, people: factories.Team) -> dict:
    with reading(engine) as session:
        found = queries_counting.totals(session, people.base.id, NOW)
    city = {key[0]: number for key, number in found.items() if key[1:] == IN_CITY}
    return {indicator: city[indicator] for indicator in GOALS if city.get(indicator)}


def test_each_base_counts_its_own(bases):
    assert totals(*bases["base_7"]) == {Indicator.NEW_PILOT: 1}
    assert totals(*bases["base_8"]) == {Indicator.NEW_PILOT: 1, Indicator.INDUSTRIALISED: 1}


def test_a_command_is_written_in_its_own_schema_only(bases):
    (engine, people), (other, _) = bases["base_7"], bases["base_8"]
    before = entries(other)
    done, again = (
        perform(
            engine,
            projects.register,
            ProjectDraft(name="示例单库项目"),
            by=people.manager.id,
            now=NOW.known_at,
            key="form-1",
        )
        for _ in range(2)
    )
    assert (again.subject_id, again.repeated) == (done.subject_id, True)
    assert (entries(engine), entries(other)) == (done.sequence, before)


def entries(engine: Engine) -> int:
    with reading(engine) as session:
        return session.exec(select(func.count()).select_from(JournalEntry)).one()


def test_each_base_is_sound_by_itself(bases, folder):
    for engine, people in bases.values():
        with reading(engine) as session:
            (checked,) = verify_all(session, folder)
        assert checked.differences == ()
        assert checked.base == people.base.name
        assert checked.claims > 0


def test_lists_are_filtered_and_paged_in_their_schema(bases):
    for engine, people in bases.values():
        chosen = queries_tables.ProjectFilter(text="催化", states=(State.ACTIVE,))
        with reading(engine) as session:
            rows = streams.page(session, queries_tables.projects([people.base.id], NOW, chosen), 10)
        assert [row["name"] for row in rows] == ["示例催化剂中试"]


def test_the_nation_is_the_union_of_the_schemas(whole, bases):
    """Only sums of different bases meet; the numbers of their rows repeat."""
    parts = []
    for name in bases:
        claim = Claim.__table__.to_metadata(MetaData(), schema=name)
        seen = claim.c.effective_on <= NOW.as_of, claim.c.recorded_at <= NOW.known_at
        parts.append(
            select(claim.c.indicator, claim.c.sign).where(
                *seen, claim.c.scope == Scope.CITY, claim.c.standing == Standing.COUNTED
            )
        )
    every = union_all(*parts).subquery()
    query = select(every.c.indicator, func.sum(every.c.sign)).group_by(every.c.indicator)
    with Session(whole) as session:
        nation = dict(session.execute(query).all())
    assert nation == {Indicator.NEW_PILOT: 2, Indicator.INDUSTRIALISED: 1}


def test_nothing_was_written_outside_the_schemas(whole, bases):
    with whole.connect() as connection:
        query = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
        if connection.execute(text(f"{query} AND table_name = 'base'")).scalar():
            assert connection.execute(text("SELECT count(*) FROM public.base")).scalar() == 0
