"""Workbooks: cells are read exactly, and nothing is guessed (threat table, rows 28 to 35)."""

import io
from datetime import date, datetime

import openpyxl
import pytest

from pilot.domain.formula import mark
from pilot.services.sheets import read_table
from tests.services.sheet_files import inline, refused, rules, with_sheet, workbook

# --- XLSX: what is read ---------------------------------------------------------------------------


def test_cells_keep_their_types():
    rows = [["名称", "金额", "件数", "编号"], ["天然脂肪醇", 12.5, 3, "00123"]]
    read = read_table(workbook(*rows), "项目.xlsx")
    assert read.sheet == "项目"
    assert read.rows == [(2, {"名称": "天然脂肪醇", "金额": 12.5, "件数": 3, "编号": "00123"})]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("😀👩‍🔬䶮𬍛𬭩\U00030000", id="28 rare characters"),
        pytest.param("  两端空格  ", id="blanks at the ends"),
        pytest.param("一\n二\t三", id="newline and tab"),
        pytest.param("a\r\nb", id="carriage return"),
        pytest.param("_x000D_", id="text that looks like an escape"),
        pytest.param("_x005F_", id="text that looks like an escaped line"),
        pytest.param("=1+1", id="23 formula as text"),
        pytest.param("'=1", id="23 apostrophe"),
        pytest.param("NA", id="31 NA"),
        pytest.param("#N/A", id="text that looks like an error"),
    ],
)
def test_a_text_survives_export_and_import(text):
    read = read_table(workbook(["a"], [mark(text)]), "a.xlsx")
    assert read.rows == [(2, {"a": text})]


def test_rich_text_is_its_text():
    def fill(book, sheet):
        sheet.write_rich_string("A2", "甲", book.add_format({"bold": True}), "乙", "丙")

    assert read_table(workbook(["a"], fill=fill), "a.xlsx").rows == [(2, {"a": "甲乙丙"})]


@pytest.mark.parametrize("epoch", [False, True], ids=["30 1900 system", "30 1904 system"])
def test_dates_follow_the_date_system_of_the_file(epoch):
    def fill(book, sheet):
        day = book.add_format({"num_format": 'yyyy"年"m"月"d"日"'})
        sheet.write_datetime("A2", datetime.fromisoformat("2024-10-08"), day)
        sheet.write_datetime("B2", datetime.fromisoformat("2024-10-08T12:30"), day)

    read = read_table(workbook(["a", "b"], fill=fill, date_1904=epoch), "a.xlsx")
    assert read.date1904 is epoch
    assert read.rows[0][1] == {
        "a": date(2024, 10, 8),
        "b": datetime.fromisoformat("2024-10-08T12:30"),
    }


def test_a_formula_gives_its_saved_value():
    rows = (
        f'<row r="1">{inline("A1", "a")}{inline("B1", "b")}</row>'
        '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>""</f><v></v></c></row>'
    )
    assert read_table(with_sheet(rows), "a.xlsx").rows == [(2, {"a": 2, "b": None})]


def test_only_the_first_sheet_is_read_and_the_others_are_named():
    def fill(book, _):
        book.add_worksheet("代码表").write("A1", "=")

    read = read_table(workbook(["a"], ["x"], fill=fill), "a.xlsx")
    assert (read.sheet, read.other_sheets) == ("项目", ("代码表",))


def test_rows_and_cells_left_out_keep_their_places():
    rows = (
        f'<row r="1">{inline("A1", "a")}{inline("B1", "b")}{inline("C1", "c")}</row>'
        f'<row r="4">{inline("C4", "x")}</row>'
    )
    read = read_table(with_sheet(rows), "a.xlsx")
    assert read.rows == [(4, {"a": None, "b": None, "c": "x"})]


def test_a_workbook_of_another_library_is_read():
    book, stream = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["a", "b"])
    book.active.append(["甲", date(2024, 10, 8)])
    book.save(stream)
    read = read_table(stream.getvalue(), "a.xlsx")
    assert read.rows == [(2, {"a": "甲", "b": date(2024, 10, 8)})]


