"""填报 after it was sent: where it stands, what was said, what its author may still do."""

import pytest
from sqlmodel import select

from pilot.domain.people import Role
from pilot.domain.vocabulary import SubmissionState as State
from pilot.services import submission_reviews, submissions
from pilot.store.engine import reading, writing
from pilot.store.models import Account, SubmissionComment
from tests import factories_registry as registry
from tests import factories_submissions as made
from tests.factories import clock
from tests.pages import submission_pages as on
from tests.pages.people_of import people_of


@pytest.fixture
def author(engine):
    with writing(engine) as session:
        return on.writer(session)


@pytest.fixture
def sent(engine, author):
    with writing(engine) as session:
        return made.sent(session, author, made.result_content(author) | {"has_transfer": False}).id


def shown(open_page, submission_id):
    app = open_page("submission", Role.RESEARCHER, id=str(submission_id))
    assert not app.exception, app.exception[0].value
    return app


def judged(engine, submission_id, action, **options):
    with writing(engine) as session:
        people = people_of(session)
        row = on.latest(session, submission_id)
        made.claimed(session, row, people.one)
        getattr(submission_reviews, action)(
            session, submission_id, by=people.one, at=clock(session), **options
        )


def test_a_sent_one_can_be_read_and_not_written(open_page, sent):
    app = shown(open_page, sent)

    assert not app.text_input
    assert "示例耐温分离膜制备工艺" in on.tables(app)
    assert "等待审核人认领" in on.words(app)


def test_what_the_author_explained_can_be_read_after_sending(open_page, engine, author):
    with writing(engine) as session:
        buyer = registry.organisation(session, people_of(session))
        content = made.transfer_content(author, buyer, ip_clause="")
        content["explanations"] |= {"contract.ip_clause/ip-wanted": "示例：合同没有约定"}
        number = made.sent(session, author, content).id

    app = shown(open_page, number)

    assert "说明：示例：合同没有约定" in on.tables(app)
    assert f"说明：{made.REASON}" in on.words(app)  # of the contract that is not among the files


def test_it_can_be_withdrawn_after_a_question(open_page, engine, sent):
    app = on.press(shown(open_page, sent), "确认撤回")

    assert on.stored(engine, sent).state is State.WITHDRAWN
    assert "已撤回，不计数" in on.words(app)

    app = on.press(app, "复制后重新填报")
    assert on.stored(engine).id != sent
    assert on.stored(engine).state is State.DRAFT
    assert app.query_params["id"] in (str(on.stored(engine).id), [str(on.stored(engine).id)])


def test_a_draft_can_be_given_up(open_page, engine, author):
    with writing(engine) as session:
        number = made.draft(session, author, {}).id

    app = on.press(shown(open_page, number), "确认放弃草稿")

    assert on.stored(engine, number).state is State.WITHDRAWN
    assert not app.exception


def test_an_answer_goes_into_the_thread_letter_for_letter(open_page, engine, sent):
    app = on.fill(shown(open_page, sent), 回复="补充 **说明** <script>")
    app = on.press(app, "发出回复")

    assert "补充 **说明** <script>" in on.words(app)
    assert any(r"\*\*说明\*\*" in item.value for item in app.markdown)


def test_an_answer_on_a_page_that_was_loaded_anew_is_the_same_answer(open_page, engine, sent):
    for words in ("示例回复", "示例回复", "另一句回复"):
        on.press(on.fill(shown(open_page, sent), 回复=words), "发出回复")

    with reading(engine) as session:
        assert session.exec(select(SubmissionComment.text)).all() == ["示例回复", "另一句回复"]


def test_an_empty_answer_is_refused_with_a_sentence(open_page, sent):
    app = on.press(shown(open_page, sent), "发出回复")

    assert "请写下意见" in on.words(app)


def test_a_refusal_is_shown_with_its_reason(open_page, engine, sent):
    judged(engine, sent, "refuse", reason="不属于科技成果")
    said = on.words(shown(open_page, sent))

    assert "不予受理" in said
    assert "审核意见：不属于科技成果" in said


def test_a_change_is_asked_for_after_acceptance_once(open_page, engine, sent):
    judged(engine, sent, "accept")
    app = on.press(shown(open_page, sent), "申请变更")

    change = on.stored(engine)
    assert (change.changes_id, change.state) == (sent, State.DRAFT)
    assert "已建立变更申请" in on.words(app)
    assert not [one for one in shown(open_page, sent).button if one.label == "申请变更"]

    app = on.fill(
        open_page("submission", Role.RESEARCHER, id=str(change.id), part="basics"),
        **{"成果简介 *": "改写后的简介"},
    )
    app = open_page("submission", Role.RESEARCHER, id=str(change.id), part="check")
    next(one for one in app.button if one.key == "submit").click().run()
    assert on.stored(engine, change.id).state is State.WAITING


def test_a_colleague_reads_what_was_sent_and_nothing_of_what_is_being_written(
    open_page, engine, author
):
    with writing(engine) as session:
        colleague = made.author(session, people_of(session), login="colleague")
        session.get_one(Account, colleague.actor.id).organisation_id = author.home.id
        row = made.sent(session, colleague, made.result_content(author))
    judged(engine, row.id, "send_back", reason="请改")
    with writing(engine) as session:
        secret = {"result.summary": "还没有提交的话"}
        submissions.put(session, row.id, secret, by=colleague.actor, at=clock(session))

    app = shown(open_page, row.id)

    assert "示例简介" in on.tables(app)
    assert "还没有提交的话" not in on.tables(app) + on.words(app)
    assert not app.text_input
    assert not app.text_area
    assert not [one for one in app.button if "撤回" in one.label]
