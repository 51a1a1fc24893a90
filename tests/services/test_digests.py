"""What waits for whom is counted by person, and managers are told once a week."""

from datetime import timedelta

import pytest
from sqlmodel import select

from pilot.domain.digest import Kind
from pilot.domain.errors import Conflict, Invalid
from pilot.domain.moment import local_day, moment
from pilot.domain.people import Role
from pilot.domain.vocabulary import Conclusion, Gate, MailWhen, RegistrationState
from pilot.services import digests, jobs, reviews
from pilot.services.backup import Site
from pilot.services.command import perform
from pilot.services.decisions import ConditionDraft
from pilot.services.mail import delivery
from pilot.services.mail.delivery import Post
from pilot.services.submission_reviews import send_back
from pilot.store import queries_waiting
from pilot.store.engine import reading, writing
from pilot.store.models import DigestRun, MailAddress, Notice, Registration
from tests import factories
from tests import factories_submissions as made
from tests.factories import clock
from tests.postbox import Postbox

NOON = factories.NOON  # a Monday
DAY = timedelta(days=1)


@pytest.fixture
def people(engine):
    with writing(engine) as session:
        return factories.team(session)


def waits(session, people, at=NOON, kind=None):
    found = queries_waiting.waits(session, people.base.id, moment(at))
    return [(one.who, one.number) for one in found if kind in (None, one.kind)]


def sent(session, people, writer, title):
    return made.sent(session, writer, made.result_content(writer, title=title))


# --- what waits ----------------------------------------------------------------------------------


def test_submissions_wait_for_their_reviewer_for_anybody_or_for_their_author(session):
    people = factories.team(session)
    writer = made.author(session, people, name="示例作者")
    _free, first, second, back = (sent(session, people, writer, f"示例成果{n}") for n in range(4))
    made.claimed(session, first, people.one)
    made.claimed(session, second, people.one)
    made.claimed(session, back, people.other)
    send_back(session, back.id, by=people.other, at=clock(session), reason="请补充")

    assert waits(session, people, kind=Kind.REVIEW) == [(None, 1), ("示例评审甲", 2)]
    assert waits(session, people, kind=Kind.AMEND) == [("示例作者", 1)]
    found = queries_waiting.waits(session, people.base.id, moment(NOON + 5 * DAY))
    assert {one.since for one in found} == {local_day(NOON)}


def request(people, number, at, state=RegistrationState.WAITING):
    """A stranger's request for an account, waiting or already refused."""
    return Registration(
        base_id=people.base.id,
        token_hash=f"{people.base.code}-{number}",
        name=f"示例来客{number}",
        unit="示例单位",
        contact="无",
        reason="示例",
        state=state,
        decided_at=None if state is RegistrationState.WAITING else at,
        recorded_at=at,
    )


def test_a_request_for_an_account_waits_for_the_administrators_of_its_base(session):
    people, strangers = factories.team(session), factories.team(session, "QT")
    refused = request(people, 3, NOON, RegistrationState.REFUSED)
    session.add_all([request(people, 1, NOON), request(people, 2, NOON + DAY), refused])
    session.add(request(strangers, 1, NOON))
    assert waits(session, people, kind=Kind.REGISTRATION) == [(None, 2)]

    for name in ("示例管理员甲", "示例管理员乙"):
        factories.actor(session, people.base, Role.ADMIN, login=name, name=name)
    factories.actor(session, strangers.base, Role.ADMIN, login="qt-admin", name="示例外人")
    assert waits(session, people, kind=Kind.REGISTRATION) == [("示例管理员甲、示例管理员乙", 2)]
    found = queries_waiting.waits(session, people.base.id, moment(NOON + 5 * DAY))
    assert {one.since for one in found} == {local_day(NOON)}


def test_a_card_waits_for_its_assessor_until_it_is_handed_in(session):
    people = factories.team(session)
    review = factories.at_gate(session, people, Gate.G1)
    ids = [people.one.id, people.other.id]
    reviews.assign(session, review.id, ids, by=people.manager, at=clock(session))
    points = {"technical": 70, "equipment": 70, "commercial": 70}
    reviews.score(session, review.id, by=people.one, at=clock(session), **points)
    assert waits(session, people, kind=Kind.SCORE) == [("示例评审乙", 1)]


def test_a_late_gate_waits_for_the_projects_manager(session):
    people = factories.team(session)
    project = factories.project(session, people)
    on = local_day(NOON) + 3 * DAY
    factories.projects.plan_gate(
        session, project.id, Gate.G0, on, by=people.manager, at=clock(session)
    )
    assert waits(session, people, NOON + 3 * DAY, Kind.GATE) == []
    assert waits(session, people, NOON + 4 * DAY, Kind.GATE) == [("示例负责人", 1)]


