"""A report (上报) waits on the lists of those who take it on, and of nobody else."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from sqlmodel import select

from pilot.domain.digest import Kind
from pilot.domain.moment import moment
from pilot.domain.people import Role
from pilot.reports import filing_lines as lines
from pilot.reports import needs, packs, waiting
from pilot.reports.report_sheets import look
from pilot.services import accounts, filing_lines, filings, unlocking
from pilot.store.models import Account, Notice
from tests import factories

MAY = "2026-05"  # its window: 1 to 5 June
JUNE_2 = datetime(2026, 6, 2, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WHY = "示例理由"


class Desk:
    """The people of one base and its reports, at instants that pass."""

    def __init__(self, session, folder):
        self.session, self.folder, self.now = session, folder, JUNE_2
        self.team = factories.team(session)
        self.officer = factories.actor(session, self.team.base, Role.OFFICER, name="示例上报人")

    def do(self, verb, row, by, *args, **options):
        self.now += timedelta(seconds=1)
        return verb(self.session, row, *args, by=by, at=self.now, **options)

    def begun(self, template="R2", period=MAY):
        return self.do(filings.start, template, self.officer, period).id

    def submitted(self, by=None):
        row = self.begun()
        self.do(filings.submit, row, by or self.officer, look=look)
        return row

    def approved(self, by=None):
        row = self.submitted()
        self.do(filings.approve, row, by or self.team.decider)
        return row

    def frozen(self):
        row = self.approved()
        how = {"look": partial(look, folder=self.folder), "build": packs.build}
        self.do(filings.freeze, row, self.team.manager, folder=self.folder, **how)
        return row

    def asked(self):
        row = self.frozen()
        self.do(unlocking.ask, row, self.team.manager, reason=WHY)
        return row

    def unlocked(self, until=date(2026, 6, 4)):
        row = self.asked()
        self.do(unlocking.unlock, row, self.team.decider, until, reason=WHY)
        return row

    def needs(self, who, later=timedelta()):
        return needs.needs(self.session, who, moment(self.now + later))

    def verbs(self, who, later=timedelta()):
        return [need.verb for need in self.needs(who, later)]

    def waits(self, later=timedelta()):
        now = self.now + later
        found = waiting.waits(self.session, self.team.manager, now)
        return {one.kind: (one.number, *waiting.frame([one], now).values[0]) for one in found}


@pytest.fixture
def desk(session, folder):
    return Desk(session, folder)


def test_a_submitted_report_waits_for_everybody_who_may_check_it_but_its_maker(desk):
    row = desk.submitted(by=desk.team.manager)

    [need] = desk.needs(desk.team.decider, later=3 * DAY)
    assert (need.verb, need.code, need.name) == ("审核报表", "R2 2026-05", "项目台账")
    assert (need.page, need.about) == ("reports", (("id", row),))
    assert need.reason == "已提交审核，已等 3 天，2026-06-05 截止，今天截止"
    assert desk.verbs(desk.officer) == ["审核报表"]
    assert desk.verbs(desk.team.manager) == desk.verbs(desk.team.one) == []
    assert desk.waits(3 * DAY) == {Kind.CHECK: (1, "填报人以外的上报人员或基地管理", 1, "3 天")}


def test_a_report_under_review_is_as_urgent_as_it_is_late(desk):
    desk.submitted()

    [need] = desk.needs(desk.team.decider, later=20 * DAY)
    assert (need.days, need.level.value) == (20, "red")
    [late] = desk.needs(desk.team.decider, later=40 * DAY)
    assert late.reason.endswith("已逾期 37 天")


def test_a_report_found_right_waits_for_a_managers_signature_its_checkers_too(desk):
    desk.approved(by=desk.team.decider)

    assert desk.verbs(desk.team.decider) == desk.verbs(desk.team.manager) == ["签发报表"]
    assert desk.verbs(desk.officer) == []
    assert desk.waits() == {Kind.SIGN: (1, "填报人以外的基地管理", 1, "今天起")}


def test_a_request_to_unlock_waits_for_another_manager(desk):
    desk.asked()

    assert desk.verbs(desk.team.decider) == ["答复解锁"]
    assert desk.verbs(desk.team.manager) == desk.verbs(desk.officer) == []
    assert desk.waits() == {Kind.UNLOCK: (1, "申请人以外的基地管理", 1, "今天起")}


def test_an_unlocked_report_waits_for_its_makers_until_its_unlock_is_over(desk):
    desk.unlocked(until=date(2026, 6, 4))

    [need] = desk.needs(desk.officer)
    assert (need.verb, need.days) == ("修改报表", -2)
    assert need.reason == "已解锁，更正后重新提交，2026-06-04 截止，距截止 2 天"
    [line] = [one for one in lines.calendar(desk.session, desk.officer, 2026, desk.now) if one.id]
    assert (line.days, line.left) == (2, "距截止 2 天")
    assert desk.verbs(desk.officer, later=3 * DAY) == []
    assert desk.waits(3 * DAY) == {}


def test_what_was_frozen_waits_for_nobody(desk):
    desk.frozen()

    assert desk.verbs(desk.officer, 9 * DAY) == desk.verbs(desk.team.manager, 9 * DAY) == []
    assert desk.waits(9 * DAY) == {}


def test_a_report_sent_back_waits_for_its_makers_before_it_is_due(desk):
    row = desk.submitted()
    desk.do(filings.send_back, row, desk.team.manager, reason=WHY)

    [need] = desk.needs(desk.officer)
    assert (need.verb, need.level.value) == ("修改报表", "yellow")
    assert need.reason == "已退回，修改后重新提交，2026-06-05 截止，距截止 3 天"
    assert desk.waits() == {}
    assert desk.waits(5 * DAY) == {Kind.REPORT: (1, "示例上报人", 1, "逾期 2 天")}


def test_a_report_nearly_due_or_late_waits_to_be_handed_in_the_earliest_of_a_template(desk):
    april = desk.begun(period="2026-04")
    desk.begun(period=MAY)
    desk.begun("R8")
    desk.begun("R8", "2026-06")  # its window opens in July

    found = {need.code: need for need in desk.needs(desk.officer)}
    assert set(found) == {"R2 2026-04", "R8 2026-05"}
    assert found["R2 2026-04"].about == (("id", april),)
    assert (found["R2 2026-04"].days, found["R8 2026-05"].days) == (28, -3)
    assert desk.waits() == {Kind.REPORT: (1, "上报人员（没有的由基地管理）", 1, "逾期 28 天")}


def test_a_manager_hands_in_what_nobody_else_does(desk, session):
    april = desk.begun(period="2026-04")
    desk.do(filings.submit, april, desk.team.manager, look=look)
    desk.do(filings.send_back, april, desk.officer, reason=WHY)
    may = desk.begun(period=MAY)
    assert [need.about for need in desk.needs(desk.team.manager)] == [(("id", april),)]

    session.get_one(Account, desk.officer.id).disabled_at = desk.now
    session.flush()
    asked = {need.about for need in desk.needs(desk.team.manager)}
    assert asked == {(("id", april),), (("id", may),)}


def test_a_report_due_before_the_base_came_into_the_system_is_late_nowhere(desk, session):
    home, officer = desk.team.base, desk.officer
    accounts.first_administrator(session, home, "first", "示例管理员", "示例-Mima-2026", at=JUNE_2)
    april = desk.begun(period="2026-04")
    may = desk.begun(period=MAY)

    filing_lines.refresh(session, home.id, at=JUNE_2 + DAY)
    told = session.exec(select(Notice.text).where(Notice.account_id == officer.id)).all()
    assert told
    assert not [text for text in told if MAY not in text]

    later = desk.now + 10 * DAY
    found = lines.calendar(session, officer, 2026, later)
    early = [one for one in found if one.window.due_on < JUNE_2.date()]
    assert april in [one.id for one in early]
    assert {(one.days, one.left) for one in early} == {(None, "启用本系统前的期间")}
    [line] = [one for one in found if one.id == may]
    assert (line.days, line.left, line.before_use) == (-7, "已逾期 7 天", False)
    assert {need.code.split()[1] for need in desk.needs(officer, 10 * DAY)} == {MAY}
    assert desk.waits(10 * DAY)[Kind.REPORT][2:] == (3, "逾期 7 天")


def test_a_report_of_before_can_be_prepared_and_is_checked_without_being_late(desk, session):
    home = desk.team.base
    accounts.first_administrator(session, home, "first", "示例管理员", "示例-Mima-2026", at=JUNE_2)
    row = desk.begun(period="2026-04")
    desk.do(filings.submit, row, desk.officer, look=look)

    [need] = desk.needs(desk.team.manager)
    assert need.reason == "已提交审核，已等 0 天，2026-05-05 截止，启用本系统前的期间"
    assert (need.days, need.level.value) == (0, "yellow")


def test_another_bases_reports_wait_for_nobody_here(desk, session):
    desk.submitted()
    desk.begun("R8", "2026-04")
    stranger = factories.actor(session, factories.base(session, "XX"), Role.MANAGER)

    assert desk.verbs(stranger) == []
    assert waiting.waits(session, stranger, desk.now) == []
