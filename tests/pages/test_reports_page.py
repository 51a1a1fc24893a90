"""上报, as a page: the calendar, and one report from empty to frozen."""

from datetime import UTC, datetime, timedelta

import pytest

from pilot.config import settings
from pilot.domain.asked import Asked
from pilot.domain.draft_projects import ProjectDraft
from pilot.domain.moment import local_day
from pilot.domain.people import Role
from pilot.domain.report_calendar import After, CalendarRule
from pilot.domain.report_periods import PeriodKind, period_of
from pilot.domain.vocabulary import FilingState as State
from pilot.reports import packs
from pilot.reports.report_sheets import look
from pilot.services import filing_lines, filings, projects
from pilot.services.command import perform
from pilot.store import queries_filings
from pilot.store.engine import reading, shared, writing
from pilot.store.queries_door import account_named
from pilot.store.queries_people import actor
from tests import factories, serving
from tests.pages.people_of import people_of
from tests.pages.test_statements import counted

NOW = datetime.now(UTC)
LAST = period_of(local_day(NOW), PeriodKind.MONTH).previous.key  # its window is open
YEAR = local_day(NOW).year
READERS = [Role.ADMIN, Role.MANAGER, Role.OFFICER, Role.PROVINCE]
ADDRESS = {"report": "R8", "period": LAST}


def text_of(app):
    """What stands on the page outside of tables."""
    kinds = (app.title, app.caption, app.info, app.warning, app.success, app.error, app.markdown)
    return " ".join(str(one.value) for kind in kinds for one in kind)


def buttons(app):
    """The moves of a report: not the way back."""
    return [one.label for one in app.button if one.label != "返回上报日历"]


def press(app, label):
    next(one for one in app.button if one.label == label).click().run()
    assert not app.exception
    return app


def state(engine):
    with reading(engine) as session:
        home = account_named(session, "officer").base_id
        row = queries_filings.filing(session, home, "R8", LAST)
        return row.state if row else None


def by(engine, login, verb, *arguments, **options):
    with writing(engine) as session:
        who = actor(session, account_named(session, login).id, NOW)
        return verb(session, *arguments, by=who, at=datetime.now(UTC), **options)


def done(engine, login, verb, *arguments, **options):
    """The same through the command layer, which writes the journal."""
    with reading(engine) as session:
        who = account_named(session, login).id
    return perform(engine, verb, *arguments, by=who, now=datetime.now(UTC), **options).subject_id


@pytest.mark.parametrize("role", [role for role in Role if role not in READERS])
def test_who_may_not_report_sees_nothing(open_page, role):
    app = open_page("reports", role)
    assert "上报" not in [title.value for title in app.title]


def test_the_calendar_lists_what_is_due_and_opens_a_report(open_page):
    app = open_page("reports", Role.OFFICER)

    assert not app.exception
    [lines] = [one.value for one in app.dataframe if "period" in one.value.columns]
    assert {"R1 月度调度表", "R3 成果转化明细"} <= set(lines["name"])
    assert (set(lines["state"])) == {"未开始"}


def test_a_report_goes_from_empty_to_frozen(open_page, engine):
    app = open_page("reports", Role.OFFICER, **ADDRESS)
    press(app, "开始填报")
    assert state(engine) is State.IN_PROGRESS
    press(app, "提交审核")
    assert state(engine) is State.SUBMITTED
    assert "收回" in buttons(app)
    assert "审核通过" not in buttons(app)

    app = open_page("reports", Role.MANAGER, **ADDRESS)
    press(app, "审核退回")  # without a word of why
    assert state(engine) is State.SUBMITTED
    assert "必须写明理由" in text_of(app)
    next(one for one in app.text_area if one.label == "意见或理由").set_value("合计不对")
    press(app, "审核退回")
    app = open_page("reports", Role.OFFICER, **ADDRESS)
    assert "退回理由：合计不对" in text_of(app)
    press(app, "提交审核")
    app = open_page("reports", Role.MANAGER, **ADDRESS)
    assert "退回理由" not in text_of(app)
    press(app, "审核通过")
    press(app, "签发并冻结")
    assert state(engine) is State.FROZEN
    links = [one.proto.url for one in app.get("link_button")]
    assert [url.rpartition("/")[2] for url in links if "/pack/" in url] == [
        "R8.xlsx", "R8.csv", "print.html", "zip"
    ]  # fmt: skip
    assert buttons(app) == ["申请解锁", "写下意见"]
    assert "期限不再调整" in text_of(app)
    assert "与现在比较" not in text_of(open_page("reports", Role.PROVINCE, **ADDRESS))


def test_the_address_by_number_leads_to_the_same_report(open_page, engine):
    row = by(engine, "officer", filings.start, "R8", LAST)
    app = open_page("reports", Role.OFFICER, id=row.id)
    assert app.title[0].value.endswith(LAST)
    assert "提交审核" in buttons(app)


def test_the_province_sees_the_line_and_no_draft(open_page, engine):
    row = by(engine, "officer", filings.start, "R8", LAST)
    app = open_page("reports", Role.PROVINCE, id=row.id)
    assert [tab.label for tab in app.tabs] == ["存档与解锁", "补报与核减", "期限"]
    assert buttons(app) == []