def test_a_late_condition_waits_for_its_owner_while_the_project_is_open(session):
    people = factories.team(session)
    review = factories.at_gate(session, people, Gate.G0)
    factories.prove(session, people, review)
    demand = ConditionDraft("补充材料", "示例责任人", review.opened_on + 90 * DAY)
    factories.decide(session, people, review, Conclusion.CONDITIONAL, conditions=[demand])
    due = NOON + (demand.due_on - local_day(NOON))
    assert waits(session, people, due, Kind.CONDITION) == []
    assert waits(session, people, due + DAY, Kind.CONDITION) == [("示例责任人", 1)]


def test_a_paper_is_told_of_before_it_ends(session):
    people = factories.team(session)
    project = factories.project(session, people)
    ends = local_day(NOON) + 100 * DAY
    factories.paper(session, people, project, "D03", valid_until=ends)
    assert waits(session, people, NOON + 39 * DAY, Kind.PAPER) == []
    assert waits(session, people, NOON + 40 * DAY, Kind.PAPER) == [("示例负责人", 1)]


def test_another_base_is_not_counted(session):
    people, strangers = factories.team(session), factories.team(session, "QT")
    sent(session, strangers, made.author(session, strangers), "示例")
    assert waits(session, people) == []


# --- telling -------------------------------------------------------------------------------------


@pytest.fixture
def waiting(engine, people):
    """A base in which one submission waits."""
    with writing(engine) as session:
        sent(session, people, made.author(session, people), "示例*机密*成果")
        for notice in session.exec(select(Notice)):
            session.delete(notice)
    return engine


def tell(engine, people, at):
    with writing(engine) as session:
        return digests.tell(session, people.base.id, at=at)


def told(engine):
    with reading(engine) as session:
        return session.exec(select(Notice).order_by(Notice.id)).all()


def test_every_manager_is_told_once_a_week(waiting, people):
    assert tell(waiting, people, NOON)
    assert not tell(waiting, people, NOON + DAY)
    assert [one.account_id for one in told(waiting)] == [people.manager.id, people.decider.id]
    assert {one.text for one in told(waiting)} == {"本周等待办理：待审核的填报 1 项。"}
    assert tell(waiting, people, NOON + 8 * DAY)
    assert len(told(waiting)) == 4


def test_nobody_is_told_where_nothing_waits(engine, people):
    assert not tell(engine, people, NOON)
    assert told(engine) == []
    with reading(engine) as session:
        assert session.exec(select(DigestRun)).one().waiting == 0


def test_a_manager_chooses_the_day(waiting, people):
    with pytest.raises(Conflict, match="没有变化"):
        perform(waiting, digests.set_weekday, 0, by=people.manager.id, now=NOON)
    with pytest.raises(Invalid, match="星期一至星期日"):
        perform(waiting, digests.set_weekday, 7, by=people.manager.id, now=NOON)
    perform(waiting, digests.set_weekday, 3, by=people.manager.id, now=NOON)
    assert not tell(waiting, people, NOON)
    assert tell(waiting, people, NOON + 3 * DAY)
    perform(waiting, digests.set_weekday, None, by=people.manager.id, now=NOON + 4 * DAY)
    assert not tell(waiting, people, NOON + 10 * DAY)


@pytest.mark.parametrize("send", list(MailWhen))
def test_the_digest_comes_by_mail_with_numbers_and_the_link(waiting, people, send):
    with writing(waiting) as session:
        session.add(
            MailAddress(
                base_id=people.base.id, account_id=people.manager.id, address="m@example.cn",
                confirmed_at=NOON, send=send, recorded_at=NOON,
            )
        )  # fmt: skip
    tell(waiting, people, NOON)
    with Postbox().open() as box:
        post = Post(box.server(), "https://pilot.example.cn")
        number = delivery.deliver(waiting, post, "one", lambda: NOON)
    assert number == (0 if send is MailWhen.NEVER else 1)
    for mail in box.mails:
        text = mail.get_content()
        assert mail["Subject"] == "中试项目组合：本周待办"
        assert "待审核的填报 1 项" in text
        assert "https://pilot.example.cn/waiting" in text.splitlines()
        assert "机密" not in text


def test_the_job_tells_every_base(waiting, people, tmp_path):
    with writing(waiting) as session:
        strangers = factories.team(session, "QT")
        sent(session, strangers, made.author(session, strangers), "示例")
    site = Site(waiting, tmp_path, tmp_path, tmp_path)
    assert jobs.JOBS["digest"].run(site, 1, NOON) == "提醒了 2 个基地"
    assert jobs.JOBS["digest"].run(site, 1, NOON + DAY) == "提醒了 0 个基地"