def test_the_size_a_sheet_claims_is_not_believed():
    rows = f'<row r="1">{inline("A1", "a")}</row><row r="2">{inline("A2", "x")}</row>'
    assert read_table(with_sheet(rows, "A1:XFD1048576"), "a.xlsx").rows == [(2, {"a": "x"})]
    assert read_table(with_sheet(rows, "A1:A1"), "a.xlsx").rows == [(2, {"a": "x"})]


# --- XLSX: cells without one value ----------------------------------------------------------------


def merged_heading(_, sheet):
    sheet.merge_range("A1:B1", "金额")


def merged_cells(_, sheet):
    sheet.merge_range("A2:A3", "甲")


def hidden_row(_, sheet):
    sheet.set_row(1, None, None, {"hidden": True})


def hidden_column(_, sheet):
    sheet.set_column("A:A", None, None, {"hidden": True})


def time_of_day(book, sheet):
    sheet.write_number("A2", 0.5, book.add_format({"num_format": "h:mm"}))


def running_hours(book, sheet):
    sheet.write_number("A2", 3.0, book.add_format({"num_format": "[h]:mm"}))


def error_value(_, sheet):
    sheet.write_formula("A2", "=1/0", value="#DIV/0!")


def wide(_, sheet):
    sheet.write("GS2", "x")


@pytest.mark.parametrize(
    ("fill", "rule", "row", "words"),
    [
        pytest.param(merged_heading, "merged", 1, "列名 A1:B1 是合并", id="34 merged heading"),
        pytest.param(merged_cells, "merged", 2, "A2:A3 是合并", id="34 merged cells"),
        pytest.param(hidden_row, "hidden", 2, "第 2 行", id="34 hidden row"),
        pytest.param(hidden_column, "hidden", None, "A 列", id="34 hidden column"),
        pytest.param(error_value, "error-value", 2, "A2", id="34 error value"),
        pytest.param(time_of_day, "time-value", 2, "时间", id="time of day"),
        pytest.param(running_hours, "time-value", 2, "时间", id="duration"),
        pytest.param(wide, "column-limit", 2, "200 列", id="35 column 201"),
    ],
)
def test_nothing_is_guessed_in_a_sheet(fill, rule, row, words):
    problem = refused(workbook(["a", "b"], ["x", "y"], fill=fill), "a.xlsx").problems[0]
    assert (problem.rule, problem.row) == (rule, row)
    assert words in problem.message


def test_a_formula_without_a_saved_value_is_named_by_its_cell():
    book, stream = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["a", "b"])
    book.active.append(["x", "=1+1"])
    book.save(stream)
    problem = refused(stream.getvalue(), "a.xlsx").problems[0]
    assert (problem.rule, problem.row, problem.column) == ("formula-value", 2, "B")
    assert problem.message == "B2 是公式但没有计算结果。"


def test_unused_columns_may_be_hidden():
    def fill(_, sheet):
        sheet.set_column("C:XFD", None, None, {"hidden": True})

    assert len(read_table(workbook(["a"], ["x"], fill=fill), "a.xlsx").rows) == 1


def test_a_hidden_first_sheet_is_refused():
    def fill(book, sheet):
        book.add_worksheet("看得见").activate()
        sheet.hide()

    assert rules(refused(workbook(["a"], fill=fill), "a.xlsx")) == ["hidden"]


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        pytest.param('<row r="2"/><row r="1"/>', "order", id="rows out of order"),
        pytest.param('<row r="1"/><row r="1"/>', "order", id="a row twice"),
        pytest.param(
            f'<row r="1">{inline("B1", "b")}{inline("A1", "a")}</row>', "order", id="cells swapped"
        ),
        pytest.param('<row r="200002"/>', "row-limit", id="35 far row"),
        pytest.param('<row r="1"><c r="XFD1"/></row>', "column-limit", id="35 far column"),
        pytest.param(f'<row r="1">{"<c/>" * 201}</row>', "column-limit", id="35 cells unnamed"),
        pytest.param("<row><row/></row>", "xml", id="row in a row"),
        pytest.param('<row r="x"/>', "xml", id="row number is no number"),
        pytest.param('<row r="1"><c r="A1" t="s"><v>9</v></c></row>', "workbook", id="text 9"),
        pytest.param('<row r="1">', "xml", id="not closed"),
    ],
)
def test_a_sheet_in_disorder_is_refused(rows, rule):
    assert rules(refused(with_sheet(rows), "a.xlsx")) == [rule]
