"""Delimited files: what is read exactly, and what is refused (threat table, rows 23 to 36)."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilot.domain.formula import mark
from pilot.services.sheets import FileRefused, read_table, reading, table
from tests.services.sheet_files import problems, refused, rules, workbook

HEADER = "项目名称,金额\r\n"


def read_csv(data: bytes | str):
    return read_table(data.encode() if isinstance(data, str) else data, "项目.csv")


# --- CSV: what is read ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codec", "mark_bytes", "name"),
    [
        pytest.param("utf-8", b"", "utf-8", id="25 UTF-8"),
        pytest.param("utf-8", b"\xef\xbb\xbf", "utf-8-sig", id="25 UTF-8 with mark"),
        pytest.param("gb18030", b"", "gb18030", id="25 GB18030"),
        pytest.param("utf-16-le", b"\xff\xfe", "utf-16", id="25 UTF-16 little"),
        pytest.param("utf-16-be", b"\xfe\xff", "utf-16", id="25 UTF-16 big"),
    ],
)
def test_the_whole_file_decides_its_encoding(codec, mark_bytes, name):
    text = "项目名称,负责人\r\n天然脂肪醇㎥,䶮𬍛𬭩😀\r\n"
    read = read_csv(mark_bytes + text.encode(codec))
    assert read.encoding == name
    assert read.headers == ("项目名称", "负责人")
    assert list(read.rows) == [(2, {"项目名称": "天然脂肪醇㎥", "负责人": "䶮𬍛𬭩😀"})]


def test_plain_gbk_is_read_as_gb18030():
    assert read_csv("名称\r\n联通\r\n".encode("gbk")).rows[:] == [(2, {"名称": "联通"})]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        pytest.param("a,b\n1,2\n", ["1", "2"], id="line feed"),
        pytest.param("a,b\r1,2\r", ["1", "2"], id="carriage return"),
        pytest.param("a,b\r\n1,2", ["1", "2"], id="no newline at the end"),
        pytest.param("a\tb\n1,5\t2\n", ["1,5", "2"], id="TAB by the headings"),
        pytest.param('"a, 甲"\tb\n1\t2\n', ["1", "2"], id="comma in a quoted heading"),
        pytest.param('a,b\n"x,y","z""z"\n', ["x,y", 'z"z'], id="quotes"),
        pytest.param('a,b\n"x\r\ny",2\n', ["x\r\ny", "2"], id="newline in a cell"),
        pytest.param("a,b\nx\u2028y,2\n", ["x\u2028y", "2"], id="line separator is no newline"),
        pytest.param("a,b\n,2\n", [None, "2"], id="empty cell"),
        pytest.param("a,b\n NA ,null\n", [" NA ", "null"], id="31 text stays text"),
        pytest.param("a,b\n00123,1E5\n", ["00123", "1E5"], id="31 codes stay text"),
        pytest.param("a,b\n'=1,'+86\n", ["=1", "+86"], id="23 formula marks come off"),
        pytest.param("a,b\n'90,''=1\n", ["'90", "'=1"], id="23 other apostrophes stay"),
        pytest.param("a,b\n-12.50,2\n", ["-12.50", "2"], id="23 unmarked negative number"),
    ],
)
def test_cells_are_read_exactly(text, cells):
    assert list(read_csv(text).rows[:1][0][1].values()) == cells


def test_row_numbers_are_those_of_the_spreadsheet_and_blank_rows_are_left_out():
    read = read_csv('a,b\n"x\ny",1\n\n,\n  ,\nz,2\n')
    assert [number for number, _ in read.rows] == [2, 6]


def test_blank_columns_without_heading_are_left_out():
    read = read_csv("a,,b,\n1,,2,\n")
    assert read.headers == ("a", "b")
    assert list(read.rows) == [(2, {"a": "1", "b": "2"})]


def test_a_file_with_headings_only_has_no_rows():
    assert read_csv(HEADER).rows[:] == []


def test_a_file_on_disk_is_read_by_its_path(tmp_path):
    path = tmp_path / "项目.CSV"
    path.write_text(HEADER + "甲,1\r\n")
    assert read_table(path, path.name).rows[:] == [(2, {"项目名称": "甲", "金额": "1"})]


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1))
@settings(max_examples=50, deadline=None)
def test_marked_cells_come_back_exactly(pairs):
    kept = [pair for pair in pairs if all(c.isprintable() for text in pair for c in text)]
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([("a", "b"), *((mark(x), mark(y)) for x, y in kept)])
    rows = [tuple(cells.values()) for _, cells in read_csv(stream.getvalue()).rows]
    visible = [(x, y) for x, y in kept if x.strip() or y.strip()]
    assert rows == [(x or None, y or None) for x, y in visible]


# --- CSV: what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "rule", "row"),
    [
        pytest.param(b"", "file-empty", None, id="empty"),
        pytest.param(b"\xff\xff\xff", "encoding", None, id="26 no encoding fits"),
        pytest.param("名称\n甲".encode()[:-1], "encoding", None, id="26 cut character"),
        pytest.param(b"\xff\xfea", "encoding", None, id="26 half a UTF-16 unit"),
        pytest.param(b"\xef\xbb\xbf\xb0\xa1", "encoding", None, id="26 mark lies"),
        pytest.param(b"a,b\n1,\0\n", "nul", 2, id="27 NUL"),
        pytest.param("a,b\n" + "x" * 100_001 + ",1\n", "cell-length", 2, id="36 long cell"),
        pytest.param("a,b\n" + "x" * 5_000_000 + ",1\n", "cell-length", 2, id="36 5-MB cell"),
        pytest.param(",".join(["a"] * 201) + "\n", "column-limit", 1, id="36 201 columns"),
        pytest.param("," * 20_000 + "\n", "column-limit", 1, id="36 20,000 columns"),
        pytest.param('a,b\n"x,1\n', "quote", 2, id="36 open quote"),
        pytest.param('a,b\n1,2\n"' + "x\n" * 300_000, "cell-length", 3, id="36 open quote, long"),
        pytest.param('a,b\n"x"y,1\n', "quote", 2, id="36 text after a quote"),
        pytest.param("a,b\n" + "\n" * 1_000_001, "row-limit", None, id="36 a million blank rows"),
        pytest.param("a,b\n1\n", "ragged", 2, id="24 short row"),
        pytest.param("a,b\n1,2,3\n", "ragged", 2, id="24 long row"),
        pytest.param("台账\na,b\n1,2\n", "ragged", 2, id="34 title line"),
        pytest.param("台账,,\na,b,c\n", "header-missing", 2, id="34 title line, padded"),
        pytest.param("\na,b\n1,2\n", "header-missing", 1, id="34 blank first line"),
        pytest.param("a,b,a\n1,2,3\n", "header-twice", 1, id="32 heading twice"),
        pytest.param("MMA,ｍｍ ａ\n1,2\n", "header-twice", 1, id="32 heading in another spelling"),
        pytest.param("a;b\n1;2\n", "delimiter", 1, id="semicolons"),
        pytest.param("名称，金额\n甲，1\n", "delimiter", 1, id="full-width commas"),
    ],
)
def test_a_file_that_would_need_a_guess_is_refused(data, rule, row):
    problem = refused(data).problems[0]
    assert (problem.rule, problem.row) == (rule, row)


def test_every_problem_of_a_file_is_listed():
    refusal = refused("a,a,\n1,2\n1,2,3\n1,2,3,4\n")
    assert [(p.rule, p.row) for p in refusal.problems] == [
        ("header-twice", 1),
        ("ragged", 2),
        ("header-missing", 3),
        ("ragged", 4),
    ]
    assert "共 4 处问题" in refusal.message


def test_a_list_too_long_to_read_is_cut():
    refusal = refused("a,b\n" + "1\n" * 5000)
    assert len(refusal.problems) == table.MAX_PROBLEMS + 1
    assert rules(refusal)[-1] == "problem-limit"


def test_more_cells_than_memory_should_hold_are_refused(monkeypatch):
    monkeypatch.setattr(table, "MAX_CELLS", 10)
    assert rules(refused(workbook(["a", "b"], *[["1", "2"]] * 20), "a.xlsx")) == ["cell-limit"]


def test_text_is_read_row_by_row_and_may_have_more_cells(monkeypatch):
    monkeypatch.setattr(table, "MAX_CELLS", 10)
    read = read_csv("a,b\n" + "1,2\n" * 20)
    assert len(read.rows) == len(list(read.rows)) == len(list(read.rows)) == 20


@given(st.binary(max_size=200) | st.text().map(str.encode))
@settings(max_examples=150, deadline=None)
def test_any_bytes_as_csv_are_read_or_refused(data):
    assert problems(data, "a.csv") != []


# --- the kind of file -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "filename", "rule"),
    [
        pytest.param(b"a,b\n", "项目.xlsm", "file-kind", id="5.2.2 macro ending"),
        pytest.param(b"a,b\n", "项目.xls", "file-kind", id="5.2.2 old ending"),
        pytest.param(b"a,b\n", "项目", "file-kind", id="5.2.2 no ending"),
        pytest.param(workbook(["a"]), "项目.csv", "file-kind", id="5.2.2 workbook named CSV"),
        pytest.param(b"a,b\n", "项目.xlsx", "workbook", id="5.2.2 CSV named workbook"),
        pytest.param(b"\xd0\xcf\x11\xe0" + b"\0" * 600, "a.xlsx", "file-kind", id="35 old format"),
        pytest.param(b"%PDF-1.7\n" + workbook(["a"]), "a.xlsx", "workbook", id="35 polyglot"),
        pytest.param(workbook(["a"])[:-200], "a.xlsx", "workbook", id="35 cut short"),
    ],
)
def test_ending_and_content_must_agree(data, filename, rule):
    assert rules(refused(data, filename)) == [rule]


def test_a_big_file_is_refused_before_it_is_read(monkeypatch, tmp_path):
    monkeypatch.setattr(reading, "MAX_TEXT", 10)
    path = tmp_path / "big.csv"
    path.write_text(HEADER)
    with pytest.raises(FileRefused) as caught:
        read_table(path, path.name)
    assert rules(caught.value) == ["file-size"]
