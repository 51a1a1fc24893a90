"""Workbooks that are refused before any library opens them (threat table, row 35)."""

import io
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilot.services.sheets import read_table
from pilot.services.sheets.package_guard import MAX_MEMBERS
from tests.services.sheet_files import problems, refused, repacked, rules, workbook

BOMB = b"<a>" + b" " * 60_000_000 + b"</a>"
UNKNOWN_ENCODING = b'<?xml version="1.0" encoding="UTFx8"?><a/>'
DTD = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
EXTERNAL_IMAGE = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r1" Type="http://x/image" Target="http://x/" TargetMode="External"/>'
    b"</Relationships>"
)


@pytest.mark.parametrize(
    ("extra", "rule"),
    [
        pytest.param(("xl/media/a.bin", BOMB), "zip-size", id="35 zip bomb"),
        pytest.param(("xl/a.xml", b"<a>" + b"ab" * 300_000 + b"</a>"), "cell-length", id="35 cell"),
        pytest.param(("xl/a.xml", DTD), "xml", id="35 DTD"),
        pytest.param(("xl/a.png", DTD), "xml", id="35 DTD under another name"),
        pytest.param(("xl/a.xml", DTD.decode().encode("utf-16")), "xml", id="35 DTD in UTF-16"),
        pytest.param(("xl/a.xml", UNKNOWN_ENCODING), "xml", id="35 unknown encoding"),
        pytest.param(("xl/a.xml", b"<a><![CDATA[x]]></a>"), "xml", id="35 CDATA"),
        pytest.param(("xl/a.xml", b"<a>" + b"<b/>" * 200_001 + b"</a>"), "zip-size", id="35 tags"),
        pytest.param(("xl/vbaProject.bin", b"x"), "macro", id="35 macro"),
        pytest.param(("xl/macrosheets/sheet1.xml", b"<a/>"), "macro", id="35 macro sheet"),
        pytest.param(("xl/externalLinks/e1.xml", b"<a/>"), "external-link", id="35 external link"),
        pytest.param(("xl/connections.xml", b"<a/>"), "external-link", id="35 connection"),
        pytest.param(("xl/embeddings/o.bin", b"x"), "external-link", id="35 OLE object"),
        pytest.param(("xl/_rels/a.rels", EXTERNAL_IMAGE), "external-link", id="35 remote image"),
        pytest.param(("../a.xml", b"<a/>"), "zip-path", id="35 slip"),
        pytest.param(("/a.xml", b"<a/>"), "zip-path", id="35 absolute path"),
        pytest.param(("xl\\a.xml", b"<a/>"), "zip-path", id="35 backslash"),
        pytest.param(("XL/Workbook.xml", b"<a/>"), "zip-twice", id="35 duplicate in other case"),
    ],
)
def test_a_dangerous_part_is_refused_before_the_workbook_is_opened(extra, rule):
    assert rules(refused(repacked(workbook(["a"], ["x"]), {}, extra), "a.xlsx")) == [rule]


def test_too_many_parts_are_refused():
    extra = [(f"xl/{number}.xml", b"<a/>") for number in range(MAX_MEMBERS)]
    assert rules(refused(repacked(workbook(["a"]), {}, *extra), "a.xlsx")) == ["zip-members"]


def test_a_macro_content_type_is_refused():
    data = workbook(["a"])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        types = archive.read("[Content_Types].xml")
    types = types.replace(b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main")
    assert rules(refused(repacked(data, {"[Content_Types].xml": types}), "a.xlsx")) == ["macro"]


def test_a_part_that_is_longer_than_it_claims_is_refused():
    data = bytearray(workbook(["a"], ["x"]))
    entry = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    assert data[entry : entry + 4] == b"PK\x01\x02"
    data[entry + 24 : entry + 28] = struct.pack("<I", 100)
    assert rules(refused(bytes(data), "a.xlsx")) == ["workbook"]


def test_a_hyperlink_in_a_cell_is_no_external_link():
    def fill(_, sheet):
        sheet.write_url("A2", "https://www.cnipa.gov.cn/", string="国家知识产权局")

    read = read_table(workbook(["a"], fill=fill), "a.xlsx")
    assert list(read.rows) == [(2, {"a": "国家知识产权局"})]


# --- anything -------------------------------------------------------------------------------------

SAMPLE = workbook(["名称", "金额"], ["甲", 1.5], ["乙", 2])
PARTS = zipfile.ZipFile(io.BytesIO(SAMPLE)).namelist()


@given(st.integers(0, len(SAMPLE) - 1), st.binary(min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_a_damaged_workbook_is_read_or_refused(at, change):
    damaged = SAMPLE[:at] + change + SAMPLE[at + len(change) :]
    assert problems(damaged, "a.xlsx") != []


@given(st.sampled_from(PARTS), st.integers(0, 3000), st.binary(min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_a_workbook_with_a_damaged_part_is_read_or_refused(name, at, change):
    with zipfile.ZipFile(io.BytesIO(SAMPLE)) as archive:
        part = archive.read(name)
    at %= len(part)
    damaged = repacked(SAMPLE, {name: part[:at] + change + part[at + len(change) :]})
    assert problems(damaged, "a.xlsx") != []
