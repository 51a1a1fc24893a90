"""The journal: complete by construction, private where it must be, chained."""

import json

from sqlmodel import select

from pilot.domain.chain import link_of
from pilot.domain.drafts import PersonDraft
from pilot.domain.people import Role
from pilot.services import accounts, projects, setup
from pilot.services.command import perform
from pilot.services.organisations import save_person
from pilot.services.projects import ProjectDraft
from pilot.store import journal
from pilot.store.engine import reading, writing
from pilot.store.models import JournalEntry
from tests import factories
from tests.factories import NOON


def written(engine):
    with reading(engine) as session:
        return list(session.exec(select(JournalEntry).order_by(JournalEntry.sequence)))


def test_an_edit_is_recorded_field_by_field_with_before_and_after(engine):
    with writing(engine) as session:
        manager = factories.actor(session, factories.base(session), Role.MANAGER)
    done = perform(engine, projects.register, ProjectDraft(name="甲"), by=manager.id, now=NOON)
    perform(
        engine,
        projects.edit,
        done.subject_id,
        ProjectDraft(name="乙"),
        by=manager.id,
        now=NOON,
        reason="名称有误",
    )
    entry = written(engine)[-1]
    changed = {c["table"]: c["fields"] for c in json.loads(entry.changes)}
    assert changed["project"]["name"] == ["甲", "乙"]
    assert entry.reason == "名称有误"


def test_rows_that_share_a_number_are_each_recorded(engine):
    """Two roles are two rows of one account: the entry names both."""
    with writing(engine) as session:
        home = factories.base(session)
        admin = factories.actor(session, home, Role.ADMIN)
    roles = (Role.MANAGER, Role.REVIEWER)
    perform(engine, accounts.create, "new", "示例", roles, "First-Horse-77", by=admin.id, now=NOON)
    told = json.loads(written(engine)[-1].changes)
    given = [c["fields"]["role"][1] for c in told if c["table"] == "account_role"]
    assert sorted(given) == ["manager", "reviewer"]


def test_personal_data_stays_out_of_the_chained_body(engine):
    with writing(engine) as session:
        home = factories.base(session)
        setup.install(session, home, NOON)
        manager = factories.actor(session, home, Role.MANAGER)
    draft = PersonDraft(name="示例经理", kind="manager", phone="13800000000", email="a@example.cn")
    perform(engine, save_person, draft, by=manager.id, now=NOON)
    text = written(engine)[-1].changes
    assert "13800000000" not in text
    assert "a@example.cn" not in text
    assert journal.HIDDEN in text


def test_each_entry_is_chained_to_the_one_before(engine):
    with writing(engine) as session:
        manager = factories.actor(session, factories.base(session), Role.MANAGER)
    for name in "甲乙丙":
        perform(engine, projects.register, ProjectDraft(name=name), by=manager.id, now=NOON)
    previous = journal.GENESIS
    for entry in written(engine):
        assert entry.previous == previous
        assert entry.hash == journal.digest(link_of(entry))
        previous = entry.hash
