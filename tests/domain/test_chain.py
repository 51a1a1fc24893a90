"""The chain's hash is what it always was; an anchor is read back as it was printed."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilot.domain.chain import Anchor, Link, anchor, digest, last_before
from pilot.domain.errors import Invalid
from pilot.store import journal

AT = datetime(2026, 6, 1, 4, 0, 1, 234567, tzinfo=UTC)
ANCHOR = Anchor("PJ", 18342, hashlib.sha256(b"x").hexdigest(), AT)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NUMBER = st.integers(1, 10**12)


LINKS = st.builds(
    Link,
    NUMBER,
    NUMBER,
    st.just(AT.isoformat()),
    st.none() | NUMBER,
    TEXT,
    TEXT,
    NUMBER,
    st.none() | NUMBER,
    TEXT,
    st.none() | TEXT,
    TEXT,
    st.booleans(),
    TEXT,
    TEXT,
)


@given(LINKS)
def test_an_entry_is_hashed_as_a_json_array_of_its_fields(link):
    text = json.dumps(link[:-1], ensure_ascii=False, separators=(",", ":"))
    assert digest(link) == hashlib.sha256(text.encode()).hexdigest()


@given(LINKS)
def test_the_quicker_writer_of_the_store_writes_the_same(link):
    assert journal.digest(link) == digest(link)


def test_an_entry_keeps_the_hash_that_it_always_had():
    at = AT.isoformat()
    link = Link(1, 2, at, None, "甲", "b", 3, 4, "“\n", None, '["x"]', False, "0" * 64)
    assert digest(link) == "864f3ee4aa670fe861be9d420e50ae312b106961dd90f21cc44fec39bac8b1ff"


def test_an_anchor_is_read_back_as_it_was_printed():
    read = anchor(str(ANCHOR))

    assert (read.base, read.sequence) == ("PJ", 18342)
    assert read.at == AT.replace(microsecond=0)
    assert read.holds(18342, ANCHOR.hash)
    assert str(read) == str(ANCHOR)


def test_it_may_be_typed_with_spaces_and_in_the_wrong_case():
    assert anchor(f"  {str(ANCHOR).replace('-', ' - ').lower()} ").holds(18342, ANCHOR.hash)


@pytest.mark.parametrize("at", range(len(str(ANCHOR))))
def test_one_wrong_character_is_a_wrong_copy_and_not_a_broken_journal(at):
    said = str(ANCHOR)
    if said[at] == "-" and at > 27:  # a dash between the groups only helps the eye
        return
    with pytest.raises(Invalid, match="抄写有误"):
        anchor(said[:at] + ("8" if said[at] != "8" else "9") + said[at + 1 :])


@pytest.mark.parametrize("text", ["", "PJ", "PJ-0-20260601T040001Z-" + "0" * 36, "日志锚"])
def test_what_is_no_anchor_is_refused_in_words(text):
    with pytest.raises(Invalid, match="抄写有误"):
        anchor(text)


def test_an_anchor_holds_only_for_its_own_entry():
    assert not ANCHOR.holds(18341, ANCHOR.hash)
    assert not ANCHOR.holds(18342, "0" * 64)


@pytest.mark.parametrize("length", [0, 1, 2, 7, 100])
def test_the_last_entry_before_an_instant_is_found_by_a_few_looks(length):
    times = [AT + timedelta(minutes=n) for n in range(1, length + 1)]
    looks = []

    def at_of(number):
        looks.append(number)
        return times[number - 1]

    for known in range(length + 1):
        looks.clear()
        assert last_before(AT + timedelta(minutes=known), length, at_of) == known
        assert len(looks) <= 7
