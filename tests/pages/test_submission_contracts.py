"""填报: the children of a package, several receivers, and what follows on an earlier contract."""

import pytest

from pilot.domain.people import Role
from pilot.domain.vocabulary import ContractState
from pilot.domain.vocabulary import SubmissionState as State
from pilot.screens.review_decide import Choice
from pilot.store.engine import reading, writing
from pilot.store.models import Contract, Submission
from tests import factories_registry as registry
from tests import factories_submissions as made
from tests.pages import staff
from tests.pages import submission_pages as on
from tests.pages.people_of import people_of
from tests.serving import Seed


@pytest.fixture
def seed() -> Seed:
    return staff.people_and_seconds


@pytest.fixture
def author(engine):
    with writing(engine) as session:
        return on.writer(session)


@pytest.fixture
def draft(engine, author):
    def begun(content: dict) -> int:
        with writing(engine) as session:
            return made.draft(session, author, content).id

    return begun


@pytest.fixture
def sold(engine, author):
    """A sale that was accepted, under contract SB-001."""
    with writing(engine) as session:
        people = staff.team(session)
        buyer = registry.organisation(session, people)
        row = made.sent(session, author, made.transfer_content(author, buyer))
        return made.accepted(session, row, people.one, people.other)


def form(open_page, submission_id, part, **query):
    app = open_page("submission", Role.RESEARCHER, id=str(submission_id), part=part, **query)
    assert not app.exception, app.exception[0].value
    return app


def keyed(app, *parts):
    """The button whose key ends so."""
    return next(one for one in app.button if str(one.key).endswith("-".join(parts)))


def test_children_are_added_named_ordered_and_taken_out(open_page, engine, author, draft):
    number = draft(made.result_content(author) | {"has_transfer": False})
    app = on.press(form(open_page, number, "children"), "添加一件")
    app = on.fill(app, **{
        "名称 *（第 1 项）": "示例专利甲", "类型 *（第 1 项）": "invention",
        "编号类别（第 1 项）": "patent", "编号（第 1 项）": "201911044411.1",
    })  # fmt: skip
    assert "第 1 项：专利申请号的校验位不符" in on.words(app)
    app = on.fill(app, **{"编号（第 1 项）": "201911044411.X"})
    app = on.press(app, "添加一件")
    app = on.fill(app, **{"名称 *（第 2 项）": "示例论文乙", "类型 *（第 2 项）": "paper"})
    app = keyed(app, "child", "2", "arrow_upward").click().run()

    patent = {"kind": "invention", "number_kind": "patent", "number": "201911044411.X"}
    assert on.content(engine)["children"] == [
        {"title": "示例论文乙", "kind": "paper"},
        {"title": "示例专利甲", **patent},
    ]
    assert on.labelled(app, "名称 *（第 1 项）").value == "示例论文乙"
    told = on.tables(form(open_page, number, "check"))
    assert "2. 示例专利甲，发明专利，专利申请号 201911044411.X" in told

    app = form(open_page, number, "children")
    app = keyed(app, "child", "1", "delete").click().run()
    assert [one["title"] for one in on.content(engine)["children"]] == ["示例专利甲"]
    assert on.labelled(app, "编号（第 1 项）").value == "201911044411.X"


def test_a_blank_child_is_asked_for_on_the_check_page_and_keeps_the_button_off(
    open_page, author, draft
):
    odd = {"number_kind": "software", "number": "软著 1"}
    content = made.result_content(author) | {"has_transfer": False, "children": [{}, odd, odd]}
    app = form(open_page, draft(content), "check")

    assert "第 1 项：名称未填写" in on.words(app)
    assert on.words(app).count("软件著作权登记号通常为") == 2
    assert on.button(app, "处需要补正或说明").disabled


def test_further_receivers_are_picked_and_taken_out(open_page, engine, author, draft):
    with writing(engine) as session:
        people = people_of(session)
        buyer, second = (registry.organisation(session, people) for _ in range(2))
    app = form(open_page, draft(made.transfer_content(author, buyer)), "transfer")
    app = on.fill(app, 添加其他受让方=second.id)

    assert on.content(engine)["receivers"] == [second.id]
    assert f"其他受让方：{second.name}" in on.words(app)

    keyed(app, "receiver", str(second.id), "out").click().run()
    assert on.content(engine)["receivers"] == []


def test_without_an_earlier_contract_the_form_says_which_would_be_there(open_page, author, draft):
    app = form(open_page, draft({"has_transfer": True}), "transfer")
    app = on.fill(app, **{"这次填报的是": "amendment"})

    assert "补充协议不是新的转化，不再计数" in on.words(app)
    assert "没有可以选择的合同" in on.words(app)


def test_a_rescission_goes_from_the_form_to_the_contract(open_page, engine, author, sold, draft):
    number = draft({"has_transfer": True, "result": {"non_secret": True}})
    app = form(open_page, number, "transfer")
    app = on.fill(app, **{"这次填报的是": "rescission", "原合同 *": sold.contract_id})
    assert "原合同 SB-001，2026-03-01 签订，履行" in on.words(app)
    app = on.fill(app, **{"涉及哪一项成果 *": sold.result_id, "解除的理由 *": "受让方停产"})
    day = next(one for one in app.date_input if one.label == "解除日期 *")
    app = day.set_value("2026-05-20").run()
    app = form(open_page, number, "check")
    assert "SB-001（2026-03-01 签订）" in on.tables(app)
    app = on.fill(app, 或说明情况="解除协议另寄")
    app = next(one for one in app.button if one.key == "submit").click().run()
    assert on.stored(engine, number).state is State.WAITING

    told = _accepted(open_page, number, "reviewer")
    _accepted(open_page, number, "reviewer2")

    assert "已经上报的在解除当期列为核减" in told
    assert "解除合同，按它计入的成果不再计入" in told
    with reading(engine) as session:
        assert session.get_one(Submission, number).state is State.ACCEPTED
        assert session.get_one(Contract, sold.contract_id).state is ContractState.RESCINDED


def _accepted(open_page, number, login):
    """What the reviewer's page says, once it was claimed and accepted there."""
    app = open_page("review", Role.REVIEWER, login=login, id=str(number))
    app = on.press(app, "认领")
    told = on.words(app)
    app = app.radio(key=f"choice-{number}").set_value(Choice.ACCEPT).run()
    on.press(app, "确认：通过")
    return told


def test_what_followed_stands_on_the_contracts_page(open_page, engine, author, sold):
    with writing(engine) as session:
        people = staff.team(session)
        told = {"kind": "instalment", "contract_id": sold.contract_id, "amount": "30"}
        content = made.result_content(author) | {
            "has_transfer": True,
            "follow_up": told | {"happened_on": "2026-05-20"},
            "same_as": sold.result_id,
        }
        made.accepted(session, made.sent(session, author, content), people.one)
    contract = str(sold.contract_id)
    app = open_page("results", Role.MANAGER, section="contracts", contract=contract)

    assert "2026-05-20 分期付款，30.00 万元" in on.words(app)
