"""阶段门, as a page: for who submits, who assesses, who decides and who only reads."""

from datetime import date

import pytest

from pilot.domain.people import Role
from pilot.domain.vocabulary import Conclusion, Gate, Stage, State
from pilot.services import decisions, reviews
from pilot.services.command import perform
from pilot.store import queries_gates
from pilot.store.engine import reading, writing
from pilot.store.models import Project
from tests import factories
from tests.pages import staff
from tests.serving import Seed


@pytest.fixture
def seed() -> Seed:
    return staff.people_and_seconds


def at_gate(engine, gate=Gate.G1, *, proven=True, agreed=True, scores=None) -> int:
    """A committed round at a gate; returns its id."""
    with writing(engine) as session:
        people = staff.team(session)
        review = factories.at_gate(session, people, gate)
        if agreed:
            project = session.get(Project, review.project_id)
            factories.paper(session, people, project, "D06")
        if scores:
            factories.score_both(session, people, review, *scores)
        elif proven:
            factories.prove(session, people, review)
        return review.id


def texts(app) -> str:
    """Everything written on the page."""
    kinds = (app.markdown, app.caption, app.text, app.title, app.subheader, app.success, app.error)
    found = [item.value for kind in kinds for item in kind] + [item.value for item in app.info]
    return "\n".join(str(value) for value in found).replace("\\", "").replace("\u2060", "")


def button(app, label):
    return next(item for item in app.button if label in item.label)


def labels(app) -> list[str]:
    return [item.label for item in app.button]


def choose(app, conclusion):
    radio = next(item for item in app.radio if item.label == "结论 *")
    return radio.set_value(conclusion).run()


def reason(app, text="资料齐全"):
    next(item for item in app.text_area if item.label == "理由 *").input(text).run()


def decided(engine, review_id):
    with reading(engine) as session:
        review = session.get(queries_gates.Review, review_id)
        made = queries_gates.decisions(session, review.project_id)
        project = session.get(Project, review.project_id)
        mine = [row.conclusion for row in made if row.review_id == review_id]
        return mine, project.stage, project.state


# --- the list ---


def test_without_a_round_the_page_lists_what_waits_and_for_whom(open_page, engine):
    at_gate(engine, Gate.G0)
    app = open_page("gate", login="manager2")
    assert not app.exception
    assert "等您办理（1）" in texts(app)
    mine = open_page("gate", login="manager")
    assert "其他在评审的（1）" in texts(mine)


def test_an_empty_list_says_what_to_do(open_page):
    app = open_page("gate", Role.MANAGER)
    assert "没有等待结论的评审" in texts(app)


def test_an_unknown_round_is_one_sentence(open_page):
    app = open_page("gate", Role.MANAGER, review="99")
    assert "没有找到这一轮评审" in texts(app)
    assert not app.radio


# --- reading ---


@pytest.mark.parametrize("role", [Role.PROVINCE, Role.OFFICER])
def test_a_reader_sees_the_round_and_can_do_nothing(open_page, engine, role):
    review_id = at_gate(engine)
    app = open_page("gate", role, review=str(review_id))
    assert not app.exception
    assert app.get("progress")[0].proto.text == "已证实 10/10（建议项不计）"
    assert not app.radio
    assert "退出" not in labels(app)
    assert not [label for label in labels(app) if "确认" in label or label == "符合"]


def test_a_past_view_of_an_open_round_shows_no_decision_and_no_button(open_page, engine):
    review_id = at_gate(engine)
    app = open_page("gate", login="manager2", review=str(review_id), as_of="2026-07-01")
    assert not app.exception
    assert not app.radio
    assert "确认结论" not in " ".join(labels(app))


# --- blindness ---


def test_an_assessor_sees_only_their_own_card_until_both_are_in(open_page, engine):
    review_id = at_gate(engine, proven=False)
    one_card(engine, review_id, technical=37, equipment=41, commercial=43, comment="数据不足")
    for login in ("reviewer2", "manager", "manager2"):
        seen = everything(open_page("gate", login=login, review=str(review_id)))
        assert "37" not in seen, login
        assert "数据不足" not in seen, login
    own = texts(open_page("gate", login="reviewer", review=str(review_id)))
    assert "技术可行性 37" in own


def one_card(engine, review_id, **card) -> None:
    """Both assessors named, the first one's card in."""
    people = staff.people(engine)
    act(engine, reviews.assign, review_id, [people.one.id, people.other.id], by=people.manager)
    act(engine, reviews.score, review_id, by=people.one, **card)


def act(engine, verb, *args, by, **options) -> None:
    """A verb through the command layer, as a page does it."""
    perform(engine, verb, *args, by=by.id, now=factories.NOON, **options)


def everything(app) -> str:
    """The whole page as it is sent, tables included."""
    return texts(app) + " ".join(str(item.value) for item in app.table)


