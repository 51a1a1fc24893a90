"""The ledger adds up on every day, whatever was written before."""

from collections import Counter
from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilot.domain.facts import Source, Verdict
from pilot.domain.ledger import Draft, Entry, content, reconcile, standing
from pilot.domain.vocabulary import Indicator, Scope, Standing

START = date(2026, 1, 1)
DAYS = range(8)


def on(number: int) -> date:
    return START + timedelta(days=number)


def claim(first: int = 1, end: int | None = None, **changes) -> Verdict:
    """A project that counts from day `first` to the day before `end`."""
    said = {
        "indicator": Indicator.NEW_PILOT,
        "scope": Scope.CITY,
        "standing": Standing.COUNTED,
        "unit_kind": "project",
        "unit_id": 1,
        "year": 2026,
        "definition_id": 1,
        "rule": "M1-R1",
    }
    ends_on = None if end is None else on(end)
    return Verdict(on=on(first), ends_on=ends_on, **said | changes)


def write(entries: list[Entry], drafts: list[Draft]) -> list[Entry]:
    """Append drafts as the store does: each gets its id before the next one may name it."""
    written, ids = list(entries), {}
    names = [field.name for field in fields(Entry) if field.name not in ("id", "reverses_id")]
    for draft in drafts:
        target = draft.reverses if isinstance(draft.reverses, int) else ids.get(id(draft.reverses))
        ids[id(draft)] = len(written) + 1
        copied = {name: getattr(draft, name) for name in names}
        written.append(Entry(id=ids[id(draft)], reverses_id=target, **copied))
    return written


def history(*rounds: list[Verdict]) -> list[Entry]:
    """The ledger after the facts changed several times."""
    entries: list[Entry] = []
    for wanted in rounds:
        entries = write(entries, reconcile(entries, wanted, "事实变更"))
    return entries


def signs(entries: list[Entry]) -> list[tuple[int, int, int | None]]:
    """Sign, day and reversed entry of each entry, in order."""
    return [(each.sign, (each.effective_on - START).days, each.reverses_id) for each in entries]


@pytest.mark.parametrize(
    ("rounds", "expected"),
    [
        pytest.param([[]], [], id="C-R9 nothing counts, nothing is written"),
        pytest.param([[claim(1)]], [(1, 1, None)], id="C-R9 a claim"),
        pytest.param([[claim(1)], [claim(1)]], [(1, 1, None)], id="C-R9 again: nothing to add"),
        pytest.param([[claim(1)], []], [(1, 1, None), (-1, 1, 1)], id="C-R9 a mistake: taken back"),
        pytest.param(
            [[claim(1)], [claim(2)]],
            [(1, 1, None), (1, 2, None), (-1, 1, 1)],
            id="C-R9 another day",
        ),
        pytest.param(
            [[claim(2)], [claim(1)]],
            [(1, 2, None), (1, 1, None), (-1, 2, 1)],
            id="C-R9 an earlier day",
        ),
        pytest.param(
            [[claim(1)], [claim(1, 4)]],
            [(1, 1, None), (-1, 4, 1)],
            id="C-R9 rescinded: it stands until then",
        ),
        pytest.param(
            [[claim(1, 4)]],
            [(1, 1, None), (-1, 4, 1)],
            id="C-R9 entered after it was rescinded",
        ),
        pytest.param([[claim(4, 4)]], [], id="C-R9 ended on its first day: never stood"),
        pytest.param(
            [[claim(1, 4)], [claim(1)]],
            [(1, 1, None), (-1, 4, 1), (1, 4, None)],
            id="C-R9 not rescinded after all",
        ),
        pytest.param(
            [[claim(1, 4)], [claim(1, 6)]],
            [(1, 1, None), (-1, 4, 1), (1, 4, None), (-1, 6, 3)],
            id="C-R9 rescinded later than thought",
        ),
        pytest.param(
            [[claim(1, 4)], []],
            [(1, 1, None), (-1, 4, 1), (1, 4, None), (-1, 1, 3)],
            id="C-R9 ended, then found never to have been true",
        ),
        pytest.param(
            [[claim(1, 6)], [claim(1, 4)]],
            [(1, 1, None), (-1, 6, 1), (1, 6, None), (-1, 4, 3)],
            id="C-R9 rescinded earlier than thought",
        ),
        pytest.param(
            [[claim(1, 6)], [], [claim(1, 6)]],
            [(1, 1, None), (-1, 6, 1), (1, 6, None), (-1, 1, 3), (1, 1, None), (-1, 6, 5)],
            id="C-R9 never true, then true after all",
        ),
    ],
)
def test_what_is_written(rounds, expected):
    assert signs(history(*rounds)) == expected


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"standing": Standing.PENDING}, id="C-R9 standing"),
        pytest.param({"indicator": Indicator.ELSEWHERE}, id="C-R9 indicator"),
        pytest.param({"scope": Scope.BASE}, id="C-R9 scope"),
        pytest.param({"year": 2025}, id="C-R9 year"),
        pytest.param({"definition_id": 2}, id="C-R9 definition"),
        pytest.param({"rule": "M1-R2"}, id="C-R9 rule"),
        pytest.param({"missing": ("协议未核验",)}, id="C-R9 missing"),
        pytest.param({"sources": (Source("decision", 1),)}, id="C-R9 sources"),
        pytest.param({"verified_by": 7}, id="C-R9 verifier"),
        pytest.param({"repeated": True}, id="C-R9 repeated"),
    ],
)
def test_any_difference_makes_another_claim(changes):
    entries = history([claim(1)], [claim(1, **changes)])

    assert signs(entries) == [(1, 1, None), (1, 1, None), (-1, 1, 1)]


