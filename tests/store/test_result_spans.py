"""Results as they were known: the list at an earlier instant, and the history a migration tells."""

from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module

import pytest
from sqlalchemy import delete
from sqlmodel import select

from pilot.domain.drafts import Holder, Number, PersonDraft
from pilot.domain.identifiers import IdentifierKind
from pilot.domain.moment import FOREVER, Moment
from pilot.reports import tables
from pilot.services import merging, organisations, result_leads, results
from pilot.services.command import perform
from pilot.store import result_spans
from pilot.store.engine import reading, writing
from pilot.store.models import JournalEntry, ResultSpan
from tests import factories
from tests import factories_registry as registry
from tests.factories import NOON, clock

PATENT = Number(IdentifierKind.PATENT, "201911044411.X")
WHY = {"reason": "更正"}


@pytest.fixture
def people(session):
    return factories.team(session)


def spans(session, result):
    query = select(ResultSpan).where(ResultSpan.result_id == result.id)
    return session.exec(query.order_by(ResultSpan.known_from)).all()


def shown(session, people, at, text=""):
    """The list as an export writes it: code, title, holders, package, transfers."""
    view = Moment(2026, date(2026, 12, 31), at)
    chosen = tables.Chosen(text=text)
    found = tables.frame(session, tables.TABLES["results"], [people.base.id], view, chosen)
    names = ["code", "title", "kind", "field", "registration_no", "holders", "package", "transfers"]
    return found[names].to_dict("records")


def change(session, people, row, **fields):
    draft = replace(results.result_draft(session, row), **fields)
    args = {"by": people.manager, "at": clock(session), "result_id": row.id}
    results.save_result(session, draft, **args)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"title": "新名称"}, id="title"),
        pytest.param({"kind": "material"}, id="kind"),
        pytest.param({"field": "polymer"}, id="field"),
        pytest.param({"registration_no": "9202600000000001"}, id="registration number"),
    ],
)
def test_a_list_at_an_earlier_instant_reads_as_it_did(session, people, fields):
    row = registry.result(session, people, title="旧名称")
    before = clock(session)
    was = shown(session, people, before)

    change(session, people, row, **fields)

    assert shown(session, people, before) == was
    assert shown(session, people, clock(session)) != was


def test_an_earlier_instant_keeps_holders_and_their_names(session, people):
    unit = registry.institute(session, people, name="示例旧名研究所")
    other = registry.institute(session, people, name="示例另一所")
    row = registry.result(session, people, holders=(Holder(unit.id),))
    first = clock(session)
    draft = replace(organisations.organisation_draft(unit), name="示例新名研究所")
    at = clock(session)
    organisations.save_organisation(
        session, draft, by=people.manager, at=at, organisation_id=unit.id
    )
    second = clock(session)
    change(session, people, row, holders=(Holder(unit.id), Holder(other.id)))

    held = [shown(session, people, at)[0]["holders"] for at in (first, second, clock(session))]

    assert held == ["示例旧名研究所", "示例新名研究所", "示例新名研究所、示例另一所"]


def test_a_search_at_an_earlier_instant_looks_in_what_stood_then(session, people):
    row = registry.result(session, people, title="旧名称", numbers=(PATENT,))
    before = clock(session)
    change(session, people, row, title="新名称", numbers=())

    assert [len(shown(session, people, before, text)) for text in ("旧名", "201911")] == [1, 1]
    assert [len(shown(session, people, before, text)) for text in ("新名", "100%")] == [0, 0]
    assert shown(session, people, clock(session), "201911") == []


def test_a_merged_result_is_gone_between_the_merge_and_its_undoing(session, people):
    one, other = registry.result(session, people), registry.result(session, people)
    part = registry.result(session, people, package_id=other.id)
    registry.transfer(session, people, result_id=other.id)
    instants = [clock(session)]
    merging.merge(session, other.id, one.id, by=people.one, at=clock(session), **WHY)
    instants.append(clock(session))
    merging.undo(session, other.id, by=people.one, at=clock(session), **WHY)
    instants.append(clock(session))

    listed = [
        {line["code"]: (line["package"] or "", line["transfers"]) for line in found}
        for found in (shown(session, people, at) for at in instants)
    ]

    apart = {one.code: ("", 0), other.code: ("", 1), part.code: (other.code, 0)}
    assert listed == [apart, {one.code: ("", 1), part.code: (one.code, 0)}, apart]


