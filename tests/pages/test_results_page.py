"""成果与转化 as a page: search, detail, and every form with its refusals."""

from datetime import date

import pytest
from sqlmodel import select

from pilot.domain.drafts import Holder
from pilot.domain.people import Role
from pilot.domain.vocabulary import ContractType, TransferMode
from pilot.store import queries_results
from pilot.store.engine import reading, writing
from pilot.store.models import Contract, Organisation, Result, Transfer
from tests import factories_registry
from tests.pages.people_of import people_of

READERS = [Role.ADMIN, Role.MANAGER, Role.REVIEWER, Role.OFFICER, Role.PROVINCE]


@pytest.fixture
def filled(engine):
    """An institute, a local company, a result without and one with an unverified transfer."""
    with writing(engine) as session:
        people = people_of(session)
        factories_registry.result(session, people, title="示例**分离膜**")
        factories_registry.contract(session, people, no="空合同")
        factories_registry.transfer(session, people, verified=False)


def words(app):
    """Everything the page says outside tables, with the Markdown escapes taken out."""
    shown = [app.title, app.subheader, app.markdown, app.text, app.caption, app.info]
    shown += [app.success, app.warning, app.error]
    said = "\n".join(item.value for group in shown for item in group)
    return said.replace("\\", "").replace("\u2060", "")


def labelled(app, label):
    groups = [app.text_input, app.text_area, app.selectbox, app.multiselect, app.date_input]
    groups += [app.checkbox]
    return next(item for group in groups for item in group if item.label == label)


def press(app, label):
    return next(button for button in app.button if button.label == label).click().run()


def has_button(app, label):
    return any(button.label == label for button in app.button)


def unfold(app, key):
    """Open an expander that is drawn only when it is open."""
    app.session_state[key] = True
    return app.run()


def stored(engine, kind):
    with reading(engine) as session:
        return session.exec(select(kind).order_by(kind.id.desc())).first()


@pytest.mark.parametrize("role", READERS)
def test_readers_see_results_transfers_and_contracts(open_page, filled, role):
    app = open_page("results", role)
    assert not app.exception
    assert "示例**分离膜**" in list(app.dataframe[0].value["title"])

    app = open_page("results", role, section="transfers", year="2026")
    assert list(app.dataframe[0].value["standing"]) == ["待核"]

    app = open_page("results", role, section="contracts")
    assert len(app.dataframe[0].value) == 2


def test_a_researcher_does_not_see_the_page(open_page, filled):
    app = open_page("results", Role.RESEARCHER)

    assert not any(title.value == "成果与转化" for title in app.title)


def test_the_province_reads_no_register_of_persons(open_page, filled):
    app = open_page("results", Role.PROVINCE, section="registry")

    assert not any("单位名称" in frame.value.columns for frame in app.dataframe)
    assert "##### 人员" not in words(app)


def test_an_empty_list_says_what_to_do(open_page):
    app = open_page("results", Role.MANAGER)

    assert "本页“登记成果”" in words(app)
    app = open_page("results", Role.MANAGER, q="没有这样的")
    assert "请放宽筛选" in words(app)


def test_an_empty_register_says_what_to_do(open_page):
    app = open_page("results", Role.MANAGER, section="registry")
    assert "在下面“登记单位”" in words(app)
    assert "在下面“登记人员”" in words(app)
    app = open_page("results", Role.MANAGER, section="registry", q="没有这样的")
    assert "没有找到“没有这样的”" in words(app)


def test_the_search_in_the_address_narrows_the_list(open_page, filled):
    app = open_page("results", Role.OFFICER, q="分离膜")

    assert list(app.dataframe[0].value["title"]) == ["示例**分离膜**"]


def test_the_result_in_the_address_is_shown_in_full(open_page, filled):
    app = open_page("results", Role.OFFICER, id="1")

    assert "CG-2026-0001 示例**分离膜**" in words(app)
    assert "还没有转化事件：这是储备成果" in words(app)
    assert not has_button(app, "确认作废")


