"""审核 as a page: the queue, one submission beside its checks, and every decision."""

import pytest
from sqlmodel import select

from pilot.domain.people import Role
from pilot.domain.vocabulary import FileKind
from pilot.screens import review_rules
from pilot.screens.review_decide import Choice
from pilot.services import submission_files, submissions
from pilot.services.submission_reviews import save_policy
from pilot.store.engine import reading, writing
from pilot.store.models import Account, Submission, SubmissionComment, SubmissionFile
from pilot.store.queries_door import account_named
from pilot.store.queries_people import as_actor
from tests import factories_registry as registry
from tests import factories_submissions as made
from tests import serving
from tests.factories import clock
from tests.pages import staff
from tests.pages.people_of import people_of
from tests.serving import Seed


@pytest.fixture
def seed() -> Seed:
    return staff.people_and_seconds


@pytest.fixture
def waiting(engine):
    """A result and a transfer that wait, and a result whose title is like the first one's."""
    with writing(engine) as session:
        people = people_of(session)
        writer = made.author(session, people, name="示例**填报人**")
        registry.result(session, people, title="一种示例耐温分离膜的制备工艺")
        buyer = registry.organisation(session, people)
        made.sent(session, writer, made.result_content(writer, title="示例耐温分离膜制备工艺研究"))
        sale = made.transfer_content(writer, buyer)
        sale["result"]["title"] = "示例高纯试剂提纯装置"
        made.sent(session, writer, sale)


def words(app):
    groups = [app.title, app.subheader, app.markdown, app.caption, app.info, app.error, app.warning]
    groups += [app.success, app.text]
    return "\n".join(item.value for group in groups for item in group)


def button(app, label):
    return next(item for item in app.button if item.label.startswith(label))


def state(engine, number):
    with reading(engine) as session:
        return session.get_one(Submission, number).state.value


def open_claimed(open_page, number="1", login="reviewer"):
    app = open_page("review", Role.REVIEWER, login=login, id=number)
    return button(app, "认领").click().run()


def test_the_queue_counts_its_tabs_and_lists_what_waits(open_page, waiting):
    app = open_page("review", Role.REVIEWER)

    assert not app.exception
    assert list(app.dataframe[0].value["receipt"]) == ["TB-2026-00001", "TB-2026-00002"]
    assert list(app.dataframe[0].value["alike"]) == [1, 0]
    assert [label.split()[-1] for label in app.segmented_control[0].options] == ["0", "2", "0", "0"]


def test_the_queue_says_each_in_a_line_as_well_for_a_phone(open_page, waiting):
    app = open_page("review", Role.REVIEWER)
    lines = [one for one in app.button if one.label and "2026" in one.label]

    assert ["疑似重复 1" in line.label for line in lines] == [True, False]
    assert "待审核 · " in lines[0].label
    app = lines[0].click().run()
    assert [one.key for one in app.button if one.label == "认领"] == ["claim-first", "claim"]


def test_an_empty_queue_says_what_comes_next(open_page, engine):
    assert "有新的填报时会通知您" in words(open_page("review", Role.REVIEWER))


@pytest.mark.parametrize("role", [Role.RESEARCHER, Role.MANAGER, Role.PROVINCE])
def test_others_have_no_such_page(open_page, waiting, role):
    app = open_page("review", role)
    assert not app.dataframe


def test_a_submission_is_shown_letter_for_letter_with_its_lookalike(open_page, waiting):
    app = open_page("review", Role.REVIEWER, id="1")

    said = words(app)
    assert not app.exception
    assert "示例\\*\\*填报人\\*\\*" in said
    assert "疑似重复（1）" in said
    assert "全部规则通过" in said


def test_accepting_a_result_registers_it(open_page, waiting, engine):
    app = open_claimed(open_page)
    app.radio[0].set_value(Choice.ACCEPT).run()
    button(app, "确认：").click().run()

    assert not app.exception
    assert state(engine, 1) == "accepted"


def test_the_first_of_two_verifications_sends_it_on(open_page, waiting, engine):
    app = open_claimed(open_page, "2")
    app.radio[0].set_value(Choice.ACCEPT).run()
    assert "第一次核实" in words(app)
    button(app, "确认：").click().run()
    assert state(engine, 2) == "second"

    app = open_page("review", Role.REVIEWER, id="2")
    assert "复核须由另一位审核人" in words(app)


