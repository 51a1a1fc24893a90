"""Papers: handed in, judged by somebody else, waived, replaced; every change opens a row."""

from datetime import date

import pytest

from pilot.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from pilot.domain.moment import FOREVER
from pilot.domain.vocabulary import EvidenceState, Gate, Indicator, Scope, Standing
from pilot.services import evidence
from pilot.store import files, queries_gates
from pilot.store.models import Attachment
from tests import factories
from tests.factories import clock

PDF = b"%PDF-1.7 example"


@pytest.fixture
def people(session):
    return factories.team(session)


@pytest.fixture
def project(session, people):
    return factories.project(session, people)


def submit(session, people, project, doc_code="D02", **fields):
    values = {"title": "小试报告"} | fields
    return evidence.submit(
        session, project.id, doc_code, by=people.manager, at=clock(session), **values
    )


def judge(session, people, row, state=EvidenceState.QUALIFIED, **fields):
    return evidence.judge(session, row.id, state, by=people.one, at=clock(session), **fields)


def test_a_paper_is_handed_in_as_version_one(session, people, project):
    row = submit(session, people, project)
    assert (row.version, row.state, row.known_to) == (1, EvidenceState.SUBMITTED, FOREVER)


def test_the_file_and_the_paper_are_one_action(session, people, project, folder):
    stored = files.save(folder, PDF, shown_name="小试报告.pdf", limit_bytes=1000)
    row = submit(session, people, project, file=stored)
    kept = session.get(Attachment, row.attachment_id)
    assert (kept.name, kept.sha256, kept.by_id) == (
        "小试报告.pdf",
        stored.sha256,
        people.manager.id,
    )


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        pytest.param({"title": " "}, "材料名称", id="no title"),
        pytest.param({"issued_on": date(2026, 6, 2)}, "还没有到", id="signed in the future"),
        pytest.param(
            {"issued_on": date(2026, 2, 1), "valid_until": date(2026, 1, 1)},
            "不能早于签发",
            id="ends before it begins",
        ),
        pytest.param({"doc_code": "D99"}, "材料清单里没有", id="not in the list of papers"),
    ],
)
def test_what_a_paper_must_say(session, people, project, fields, sentence):
    with pytest.raises(Invalid, match=sentence):
        submit(session, people, project, **fields)


def test_who_handed_it_in_does_not_judge_it(session, people, project):
    row = submit(session, people, project)
    with pytest.raises(NotAllowed, match="自己交的"):
        evidence.judge(
            session, row.id, EvidenceState.QUALIFIED, by=people.manager, at=clock(session)
        )


def test_judging_keeps_what_was_handed_in_readable(session, people, project):
    first = submit(session, people, project)
    second = judge(session, people, first)
    assert (first.state, second.state) == (EvidenceState.SUBMITTED, EvidenceState.QUALIFIED)
    assert first.known_to == second.known_from
    known_then = queries_gates.papers(session, project.id, first.known_from)
    assert [row.state for row in known_then] == [EvidenceState.SUBMITTED]


def test_a_paper_is_sent_back_with_a_reason(session, people, project):
    row = submit(session, people, project)
    with pytest.raises(Invalid, match="必须说明原因"):
        judge(session, people, row, EvidenceState.RETURNED)
    assert judge(session, people, row, EvidenceState.RETURNED, reason="缺签字").reason == "缺签字"


def test_an_old_version_is_not_judged_any_more(session, people, project):
    old = submit(session, people, project)
    submit(session, people, project, title="小试报告（修订）")
    with pytest.raises(Conflict, match="已有新版本"):
        judge(session, people, old)


def test_a_waived_paper_is_not_judged(session, people, project):
    row = evidence.waive(
        session, project.id, "D08", by=people.manager, at=clock(session), reason="不涉及"
    )
    with pytest.raises(Conflict, match="还没有交"):
        evidence.judge(
            session, row.id, EvidenceState.QUALIFIED, by=people.decider, at=clock(session)
        )


def test_a_waiver_names_reason_and_approver(session, people, project):
    with pytest.raises(Invalid, match="必须说明理由"):
        evidence.waive(session, project.id, "D08", by=people.manager, at=clock(session), reason="")
    row = evidence.waive(
        session, project.id, "D08", by=people.manager, at=clock(session), reason="不涉及"
    )
    assert (row.state, row.approver_id) == (EvidenceState.NOT_APPLICABLE, people.manager.id)


def test_a_replaced_paper_goes_back_to_be_judged(session, people, project):
    judge(session, people, submit(session, people, project))
    again = submit(session, people, project)
    assert (again.version, again.state) == (2, EvidenceState.SUBMITTED)


def test_another_bases_paper_is_as_good_as_missing(session, people, project):
    row = submit(session, people, project)
    stranger = factories.team(session, "YK")
    with pytest.raises(NotFound):
        judge(session, stranger, row)


def test_the_count_follows_the_agreement(session, people):
    project = factories.before_gate(session, people, Gate.G1)
    factories.pass_gate(session, people, project, on=date(2026, 2, 1))
    assert factories.count(session, people, Indicator.NEW_PILOT) == 0
    factories.paper(session, people, project, "D06")
    assert factories.count(session, people, Indicator.NEW_PILOT) == 1
    submit(session, people, project, "D06", issued_on=date(2026, 1, 20))
    standings = {
        standing: factories.count(session, people, Indicator.NEW_PILOT, Scope.CITY, standing)
        for standing in (Standing.COUNTED, Standing.PENDING)
    }
    assert standings == {Standing.COUNTED: 0, Standing.PENDING: 1}