def test_a_missing_result_is_said_to_be_missing(open_page, filled):
    app = open_page("results", Role.MANAGER, id="999")

    assert "没有找到这条成果" in words(app)


def fill_in(app, title="示例新催化剂", secret_free=True):
    app = unfold(app, "new-result")
    labelled(app, "成果名称 *").set_value(title)
    labelled(app, "成果类型 *").set_value("process")
    labelled(app, "持有方 *（按顺序）").set_value([1])
    labelled(app, "专利申请号（每行一个）").set_value("201911044411.X")
    labelled(app, "声明：以上内容不涉及国家秘密 *").set_value(secret_free)
    return press(app, "登记成果")


def test_a_manager_enters_a_result_and_sees_it(open_page, filled, engine):
    app = fill_in(open_page("results", Role.MANAGER))

    row = stored(engine, Result)
    assert (row.title, row.kind) == ("示例新催化剂", "process")
    assert "已登记成果" in words(app)
    assert f"{row.code} 示例新催化剂" in words(app)


def test_a_refused_result_names_every_field_and_keeps_what_was_typed(open_page, filled, engine):
    app = fill_in(open_page("results", Role.MANAGER), title="", secret_free=True)

    assert "成果名称未填写。请填写后再提交。" in words(app)
    assert labelled(app, "专利申请号（每行一个）").value == "201911044411.X"
    assert labelled(app, "成果类型 *").value == "process"
    assert stored(engine, Result).title != ""


def test_a_classified_result_is_refused(open_page, filled, engine):
    app = fill_in(open_page("results", Role.MANAGER), secret_free=False)

    assert "本系统不接收涉密内容" in words(app)
    assert stored(engine, Result).title != "示例新催化剂"


def test_a_result_is_changed_with_its_shares(open_page, filled, engine):
    app = unfold(open_page("results", Role.MANAGER, id="1"), "edit-1")
    labelled(app, "成果简介").set_value("示例简介")
    labelled(app, "各方份额（%）").set_value("100")
    app = press(app, "保存修改")

    assert "已修改成果" in words(app)
    assert stored_by_id(engine, Result, 1).summary == "示例简介"


def test_shares_that_do_not_match_the_holders_are_refused_before_anything_is_sent(
    open_page, filled, engine
):
    app = unfold(open_page("results", Role.MANAGER, id="1"), "edit-1")
    labelled(app, "各方份额（%）").set_value("60,40")
    app = press(app, "保存修改")

    assert "持有方有 1 个，份额有 2 个" in words(app)
    assert labelled(app, "各方份额（%）").value == "60,40"


def stored_by_id(engine, kind, row_id):
    with reading(engine) as session:
        return session.get(kind, row_id)


def test_a_manager_enters_a_contract(open_page, filled, engine):
    app = unfold(open_page("results", Role.MANAGER, section="contracts"), "new-contract")
    labelled(app, "合同编号 *").set_value("HT-新")
    labelled(app, "合同类型 *").set_value(ContractType.LICENCE)
    labelled(app, "签订日期 *").set_value(date(2026, 5, 6))
    labelled(app, "合同成交额（万元）").set_value("12.50")
    app = press(app, "登记合同")

    row = stored(engine, Contract)
    assert (row.no, f"{row.amount}", row.signed_on) == ("HT-新", "12.50", date(2026, 5, 6))
    assert "已登记合同" in words(app)
    assert "合同 HT-新" in words(app)


def test_an_amount_that_is_no_number_is_refused_and_kept(open_page, filled):
    app = unfold(open_page("results", Role.MANAGER, section="contracts"), "new-contract")
    labelled(app, "合同编号 *").set_value("HT-新")
    labelled(app, "合同类型 *").set_value(ContractType.LICENCE)
    labelled(app, "签订日期 *").set_value(date(2026, 5, 6))
    labelled(app, "合同成交额（万元）").set_value("十二万")
    app = press(app, "登记合同")

    assert "合同成交额" in words(app)
    assert labelled(app, "合同成交额（万元）").value == "十二万"


