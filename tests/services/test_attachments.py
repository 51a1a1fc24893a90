"""Stored files and the rows that name them."""

import os
from datetime import UTC, datetime, timedelta

from pilot.services import attachments
from pilot.store.engine import reading, writing
from tests import factories
from tests.factories import NOON

PAGE = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"


def age(folder, days):
    old = (NOON - timedelta(days=days)).timestamp()
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (old, old))


def test_a_file_without_a_row_is_swept_after_a_day_and_a_named_one_stays(engine, folder):
    with writing(engine) as session:
        manager = factories.actor(session, factories.base(session))
        named = attachments.keep(folder, PAGE, shown_name="a.pdf", limit_bytes=10_000)
        attachments.add(session, named, by=manager, at=NOON)
    attachments.keep(folder, PAGE + b"%2\n", shown_name="b.pdf", limit_bytes=10_000)
    age(folder, days=2)
    with reading(engine) as session:
        assert attachments.sweep(session, folder, at=NOON) == 1
        assert attachments.sweep(session, folder, at=NOON) == 0


def test_a_fresh_file_is_left_for_the_row_that_is_about_to_commit(engine, folder):
    attachments.keep(folder, PAGE, shown_name="a.pdf", limit_bytes=10_000)
    age(folder, days=0)
    with reading(engine) as session:
        assert attachments.sweep(session, folder, at=NOON) == 0


def test_handing_in_an_old_orphan_again_makes_it_fresh(engine, folder):
    attachments.keep(folder, PAGE, shown_name="a.pdf", limit_bytes=10_000)
    age(folder, days=2)
    attachments.keep(folder, PAGE, shown_name="a.pdf", limit_bytes=10_000)
    with reading(engine) as session:
        assert attachments.sweep(session, folder, at=datetime.now(UTC)) == 0
