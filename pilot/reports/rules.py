"""The counting rules (计数规则) as they are written in docs/counting-rules.md, by number."""

import functools
import re
from dataclasses import dataclass
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "counting-rules.md"
_HEADING = re.compile(r"### ([A-Z0-9]+-R[0-9]+) (.+?)((?: ?〔.+?〕)+)?")
_EXAMPLES = ("例：", "零例：")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: number, title, what it says, worked cases, and where it comes from (标记)."""

    number: str
    title: str
    text: str = ""
    examples: tuple[str, ...] = ()
    mark: str = ""


def rule(number: str) -> Rule:
    """The rule with this number; one that is not written down says so."""
    return _rules().get(number) or Rule(number, "规则文本未找到")


@functools.cache
def _rules() -> dict[str, Rule]:
    if not DOCUMENT.is_file():
        return {}
    found = {}
    for section in re.split(r"^(?=#{1,3} )", DOCUMENT.read_text(encoding="utf-8"), flags=re.M):
        heading, _, body = section.partition("\n")
        if match := _HEADING.fullmatch(heading.strip()):
            number, title, mark = match.groups()
            found[number] = _rule(number, title.strip(), (mark or "").strip(), body)
    return found


def _rule(number: str, title: str, mark: str, body: str) -> Rule:
    """Paragraphs without tables; lines of one paragraph are joined, as Chinese text is."""
    paragraphs = [
        "".join(line.strip() for line in block.splitlines())
        for block in re.split(r"\n\s*\n|\n(?=零?例：)", body.strip())
        if not block.lstrip().startswith("|")
    ]
    examples = tuple(text for text in paragraphs if text.startswith(_EXAMPLES))
    text = "\n".join(text for text in paragraphs if text and not text.startswith(_EXAMPLES))
    return Rule(number, title, text, examples, mark)
