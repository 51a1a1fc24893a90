"""Handover files: out of one base, into another, the same; what is ambiguous is refused."""

import io
from decimal import Decimal

import pytest

from pilot.domain.drafts import Holder
from pilot.domain.errors import NotAllowed, PilotError
from pilot.domain.import_columns import ImportKind
from pilot.domain.people import Role
from pilot.reports import handover
from pilot.reports.exports import Encoding
from pilot.services import importing
from pilot.services.sheets import read_table
from tests import factories
from tests import factories_registry as registry
from tests.factories import clock

KINDS = (ImportKind.ORGANISATIONS, ImportKind.RESULTS, ImportKind.PROJECTS)


@pytest.fixture
def people(session):
    return factories.team(session)


def written(session, people, kind, encoding=Encoding.UTF8) -> bytes:
    file = io.BytesIO()
    handover.write(session, people.manager, kind, file, encoding)
    return file.getvalue()


@pytest.mark.parametrize("encoding", Encoding)
def test_a_base_brought_into_an_empty_one_hands_over_the_same(session, people, encoding):
    unit = registry.institute(session, people, name="示例、研究所", former_names="=1+1")
    parent = factories.project(session, people, name="＝示例", holder_id=unit.id)
    factories.project(
        session, people, name="示例续", parent_id=parent.id, parent_reason="第一行\n第二行"
    )
    package = registry.result(session, people, kind="package", holders=(Holder(unit.id),))
    lead = registry.person(session, people, name="示例带头人")
    holders = (Holder(unit.id, Decimal(40)),)
    registry.result(session, people, package_id=package.id, holders=holders, contact_id=lead.id)
    other = factories.team(session, "QT")
    for name in ("示例负责人", "示例带头人"):
        registry.person(session, other, name=name)

    for kind in KINDS:
        first = written(session, people, kind, encoding)
        table = read_table(first, "x.csv")
        importing.apply(session, kind, table, by=other.manager, at=clock(session))
        assert written(session, other, kind, encoding) == first


def test_a_unit_that_a_file_could_not_name_is_refused(session, people):
    person = {"kind": "individual", "name": "甲、乙"}
    unit = registry.organisation(session, people, **person)
    registry.result(session, people, holders=(Holder(unit.id),))

    with pytest.raises(PilotError, match="无法写入移交文件"):
        written(session, people, ImportKind.RESULTS)


@pytest.mark.parametrize("at_the_holder", [True, False])
def test_a_namesake_is_told_apart_by_the_holder_or_refused(session, people, at_the_holder):
    unit = registry.institute(session, people)
    lead, _namesake = (
        registry.person(session, people, name="示例同名", organisation_id=one)
        for one in (unit.id if at_the_holder else None, None)
    )
    registry.result(session, people, holders=(Holder(unit.id),), contact_id=lead.id)

    if at_the_holder:
        assert "示例同名" in written(session, people, ImportKind.RESULTS).decode("utf-8-sig")
    else:
        with pytest.raises(PilotError, match="有同名的"):
            written(session, people, ImportKind.RESULTS)


def test_half_of_the_shares_is_refused(session, people):
    units = [registry.institute(session, people).id for _ in range(2)]
    registry.result(session, people, holders=(Holder(units[0], Decimal(40)), Holder(units[1])))

    with pytest.raises(PilotError, match="只写了部分持有份额"):
        written(session, people, ImportKind.RESULTS)


def test_a_researcher_gets_no_handover_file(session, people):
    visitor = factories.actor(session, people.base, Role.RESEARCHER)

    with pytest.raises(NotAllowed):
        handover.write(session, visitor, ImportKind.PROJECTS, io.BytesIO(), Encoding.UTF8)