def test_nothing_new_opens_no_span(session, people):
    row = registry.result(session, people)
    result_spans.refresh(session, [row.id], clock(session))

    assert [span.known_to for span in spans(session, row)] == [FOREVER]


def test_a_voided_result_had_a_span(session, people):
    row = registry.result(session, people)
    at = clock(session)
    results.void_result(session, row.id, by=people.manager, at=at, **WHY)

    assert [span.known_to for span in spans(session, row)] == [at]


@pytest.fixture
def storied(engine):
    """A base whose results were changed by commands, each with its entry in the journal."""
    with writing(engine) as session:
        people = factories.team(session)
        now = iter(NOON + timedelta(hours=step) for step in range(1, 100))
        session.commit()
        by, manager = people.one.id, people.manager.id

        def done(verb, *args, by=manager, **options):
            return perform(engine, verb, *args, by=by, now=next(now), **options).subject_id

        values = {"kind": "institute", "reg_area": "210200", "uscc": registry.uscc(1)}
        unit = registry.OrganisationDraft(name="示例旧名所", **values)
        held = done(organisations.save_organisation, unit)
        draft = registry.ResultDraft(
            title="旧名称", kind="process", non_secret=True, holders=(Holder(held),)
        )
        one = done(results.save_result, replace(draft, numbers=(PATENT,)))
        other, gone = (done(results.save_result, draft) for _ in range(2))
        done(results.save_result, replace(draft, package_id=other))
        done(results.save_result, replace(draft, title="新名称"), result_id=one)
        named = replace(unit, name="示例新名所")
        done(organisations.save_organisation, named, organisation_id=held)
        done(merging.merge, other, one, by=by, **WHY)
        done(merging.undo, other, by=by, **WHY)
        done(results.void_result, gone, **WHY)
        done(results.save_result, replace(draft, title="最后"), result_id=other)
        first = PersonDraft(name="示例甲", kind="leader", organisation_id=held)
        lead, heir = (
            done(organisations.save_person, replace(first, name=name))
            for name in ("示例甲", "示例乙")
        )
        done(results.save_result, replace(draft, title="最后", contact_id=lead), result_id=other)
        done(organisations.save_person, replace(first, name="示例丙"), person_id=lead)
        done(result_leads.hand_over, lead, heir, result_ids=[other], **WHY)
    return engine


def told(session):
    names = [name for name in ResultSpan.model_fields if name != "id"]
    found = session.exec(select(ResultSpan)).all()
    return sorted([[getattr(span, name) for name in names] for span in found], key=repr)


migration = import_module("pilot.store.migrations.versions.0016_results_as_known")


def test_the_migration_tells_from_the_journal_what_the_verbs_wrote(storied):
    with writing(storied) as session:
        wanted = told(session)
        assert len(wanted) > 8
        assert {"示例甲", "示例丙", "示例乙"} <= {name for row in wanted for name in row}
        session.execute(delete(ResultSpan))
        migration.fill(session.connection())
        assert told(session) == wanted


def test_without_a_journal_the_migration_tells_what_stands_today(storied):
    with reading(storied) as session:
        today = [row for row in told(session) if FOREVER in row]
        voided = {row[1] for row in told(session)} - {row[1] for row in today}
    with writing(storied) as session:
        session.execute(delete(JournalEntry))
        session.execute(delete(ResultSpan))
        migration.fill(session.connection())
        now = told(session)
        assert [row[4:] for row in now if FOREVER in row] == [row[4:] for row in today]
        assert {row[1] for row in now if FOREVER not in row} == voided
        session.rollback()
