"""Stage counts reach their spans through the two indexes made for them."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event

from pilot.domain.moment import Moment
from pilot.domain.vocabulary import Stage, State
from pilot.store.queries_stage_counts import stage_counts
from tests import factories

VIEW = Moment(2026, date(2026, 6, 30), datetime(2026, 6, 30, 4, tzinfo=UTC))


def test_each_state_of_a_stage_is_counted(session):
    people = factories.team(session)
    for _ in range(3):
        factories.project(session, people)
    assert stage_counts(session, [people.base.id], VIEW) == [(Stage.POOL, State.ACTIVE, 3)]
    assert stage_counts(session, [people.base.id + 1], VIEW) == []


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_spans_are_found_by_their_lengths(session, engine):
    sent = []

    def keep(_connection, _cursor, statement, values, *_more):
        sent.append((statement, values))

    event.listen(engine, "before_cursor_execute", keep)
    stage_counts(session, [1], VIEW)
    event.remove(engine, "before_cursor_execute", keep)
    statement, values = sent[-1]  # the first begins the transaction
    lines = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    found = [line.detail for line in lines if "project_span" in line.detail]
    assert len(found) == 16
    known = "COVERING INDEX ix_project_span_standing (base_id=? AND stage=? AND state=?"
    assert sum(known in line and "valid_length=? AND valid_to>?" in line for line in found) == 7
    assert sum(known in line and "valid_to=? AND valid_from<?" in line for line in found) == 1
    closed = "COVERING INDEX ix_project_span_corrected (base_id=? AND known_length=?"
    assert sum(closed in line and "known_to>?" in line for line in found) == 8