def test_sources_have_no_order():
    two = (Source("decision", 1), Source("evidence", 2))

    assert len(history([claim(sources=two)], [claim(sources=two[::-1])])) == 1


def test_a_reversal_repeats_what_it_takes_back_and_says_why():
    entries = history([claim(1, sources=(Source("decision", 1),))])

    (draft,) = reconcile(entries, [], "协议未生效")

    assert (draft.sign, draft.reverses, draft.reason) == (-1, 1, "协议未生效")
    assert content(draft) == content(entries[0])


def test_a_claim_is_drafted_before_the_reversal_that_names_it():
    first, second = reconcile([], [claim(1, 4)], "")

    assert second.reverses is first


@pytest.mark.parametrize(
    ("rounds", "day", "since"),
    [
        pytest.param([[claim(2)]], 1, [], id="C-R10 the day before"),
        pytest.param([[claim(2)]], 2, [2], id="C-R10 the first day"),
        pytest.param([[claim(2, 4)]], 3, [2], id="C-R10 the last day"),
        pytest.param([[claim(2, 4)]], 4, [], id="C-R10 the day it ends"),
        pytest.param([[claim(2, 4)], [claim(2)]], 5, [2], id="C-R10 resumed: since the beginning"),
        pytest.param([[claim(1, 6)], []], 3, [], id="C-R10 ended, then never true"),
        pytest.param([[claim(1, 6)], [], [claim(3)]], 2, [], id="C-R10 then true later: before"),
        pytest.param([[claim(1, 6)], [], [claim(3)]], 4, [3], id="C-R10 then true later: after"),
        pytest.param([[claim(1, 3), claim(5)]], 6, [5], id="C-R10 twice: since the second time"),
    ],
)
def test_the_claims_that_stand_on_a_day(rounds, day, since):
    claims = standing(history(*rounds), on(day))

    assert [(each.effective_on - START).days for each in claims] == since


def test_the_ledger_as_it_was_known():
    """C-R10: later rounds add entries; those known before still say what was known."""
    before = history([claim(1)])
    after = history([claim(1)], [])

    assert after[: len(before)] == before
    assert [len(standing(known, on(5))) for known in (before, after)] == [1, 0]


claims = st.builds(
    claim,
    first=st.sampled_from(DAYS),
    end=st.none() | st.sampled_from(DAYS),
    unit_id=st.integers(1, 2),
    standing=st.sampled_from([Standing.COUNTED, Standing.PENDING]),
    missing=st.sampled_from([(), ("协议未核验",)]),
)
histories = st.lists(st.lists(claims, max_size=4), min_size=1, max_size=6)


@given(histories)
def test_the_signs_add_up_on_every_day(rounds):
    """C-R9: after each round, for every day and every content, to the wanted units of that day."""
    entries: list[Entry] = []
    for wanted in rounds:
        entries = write(entries, reconcile(entries, wanted, ""))
        for day in map(on, DAYS):
            expected = Counter(content(each) for each in wanted if each.stands(day))
            sums = Counter()
            for each in entries:
                if each.effective_on <= day:
                    sums[content(each)] += each.sign
            assert {key: n for key, n in sums.items() if n} == expected
            assert Counter(map(content, standing(entries, day))) == expected


@given(histories)
def test_reconciling_twice_adds_nothing(rounds):
    entries = history(*rounds)

    assert reconcile(entries, rounds[-1], "") == []


@given(histories)
def test_every_reversal_takes_back_another_claim(rounds):
    """As the store demands: one reversal a claim, claims only, and with the claim's own words."""
    entries = history(*rounds)
    by_id = {each.id: each for each in entries}
    reversals = [each for each in entries if each.sign < 0]

    assert len({each.reverses_id for each in reversals}) == len(reversals)
    for each in reversals:
        assert by_id[each.reverses_id].sign > 0
        assert content(by_id[each.reverses_id]) == content(each)
    assert all(each.reverses_id is None for each in entries if each.sign > 0)


@given(histories)
def test_no_more_is_written_than_the_change_needs(rounds):
    """From nothing: a claim for each stretch, and a reversal for each that ends."""
    (wanted, *_) = rounds
    one_each = {content(each): each for each in wanted}.values()
    stretches = [each for each in one_each if each.ends_on is None or each.on < each.ends_on]

    written = reconcile([], one_each, "")

    ended = sum(each.ends_on is not None for each in stretches)
    assert len(written) == len(stretches) + ended


def test_a_unit_of_another_kind_with_the_same_number_is_another_unit():
    entries = history([claim(1), replace(claim(1), unit_kind="result")])

    assert len(standing(entries, on(1))) == 2