def test_the_second_card_opens_both(open_page, engine):
    review_id = at_gate(engine, proven=False)
    one_card(engine, review_id, technical=80, equipment=80, commercial=80)
    app = open_page("gate", login="reviewer2", review=str(review_id))
    for item, value in zip(app.number_input, (60, 80, 80), strict=True):
        item.set_value(value)
    button(app, "提交评分").click().run()
    assert not app.exception
    assert "评分已提交" in texts(app)
    assert "技术可行性分歧：80、60" in texts(app).replace("*", "")


def test_a_score_beyond_the_scale_is_refused_by_its_name(open_page, engine):
    review_id = at_gate(engine, proven=False)
    one_card(engine, review_id, technical=80, equipment=80, commercial=80)
    app = open_page("gate", login="reviewer2", review=str(review_id))
    for item, value in zip(app.number_input, (120, 80, 80), strict=True):
        item.set_value(value)
    button(app, "提交评分").click().run()
    assert "评分应在 0–100 之间：技术可行性 120 分。" in texts(app)
    assert [item.value for item in app.number_input] == [120, 80, 80]


def test_a_disagreement_is_consolidated_with_its_dissent(open_page, engine):
    review_id = at_gate(engine, scores=((80, 80, 80), (60, 80, 80)))
    app = open_page("gate", login="manager2", review=str(review_id))
    next(item for item in app.number_input if item.label.startswith("合议分")).set_value(70)
    areas = {item.label: item for item in app.text_area}
    areas["保留意见"].input("评审乙仍认为数据不足")
    agree = next(item for item in app.text_area if item.form_id.startswith("agree"))
    agree.input("按中试数据")
    button(app, "保存合议").click().run()
    said = texts(app)
    assert "合议 70 分" in said
    assert "保留意见：评审乙仍认为数据不足" in said


# --- deciding ---


def test_the_preview_says_what_a_pass_would_change_and_changes_nothing(open_page, engine):
    review_id = at_gate(engine)
    app = choose(open_page("gate", login="manager2", review=str(review_id)), Conclusion.PASS)
    assert "新增中试项目（全市，2026 年）：计入 0 → 1" in texts(app)
    assert "随即办理中试准入" in texts(app)
    assert decided(engine, review_id) == ([], Stage.CONCEPT, State.AWAITING)


def test_without_the_agreement_the_counts_stay_and_the_page_says_why(open_page, engine):
    review_id = at_gate(engine, agreed=False)
    app = choose(open_page("gate", login="manager2", review=str(review_id)), Conclusion.PASS)
    assert "三项指标的数字不变" in texts(app)
    assert "协议 D06 合格后再办理中试准入" in texts(app)


def test_a_gate_that_is_not_ready_names_every_obstacle_and_cannot_be_confirmed(open_page, engine):
    review_id = at_gate(engine, proven=False)
    app = choose(open_page("gate", login="manager2", review=str(review_id)), Conclusion.PASS)
    assert "现在还不能“通过”" in texts(app)
    assert "D01 项目申请书/填报表：缺" in texts(app)
    assert button(app, "确认结论").disabled


def test_a_decision_is_taken_once_and_is_read_only_afterwards(open_page, engine):
    review_id = at_gate(engine)
    app = choose(open_page("gate", login="manager2", review=str(review_id)), Conclusion.PASS)
    reason(app)
    button(app, "确认结论").click().run()
    assert not app.exception
    assert decided(engine, review_id) == ([Conclusion.PASS], Stage.PILOT, State.ACTIVE)
    assert "G1 概念验证：通过" in texts(app)
    assert not [label for label in labels(app) if label == "符合" or "确认结论" in label]


def test_a_decision_without_a_reason_is_refused_and_keeps_what_was_chosen(open_page, engine):
    review_id = at_gate(engine)
    app = choose(open_page("gate", login="manager2", review=str(review_id)), Conclusion.PASS)
    button(app, "确认结论").click().run()
    assert "评审结论必须写明理由" in texts(app)
    assert [toast.value for toast in app.toast] == ["没有完成：评审结论必须写明理由。"]
    assert next(item for item in app.radio if item.label == "结论 *").value is Conclusion.PASS
    assert decided(engine, review_id)[0] == []


def test_a_conditional_pass_asks_for_dated_conditions_with_an_owner(open_page, engine):
    review_id = at_gate(engine)
    app = open_page("gate", login="manager2", review=str(review_id))
    app = choose(app, Conclusion.CONDITIONAL)
    assert "条件 1 还没有写明内容、责任人、期限" in texts(app)
    fields = {item.label: item for item in app.text_input}
    fields["条件 1 *"].input("补充第三方检测")
    fields["责任人 *"].input("示例负责人")
    due = next(item for item in app.date_input if item.label == "期限 *")
    due.set_value(date(2030, 1, 1)).run()
    reason(app)
    button(app, "确认结论").click().run()
    assert decided(engine, review_id) == (
        [Conclusion.CONDITIONAL],
        Stage.PILOT,
        State.CONDITIONAL,
    )
    assert "条件（未关闭 1／1）" in texts(app)


