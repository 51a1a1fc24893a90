"""填报 while it is its author's: every change is saved, problems at the field, answers checked."""

import pytest

from pilot.config import settings
from pilot.domain.draft_follow_ups import FollowUpKind
from pilot.domain.drafts import Number
from pilot.domain.errors import Busy
from pilot.domain.identifiers import IdentifierKind
from pilot.domain.people import Role
from pilot.domain.submission_content import Section, needed, section_of
from pilot.domain.vocabulary import FileKind, TransferMode
from pilot.domain.vocabulary import SubmissionState as State
from pilot.services import submission_reviews, submissions
from pilot.store.engine import reading, writing
from pilot.store.models import Distinction, SubmissionFile
from tests import factories_registry as registry
from tests import factories_submissions as made
from tests.factories import NOON, clock
from tests.pages import submission_pages as on
from tests.pages.people_of import people_of

PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"


@pytest.fixture
def author(engine):
    with writing(engine) as session:
        return on.writer(session)


@pytest.fixture
def draft(engine, author):
    """`draft(content)`: the id of a saved draft."""

    def begun(content: dict) -> int:
        with writing(engine) as session:
            return made.draft(session, author, content).id

    return begun


def form(open_page, submission_id, part, **query):
    app = open_page("submission", Role.RESEARCHER, id=str(submission_id), part=part, **query)
    assert not app.exception, app.exception[0].value
    return app


# --- saving --------------------------------------------------------------------------------------


def test_every_change_is_saved_at_once_and_a_new_page_shows_it(open_page, engine, draft):
    number = draft({})
    app = form(open_page, number, "basics")
    app = on.fill(
        app, **{"成果名称 *": "示例一", "成果类型 *": "process", "成果简介 *": "两行\n文字"}
    )
    assert "已保存" in on.words(app)
    assert on.content(engine)["result"] == {
        "title": "示例一",
        "kind": "process",
        "summary": "两行\n文字",
    }

    again = form(open_page, number, "basics")
    assert on.labelled(again, "成果名称 *").value == "示例一"
    assert on.labelled(again, "成果类型 *").value == "process"
    assert on.labelled(again, "成果简介 *").value == "两行\n文字"


def test_a_field_can_be_emptied_again(open_page, engine, draft):
    app = form(open_page, draft({"result": {"title": "示例", "field": "catalyst"}}), "basics")
    app = on.fill(app, **{"成果名称 *": "", "领域 *": None})

    assert on.content(engine)["result"] == {"title": "", "field": None}
    assert on.labelled(app, "成果名称 *").value == ""


def test_two_pages_of_one_draft_lose_nothing_of_each_other(open_page, engine, draft):
    number = draft({})
    one, other = form(open_page, number, "basics"), form(open_page, number, "basics")
    on.fill(one, **{"成果名称 *": "示例标题"})
    other = on.fill(other, **{"成果简介 *": "示例简介"})

    assert on.content(engine)["result"] == {"title": "示例标题", "summary": "示例简介"}
    assert on.labelled(other, "成果名称 *").value == "示例标题"


def test_a_save_that_fails_says_so_keeps_what_was_typed_and_is_tried_again(
    open_page, engine, draft, monkeypatch
):
    app = form(open_page, draft({}), "basics")
    real = submissions.save

    def busy(*_args, **_options):
        raise Busy("系统繁忙，没有保存任何内容，请稍后重试。")

    monkeypatch.setattr(submissions, "save", busy)
    app = on.fill(app, **{"成果名称 *": "示例未存"})
    assert "没有保存：系统繁忙" in on.words(app)
    assert on.labelled(app, "成果名称 *").value == "示例未存"
    assert on.content(engine) == {}

    app.query_params["part"] = "holders"
    app = app.run()
    app.query_params["part"] = "basics"
    app = app.run()
    assert on.labelled(app, "成果名称 *").value == "示例未存"

    monkeypatch.setattr(submissions, "save", real)
    app = on.press(app, "再保存一次")
    assert "没有保存" not in on.words(app)
    assert on.content(engine)["result"]["title"] == "示例未存"


