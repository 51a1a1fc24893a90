"""上报, as a page: the calendar, and one report from empty to frozen."""

from datetime import UTC, datetime

import pytest

from pilot.domain.moment import local_day
from pilot.domain.people import Role
from pilot.domain.report_periods import PeriodKind, period_of
from pilot.domain.vocabulary import FilingState as State
from pilot.services import filings
from pilot.store import queries_filings
from pilot.store.engine import reading, writing
from pilot.store.queries_door import account_named
from pilot.store.queries_people import actor

NOW = datetime.now(UTC)
LAST = period_of(local_day(NOW), PeriodKind.MONTH).previous.key  # its window is open
READERS = [Role.ADMIN, Role.MANAGER, Role.OFFICER, Role.PROVINCE]
ADDRESS = {"report": "R8", "period": LAST}


def text_of(app):
    """What stands on the page outside of tables."""
    kinds = (app.title, app.caption, app.info, app.warning, app.success, app.error, app.markdown)
    return " ".join(str(one.value) for kind in kinds for one in kind)


def buttons(app):
    return [one.label for one in app.button]


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
    press(app, "审核通过")
    press(app, "签发并冻结")
    assert state(engine) is State.FROZEN
    links = [one.proto.url for one in app.get("link_button")]
    assert [url.rpartition("/")[2] for url in links if "/pack/" in url] == [
        "R8.xlsx", "R8.csv", "print.html", "zip"
    ]  # fmt: skip
    assert buttons(app) == ["申请解锁", "写下意见"]


def test_the_address_by_number_leads_to_the_same_report(open_page, engine):
    row = by(engine, "officer", filings.start, "R8", LAST)
    app = open_page("reports", Role.OFFICER, id=row.id)
    assert app.title[0].value.endswith(LAST)
    assert "提交审核" in buttons(app)


def test_the_province_sees_the_line_and_no_draft(open_page, engine):
    row = by(engine, "officer", filings.start, "R8", LAST)
    app = open_page("reports", Role.PROVINCE, id=row.id)
    assert [tab.label for tab in app.tabs] == ["存档与解锁", "补报与核减"]
    assert buttons(app) == []


def test_what_cannot_be_opened_says_so_in_a_sentence(open_page):
    app = open_page("reports", Role.OFFICER, report="R77", period=LAST)
    assert not app.exception
    assert "没有代码为" in text_of(app)
