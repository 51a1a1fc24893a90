"""Turns of a token: never more than its number, from however many processes, with few writes."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import select

from pilot.domain.api_tokens import ApiScope
from pilot.domain.errors import Busy, Unwritable
from pilot.domain.people import Role
from pilot.services import api_tokens, api_turns
from pilot.services.api_turns import Turns
from pilot.store.engine import reading, writing
from pilot.store.models import ApiToken
from tests import factories

START = datetime(2026, 6, 1, 1, 0, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def token(engine):
    """A live token."""
    with writing(engine) as session:
        people = factories.team(session)
        text = api_tokens.fresh()
        admin = factories.actor(session, people.base, Role.ADMIN, login="boss")
        by, until = admin, START.date() + timedelta(days=30)
        api_tokens.create(session, "示例", list(ApiScope), until, text, by=by, at=START)
    return text


def asks(engine, token, turns, times, now=START, most=40):
    """How many of these requests go on."""
    waits = [
        turns.wait(engine, api_tokens.caller(engine, token, now), most, now) for _ in range(times)
    ]
    assert all(0 <= seconds <= 60 for seconds in waits)
    return waits.count(0)


def test_one_process_gives_the_whole_number_and_no_more(engine, token):
    turns = Turns()

    assert asks(engine, token, turns, 60) == 40
    assert asks(engine, token, turns, 60, START + MINUTE) == 40


def test_who_is_refused_is_told_when_the_minute_ends(engine, token):
    turns = Turns()
    caller = api_tokens.caller(engine, token, START)

    assert turns.wait(engine, caller, 1, START) == 0
    assert turns.wait(engine, api_tokens.caller(engine, token, START), 1, START) == 55


def test_two_processes_together_give_the_number(engine, token):
    one, other = Turns(), Turns()
    given = [asks(engine, token, turns, 1) for _ in range(60) for turns in (one, other)]

    assert sum(given) == 40


def test_many_threads_of_many_processes_never_pass_the_number(engine, token):
    processes = [Turns() for _ in range(3)]
    given: Counter = Counter()

    def ask(place: int) -> None:
        given[place] = asks(engine, token, processes[place % 3], 20)

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 30 <= sum(given.values()) <= 40


def test_few_of_the_requests_write(engine, token):
    writes = []

    def note(_connection, _cursor, statement, *_rest):
        writes.extend([statement] if statement.startswith("UPDATE") else [])

    event.listen(engine, "before_cursor_execute", note)
    try:
        asks(engine, token, Turns(), 120, most=120)
    finally:
        event.remove(engine, "before_cursor_execute", note)

    assert len(writes) <= 20


def test_the_use_of_a_token_is_noted_with_its_turns(engine, token):
    asks(engine, token, Turns(), 1)

    with reading(engine) as session:
        assert session.exec(select(ApiToken)).one().last_used_at == START


@pytest.mark.parametrize("ahead", [MINUTE, timedelta(seconds=50)])
def test_a_process_whose_clock_is_ahead_adds_nothing(engine, token, ahead):
    slow, fast = Turns(), Turns()
    given = asks(engine, token, slow, 10) + asks(engine, token, fast, 40, START + ahead)

    assert asks(engine, token, slow, 60) + given <= 40 + 10


def test_a_count_of_a_far_minute_is_none(engine, token):
    asks(engine, token, Turns(), 60, START + timedelta(days=5))

    assert asks(engine, token, Turns(), 60) == 40


@pytest.mark.parametrize("error", [Busy, Unwritable])
def test_where_nothing_can_be_written_a_process_counts_alone(engine, token, monkeypatch, error):
    def refuse(*_args):
        raise error("忙")

    monkeypatch.setattr(api_turns.queries_api, "take_turns", refuse)

    assert asks(engine, token, Turns(), 60) == 40