def test_what_was_typed_while_the_server_was_away_is_saved_when_it_is_back(
    open_page, engine, draft
):
    number = draft({})
    app = form(open_page, number, "basics")
    title = on.labelled(app, "成果名称 *")
    title.set_value("示例断线时填写")
    fresh = form(open_page, number, "declaration")  # a new session that has drawn none of it
    fresh.query_params["part"] = "basics"
    fresh._tree = app._tree  # the browser sends again what its fields say
    fresh = fresh.run()

    assert on.labelled(fresh, "成果名称 *").value == "示例断线时填写"
    assert on.content(engine)["result"]["title"] == "示例断线时填写"


def test_nothing_is_saved_from_a_view_of_the_past(open_page, engine, draft):
    app = form(open_page, draft({}), "basics", as_of="2026-01-01")
    app = on.fill(app, **{"成果名称 *": "示例"})

    assert "没有保存" in on.words(app)
    assert on.content(engine) == {}


def test_another_ones_draft_is_as_good_as_missing(open_page, engine, author):
    with writing(engine) as session:
        other = made.author(session, people_of(session), login="stranger")
        number = made.draft(session, other, made.result_content(other)).id
    for wrong in (str(number), "999999", "9" * 15, "x", ""):
        app = open_page("submission", Role.RESEARCHER, id=wrong)
        assert "没有找到这条填报；链接可能有误，请从列表里打开。" in on.words(app)
        assert not app.text_input


# --- sections ------------------------------------------------------------------------------------


def test_the_list_of_sections_says_how_far_each_is(open_page, author, draft):
    number = draft(made.result_content(author, field="") | {"has_transfer": None})
    app = form(open_page, number, "basics")
    states = dict(option.split("　") for option in app.radio[0].options)

    assert next(text for name, text in states.items() if "保密声明" in name).count("已完成")
    assert next(text for name, text in states.items() if "成果基本信息" in name).count("待补")
    assert next(text for name, text in states.items() if "转化与合同" in name).count("未填")
    assert next(text for name, text in states.items() if "附件" in name).count("可不填")


def test_a_section_says_what_it_still_lacks_also_where_no_star_stands(open_page, author, draft):
    app = form(open_page, draft(made.result_content(author, field="", summary="")), "basics")
    assert "本部分还差：领域、成果简介。" in on.words(app)

    app = on.fill(app, **{"领域 *": "catalyst", "成果简介 *": "示例简介"})
    assert "本部分还差" not in on.words(app)


def test_what_may_wait_stays_unfolded_once_something_of_it_stands(open_page, engine, draft):
    app = form(open_page, draft({"result": {"programme": "示例计划"}}), "basics")
    app = on.fill(app, 来源计划="示例计划二", 转化需求="示例需求")

    assert on.content(engine)["result"] == {"programme": "示例计划二", "demand": "示例需求"}


def test_who_is_responsible_is_asked_for_after_the_holder(open_page, author, draft):
    app = form(open_page, draft({}), "holders")
    assert on.labelled(app, "成果负责人").placeholder == "请先添加持有方，再选择其人员"


def test_without_a_part_in_the_address_the_first_undone_one_is_open(open_page, author, draft):
    number = draft(made.result_content(author) | {"has_transfer": None})
    app = open_page("submission", Role.RESEARCHER, id=str(number))

    assert app.query_params["part"] in ("transfer", ["transfer"])


def test_the_product_says_that_it_takes_nothing_classified(open_page, engine, draft):
    app = form(open_page, draft({}), "declaration")
    assert "本系统不接收涉密内容" in on.words(app)

    app.checkbox[0].check().run()

    assert on.content(engine)["result"]["non_secret"] is True


def test_a_wrong_check_digit_is_said_at_the_field_at_once(open_page, engine, draft):
    app = form(open_page, draft({}), "numbers")
    app = on.fill(app, **{"专利申请号（每行一个）": "201911044411.1\n201911044411.X"})

    assert "201911044411.1：专利申请号的校验位不符" in on.words(app)
    assert on.content(engine)["result"]["numbers"] == {
        "patent": ["201911044411.1", "201911044411.X"]
    }
    app = on.fill(app, **{"软件著作权登记号（每行一个）": "2021SR0123456"})
    assert set(on.content(engine)["result"]["numbers"]) == {"patent", "software"}