def test_a_transfer_under_a_contract_takes_its_day_and_buyer(open_page, filled, engine):
    app = unfold(open_page("results", Role.MANAGER, id="1"), "record-1")
    labelled(app, "转化方式 *").set_value(TransferMode.LICENCE)
    labelled(app, "合同").set_value(1)
    app = press(app, "登记转化事件")

    row = stored(engine, Transfer)
    assert (row.result_id, row.contract_id, row.event_on) == (1, 1, date(2026, 3, 1))
    assert "由另一位人员核验后计入" in words(app)


def test_a_transfer_without_its_contract_is_refused_with_the_remedy(open_page, filled):
    app = unfold(open_page("results", Role.MANAGER, id="1"), "record-1")
    labelled(app, "转化方式 *").set_value(TransferMode.LICENCE)
    app = press(app, "登记转化事件")

    assert "必须有合同" in words(app)
    assert labelled(app, "转化方式 *").value is TransferMode.LICENCE


def test_who_entered_a_transfer_cannot_verify_it_and_a_reviewer_can(open_page, filled, engine):
    moved = stored(engine, Transfer)
    mine = open_page("results", Role.MANAGER, id=str(moved.result_id))
    assert mine.button(key=f"verify-{moved.id}").disabled

    app = open_page("results", Role.REVIEWER, id=str(moved.result_id))
    app.button(key=f"verify-{moved.id}").click().run()

    assert "已核验" in words(app)
    assert stored(engine, Transfer).verified_by is not None


def test_a_contract_is_rescinded_with_its_day_and_reason(open_page, filled, engine):
    app = open_page("results", Role.MANAGER, section="contracts", contract="2")
    labelled(app, "理由 *").set_value("双方协商")
    app = press(app, "确认解除")

    assert "已解除合同" in words(app)
    assert stored_by_id(engine, Contract, 2).rescinded_on is not None


def test_a_unit_with_a_wrong_credit_code_is_refused_and_kept(open_page, filled, engine):
    app = open_page("results", Role.MANAGER, section="registry")
    labelled(app, "单位名称 *").set_value("示例错码公司")
    labelled(app, "单位类型 *").set_value("enterprise")
    labelled(app, "统一社会信用代码").set_value("911111111111111111")
    app = press(app, "保存")

    assert labelled(app, "单位名称 *").value == "示例错码公司"
    assert stored(engine, Organisation).name != "示例错码公司"
    assert app.error


def test_a_unit_is_entered_and_listed(open_page, filled, engine):
    app = open_page("results", Role.MANAGER, section="registry")
    labelled(app, "单位名称 *").set_value("示例新公司")
    labelled(app, "单位类型 *").set_value("enterprise")
    labelled(app, "统一社会信用代码").set_value(factories_registry.uscc(77))
    app = press(app, "保存")

    assert "已保存单位“示例新公司”" in words(app)
    assert "示例新公司" in list(app.dataframe[0].value["name"])


def test_a_person_is_named_at_a_result_and_hands_it_over(open_page, filled, engine):
    with writing(engine) as session:
        people = people_of(session)
        one, other = (factories_registry.person(session, people, name=f"示例{n}") for n in "甲乙")
    app = unfold(open_page("results", Role.MANAGER, id="1"), "edit-1")
    labelled(app, "成果负责人").set_value(one.id)
    app = press(app, "保存修改")
    assert "已修改成果" in words(app)
    assert stored_by_id(engine, Result, 1).contact_id == one.id

    app = open_page("results", Role.MANAGER, section="registry", person=str(one.id))
    assert "示例甲负责的成果（1 项）" in [expander.label for expander in app.expander]
    app = press(app, "移交全部")
    assert "请选择接手的人员" in words(app)
    labelled(app, "移交给").set_value(other.id)
    labelled(app, "移交理由").set_value("调离")
    app = press(app, "移交全部")
    assert "已移交 1 项成果" in words(app)
    assert "不是任何成果的负责人" in words(app)
    assert stored_by_id(engine, Result, 1).contact_id == other.id


