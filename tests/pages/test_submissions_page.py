"""我的提交 as a page: what is there, whose turn it is, what is new, how to begin."""

import pytest

from pilot.domain.people import Role
from pilot.domain.vocabulary import SubmissionState as State
from pilot.services import submission_reviews, submissions
from pilot.store.engine import writing
from pilot.store.models import Account
from tests import factories_submissions as made
from tests.factories import clock
from tests.pages import submission_pages as on
from tests.pages.people_of import people_of

OTHERS = [role for role in Role if role is not Role.RESEARCHER]


@pytest.fixture
def author(engine):
    with writing(engine) as session:
        return on.writer(session)


def returned(session, author, title="示例退回"):
    people = people_of(session)
    row = made.sent(session, author, made.result_content(author, title=title))
    made.claimed(session, row, people.one)
    return submission_reviews.send_back(
        session, row.id, by=people.one, at=clock(session), reason="请改"
    )


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize("page", ["submissions", "submission"])
def test_other_roles_do_not_see_the_pages(open_page, author, role, page):
    app = open_page(page, role, id="1")

    assert "需要科研人员角色" in on.words(app) or "我的提交" not in on.words(app)
    assert not app.button or all("新建" not in one.label for one in app.button)


def test_an_empty_list_says_what_to_do(open_page, author):
    app = open_page("submissions", Role.RESEARCHER)

    assert "点“新建填报”开始" in on.words(app)
    assert not [one for one in app.button if one.label == "复制上一份"]


def test_a_new_submission_is_a_draft_that_opens_at_once(open_page, engine, author):
    app = on.press(open_page("submissions", Role.RESEARCHER), "新建填报")

    assert not app.exception
    assert on.stored(engine).state is State.DRAFT
    assert "保密声明" in on.words(app)


def test_a_copy_of_the_last_one_carries_its_title(open_page, engine, author):
    with writing(engine) as session:
        made.sent(session, author, made.result_content(author, title="示例上一份"))

    on.press(open_page("submissions", Role.RESEARCHER), "复制上一份")

    assert (on.stored(engine).title, on.stored(engine).state) == ("示例上一份", State.DRAFT)


def test_each_line_says_state_turn_days_and_what_next(open_page, engine, author):
    with writing(engine) as session:
        returned(session, author)
    said = on.words(open_page("submissions", Role.RESEARCHER))

    assert "退回补正" in said
    assert "回执号 TB-" in said
    assert "轮到您" in said
    assert "请按意见修改后重新提交" in said


def test_markup_in_a_title_is_shown_letter_for_letter(open_page, engine, author):
    with writing(engine) as session:
        made.draft(session, author, made.result_content(author, title="**粗** <b>x</b> $1$"))
    app = open_page("submissions", Role.RESEARCHER)

    shown = next(item.value for item in app.markdown if "粗" in item.value)
    assert r"\*\*粗\*\*" in shown
    assert r"\<b\>" in shown
    assert r"\$1\$" in shown


def test_groups_and_search_stand_in_the_address(open_page, engine, author):
    with writing(engine) as session:
        returned(session, author, "示例退回")
        made.sent(session, author, made.result_content(author, title="示例在审"))

    said = on.words(open_page("submissions", Role.RESEARCHER, group="open"))
    assert "**示例在审**" in said
    assert "**示例退回**" not in said

    said = on.words(open_page("submissions", Role.RESEARCHER, q="退回"))
    assert "**示例退回**" in said
    assert "**示例在审**" not in said

    said = on.words(open_page("submissions", Role.RESEARCHER, q="没有的"))
    assert "没有符合条件的填报" in said


def test_a_long_list_comes_in_pages_what_is_ones_own_to_do_first(open_page, engine, author):
    with writing(engine) as session:
        first = made.draft(session, author, made.result_content(author, title="示例草稿"))
        for number in range(21):
            made.sent(session, author, made.result_content(author, title=f"示例{number:02d}号"))

    said = on.words(open_page("submissions", Role.RESEARCHER))
    assert "示例草稿" in said
    assert "示例00号" not in said
    assert "示例00号" in on.words(open_page("submissions", Role.RESEARCHER, p="2"))
    assert first.state is State.DRAFT


def test_a_colleagues_draft_is_not_in_the_list_and_what_they_sent_is(open_page, engine, author):
    with writing(engine) as session:
        people = people_of(session)
        colleague = made.author(session, people, login="colleague")
        session.get_one(Account, colleague.actor.id).organisation_id = author.home.id
        made.draft(session, colleague, made.result_content(author, title="示例同事草稿"))
        made.sent(session, colleague, made.result_content(author, title="示例同事已交"))
        stranger = made.author(session, people, login="stranger")
        made.sent(session, stranger, made.result_content(stranger, title="示例外单位"))

    said = on.words(open_page("submissions", Role.RESEARCHER))

    assert "示例同事已交" in said
    assert "示例同事草稿" not in said
    assert "示例外单位" not in said


def test_unread_notices_are_shown_until_they_are_marked_as_read(open_page, engine, author):
    with writing(engine) as session:
        returned(session, author)
    app = open_page("submissions", Role.RESEARCHER)
    assert "未读通知 1 条" in on.words(app)
    assert "退回补正，请按意见修改后重新提交" in on.words(app)

    app = on.press(app, "全部标为已读")

    assert "未读通知" not in on.words(app)


def test_withdrawn_ones_stand_among_the_ended(open_page, engine, author):
    with writing(engine) as session:
        row = made.sent(session, author, made.result_content(author, title="示例撤回"))
        submissions.withdraw(session, row.id, by=author.actor, at=clock(session))

    said = on.words(open_page("submissions", Role.RESEARCHER, group="ended"))

    assert "示例撤回" in said
    assert "轮到" not in said.replace("轮到我", "")