def test_what_cannot_be_opened_says_so_in_a_sentence(open_page):
    app = open_page("reports", Role.OFFICER, report="R77", period=LAST)
    assert not app.exception
    assert "没有代码为" in text_of(app)


def test_an_administrator_changes_the_deadlines_after_a_look_at_the_days(open_page, engine):
    app = open_page("reports", Role.ADMIN, section="deadlines", every="quarter")
    assert "产品默认" in text_of(app)
    app.number_input(key="deadlines-quarter-0-due-day").set_value(12).run()
    assert f"{YEAR + 1}-01-12" in app.dataframe[0].value["报送截止（改后）"].tolist()
    assert f"{YEAR + 1}-01-10" in app.dataframe[0].value["现行截止"].tolist()

    press(app, "保存新的期限")
    assert "必须写明依据" in text_of(app)
    assert app.number_input(key="deadlines-quarter-0-due-day").value == 12

    app.text_input(key="deadlines-quarter-0-reason").set_value("示例文号").run()
    press(app, "保存新的期限")
    assert "本基地规定" in text_of(app)
    [versions] = [one.value for one in app.dataframe if "新规定" in one.value.columns]
    assert versions["依据"].tolist() == ["示例文号"]


def test_days_out_of_order_are_told_before_saving(open_page):
    app = open_page("reports", Role.ADMIN, section="deadlines")
    app.number_input(key="deadlines-month-0-lock-day").set_value(2).run()
    assert "依次为：窗口开放、报送截止、数据锁定" in text_of(app)


def test_an_officer_reads_the_deadlines_and_changes_nothing(open_page):
    app = open_page("reports", Role.OFFICER, section="deadlines")
    assert "月报现行期限" in text_of(app)
    assert buttons(app) == []


def test_an_officer_sets_the_days_of_one_template_and_takes_them_back(open_page):
    app = open_page("reports", Role.OFFICER, section="deadlines", **{"for": "R3"})
    assert "没有单独规定" in text_of(app)
    app.number_input(key="deadlines-month-R3-0-due-day").set_value(8).run()
    assert f"{YEAR}-02-08" in app.dataframe[0].value["报送截止（改后）"].tolist()
    app.text_input(key="deadlines-month-R3-0-reason").set_value("示例文号").run()
    press(app, "保存新的期限")

    assert "单独规定" in text_of(app)
    [versions] = [one.value for one in app.dataframe if "新规定" in one.value.columns]
    assert versions[["报表", "原规定"]].values.tolist() == [["R3", "按周期的规定"]]
    reason = next(one for one in app.text_input if one.label == "依据 *")
    reason.set_value("示例作废").run()
    press(app, "恢复按月报的规定")
    assert "没有单独规定" in text_of(app)
    [versions] = [one.value for one in app.dataframe if "新规定" in one.value.columns]
    assert versions["新规定"].tolist()[0] == "按周期的规定"


def test_one_report_gets_days_of_its_own_in_its_tab(open_page, engine):
    row = by(engine, "officer", filings.start, "R8", LAST)
    app = open_page("reports", Role.MANAGER, id=row.id)
    [due] = [one for one in app.date_input if one.label == "报送截止 *"]
    due.set_value(row.due_on - timedelta(days=200)).run()
    assert "请核对三个日期" in text_of(app)
    due.set_value(row.lock_on).run()
    press(app, "调整本期期限")
    assert "必须写明理由" in text_of(app)

    next(one for one in app.text_input if one.label == "理由 *").set_value("示例延期").run()
    press(app, "调整本期期限")
    assert "示例延期" in text_of(app)
    with reading(engine) as session:
        assert queries_filings.filing(session, row.base_id, "R8", LAST).due_on == row.lock_on
    assert "调整本期期限" not in buttons(open_page("reports", Role.OFFICER, id=row.id))


def field(app, label):
    return next(one for one in (*app.text_input, *app.number_input) if one.label == label)


def test_an_administrator_adds_a_rule_after_a_look_at_open_reports(open_page, engine):
    with writing(engine) as session:
        for name in ("示例中试项目甲", "示例短名"):
            factories.project(session, people_of(session), name=name)
    by(engine, "officer", filings.start, "R2", str(YEAR))
    app = open_page("reports", Role.ADMIN, section="rules", of="R2")
    [rules] = [one.value for one in app.dataframe if "asked" in one.value.columns]
    assert "项目名称" not in set(rules["column"])
    field(app, "编号 *").set_value("R2-90")
    [column] = [one for one in app.selectbox if one.label == "列"]
    [asked] = [one for one in app.selectbox if one.label == "规则种类"]
    column.set_value("name")
    asked.set_value(Asked.LENGTH)
    field(app, "参数").set_value("很长")
    press(app, "看对在办报表的影响")
    assert "请填最多几个字" in text_of(app)

    field(app, "参数").set_value("5")
    press(app, "看对在办报表的影响")
    assert f"R2 项目台账 {YEAR}：2 行中会拦住 1 行（现在 0 行）" in text_of(app).replace("\\", "")
    press(app, "保存规则")
    assert "必须写明依据" in text_of(app)
    field(app, "改动依据 *").set_value("示例文号")
    press(app, "看对在办报表的影响")
    press(app, "保存规则")

    [rules] = [one.value for one in app.dataframe if "asked" in one.value.columns]
    assert ("R2-90", "项目名称", "文字不超过 5") in set(
        zip(rules["code"], rules["column"], rules["asked"], strict=True)
    )


