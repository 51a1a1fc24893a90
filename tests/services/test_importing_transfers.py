# ruff: noqa: F811 - fixtures are named by their parameters
"""Persons and transfers from files: the rules of the forms, matched again, undone as a whole."""

import io
from datetime import date
from decimal import Decimal

import pytest

from pilot.domain.errors import Refused
from pilot.domain.import_columns import ImportKind
from pilot.domain.importing import BatchState
from pilot.domain.moment import moment
from pilot.reports import exports
from pilot.reports.exports import Encoding
from pilot.store.engine import reading, writing
from pilot.store.models import Claim, Contract, Person, Transfer, TransferSpan
from tests import factories_registry as registry
from tests.services.test_import_batches import UNDO, desk, people  # noqa: F401 - fixtures
from tests.services.test_importing import as_csv

RESULT = "CG-2026-0001"


@pytest.fixture
def sold(engine, people):
    """A result that may change hands, and a project."""
    with writing(engine) as session:
        holder = registry.institute(session, people, name="示例大学")
        registry.result(session, people, title="示例催化剂", holders=(registry.Holder(holder.id),))
    return people


def person_row(**fields) -> dict:
    row = {"姓名": "示例王工", "人员类型": "项目经理", "所在单位": "示例化工有限公司"}
    return row | {"电话": "0427-1234567"} | fields


def transfer_row(**fields) -> dict:
    row = {
        "成果编号": RESULT,
        "成果名称": "示例催化剂",
        "转化方式": "向他人转让该科技成果",
        "合同编号": "HT-001",
        "合同类型": "技术转让",
        "签订日期": "2026-03-01",
        "出让方": "示例大学",
        "受让方": "示例化工有限公司",
        "金额（万元）": "120",
        "实施地区划代码": "211102",
    }
    return row | fields


def bring(desk, kind, *rows):
    return desk.bring(kind, as_csv(list(rows)))


# --- persons -------------------------------------------------------------------------------------


def test_persons_are_entered_and_found_again_by_name_and_unit(desk):
    desk.apply(bring(desk, ImportKind.PERSONS, person_row()))
    again = desk.batch(
        bring(desk, ImportKind.PERSONS, person_row(), person_row(所在单位="示例研究所（大连）"))
    )

    assert (again.unchanged, again.new) == (1, 1)
    assert [one.name for one in desk.all(Person)] == ["张工", "示例王工"]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"电话": "打听"}, ("电话", "phone")),
        ({"电子邮箱": "x"}, ("电子邮箱", "email")),
        ({"人员类型": "外星人"}, ("人员类型", "read-code")),
        ({"所在单位": "没有的单位"}, ("所在单位", "unit-unknown")),
        ({"姓名": ""}, ("姓名", "required")),
    ],
)
def test_a_person_is_judged_by_the_rules_of_the_form(desk, fields, told):
    bring(desk, ImportKind.PERSONS, person_row(**fields))

    assert desk.told() == [(2, *told)]


def test_persons_are_undone_and_restored(desk):
    desk.apply(bring(desk, ImportKind.PERSONS, person_row()))
    changed = desk.batch(bring(desk, ImportKind.PERSONS, person_row(电话="13800000000")))
    assert changed.changed == 1
    desk.apply(changed.id)
    desk.undo(changed.id)
    assert desk.all(Person)[-1].phone == "0427-1234567"


# --- transfers -----------------------------------------------------------------------------------


def test_a_transfer_is_entered_with_its_contract_and_awaits_a_check(desk, sold):
    batch = desk.apply(bring(desk, ImportKind.TRANSFERS, transfer_row()))

    assert batch.state is BatchState.APPLIED, (batch.message, desk.told())
    [contract], [transfer] = desk.all(Contract), desk.all(Transfer)
    assert (contract.no, contract.amount) == ("HT-001", Decimal("120.00"))
    assert (transfer.contract_id, transfer.event_on) == (contract.id, date(2026, 3, 1))
    assert (transfer.receiver_id, transfer.receive_area) == (contract.buyer_id, "211102")
    assert transfer.verified_at is None
    assert len(desk.all(TransferSpan)) == 1
    assert {claim.standing.value for claim in desk.all(Claim)} == {"pending"}
    assert desk.actions()[-1] == "import.apply"


