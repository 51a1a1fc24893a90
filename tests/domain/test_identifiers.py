"""Identifiers: check digits on real numbers, keys that ignore spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilot.domain.identifiers import (
    IdentifierKind,
    contract_warning,
    identifier_key,
    identifier_problem,
    normalise_uscc,
    patent_key,
    patent_problem,
    registration_warning,
    running_number,
    software_warning,
    title_key,
    uscc_problem,
)

# --- 统一社会信用代码 ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("91350100M000100Y43", id="2.8 example of the standard"),
        pytest.param("91110108551385082Q", id="2.8 real company"),
        pytest.param("91110000600037341L", id="2.8 real company with letter check"),
        pytest.param("A1110000600037341K", id="2.8 authority A"),
        pytest.param("N2211122MA0P000A1X", id="2.8 authority N"),
        pytest.param("Y1211100MB1A000019", id="2.8 authority Y"),
        pytest.param("912111000000000030", id="2.8 remainder zero gives 0, not a crash"),
        pytest.param(" 9135 0100-m000100y43 ", id="blanks, hyphen, lower case"),
        pytest.param("９１３５０１００Ｍ０００１００Ｙ４３", id="full-width"),
        pytest.param("91350100\u200bM000100Y43", id="zero-width character"),
    ],
)
def test_a_good_credit_code_has_no_problem(code):
    assert uscc_problem(code) is None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param("91350100M000100Y4A", "校验位", id="2.8 wrong check character"),
        pytest.param("91350100M000100Y34", "校验位", id="2.8 two characters swapped"),
        pytest.param("91350100M000100Y4", "现为 17 位", id="one short"),
        pytest.param("", "现为 0 位", id="blank"),
        pytest.param("9135O100M000I00Y43", "“I、O”", id="letters that never occur"),
        pytest.param("9135010中M000100Y43", "“中”", id="not a code character"),
        pytest.param("91350100M000\x00100Y4", "U+0000", id="control character by its number"),
        pytest.param("000000000000000000", "第 1 位", id="zeros pass the sum, not the authority"),
        pytest.param("9135A100M000100Y43", "第 3 至 8 位", id="letter in the area"),
    ],
)
def test_a_bad_credit_code_says_what_is_wrong(code, words):
    assert words in uscc_problem(code)


def test_the_sentence_never_gives_the_right_check_character_away():
    assert "3" not in uscc_problem("91350100M000100Y4A")


def test_a_credit_code_is_stored_in_one_spelling():
    assert normalise_uscc(" 91350100-m000100y43") == "91350100M000100Y43"


# --- 专利 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param("201911044411.X", "201911044411X", id="2.9 real, check X"),
        pytest.param("201730610076.0", "2017306100760", id="2.9 real design"),
        pytest.param("ZL200510025251.6", "2005100252516", id="2.9 real, ZL"),
        pytest.param("201710601862.3", "2017106018623", id="2.9 real invention"),
        pytest.param("CN 2019 1 1044411.x", "201911044411X", id="CN, blanks, lower case"),
        pytest.param("ＺＬ２０１９１１０４４４１１．Ｘ", "201911044411X", id="full-width"),
        pytest.param("CNZL201911044411X", "201911044411X", id="both prefixes, no dot"),
        pytest.param("ZL 99 1 14725.1", "991147251", id="before 2003, real"),
        pytest.param("98211883.X", "98211883X", id="before 2003, check X"),
        pytest.param("ZL01105715.7", "011057157", id="before 2003, year 01"),
        pytest.param("94102612.4", "941026124", id="before 2003, year 94"),
    ],
)
def test_a_real_application_number_has_a_key_and_no_problem(text, key):
    assert patent_key(text) == key
    assert patent_problem(text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("201911044411.1", "校验位不符", id="2.9 wrong check digit"),
        pytest.param("201911044141.X", "校验位不符", id="2.9 swapped digits"),
        pytest.param("ZL99114725.2", "校验位不符", id="2.9 wrong check digit before 2003"),
        pytest.param("CN110941994B", "公开（公告）号", id="publication number"),
        pytest.param("CN 110941994 A", "公开（公告）号", id="publication number with blanks"),
        pytest.param("CN1292706A", "公开（公告）号", id="publication number, 7 digits"),
        pytest.param("CN209876543U", "公开（公告）号", id="utility model announcement"),
        pytest.param("CN110941994", "公开（公告）号", id="publication number without letter"),
        pytest.param("201911044411", "缺少小数点后的校验位", id="check digit left out"),
        pytest.param("200211044411.X", "不是中国专利申请号", id="13 characters before 2003"),
        pytest.param("201961044411.X", "不是中国专利申请号", id="no such type of patent"),
        pytest.param("US10123456B2", "不是中国专利申请号", id="foreign"),
        pytest.param("见附件", "不是中国专利申请号", id="not a number"),
    ],
)
def test_a_bad_application_number_says_what_is_wrong(text, words):
    assert words in patent_problem(text)


@pytest.mark.parametrize("text", ["暂无", "申请中", " 暂无 "])
def test_no_number_yet_is_allowed_and_never_matches(text):
    assert patent_problem(text) is None
    assert patent_key(text) == ""
    assert identifier_key(IdentifierKind.PATENT, text) == ""


# --- 登记号 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "text"),
    [
        pytest.param(contract_warning, "20232101000123", id="2.2 fourteen digits"),
        pytest.param(contract_warning, "2023 2101 0001 2345", id="2.2 sixteen digits, blanks"),
        pytest.param(registration_warning, "2112023Y0123", id="2.3 applied"),
        pytest.param(registration_warning, "211 2023 r 0123", id="2.3 spelling"),
        pytest.param(software_warning, "2021SR0123456", id="2.9 software"),
        pytest.param(software_warning, "２０２１ｓｒ０１２３４５６", id="2.9 software full-width"),
    ],
)
def test_a_usual_number_raises_no_doubt(check, text):
    assert check(text) is None


@pytest.mark.parametrize(
    ("check", "text", "words"),
    [
        pytest.param(contract_warning, "202321010001234", "14 位或 16 位", id="2.2 fifteen"),
        pytest.param(contract_warning, "辽2023210100012", "14 位或 16 位", id="2.2 prefix"),
        pytest.param(registration_warning, "21120230123", "12 位", id="2.3 letter missing"),
        pytest.param(software_warning, "软著登字第1234567号", "SR", id="2.9 certificate number"),
    ],
)
def test_an_unusual_number_is_only_doubted(check, text, words):
    assert words in check(text)


def test_only_a_patent_is_refused_by_its_number():
    hard = {
        kind: problem.hard
        for kind in IdentifierKind
        if (problem := identifier_problem(kind, "123", field="no"))
    }
    assert hard == {
        IdentifierKind.PATENT: True,
        IdentifierKind.REGISTRATION: False,
        IdentifierKind.CONTRACT: False,
        IdentifierKind.SOFTWARE: False,
    }


def test_a_problem_of_an_identifier_names_field_and_rule():
    problem = identifier_problem("patent", "CN110941994B", field="patent_no")
    assert (problem.field, problem.rule) == ("patent_no", "identifier-patent")
    assert identifier_problem("patent", "201911044411.X") is None


def test_a_number_that_would_not_fit_its_key_is_refused():
    problem = identifier_problem("standard", "㍿" * 20 + "1")
    assert (problem.rule, problem.hard) == ("identifier-length", True)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        pytest.param("patent", "ZL201911044411.X", "2019 1 1044411x", id="patent"),
        pytest.param("patent", "US 10,123,456 B2", "us10123456b2", id="foreign patent"),
        pytest.param("standard", "GB/T 42300—2022", "ＧＢ／Ｔ42300-2022", id="standard dash"),
        pytest.param("standard", "GB/T 42300-2022", "gbt 42300-2022", id="standard slash"),
        pytest.param("contract", "2023-2101-0001-2345", "2023210100012345", id="contract"),
        pytest.param("registration", "2112023y0123", "211 2023 Y0123", id="registration"),
        pytest.param("software", "2021SR0123456", "2021 sr 0123456", id="software"),
    ],
)
def test_one_number_in_two_spellings_has_one_key(kind, one, other):
    assert identifier_key(kind, one) == identifier_key(kind, other) != ""


def test_a_part_of_a_standard_is_another_standard():
    assert identifier_key("standard", "GB/T 1.2-2022") != identifier_key("standard", "GB/T 12-2022")


# --- 名称 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("一种天然脂肪醇的制备方法", "天然脂肪醇的制备方法", id="3.5 一种"),
        pytest.param("纤维素催化精炼的研究", "纤维素催化精炼", id="3.5 的研究"),
        pytest.param("纤维素催化精炼技术", "纤维素催化精炼", id="3.5 技术"),
        pytest.param("加氢（固定床）工艺", "加氢(固定床)工艺", id="3.5 width of brackets"),
        pytest.param("《加氢》「固定床」工艺", "加氢固定床工艺", id="3.5 brackets"),
        pytest.param("MMA 中试", "ｍｍａ\u3000中试", id="3.5 case, width, blanks"),
        pytest.param("加氢\u200b工艺\u202e", "加氢工艺", id="row 21 invisible characters"),
        pytest.param("葛\U000e0100工艺", "葛工艺", id="row 21 variation selector"),
    ],
)
def test_two_spellings_of_a_title_are_equal(one, other):
    assert title_key(one) == title_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("加氢工艺", "脱氢工艺", id="other words"),
        pytest.param("加氢（一期）", "加氢（二期）", id="what stands in brackets counts"),
        pytest.param("一种技术", "", id="only fillers is not blank"),
    ],
)
def test_two_titles_stay_apart(one, other):
    assert title_key(one) != title_key(other)


@given(st.text() | st.text(alphabet="一种的研究技术（）e\u0301\u200d ǰ"))
def test_a_key_of_a_title_is_its_own_key(title):
    assert title_key(title_key(title)) == title_key(title)


@given(st.text(), st.sampled_from(IdentifierKind))
def test_no_text_breaks_a_check(text, kind):
    uscc_problem(text)
    identifier_problem(kind, text)
    key = identifier_key(kind, text)
    assert identifier_key(kind, key) == key


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("ZS-2026-012", 12),
        ("ZS-2026-1000", 1000),
        ("ZS-2026-甲", None),
        ("ZS-2026-012A", None),
        ("ZS-2026-", None),
        ("ZS-2026-００9", None),
        ("ZS-2026-1234567890", None),
        ("ZS-2025-012", None),
    ],
)
def test_the_running_number_of_a_code(code, number):
    assert running_number(code, "ZS-2026-") == number