def test_a_rule_is_ended_and_gets_a_version_of_another_year(open_page, engine):
    with reading(engine) as session:
        home = account_named(session, "officer").base_id
        [row] = queries_filings.rule_versions(session, home, "R2-04")
    app = open_page("reports", Role.ADMIN, section="rules", rule=str(row.id), how="version")
    field(app, "自年度").set_value(YEAR + 1)
    field(app, "改动依据 *").set_value("示例文号")
    press(app, "看对在办报表的影响")
    assert "没有在办" in text_of(app)
    press(app, "保存规则")

    with reading(engine) as session:
        versions = queries_filings.rule_versions(session, home, "R2-04")
    years = [(one.year_from, one.year_to) for one in versions]
    assert years == [(row.year_from, YEAR), (YEAR + 1, 9999)]


def test_an_officer_reads_the_rules_and_changes_nothing(open_page):
    app = open_page("reports", Role.OFFICER, section="rules")
    assert "可说明" in text_of(app)
    assert buttons(app) == []


LATE_DAY = period_of(local_day(NOW), PeriodKind.MONTH).previous.first


def lines_of(app):
    [lines] = [one.value for one in app.dataframe if "period" in one.value.columns]
    return lines.set_index(lines["name"].str[:2] + " " + lines["period"])


def sent_by(run):
    with counted(shared(settings().database_url)) as sent:
        run()
    return len(sent)


@pytest.fixture
def late_lock(engine):
    """The last month's reports take in what is known today, whatever day it is."""
    month = CalendarRule(After(1, 1), After(2, 20), After(2, 28), ("R1", "R2", "R3", "R8"))
    done(engine, serving.ADMIN, filing_lines.save_calendar, PeriodKind.MONTH, month, reason="示例")


@pytest.mark.usefixtures("late_lock")
def test_a_rerun_checks_no_report_anew_until_somebody_writes(open_page, engine):
    done(engine, "officer", filings.start, "R2", LAST)
    app = open_page("reports", Role.OFFICER)
    one_open = sent_by(app.run)
    for code in ("R1", "R3", "R8"):
        done(engine, "officer", filings.start, code, LAST)
    anew = sent_by(app.run)
    assert sent_by(app.run) == one_open < anew - 10

    done(engine, "manager", projects.register, ProjectDraft(name="示例项目"), on=LATE_DAY)
    assert lines_of(app.run())["rows"][f"R2 {LAST}"].endswith("/1")


def test_what_has_changed_since_a_freezing_is_counted_once_and_kept(open_page, engine):
    row = done(engine, "officer", filings.start, "R2", LAST)
    done(engine, "officer", filings.submit, row, look=look)
    done(engine, "manager", filings.approve, row)
    freezing = {"look": look, "build": packs.build, "folder": settings().attachments}
    done(engine, "manager", filings.freeze, row, **freezing)
    app = open_page("reports", Role.OFFICER)
    assert lines_of(app)["changed"][f"R2 {LAST}"] == "无变动"
    calm = sent_by(app.run)

    for name in ("示例项目甲", "示例项目乙"):
        done(engine, "manager", projects.register, ProjectDraft(name=name), on=LATE_DAY)
    anew = sent_by(app.run)
    assert lines_of(app)["changed"][f"R2 {LAST}"] == "2 个单元"
    assert sent_by(app.run) == calm < anew
    done(engine, "officer", filings.comment, row, "示例意见")
    assert sent_by(app.run) == calm  # a word about a report changes no fact

    assert "changed" in lines_of(open_page("reports", Role.PROVINCE)).columns


def test_what_is_checked_has_columns_only_where_something_is(open_page, engine):
    done(engine, "officer", filings.start, "R2", LAST)

    for role, shown in ((Role.OFFICER, True), (Role.PROVINCE, False)):
        (calendar,) = open_page("reports", role).dataframe
        assert ("rows" in calendar.proto.column_order) is shown


@pytest.mark.usefixtures("late_lock")
def test_what_is_urgent_stands_in_the_first_columns_of_a_phone(open_page, engine):
    calendar = lines_of(open_page("reports", Role.OFFICER))
    assert list(calendar.columns)[:4] == ["name", "period", "state", "days"]
    done(engine, "manager", projects.register, ProjectDraft(name="示例项目"), on=LATE_DAY)
    app = open_page("reports", Role.OFFICER, report="R2", period=LAST)
    found = next(one.value for one in app.dataframe if "级别" in one.value.columns)
    assert list(found.columns)[:3] == ["级别", "编号", "问题"]