def test_nothing_is_written_from_a_past_view(open_page, filled):
    app = open_page("results", Role.MANAGER, id="1", as_of="2026-06-02", known="2026-06-02")

    assert "历史视图" in words(app)
    assert not any(one.label in ("登记成果", "修改成果") for one in app.expander)


# --- duplicates ----------------------------------------------------------------------------------


@pytest.fixture
def twice(engine):
    """One process of one institute, registered twice."""
    with writing(engine) as session:
        people = people_of(session)
        one = factories_registry.result(session, people, title="示例**双份**工艺")
        held = queries_results.holders(session, one.id)
        holders = tuple(Holder(row.organisation_id) for row in held)
        factories_registry.result(session, people, title=one.title, holders=holders)


def test_a_pair_is_merged_after_a_look_at_the_effect_and_taken_back(open_page, engine, twice):
    app = open_page("results", Role.REVIEWER, section="duplicates")
    assert "名称和持有方相同" in words(app)

    app = unfold(app, "same-1-2")
    assert "三项指标的数字不变" in words(app)
    labelled(app, "理由 *").set_value("同一工艺")
    (merge,) = [button for button in app.button if button.label.startswith("确认：")]
    assert merge.label.replace("\\", "") == "确认：CG-2026-0002 并入 CG-2026-0001"
    app = merge.click().run()

    assert "没有需要处理的疑似重复" in words(app)
    app = open_page("results", Role.REVIEWER, id="2")
    assert "已并入另一项成果" in words(app)
    assert "储备成果" not in words(app)
    labelled(app, "理由 *").set_value("查明不是同一项")
    app = press(app, "确认撤销合并")
    assert stored(engine, Result).voided_at is None


def test_the_code_to_merge_into_may_be_typed_in_small_letters(open_page, twice):
    app = unfold(open_page("results", Role.REVIEWER, id="2"), "same-2")
    app = labelled(app, "并入的成果编号").set_value(" cg-2026-0001 ").run()

    assert "没有找到这个编号" not in words(app)
    assert [b.label for b in app.button if b.label.startswith("确认：")]


def test_the_other_result_is_told_before_a_merge_by_its_code(open_page, twice):
    app = unfold(open_page("results", Role.REVIEWER, id="2"), "same-2")
    before = shown_facts(app)
    app = labelled(app, "并入的成果编号").set_value("CG-2026-0001").run()
    told = shown_facts(app)[len(before) :]

    assert "并入 **CG-2026-0001 示例**双份**工艺**" in words(app)
    assert any("持有方" in one and "示例研究所1" in one for one in told)
    app = labelled(app, "并入的成果编号").set_value("CG-2026-0009").run()
    assert "没有找到这个编号的成果" in words(app)
    assert shown_facts(app) == before


def shown_facts(app):
    return [table.value.to_string().replace("\\", "") for table in app.table]


@pytest.mark.parametrize(("role", "invited"), [(Role.MANAGER, True), (Role.REVIEWER, False)])
def test_only_who_enters_transfers_is_invited_to(open_page, twice, role, invited):
    app = open_page("results", role, id="1")

    assert "这是储备成果" in words(app)
    assert ("就在下面登记" in words(app)) is invited


def test_what_is_said_to_differ_is_not_listed_again(open_page, twice):
    app = open_page("results", Role.MANAGER, section="duplicates")
    labelled(app, "不是同一项，因为…").set_value("原料不同")
    app = press(app, "不是同一项")

    assert "没有需要处理的疑似重复" in words(app)