def test_the_next_one_is_never_what_the_reader_has_verified_or_of_their_unit(
    open_page, waiting, engine
):
    with writing(engine) as session:
        for number, login in ((1, "reviewer2"), (2, "reviewer")):
            one = session.get_one(Submission, number)
            made.accepted(session, one, as_actor(session, account_named(session, login)))
        wanted = session.get_one(Submission, 2).organisation_id
    offered = "认领并打开下一份"

    assert state(engine, 2) == "second"
    assert not any(item.label == offered for item in open_page("review", Role.REVIEWER).button)
    app = open_page("review", Role.REVIEWER, login="reviewer2")
    assert any(item.label == offered for item in app.button)
    with writing(engine) as session:
        account_named(session, "reviewer2").organisation_id = wanted
    app = open_page("review", Role.REVIEWER, login="reviewer2")
    assert not any(item.label == offered for item in app.button)


def test_files_that_came_and_went_are_changes_of_the_round(open_page, waiting, engine):
    with writing(engine) as session:
        one, reviewer = session.get_one(Submission, 1), account_named(session, "reviewer")
        author = as_actor(session, session.get_one(Account, one.author_id))
        judge = as_actor(session, reviewer)

        def attach(number, name):
            submission_files.attach(
                session, 1, FileKind.REPORT, by=author, at=clock(session),
                file=made.file(number, name),
            )  # fmt: skip

        made.sent_back(session, one, judge)
        attach(1, "示例旧报告.pdf")
        submissions.submit(session, 1, by=author, at=clock(session))
        made.sent_back(session, one, judge)
        old = session.exec(select(SubmissionFile)).one()
        submission_files.detach(session, 1, old.id, by=author, at=clock(session))
        attach(2, "示例新报告.pdf")
        submissions.submit(session, 1, by=author, at=clock(session))
    said = words(open_page("review", Role.REVIEWER, id="1"))

    assert "本轮改动（2 项）" in said
    assert "新增附件：示例新报告" in said
    assert "移除附件：示例旧报告" in said


def test_a_comment_that_is_too_long_is_told_and_stays_in_its_field(open_page, waiting, engine):
    app = open_claimed(open_page)
    box = next(item for item in app.text_area if item.label == "意见")
    box.set_value("长" * 1200)
    app = button(app, "写下意见").click().run()

    assert not app.exception
    assert "最多 1000 字，现在 1200 字" in words(app)
    assert next(item for item in app.text_area if item.label == "意见").value == "长" * 1200
    app.radio[0].set_value(Choice.ACCEPT).run()
    app = button(app, "确认：").click().run()
    assert "还没写下的内容" in words(app)
    assert state(engine, 1) == "waiting"
    with reading(engine) as session:
        assert session.exec(select(SubmissionComment)).all() == []


def test_who_confirms_after_another_is_told_that_nothing_was_recorded(open_page, waiting, engine):
    app = open_claimed(open_page)
    app.radio[0].set_value(Choice.REFUSE).run()
    app.text_area(key="reason-1").set_value("示例不予受理理由").run()
    other = open_page("review", Role.REVIEWER, id="1")
    other.radio[0].set_value(Choice.ACCEPT).run()
    button(other, "确认：").click().run()

    button(app, "确认：").click().run()

    assert state(engine, 1) == "accepted"
    assert "没有记录" in words(app)
    assert "示例不予受理理由" in words(app)


def test_a_second_click_is_not_told_that_the_first_was_not_recorded(open_page, waiting, engine):
    first, second = open_claimed(open_page), open_page("review", Role.REVIEWER, id="1")
    for app in (first, second):
        app.radio[0].set_value(Choice.REFUSE).run()
        app.text_area(key="reason-1").set_value("示例不予受理理由 ").run()
    for app in (first, second):
        button(app, "确认：").click().run()

    assert state(engine, 1) == "refused"
    assert "示例不予受理理由" in words(second)
    assert "没有记录" not in words(second)


def test_a_return_without_a_word_keeps_the_page_and_says_why(open_page, waiting, engine):
    app = open_claimed(open_page)
    app.radio[0].set_value(Choice.RETURN).run()
    button(app, "确认：").click().run()

    assert "请写总的意见" in words(app)
    assert state(engine, 1) == "waiting"