def test_scheme_edition_and_level_are_one_choice(open_page, engine, draft):
    app = form(open_page, draft({}), "readiness")
    on.fill(app, **{"技术成熟度（标准、版本和等级） *": "GB/T 37264-2018:6"})

    assert on.content(engine)["result"] == {
        "readiness_scheme": "GB/T 37264",
        "readiness_version": "2018",
        "readiness_level": 6,
    }


def test_holders_are_picked_ordered_shared_and_taken_out(open_page, engine, author, draft):
    with writing(engine) as session:
        second = registry.organisation(session, people_of(session), name="示例第二单位")
    app = form(open_page, draft({}), "holders")
    app = on.fill(app, **{"添加持有方 *": author.home.id})
    app = on.fill(app, **{"添加持有方 *": second.id})
    shares = [one for one in app.text_input if one.label == "份额（%）"]
    app = shares[0].set_value("60%").run()
    app = [one for one in app.button if one.label == "上移"][1].click().run()
    assert on.content(engine)["result"]["holders"] == [
        {"organisation_id": second.id, "share": ""},
        {"organisation_id": author.home.id, "share": "60"},
    ]

    app = next(one for one in app.button if one.label == "移除").click().run()

    assert [one["organisation_id"] for one in on.content(engine)["result"]["holders"]] == [
        author.home.id
    ]


def test_a_unit_that_the_registry_lacks_is_asked_for_and_can_hold(open_page, engine, draft):
    app = on.press(form(open_page, draft({}), "holders"), "申请新增单位")
    app = on.fill(app, **{"单位名称 *": "示例新公司", "统一社会信用代码 *": "91211100MA0ABCDE1X"})
    assert "待登记单位 1：统一社会信用代码" in on.words(app)
    app = on.fill(app, **{"统一社会信用代码 *": registry.uscc(7), "单位类型 *": "enterprise"})
    assert "待登记单位 1：统一" not in on.words(app)

    app = on.fill(app, **{"添加持有方 *": -1})
    assert "示例新公司（待登记）" in on.words(app)

    on.press(app, "不申请了")
    content = on.content(engine)
    assert (content["organisations"], content["result"]["holders"]) == ([], [])


def test_a_transfer_asks_for_its_contract_and_knows_a_registered_one(open_page, engine, draft):
    with writing(engine) as session:
        registry.contract(session, people_of(session), no="HT-001")
    app = form(open_page, draft({}), "transfer")
    assert not app.date_input
    app = on.fill(app, **{"这项成果是否已经转化？ *": True, "转化方式 *": "2"})
    app = on.fill(app, **{"合同编号 *": "HT-001", "合同成交额（万元） *": "88.5"})

    assert "合同 HT-001 已经登记过" in on.words(app)
    assert on.content(engine)["contract"] == {"no": "HT-001", "amount": "88.5"}

    app = on.fill(app, **{"转化方式 *": "1", "合同编号 *": ""})
    assert on.labelled(app, "转化日期 *")


@pytest.mark.parametrize(
    "content",
    [
        *({"has_transfer": True, "transfer": {"mode": mode.value}} for mode in TransferMode),
        *({"has_transfer": True, "follow_up": {"kind": kind.value}} for kind in FollowUpKind),
    ],
    ids=[*(mode.name for mode in TransferMode), *(kind.name for kind in FollowUpKind)],
)
def test_the_page_marks_as_many_fields_as_the_check_asks_for(open_page, draft, content):
    app = form(open_page, draft(content), "transfer")
    groups = [app.text_input, app.text_area, app.selectbox, app.date_input, app.radio]
    marked = {one.label for group in groups for one in group if one.label.endswith(" *")}
    chosen = {"follow_up.kind"}  # its field has no blank: it says a new transfer instead
    asked = {one for one in needed(content, NOON.date()) if section_of(one) is Section.TRANSFER}
    asked -= chosen

    assert len(marked) == len(asked), (marked, asked)
    assert ("转化日期 *" in marked) is ("transfer.event_on" in asked)
    assert ("合同编号 *" in marked) is ("contract.no" in asked)


