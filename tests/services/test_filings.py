"""The report of a period through its verbs: two people, one cut-off, a freeze, an exception."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import col, select

from pilot.domain.errors import Conflict, Invalid, NotAllowed, NotFound, PilotError, Refused
from pilot.domain.import_columns import ImportKind
from pilot.domain.importing import BatchState
from pilot.domain.moment import moment
from pilot.domain.people import Role
from pilot.domain.report_calendar import After, CalendarRule, Window
from pilot.domain.report_periods import PeriodKind
from pilot.domain.vocabulary import FilingState as State
from pilot.domain.vocabulary import Gate
from pilot.reports import filing_detail, report_deadlines, report_rules
from pilot.reports import filing_lines as lines
from pilot.reports import packs as built
from pilot.reports.pack_files import NOTES
from pilot.reports.report_files import members
from pilot.reports.report_sheets import look
from pilot.services import (
    filing_lines,
    filing_tasks,
    filings,
    own_deadlines,
    packs,
    receiver_rules,
    unlocking,
)
from pilot.services.command import perform
from pilot.services.importing import batches
from pilot.services.receiver_rules import RuleDraft
from pilot.store import queries_filings, queries_goals
from pilot.store.engine import reading, writing
from pilot.store.files import StoredFile
from pilot.store.models import Notice, ReportPack
from tests import factories

JUNE_2 = datetime(2026, 6, 2, 2, 0, tzinfo=UTC)  # the window of 2026-05 is open
WHY = "示例理由"


@pytest.fixture
def people(session):
    team = factories.team(session)
    officer = factories.actor(session, team.base, Role.OFFICER, name="示例上报人")
    return team, officer


def clock(session, start=JUNE_2):
    session.info["filing-clock"] = session.info.get("filing-clock", start) + timedelta(seconds=1)
    return session.info["filing-clock"]


def explain_all(session, row, by):
    judged = filing_detail.by_id(session, by, row.id, clock(session), "/nowhere").judged
    soft = [each.key for each in judged.findings if not each.problem.hard]
    if soft:
        filings.explain(session, row.id, soft, "确认无误", by=by, at=clock(session))
    return judged


def submitted(session, officer, template="R1", period="2026-05"):
    row = filings.start(session, template, period, by=officer, at=clock(session))
    explain_all(session, row, officer)
    return filings.submit(session, row.id, by=officer, at=clock(session), look=look)


def frozen(session, people, folder, **about):
    team, officer = people
    row = submitted(session, officer, **about)
    filings.approve(session, row.id, by=team.manager, at=clock(session))
    return sign(session, row, team.manager, folder)


def sign(session, row, by, folder):
    return filings.freeze(
        session, row.id, by=by, at=clock(session), look=look, build=built.build, folder=folder
    )


def test_a_report_goes_from_empty_to_frozen_through_two_people(session, people, folder):
    team, officer = people

    row = frozen(session, people, folder)

    [edition] = queries_filings.editions(session, row.id)
    assert (row.state, row.edition) == (State.FROZEN, 1)
    assert (edition.maker_id, edition.checker_id) == (officer.id, team.manager.id)
    pack = session.get(ReportPack, edition.pack_id)
    assert (pack.prepared_by, pack.checked_by) == (officer.name, team.manager.name)
    assert pack.known_at == edition.cut_off == row.cut_off


def test_whoever_submitted_neither_checks_nor_signs(session, people):
    team, _ = people
    row = submitted(session, team.manager)

    with pytest.raises(NotAllowed, match="填报人"):
        filings.approve(session, row.id, by=team.manager, at=clock(session))


def test_the_checker_sees_what_was_submitted_not_what_came_since(session, people):
    team, officer = people
    row = submitted(session, officer, template="R2")
    session.info["clock"] = clock(session)
    factories.project(session, team)

    shown = filing_detail.by_id(session, team.manager, row.id, clock(session), "/nowhere")

    assert len(shown.judged.sheet.rows) == 0


def test_nothing_recorded_after_the_lock_date_goes_in(session, people):
    _, officer = people
    session.info["filing-clock"] = datetime(2026, 6, 20, tzinfo=UTC)

    row = submitted(session, officer)

    assert row.cut_off == datetime(2026, 6, 10, 15, 59, 59, 999999, UTC)


def test_what_is_checked_before_the_submission_ends_at_the_lock_date_too(session, people):
    team, officer = people
    row = filings.start(session, "R2", "2026-05", by=officer, at=clock(session))
    session.info["filing-clock"] = session.info["clock"] = datetime(2026, 6, 20, tzinfo=UTC)
    factories.project(session, team)

    judged = explain_all(session, row, officer)
    checked = lines.preflight(
        session, officer.base_id, [row.id], "/nowhere", moment(clock(session), year=2026)
    )[row.id]

    assert len(judged.sheet.rows) == checked.rows == 0


def test_soft_findings_need_a_word_and_the_word_travels_in_the_pack(session, people, folder):
    team, officer = people
    row = filings.start(session, "R1", "2026-05", by=officer, at=clock(session))

    with pytest.raises(Refused) as refused:
        filings.submit(session, row.id, by=officer, at=clock(session), look=look)
    [lacks] = refused.value.problems
    assert lacks.message == "还有 3 条提示没有写说明。"
    assert "点选" in lacks.remedy

    explain_all(session, row, officer)
    filings.submit(session, row.id, by=officer, at=clock(session), look=look)
    filings.approve(session, row.id, by=team.manager, at=clock(session))
    sign(session, row, team.manager, folder)
    pack = session.get(ReportPack, queries_filings.last_edition(session, row.id).pack_id)
    notes = members(packs.stored_bytes(session, pack, folder))[NOTES].decode()
    assert notes.count("确认无误") == 3


def test_rows_that_are_coming_in_are_told_before_a_report_is_signed_and_in_its_pack(
    session, people, folder
):
    team, officer = people
    file = StoredFile("1" * 64, 10, "text/plain", "成果.csv")
    batch = batches.stage.__wrapped__(
        session, ImportKind.RESULTS, by=team.manager, at=clock(session), file=file
    )
    batch.state, batch.new, batch.done = BatchState.WRITING, 3_000, 1_200

    row = submitted(session, officer, template="R2")
    [said] = filing_detail.by_id(session, team.manager, row.id, clock(session), folder).importing
    assert f"导入批次 {batch.id}（成果）正在写入，库中现有 1,200 / 3,000 行" in said

    filings.approve(session, row.id, by=team.manager, at=clock(session))
    sign(session, row, team.manager, folder)
    pack = session.get(ReportPack, queries_filings.last_edition(session, row.id).pack_id)
    assert f"【导入】{said}" in members(packs.stored_bytes(session, pack, folder))[NOTES].decode()

    batch.state = BatchState.CANCELLED
    row = submitted(session, officer, template="R3")
    assert filing_detail.by_id(session, officer, row.id, clock(session), folder).importing == ()


def test_a_hard_finding_blocks_and_no_word_helps(session, people):
    team, officer = people
    draft = RuleDraft("R1-99", "R1", field="note", asked="required")
    admin = factories.actor(session, team.base, Role.ADMIN)
    receiver_rules.save_rule(session, draft, by=admin, at=clock(session), reason="示例文号")
    row = filings.start(session, "R1", "2026-05", by=officer, at=clock(session))
    judged = explain_all(session, row, officer)
    every = [each.key for each in judged.findings]
    filings.explain(session, row.id, every, "无", by=officer, at=clock(session))

    with pytest.raises(Refused) as refused:
        filings.submit(session, row.id, by=officer, at=clock(session), look=look)

    assert {problem.rule for problem in refused.value.problems} == {"R1-99/required"}
    assert all(problem.row and problem.column for problem in refused.value.problems)


def test_a_report_is_not_submitted_before_its_window(session, people):
    _, officer = people
    row = filings.start(session, "R1", "2026-06", by=officer, at=clock(session))

    with pytest.raises(Conflict, match="2026-07-01"):
        filings.submit(session, row.id, by=officer, at=clock(session), look=look)


def test_a_return_says_why_and_tells_the_maker(session, people):
    team, officer = people
    row = submitted(session, officer)

    with pytest.raises(Invalid):
        filings.send_back(session, row.id, by=team.manager, at=clock(session), reason=" ")
    filings.send_back(session, row.id, by=team.manager, at=clock(session), reason="合计不对")

    assert (row.state, row.cut_off) == (State.RETURNED, None)
    said = [one.text for one, _ in queries_filings.comments(session, row.id)]
    assert said[-1] == "合计不对"
    told = session.exec(select(Notice).where(Notice.account_id == officer.id)).all()
    assert [(one.page, one.about_id) for one in told] == [("reports", row.id)]


# --- the frozen report ---------------------------------------------------------------------------


def test_what_was_told_of_a_report_is_settled_by_its_next_move(session, people, tmp_path):
    team, officer = people
    head = team.decider

    def waiting():
        unread = select(Notice.account_id, Notice.text).where(Notice.read_at.is_(None))
        return {who: text.partition("：")[2] for who, text in session.exec(unread)}

    row = submitted(session, officer)
    assert waiting() == dict.fromkeys((team.manager.id, head.id), "等待审核")

    filings.approve(session, row.id, by=team.manager, at=clock(session))
    assert waiting() == {head.id: "审核通过，等待签发"}

    sign(session, row, head, tmp_path)
    assert waiting() == {officer.id: "已签发并冻结（第 1 次）"}

    unlocking.ask(session, row.id, by=officer, at=clock(session), reason=WHY)
    assert waiting().keys() == {team.manager.id, head.id}

    unlocking.refuse(session, row.id, by=head, at=clock(session), reason=WHY)
    assert waiting() == {officer.id: f"不予解锁，理由：{WHY}"}


def test_a_frozen_report_takes_no_move_but_an_unlock_by_somebody_else(session, people, folder):
    team, _officer = people
    row = frozen(session, people, folder)

    for verb in (filings.recall, filings.approve):
        with pytest.raises(Conflict, match="已上报"):
            verb(session, row.id, by=team.decider, at=clock(session))
    with pytest.raises(Conflict, match="没有等待批准"):
        unlock(session, row, team.manager)
    unlocking.ask(session, row.id, by=team.manager, at=clock(session), reason=WHY)
    with pytest.raises(NotAllowed, match="不能自己批准"):
        unlock(session, row, team.manager)
    unlock(session, row, team.decider)
    assert row.state is State.RETURNED


def unlock(session, row, by, days=3):
    until = date(2026, 6, 2) + timedelta(days=days)
    return unlocking.unlock(session, row.id, until, by=by, at=clock(session), reason="同意")


def unlocked(session, people, folder):
    team, officer = people
    row = frozen(session, people, folder)
    unlocking.ask(session, row.id, by=officer, at=clock(session), reason="漏报一项")
    unlock(session, row, team.manager)
    return row


def test_a_corrected_report_leaves_a_second_pack_that_names_the_exception(session, people, folder):
    team, officer = people
    row = unlocked(session, people, folder)
    filings.submit(session, row.id, by=officer, at=clock(session), look=look)
    filings.approve(session, row.id, by=team.manager, at=clock(session))
    sign(session, row, team.decider, folder)

    last, first = queries_filings.editions(session, row.id)
    notes = members(packs.stored_bytes(session, session.get(ReportPack, last.pack_id), folder))
    assert "漏报一项" in notes[NOTES].decode()
    assert last.pack_id != first.pack_id
    assert queries_filings.open_unlock(session, row.id) is None
    [told] = filing_detail.exceptions(session, officer)
    assert (told.reason, told.ended) == ("漏报一项", "第 2 次签发")


def test_an_unlock_that_is_not_used_ends_by_itself(session, people, folder):
    _team, officer = people
    row = unlocked(session, people, folder)
    session.info["filing-clock"] = JUNE_2 + timedelta(days=5)

    shown = filing_detail.by_id(session, officer, row.id, clock(session), "/nowhere")
    assert shown.line.state is State.FROZEN
    with pytest.raises(Conflict, match="已上报"):
        filings.submit(session, row.id, by=officer, at=clock(session), look=look)

    unlocking.ask(session, row.id, by=officer, at=clock(session), reason="再次更正")
    ended = [one.ended for one in filing_detail.exceptions(session, officer)]
    assert (row.state, row.maker_id) == (State.FROZEN, officer.id)
    assert ended == ["等待批准", "2026-06-05 到期，未完成更正，恢复锁定"]


def test_a_relocked_report_is_what_was_filed(session, people, folder):
    team, officer = people
    row = unlocked(session, people, folder)
    filings.submit(session, row.id, by=team.decider, at=clock(session), look=look)

    unlocking.relock(session, row.id, by=team.manager, at=clock(session), reason="不必更正")

    [edition] = queries_filings.editions(session, row.id)
    assert (row.state, row.maker_id, row.cut_off) == (State.FROZEN, officer.id, edition.cut_off)


def test_a_refused_unlock_leaves_the_report_alone(session, people, folder):
    team, officer = people
    row = frozen(session, people, folder)
    unlocking.ask(session, row.id, by=officer, at=clock(session), reason=WHY)

    unlocking.refuse(session, row.id, by=team.manager, at=clock(session), reason="下期补报即可")

    assert row.state is State.FROZEN
    assert queries_filings.open_unlock(session, row.id) is None


def test_a_later_fact_is_a_correction_of_the_next_period(session, people, folder):
    team, officer = people
    session.info["filing-clock"] = datetime(2026, 5, 2, 2, 0, tzinfo=UTC)
    before = frozen(session, people, folder, period="2026-04")
    factories.before_gate(session, team, Gate.G2)  # admitted in spring, known on 1 June

    session.info["filing-clock"] = JUNE_2
    row = filings.start(session, "R1", "2026-05", by=officer, at=clock(session))
    shown = filing_detail.by_id(session, officer, row.id, clock(session), "/nowhere")

    assert before.state is State.FROZEN
    assert {line["kind"] for line in shown.late.rows} == {"补报"}
    assert {line["reported"] for line in shown.late.rows} == {"2026-04"}


def test_a_year_report_closes_its_year_in_the_ledger(session, people, folder):
    _, officer = people
    session.info["filing-clock"] = datetime(2026, 2, 1, 2, 0, tzinfo=UTC)

    row = frozen(session, people, folder, period="2025")

    [(filed, _who)] = queries_goals.filings(session, officer.base_id)
    assert (filed.year, filed.cut_off) == (2025, row.cut_off)
    assert "R1" not in filed.note
    assert "月度调度表 2025" in filed.note


@pytest.mark.parametrize("code", ["R2", "R6", "A62"])
def test_a_list_of_a_year_leaves_it_open(session, people, folder, code):
    _, officer = people
    session.info["filing-clock"] = datetime(2026, 2, 1, 2, 0, tzinfo=UTC)

    frozen(session, people, folder, template=code, period="2025")

    assert queries_goals.filings(session, officer.base_id) == []


# --- the calendar --------------------------------------------------------------------------------


def test_the_calendar_makes_its_lines_once_and_reminds_once(session, people):
    team, officer = people

    first = filing_lines.refresh(session, team.base.id, at=JUNE_2)
    again = filing_lines.refresh(session, team.base.id, at=JUNE_2 + timedelta(hours=1))

    assert first[0] > 0
    assert again == (0, 0)
    told = session.exec(select(Notice).where(Notice.account_id == officer.id)).all()
    assert {(one.page) for one in told} == {"reports"}
    assert any("月度调度表 2026-05：距截止 3 天" in one.text for one in told)


def test_whoever_a_report_waits_for_is_reminded(session, people):
    team, officer = people
    submitted(session, officer, template="R3")
    row = submitted(session, officer)
    filings.approve(session, row.id, by=team.manager, at=clock(session))

    filing_lines.refresh(session, team.base.id, at=clock(session))

    due = select(Notice.account_id, Notice.text).where(col(Notice.text).contains("距截止"))
    told = {(text.partition("：")[0], who) for who, text in session.exec(due)}
    managers = {team.manager.id, team.decider.id}
    assert {who for title, who in told if title == "月度调度表 2026-05"} == managers
    assert officer.id not in {who for title, who in told if title.endswith("明细 2026-05")}


def test_a_line_shows_what_can_be_sent_already(session, people):
    _, officer = people
    filings.start(session, "R1", "2026-05", by=officer, at=clock(session))

    found = lines.calendar(session, officer, 2026, clock(session))

    line = next(one for one in found if (one.template, one.period) == ("R1", "2026-05"))
    view = moment(clock(session), year=2026)
    checked = lines.preflight(session, officer.base_id, [line.id], "/nowhere", view)
    [line] = lines.with_counts([line], checked, {})
    assert (line.rows, line.acceptable, line.hard, line.soft, line.days) == (3, 3, 0, 3, 3)
    assert line.unexplained == 3
    other = {one.period: one for one in found if one.template == "R3"}
    for period, days in {"2026-04": -28, "2026-05": 3, "2026-06": None}.items():
        one = other[period]
        assert (one.id, one.state, one.days) == (None, State.EMPTY, days)


def test_a_base_sets_its_own_calendar(session, people):
    team, officer = people
    admin = factories.actor(session, team.base, Role.ADMIN)
    rule = CalendarRule(After(1, 1), After(1, 8), After(1, 9), ("R2",))

    filing_lines.save_calendar(
        session, PeriodKind.MONTH, rule, by=admin, at=clock(session), reason="示例文号"
    )

    row = filings.start(session, "R2", "2026-05", by=officer, at=clock(session))
    assert (row.due_on, row.lock_on) == (date(2026, 6, 8), date(2026, 6, 9))
    found = lines.calendar(session, officer, 2026, clock(session))
    assert {one.template for one in found if one.kind is PeriodKind.MONTH} == {"R2"}


def test_both_versions_of_a_calendar_are_told_with_who_and_why(engine):
    with writing(engine) as session:
        base = factories.team(session).base
        admin = factories.actor(session, base, Role.ADMIN, name="示例管理员")
    for day in (8, 9):
        rule = CalendarRule(After(1, 1), After(1, day), After(1, 9), ("R2",))
        perform(
            engine, filing_lines.save_calendar, PeriodKind.MONTH, rule, by=admin.id,
            now=JUNE_2 + timedelta(days=day), reason=f"示例文号{day}",
        )  # fmt: skip

    with reading(engine) as session:
        later, first = report_deadlines.versions(session, admin)

    assert (later.who, later.reason) == ("示例管理员", "示例文号9")
    assert first.before.endswith("报送 R1、R3（产品默认）")
    assert "报送截止：期后第 1 个月 8 日" in first.after == later.before
    assert "报送截止：期后第 1 个月 9 日" in later.after


def test_a_tried_calendar_tells_its_days_and_what_keeps_the_old_ones(session, people):
    _, officer = people
    filings.start(session, "R1", "2026-05", by=officer, at=clock(session))
    rule = CalendarRule(After(1, 1), After(1, 31), After(2, 5))

    found = report_deadlines.coming(session, officer, PeriodKind.MONTH, rule, 2026)

    assert len(found) == 12
    may = found[4]
    assert (may.period, may.now.due_on, may.listed) == ("2026-05", date(2026, 6, 5), ("R1",))
    assert (may.then.due_on, may.then.lock_on) == (date(2026, 6, 30), date(2026, 7, 5))
    assert found[11].then.due_on == date(2027, 1, 31)


def test_one_template_gets_days_of_its_own_and_follows_its_frequency_again(session, people):
    _team, officer = people
    own = CalendarRule(After(1, 2), After(1, 20), After(1, 25))
    how = {"by": officer, "reason": "示例文号"}
    begun = filings.start(session, "R1", "2026-03", by=officer, at=clock(session))

    own_deadlines.save(session, PeriodKind.MONTH, "R1", own, at=clock(session), **how)

    def due(template, period):
        row = filings.start(session, template, period, by=officer, at=clock(session))
        return row.opens_on, row.due_on, row.lock_on

    assert due("R1", "2026-05") == (date(2026, 6, 2), date(2026, 6, 20), date(2026, 6, 25))
    assert due("R3", "2026-05") == (date(2026, 6, 1), date(2026, 6, 5), date(2026, 6, 10))
    assert begun.due_on == date(2026, 4, 5)
    shown = {
        (one.template, one.period): one.window.due_on
        for one in lines.calendar(session, officer, 2026, clock(session))
        if one.kind is PeriodKind.MONTH
    }
    assert (shown["R1", "2026-04"], shown["R3", "2026-04"]) == (
        date(2026, 5, 20), date(2026, 5, 5),
    )  # fmt: skip
    tried = report_deadlines.coming(session, officer, PeriodKind.MONTH, own, 2026, template="R1")
    assert [one.listed for one in tried][2:5] == [("R1",), (), ("R1",)]

    own_deadlines.give_up(session, PeriodKind.MONTH, "R1", at=clock(session), **how)
    assert due("R1", "2026-04") == (date(2026, 5, 1), date(2026, 5, 5), date(2026, 5, 10))
    with pytest.raises(Conflict, match="没有单独的期限"):
        own_deadlines.give_up(session, PeriodKind.MONTH, "R1", at=clock(session), **how)


@pytest.mark.parametrize(
    ("template", "days", "reason", "says"),
    [
        ("R1", (1, 5, 10), " ", "必须写明依据"),
        ("R1", (6, 5, 10), "示例", "依次为"),
        ("R9", (1, 5, 10), "示例", "按月报报送的报表模板"),
        ("X7", (1, 5, 10), "示例", "按月报报送的报表模板"),
    ],
)
def test_days_of_a_template_that_are_refused(session, people, template, days, reason, says):
    rule = CalendarRule(*(After(1, day) for day in days))
    with pytest.raises(PilotError, match=says):
        own_deadlines.save(
            session, PeriodKind.MONTH, template, rule, by=people[1], at=clock(session),
            reason=reason,
        )  # fmt: skip


def test_one_report_gets_days_of_its_own_with_the_reason_kept(session, people):
    team, officer = people
    row = filings.start(session, "R1", "2026-05", by=officer, at=clock(session))
    window = Window(date(2026, 6, 1), date(2026, 6, 12), date(2026, 6, 15))

    filing_lines.reschedule(
        session, row.id, window, by=team.manager, at=clock(session), reason="市里延期"
    )

    assert (row.due_on, row.lock_on) == (date(2026, 6, 12), date(2026, 6, 15))
    said, _ = queries_filings.comments(session, row.id)[-1]
    assert "市里延期" in said.text


@pytest.mark.parametrize(
    ("template", "period", "error"),
    [
        pytest.param("R1", "2026-07", Invalid, id="not begun"),
        pytest.param("R1", "上月", Invalid, id="no period"),
        pytest.param("R9", "2026-05", NotFound, id="not for months"),
        pytest.param("R77", "2026-05", NotFound, id="no template"),
    ],
)
def test_what_cannot_be_reported_is_not_begun(session, people, template, period, error):
    with pytest.raises(error):
        filings.start(session, template, period, by=people[1], at=clock(session))


def test_a_task_leads_its_owner_to_the_record(session, people):
    team, officer = people
    project = factories.project(session, team)
    row = filings.start(session, "R2", "2026-05", by=officer, at=clock(session))

    filing_tasks.send(session, row.id, project.code, "预算未填写", by=officer, at=clock(session))

    told = session.exec(select(Notice).where(Notice.page == "project")).all()
    assert {one.account_id for one in told} == {team.manager.id, team.decider.id}
    assert {one.about_id for one in told} == {project.id}
    with pytest.raises(NotFound):
        filing_tasks.send(session, row.id, "CG-2000-0001", "补", by=officer, at=clock(session))


@pytest.fixture
def admin(session, people):
    return factories.actor(session, people[0].base, Role.ADMIN)


def put(session, admin, draft, rule_id=None):
    return receiver_rules.save_rule(
        session, draft, rule_id=rule_id, by=admin, at=clock(session), reason="示例文号"
    )


LONG = RuleDraft("R2-90", "R2", field="name", asked="length", argument="9", year_from=2024)


def test_a_new_version_of_a_rule_ends_the_one_before_it(session, admin):
    first = put(session, admin, LONG)
    later = put(session, admin, replace(LONG, argument="5", year_from=2026))

    assert (first.year_from, first.year_to) == (2024, 2025)
    assert (later.year_from, later.year_to) == (2026, 9999)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param({"year_from": 2024}, "已有自 2024 年度起的版本", id="same year"),
        pytest.param({"year_from": 2022}, "写成 2023 或更早", id="runs into a later one"),
        pytest.param({"template": "R3", "field": "title"}, "另取一个编号", id="another report's"),
    ],
)
def test_versions_of_a_rule_never_overlap(session, admin, change, sentence):
    put(session, admin, LONG)

    with pytest.raises(Conflict, match=sentence):
        put(session, admin, replace(LONG, **change))


@pytest.mark.parametrize(
    "change",
    [{"field": "gone"}, {"asked": "not_less", "argument": "budget、gone"}, {"only_when": "gone=1"}],
    ids=["column", "other column", "condition"],
)
def test_a_rule_about_columns_the_report_lacks_is_refused(session, admin, change):
    with pytest.raises(Invalid, match="没有列“gone”"):
        put(session, admin, replace(LONG, **change))


def test_an_ended_rule_is_not_stretched_over_its_next_version(session, admin):
    first = put(session, admin, LONG)
    put(session, admin, replace(LONG, year_from=2026))

    with pytest.raises(Conflict, match="写成 2025 或更早"):
        put(session, admin, LONG, rule_id=first.id)


@pytest.mark.parametrize(
    ("hard", "blocked", "soft"),
    [
        pytest.param(True, (0, 1), (2, 2), id="hard blocks"),
        pytest.param(False, (0, 0), (2, 3), id="soft asks for a word"),
    ],
)
def test_what_a_rule_would_do_to_open_reports_is_told_and_not_done(
    session, people, admin, hard, blocked, soft
):
    team, officer = people
    factories.project(session, team, name="示例中试项目甲")
    factories.project(session, team, name="示例短名")
    row = filings.start(session, "R2", "2026", by=officer, at=clock(session))
    draft = replace(LONG, argument="5", hard=hard)

    [found] = report_rules.effect(session, admin, draft, None, clock(session), "/nowhere")

    assert (found.title, found.period, found.rows) == ("R2 项目台账", "2026", 2)
    assert found.blocked == blocked
    assert tuple(each - found.soft[0] for each in found.soft) == (0, soft[1] - soft[0])
    judged = filing_detail.by_id(session, officer, row.id, clock(session), "/nowhere").judged
    assert "R2-90" not in {each.rule.code for each in judged.findings}


def test_a_draft_that_cannot_be_saved_is_refused_when_it_is_looked_at(session, admin):
    put(session, admin, LONG)
    for draft in (replace(LONG, argument="很长"), replace(LONG, year_from=2024)):
        with pytest.raises((Conflict, Invalid)):
            report_rules.effect(session, admin, draft, None, clock(session), "/nowhere")
