"""docs/counting-rules.md, the code and the tests speak of the same rules."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/counting-rules.md").read_text(encoding="utf-8")
NUMBER = re.compile(r"\b(?:C|M[123])-R\d+\b")
SECTIONS = re.split(r"^### ", TEXT, flags=re.MULTILINE)[1:]
WRITTEN = [NUMBER.match(section).group() for section in SECTIONS]


def numbers_in(pattern: str) -> set[str]:
    files = [path for path in ROOT.glob(pattern) if path != Path(__file__)]
    return {number for path in files for number in NUMBER.findall(path.read_text("utf-8"))}


def test_each_rule_is_written_once():
    assert len(WRITTEN) == len(set(WRITTEN))


def test_every_written_rule_is_tested_and_no_other():
    tested = numbers_in("tests/domain/test_counting_*.py") | numbers_in(
        "tests/domain/test_ledger.py"
    )

    assert tested == set(WRITTEN)


def test_the_code_names_no_other_rules():
    coded = numbers_in("pilot/domain/counting*.py") | numbers_in("pilot/domain/ledger.py")

    assert coded <= set(WRITTEN)


def test_the_text_refers_to_no_other_rules():
    assert set(NUMBER.findall(TEXT)) == set(WRITTEN)


@pytest.mark.parametrize("section", SECTIONS, ids=WRITTEN)
def test_a_rule_has_its_standing_and_a_worked_example(section):
    heading, _, body = section.partition("\n")

    assert re.search("〔(法|定|提案)〕$", heading)
    assert re.search("^例：", body, flags=re.MULTILINE)