def test_sections_mark_what_an_explanation_may_stand_in_for(open_page, draft):
    number = draft({})
    basics = form(open_page, number, "basics")
    assert on.labelled(basics, "领域 *")
    assert on.labelled(basics, "成果简介 *")
    assert "带 * 的提交前须填写" in on.words(basics)
    assert "带 * 的提交前须填写" not in on.words(form(open_page, number, "numbers"))


def test_files_come_several_at_once_and_one_that_fails_keeps_the_others(
    open_page, engine, draft, monkeypatch, tmp_path
):
    monkeypatch.setattr(settings(), "data_dir", tmp_path)
    app = form(open_page, draft({}), "files")
    assert not app.file_uploader
    app = app.selectbox(key="kind-1").select(FileKind.REPORT).run()
    assert "每个不超过 20 MB" in on.words(app)
    app = (
        app.file_uploader[0]
        .set_value([("合同.pdf", PDF, "application/pdf"), ("假.pdf", b"MZ\x00", "application/pdf")])
        .run()
    )

    said = on.words(app)
    assert "已保存 1 个文件" in said
    assert "《假.pdf》没有保存：这是程序文件" in said
    assert "合同.pdf" in said
    with reading(engine) as session:
        assert session.get_one(SubmissionFile, 1).kind is FileKind.REPORT

    app = on.press(app, "移除")
    assert "还没有附件" in on.words(app)


def test_where_a_contract_is_asked_for_it_is_the_kind_that_is_chosen(open_page, draft):
    sold = {"has_transfer": True, "transfer": {"mode": TransferMode.LICENCE.value}}
    app = form(open_page, draft(sold), "files")

    assert app.selectbox(key="kind-1").value is FileKind.CONTRACT
    assert app.file_uploader[0].label == "上传转化合同 *"


# --- checking and sending ------------------------------------------------------------------------


def test_the_check_lists_every_problem_and_leads_to_its_section(open_page, draft):
    app = form(open_page, draft({}), "check")
    said = on.words(app)
    for expected in ("成果名称未填写", "持有方未填写", "非密声明未作出", "成果简介未填写"):
        assert expected in said
    assert on.button(app, "需要补正或说明").disabled

    app = on.press(app, "持有方：")

    assert app.subheader[0].value == "持有方"
    assert "持有方未填写" in on.words(app)


def test_a_soft_problem_is_explained_on_the_spot(open_page, engine, author, draft):
    content = made.result_content(author, summary="") | {"has_transfer": False}
    app = form(open_page, draft(content), "check")
    assert on.button(app, "需要补正或说明").disabled

    app = on.labelled(app, "或说明情况").set_value("简介随后补充").run()

    key = "result.summary/summary-wanted"
    assert on.content(engine)["explanations"] == {key: "简介随后补充"}
    assert not on.button(app, "提交").disabled


def test_what_was_checked_is_sent_once_and_gets_its_receipt(open_page, engine, author, draft):
    number = draft(made.result_content(author) | {"has_transfer": False})
    app = form(open_page, number, "check")
    assert "示例耐温分离膜制备工艺" in on.tables(app)

    app = next(one for one in app.button if one.key == "submit").click().run()

    row = on.stored(engine, number)
    assert (row.state, row.round) == (State.WAITING, 1)
    said = on.words(app)
    assert row.receipt in said
    assert "已提交，等待审核" in said
    assert "轮到审核人" in said