def test_who_submitted_is_told_that_somebody_else_decides(open_page, engine):
    review_id = at_gate(engine)
    app = open_page("gate", login="manager", review=str(review_id))
    assert "须由另一位管理人员作结论" in texts(app)
    assert "确认结论" not in " ".join(labels(app))


def test_a_reviewer_is_told_that_managers_decide(open_page, engine):
    app = open_page("gate", login="reviewer", review=str(at_gate(engine)))
    assert "结论由基地管理人员作出" in texts(app)


def test_a_decision_on_an_older_page_is_refused_with_who_changed_it(open_page, engine):
    review_id = at_gate(engine)
    app = choose(open_page("gate", login="manager2", review=str(review_id)), Conclusion.PASS)
    reason(app)
    with reading(engine) as session:
        row = next(r for r in queries_gates.checks(session, review_id) if r.doc_code is None)
    act(engine, reviews.check, row.id, row.state, by=staff.people(engine).one)
    button(app, "确认结论").click().run()
    assert "修改了这条记录" in texts(app)
    assert decided(engine, review_id)[0] == []


def test_a_correction_gives_a_new_decision_and_the_old_one_stays_readable(open_page, engine):
    review_id = at_gate(engine)
    act(
        engine, decisions.decide, review_id, Conclusion.REJECT,
        by=staff.people(engine).decider, reason="录错了", held_on=date(2026, 2, 11),
    )  # fmt: skip
    app = open_page("gate", login="manager2", review=str(review_id))
    app.session_state["correct"] = True
    app.run()
    app = choose(app, Conclusion.PASS)
    held = next(item for item in app.date_input if item.label == "评审日期")
    held.set_value(date(2026, 2, 11)).run()
    reason(app, "原结论录错")
    button(app, "确认更正").click().run()
    assert not app.exception
    assert decided(engine, review_id)[0] == [Conclusion.REJECT, Conclusion.PASS]
    assert "录错了" in texts(app)


def test_a_round_decided_later_was_still_waiting_then(open_page, engine):
    review_id = at_gate(engine)
    act(
        engine, decisions.decide, review_id, Conclusion.REJECT,
        by=staff.people(engine).decider, reason="录错了", held_on=date(2026, 2, 11),
    )  # fmt: skip

    app = open_page("gate", login="manager2", review=str(review_id), as_of="2026-02-10")

    assert not app.exception
    assert "已撤回" not in texts(app)
    assert "录错了" not in texts(app)


def test_a_day_before_the_round_is_refused_in_words_and_not_replaced(open_page, engine):
    review_id = at_gate(engine)
    app = choose(open_page("gate", login="manager2", review=str(review_id)), Conclusion.REJECT)
    held = next(item for item in app.date_input if item.label == "评审日期")
    held.set_value(date(2020, 1, 1)).run()

    assert "评审日期不能早于提交评审的日期" in texts(app).replace("\\", "")
    assert button(app, "确认结论").disabled
    assert decided(engine, review_id)[0] == []


# --- criteria ---


def test_a_criterion_is_ticked_with_one_click(open_page, engine):
    review_id = at_gate(engine, proven=False)
    app = open_page("gate", login="reviewer", review=str(review_id))
    before = labels(app).count("符合")
    button(app, "符合").click().run()
    assert "已核对为符合" in texts(app)
    assert labels(app).count("符合") == before - 1


def test_a_criterion_that_the_record_answers_says_so_and_cannot_be_ticked(open_page, engine):
    with writing(engine) as session:
        review = factories.at_gate(session, staff.team(session), Gate.G0, manager_id=None).id
    app = open_page("gate", login="reviewer", review=str(review))
    assert app.get("progress")[0].proto.text == "已证实 1/2（建议项不计）"
    assert "项目经理已指定  \n:gray[:small[必需 · 由项目记录判定]]" in texts(app)
    assert "符合" not in labels(app)


def test_only_who_can_settle_a_line_is_sent_to_it(open_page, engine):
    review_id = at_gate(engine, proven=False)
    for login, count in (("manager", 4), ("reviewer", 4), ("officer", 0), ("province", 0)):
        app = open_page("gate", login=login, review=str(review_id))
        links = [link.proto for link in app.get("page_link")]
        asked = [link.query_string for link in links if link.label == "去办理"]
        assert len(asked) == count, login
    app = open_page("gate", login="manager", review=str(review_id))
    asked = [one.proto.query_string for one in app.get("page_link") if one.proto.label == "去办理"]
    assert "paper=D01" in asked[0]


def test_assessors_are_named_on_the_page(open_page, engine):
    review_id = at_gate(engine, proven=False)
    app = open_page("gate", login="manager", review=str(review_id))
    chooser = next(item for item in app.multiselect if "评审人" in item.label)
    people = staff.people(engine)
    chooser.set_value([people.one.id, people.other.id])
    button(app, "确定评审人").click().run()
    assert "已指定评审人" in texts(app)
    assert "示例reviewer2 未提交" in texts(app)
