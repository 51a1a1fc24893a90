"""Stored files and the rows that name them."""

import os
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import func, select

from pilot.domain.errors import Invalid, NotAllowed, NotFound
from pilot.domain.vocabulary import LandingLevel
from pilot.services import attachments, evidence, landing
from pilot.services.attachments import Quota, Upload
from pilot.services.command import perform
from pilot.store.engine import reading, writing
from pilot.store.models import Attachment
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


# --- room for files (row 38) ----------------------------------------------------------------------

MB = 1024 * 1024


@pytest.fixture
def place(engine):
    """A team, its project and a plant of it."""
    with writing(engine) as session:
        people = factories.team(session)
        project = factories.project(session, people)
        other = factories.project(session, people)
        plant = factories.plant(session, people, project)
        return people, project.id, other.id, plant.id


def pdf(size):
    return PAGE + b"%" * (size - len(PAGE))


def accept(engine, folder, project_id, who, data, verb=evidence.submit, project=3, person=5):
    upload = Upload("a.pdf", data, project_id)
    quota = Quota(2, project, person)
    return attachments.accept(engine, folder, upload, verb, by=who.id, now=NOON, quota=quota)


def hand_in(engine, folder, project_id, who, data, code="D01", **quota):
    stored = accept(engine, folder, project_id, who, data, **quota)
    paper = {"title": "示例", "file": stored}
    perform(engine, evidence.submit, project_id, code, by=who.id, now=NOON, **paper)


def stored_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def test_a_project_has_room_for_so_much_and_every_version_counts(engine, folder, place):
    people, project, other, plant = place
    for extra in range(2):
        hand_in(engine, folder, project, people.manager, pdf(MB + extra))
    proof = accept(engine, folder, project, people.manager, pdf(MB // 2), landing.reach)
    perform(
        engine, landing.reach, plant, LandingLevel.L1, by=people.manager.id, now=NOON,
        on=NOON.date(), proof="示例", file=proof,
    )  # fmt: skip
    before = len(stored_in(folder))

    with pytest.raises(Invalid, match=r"这个项目的附件已占用 2\.5 MB.*上限 3 MB，没有保存"):
        accept(engine, folder, project, people.manager, pdf(MB))

    assert len(stored_in(folder)) == before
    hand_in(engine, folder, other, people.manager, pdf(MB))


def test_a_person_has_room_for_so_much_over_all_projects(engine, folder, place):
    people, project, other, _plant = place
    hand_in(engine, folder, project, people.manager, pdf(MB))
    with pytest.raises(Invalid, match=r"您的附件已占用 1\.0 MB.*上限 1 MB"):
        accept(engine, folder, other, people.manager, pdf(MB), person=1)
    accept(engine, folder, other, people.decider, pdf(MB), person=1)


def test_the_last_byte_of_the_room_can_be_used(engine, folder, place):
    people, project, _other, _plant = place
    hand_in(engine, folder, project, people.manager, pdf(MB), project=1, person=1)


@pytest.mark.parametrize("room", [{"project": 1}, {"person": 1}], ids=["project", "person"])
def test_of_two_uploads_at_once_one_gets_the_last_room(engine, folder, place, room):
    people, project, _other, _plant = place
    sent = [accept(engine, folder, project, people.manager, pdf(MB - n), **room) for n in (0, 1)]
    answers = []

    def name_it(file, code):
        told = {"by": people.manager.id, "now": NOON, "title": "示例", "file": file}
        try:
            answers.append(perform(engine, evidence.submit, project, code, **told).sequence)
        except Invalid as error:
            answers.append(error.message)

    at_once = [
        threading.Thread(target=name_it, args=each)
        for each in zip(sent, ("D01", "D20"), strict=True)
    ]
    for thread in at_once:
        thread.start()
    for thread in at_once:
        thread.join()

    refused, kept = sorted(answers, key=lambda answer: isinstance(answer, int))
    assert "上限 1 MB，没有保存" in refused
    assert isinstance(kept, int)
    with reading(engine) as session:
        assert session.exec(select(func.count()).select_from(Attachment)).one() == 1


def test_nothing_is_written_for_who_may_not_or_for_what_is_not_theirs(engine, folder, place):
    people, project, _other, _plant = place
    with pytest.raises(NotAllowed):
        accept(engine, folder, project, people.province, PAGE)
    with pytest.raises(NotFound):
        accept(engine, folder, project + 99, people.manager, PAGE)
    assert stored_in(folder) == []