def test_a_look_alike_must_be_answered_and_is_not_asked_again(open_page, engine, author, draft):
    with writing(engine) as session:
        known = registry.result(
            session, people_of(session), title="示例**旧**成果",
            numbers=(Number(IdentifierKind.PATENT, "201911044411.X"),),
        )  # fmt: skip
    content = made.result_content(author, numbers={"patent": ["201911044411.X"]})
    number = draft(content | {"has_transfer": False})
    app = form(open_page, number, "numbers")
    assert "专利申请号相同" in on.words(app)
    assert f"{known.code} 示例**旧**成果" in on.words(app)
    assert on.button(form(open_page, number, "check"), "疑似重复需要说明").disabled

    app = on.fill(app, **{"不是同一项，因为…": "配方不同，用于另一种原料"})
    app = next(one for one in app.button if one.label == "不是同一项").click().run()

    assert "已说明不是同一项：配方不同" in on.words(app)
    with reading(engine) as session:
        assert session.get_one(Distinction, 1).other_result_id == known.id
    assert not on.button(form(open_page, number, "check"), "提交").disabled


def test_a_look_alike_may_be_said_to_be_the_same_and_taken_back(open_page, engine, author, draft):
    with writing(engine) as session:
        numbers = (Number(IdentifierKind.PATENT, "201911044411.X"),)
        known = registry.result(session, people_of(session), numbers=numbers)
    content = made.result_content(author, numbers={"patent": ["201911044411.X"]})
    number = draft(content | {"has_transfer": False})

    app = on.press(form(open_page, number, "numbers"), "是同一项")
    assert on.content(engine)["same_as"] == known.id
    assert not on.button(form(open_page, number, "check"), "提交").disabled

    on.press(app, "改变说明")
    assert on.content(engine)["same_as"] is None


def test_of_anothers_submission_only_title_holder_and_state_are_shown(
    open_page, engine, author, draft
):
    with writing(engine) as session:
        other = made.author(session, people_of(session), login="stranger")
        content = made.result_content(
            other, title="示例耐温分离膜制备工艺", summary="外单位的秘密简介",
            numbers={"patent": ["201911044411.X"]},
        )  # fmt: skip
        made.sent(session, other, content)
    content = made.result_content(author, numbers={"patent": ["201911044411.X"]})

    said = on.words(form(open_page, draft(content), "numbers"))

    assert f"他人填报，待审核　{other.home.name}" in said
    assert "秘密简介" not in said


# --- returned ------------------------------------------------------------------------------------


def test_a_returned_one_shows_the_remark_at_its_field_and_keeps_its_number(
    open_page, engine, author
):
    with writing(engine) as session:
        people = people_of(session)
        row = made.sent(session, author, made.result_content(author) | {"has_transfer": False})
        made.claimed(session, row, people.one)
        submissions.comment(
            session, row.id, "请写关键指标", by=people.one, at=clock(session),
            field="result.summary",
        )  # fmt: skip
        submission_reviews.send_back(
            session, row.id, by=people.one, at=clock(session), reason="请补正"
        )
        receipt = row.receipt
    app = form(open_page, row.id, "basics")
    said = on.words(app)
    assert "审核意见：请补正" in said
    assert said.count("请写关键指标") == 2  # in the thread and at the field

    app = on.fill(app, **{"成果简介 *": "示例简介，指标 95%", "回复": "已补充"})
    app = on.press(app, "发出回复")
    assert "已补充" in on.words(app)
    app = form(open_page, row.id, "check")
    app = next(one for one in app.button if one.key == "submit").click().run()

    again = on.stored(engine, row.id)
    assert (again.state, again.round, again.receipt) == (State.WAITING, 2, receipt)
    assert "本轮有改动" in on.tables(app)
    assert "示例简介 → 示例简介，指标 95" in on.tables(app).replace("]", "").replace(":gray[", "")


def test_what_is_wrong_with_a_number_stands_under_its_kind(open_page, draft, author):
    content = made.result_content(author, numbers={"patent": ["1"], "standard": ["Q/SL 1-2026"]})
    app = form(open_page, draft(content), "numbers")

    told = {
        column.text_area[0].label: [one.value for one in column.markdown]
        for column in app.columns
        if column.text_area
    }
    assert [label for label, lines in told.items() if any("error" in one for one in lines)] == [
        "专利申请号（每行一个）"
    ]
    assert sum(one.value.count("专利申请号") for one in app.markdown if "error" in one.value) == 2