def test_the_same_transfers_again_change_nothing(desk, sold):
    desk.apply(bring(desk, ImportKind.TRANSFERS, transfer_row()))
    again = desk.batch(bring(desk, ImportKind.TRANSFERS, transfer_row(签订日期="")))

    assert (again.unchanged, again.new, again.hard) == (1, 0, 0)


def test_a_changed_transfer_is_corrected_and_the_undoing_puts_it_back(desk, sold):
    desk.apply(bring(desk, ImportKind.TRANSFERS, transfer_row()))
    batch = desk.apply(bring(desk, ImportKind.TRANSFERS, transfer_row(实施地区划代码="210200")))
    assert (batch.changed, desk.all(Transfer)[0].implement_area) == (1, "210200")

    desk.undo(batch.id)
    assert desk.all(Transfer)[0].implement_area == "211102"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"成果编号": "CG-2026-0999", "成果名称": ""}, ("成果编号", "result-unknown")),
        ({"成果名称": "别的成果"}, ("成果名称", "title-mismatch")),
        ({"合同编号": ""}, ("合同编号", "mode-has-contract")),
        ({"合同类型": ""}, ("合同类型", "required")),
        ({"签订日期": "2099-01-01"}, ("签订日期", "future")),
        ({"转化日期": "2026-03-02"}, ("转化日期", "event-day")),
        ({"受让方": ""}, ("受让方", "receiver-needed")),
        ({"出让方": "示例化工有限公司"}, ("受让方", "two-parties")),
        ({"转化方式": "自行投资实施转化", "合同编号": ""}, ("转化日期", "event-day")),
    ],
)
def test_a_transfer_is_judged_by_the_rules_of_the_form(desk, sold, fields, told):
    bring(desk, ImportKind.TRANSFERS, transfer_row(**fields))

    assert (2, *told) in desk.told()
    assert desk.all(Contract) == []


def test_a_known_contract_is_never_changed_by_a_file(desk, sold):
    desk.apply(bring(desk, ImportKind.TRANSFERS, transfer_row()))
    bring(desk, ImportKind.TRANSFERS, transfer_row(**{"金额（万元）": "121"}))

    assert desk.told() == [(2, "金额（万元）", "contract-differs")]


def test_two_results_of_one_contract_are_one_package_or_refused(desk, sold, engine):
    with writing(engine) as session:
        registry.result(session, sold, title="示例另一成果")
    other = transfer_row(成果编号="CG-2026-0002", 成果名称="示例另一成果", 签订日期="")
    bring(desk, ImportKind.TRANSFERS, transfer_row(), other)

    assert desk.told() == [(3, "合同编号", "one-contract")]


def test_undone_transfers_free_their_contract_for_the_corrected_file(desk, sold):
    batch = desk.apply(bring(desk, ImportKind.TRANSFERS, transfer_row()))
    desk.undo(batch.id)

    assert desk.batch(batch.id).state is BatchState.UNDONE
    assert [one.no for one in desk.all(Contract)] == [f"撤{batch.id}-HT-001"]
    assert desk.all(Transfer)[0].voided_at is not None
    right = desk.apply(
        bring(desk, ImportKind.TRANSFERS, transfer_row(**{"金额（万元）": "130"})), UNDO
    )
    assert (right.state, right.new) == (BatchState.APPLIED, 1)


def test_a_contract_used_since_stands_in_the_way(desk, sold, engine):
    batch = desk.apply(bring(desk, ImportKind.TRANSFERS, transfer_row()))
    with writing(engine) as session:
        other = registry.institute(session, sold, name="示例受让二")
        rows = {"contract_id": desk.all(Contract)[0].id, "receiver_id": other.id}
        registry.transfer(session, sold, result_id=desk.all(Transfer)[0].result_id, **rows)

    with pytest.raises(Refused) as refused:
        desk.undo(batch.id)
    assert [one.rule for one in refused.value.problems] == ["contract-in-use"]


def test_an_exported_list_of_transfers_brought_back_changes_nothing(desk, sold, engine):
    desk.apply(bring(desk, ImportKind.TRANSFERS, transfer_row()))
    file = io.BytesIO()
    with reading(engine) as session:
        asked = exports.asked(session, sold.manager, "transfers", moment(UNDO))
        exports.write_csv(session, asked, file, Encoding.UTF8)

    again = desk.batch(desk.bring(ImportKind.TRANSFERS, file.getvalue()))
    assert (again.unchanged, again.hard, desk.told()) == (1, 0, [])
