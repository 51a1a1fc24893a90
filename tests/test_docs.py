"""The documents say what the code does."""

import re
from pathlib import Path

import pytest

from pilot.config import Settings
from pilot.domain import people, vocabulary
from pilot.domain.vocabulary import Term

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "data").rglob("*.md")]
)
WORDS = [
    word
    for module in (vocabulary, people)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Term) and kind.__module__ == module.__name__
    for word in kind
]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_link_to_a_file_leads_somewhere(path):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8"))
    missing = [link for link in links if not (path.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_named_source_file_exists(path):
    text = path.read_text(encoding="utf-8")
    names = re.findall(r"`((?:pilot|pages|tests|data|docs)/[\w/.*-]+)`", text)
    missing = [name for name in names if "local" not in name and not list(ROOT.glob(name))]
    assert missing == []


def test_the_glossary_holds_every_fixed_word():
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    missing = [f"{type(w).__name__}.{w.name}" for w in WORDS if f"| {w.label} |" not in text]
    assert missing == []


def test_the_readme_or_the_operators_page_names_every_setting():
    pages = (ROOT / "README.md", ROOT / "docs" / "operations.md")
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    names = {f"PILOT_{name.upper()}" for name in Settings.model_fields} - {"PILOT_MODE"}
    assert {name for name in names if name not in text} == set()


@pytest.mark.parametrize("name", ["run", "test"])
def test_the_readmes_make_commands_exist(name):
    assert re.search(rf"^{name}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert f"make {name}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_constraints_name_no_address():
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert not re.search(r"https?:|@|file:", text)