def test_a_comment_about_a_field_stands_under_it_and_allows_the_return(open_page, waiting, engine):
    app = open_claimed(open_page)
    app.selectbox(key="comment-1-0-field").set_value("result.summary")
    app.text_area(key="comment-1-0-text").set_value("请写明指标")
    button(app, "写下意见").click().run()
    assert "请写明指标" in words(app)

    app.radio[0].set_value(Choice.RETURN).run()
    button(app, "确认：").click().run()
    assert state(engine, 1) == "returned"


def test_a_comment_on_a_page_that_was_loaded_anew_is_the_same_comment(open_page, waiting, engine):
    open_claimed(open_page)
    for _ in range(2):
        app = open_page("review", Role.REVIEWER, id="1")
        app.text_area(key="comment-1-0-text").set_value("示例意见")
        button(app, "写下意见").click().run()

    with reading(engine) as session:
        assert session.exec(select(SubmissionComment.text)).all() == ["示例意见"]


def test_a_lookalike_can_be_told_apart_or_joined(open_page, waiting, engine):
    app = open_claimed(open_page)
    app.text_input[0].set_value("原料不同")
    button(app, "确认不是同一项").click().run()
    assert "不是同一项：" in words(app)

    app.radio[0].set_value(Choice.JOIN).run()
    app.selectbox(key="target-1").set_value(1)
    app.text_area(key="reason-1").set_value("实为同一项")
    button(app, "确认：").click().run()
    assert state(engine, 1) == "duplicate"


def test_the_exception_from_the_own_unit_rule_is_said_on_every_page(open_page, waiting, engine):
    for page in (open_page("review", Role.REVIEWER), open_page("review", Role.REVIEWER, id="1")):
        assert review_rules.EXCEPTION not in words(page)

    with writing(engine) as session:
        admin = as_actor(session, account_named(session, serving.ADMIN))
        save_policy(session, "100", True, by=admin, at=clock(session), reason="只有一家单位")

    for page in (open_page("review", Role.REVIEWER), open_page("review", Role.REVIEWER, id="1")):
        assert review_rules.EXCEPTION in words(page)


def test_what_a_colleague_has_claimed_is_read_only(open_page, waiting):
    open_claimed(open_page)
    app = open_page("review", Role.REVIEWER, login="reviewer2", id="1")
    assert "另一位审核人认领" in words(app)
    assert not app.radio


def test_who_comes_second_is_told_who_is_at_it(open_page, waiting, engine):
    late = open_page("review", Role.REVIEWER, login="reviewer2", id="1")
    open_claimed(open_page)
    with reading(engine) as session:
        name = account_named(session, "reviewer").name

    assert f"{name} 正在审核这份填报。" in words(
        open_page("review", Role.REVIEWER, login="reviewer2", id="1")
    )
    late = button(late, "认领").click().run()
    assert "这份填报刚被另一位审核人认领，请处理下一份" in words(late)
    assert f"{name} 正在审核这份填报。" in words(late)
    assert not late.radio


@pytest.mark.parametrize("claims", [False, True], ids=["about to claim", "about to decide"])
def test_what_its_author_has_taken_back_meanwhile_says_so(open_page, waiting, engine, claims):
    app = open_page("review", Role.REVIEWER, id="1")
    if claims:
        app = button(app, "认领").click().run()
        app.radio[0].set_value(Choice.REFUSE).run()
        app.text_area(key="reason-1").set_value("示例不予受理理由").run()
    with writing(engine) as session:
        author = session.get_one(Account, session.get_one(Submission, 1).author_id)
        submissions.withdraw(session, 1, by=as_actor(session, author), at=clock(session))

    app = button(app, "确认：" if claims else "认领").click().run()

    assert state(engine, 1) == "withdrawn"
    assert ("填报人撤回了这份填报；您的结论和理由没有记录" in words(app)) is claims
    assert ("您写的理由：示例不予受理理由" in words(app)) is claims
    assert "填报处于“已撤回”，不能" in words(app) or claims
    assert not [one for one in app.button if one.label == "认领"]


def test_a_draft_and_a_missing_one_are_not_found(open_page, waiting, engine):
    with writing(engine) as session:
        writer = made.author(session, people_of(session))
        draft = submissions.start(session, by=writer.actor, at=clock(session)).id

    for number in (str(draft), "999"):
        assert "没有找到这条填报" in words(open_page("review", Role.REVIEWER, id=number))
