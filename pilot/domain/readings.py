"""How real spreadsheets write a value (宽松读取): read it, and say what was not literal.

Each reader answers with the value and a sentence, None when the cell said exactly that. Nothing
is guessed in silence: the sentence becomes a soft problem of the row. What can mean two things is
still refused, by `pilot.domain.parsing`.
"""

import re
import unicodedata
from datetime import date
from decimal import Decimal

from pilot.domain.parsing import ParseError, parse_date, parse_decimal, shows_nothing

Said = str | None
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_NOTHING = frozenset(
    {"-", "--", "—", "——", "–", "/", "\\", "无", "暂无", "空", "n/a", "na", "#n/a"}
)
_MONTH = re.compile(r"([0-9]{4})(?:-|/|\.|年)([0-9]{1,2})月?")
_EIGHT = re.compile(r"[0-9]{8}")
_CLOCK = re.compile(
    r"(.+?[0-9日])[ T]+(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?"
)
_AMOUNT = re.compile(
    r"(?P<about>约|大约|近|超|超过|逾|不足|不到|预计)?(?:人民币|rmb|cny|[¥￥])?"
    r"(?P<number>-?[0-9][0-9,]*(?:\.[0-9]+)?)(?P<more>余|多|左右)?"
    r"(?P<unit>亿元|万元|千元|元|亿|万)?(?P<after>余|多|左右|以上|以下)?(?:人民币|整)?",
    re.I,
)
# In 万元, the unit of every amount in the product.
UNITS = {
    "亿元": Decimal(10_000),
    "亿": Decimal(10_000),
    "万元": Decimal(1),
    "万": Decimal(1),
    "千元": Decimal("0.1"),
    "元": Decimal("0.0001"),
}
_HEADING_UNIT = re.compile(r"[（(\[]?(亿元|万元|千元|元)[）)\]]?")


def is_blank(cell: object) -> bool:
    """Whether a cell holds nothing that can be seen, whatever kind of blank it is."""
    return cell is None or (isinstance(cell, str) and shows_nothing(cell))


def stands_for_nothing(cell: object) -> bool:
    """Whether a cell says in words that there is no value (“—”, “无”, “/”)."""
    return isinstance(cell, str) and _plain(cell).casefold() in _NOTHING


def read_day(cell: object, *, date1904: bool = False) -> tuple[date, Said]:
    """A day; a month alone is its first day, eight digits are year, month and day, and say so."""
    if not isinstance(cell, str):
        return parse_date(cell, date1904=date1904), None
    text = _plain(cell)
    if timed := _CLOCK.fullmatch(text):
        day = parse_date(timed.group(1))
        return day, f"“{cell.strip()}”带有钟点，按 {day} 读取。"
    if month := _MONTH.fullmatch(text):
        day = parse_date(f"{month.group(1)}-{month.group(2)}-1")
        return day, f"“{cell.strip()}”只写到月，按 {day} 读取。"
    if _EIGHT.fullmatch(text):
        day = parse_date(f"{text[:4]}-{text[4:6]}-{text[6:]}")
        return day, f"“{cell.strip()}”按 {day} 读取。"
    spaced = re.sub(r"\s+", "", text)
    day = parse_date(spaced)
    return day, f"“{cell.strip()}”按 {day} 读取。" if spaced != text else None


def read_amount(cell: object, unit: str = "万元") -> tuple[Decimal, Said]:
    """An amount in 万元, two places; `unit` is what the heading says a bare number is in.

    A unit in the cell wins over the heading. 超, 余, 约 and the like are read as the number that
    stands there and said to be inexact. An amount that 万元 with two places cannot hold is refused.
    """
    if not isinstance(cell, str):
        return _in_wan(cell, unit, str(cell))
    text = re.sub(r"\s+", "", _plain(cell))
    match = _AMOUNT.fullmatch(text)
    if not match or not any(match.group(name) for name in ("about", "more", "unit", "after")):
        return _in_wan(re.sub(r"^[¥￥]", "", text), unit, cell.strip())
    amount, _ = _in_wan(match.group("number"), match.group("unit") or unit, cell.strip())
    said = f"“{cell.strip()}”按 {amount:f} 万元读取"
    if any(match.group(name) for name in ("about", "more", "after")):
        said += "，原文不是确数"
    return amount, f"{said}。"


def unit_of_heading(heading: str) -> str:
    """The unit that a heading names for its numbers; 万元 when it names none."""
    match = _HEADING_UNIT.search(unicodedata.normalize("NFKC", heading))
    return match.group(1) if match else "万元"


def half_width(text: str) -> tuple[str, Said]:
    """A number or code written as text, in half-width characters."""
    plain = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).strip()
    return plain, f"“{text}”按半角“{plain}”读取。" if plain != text else None


def _in_wan(cell: object, unit: str, shown: str) -> tuple[Decimal, Said]:
    factor = UNITS[unit]
    if factor == 1:
        return parse_decimal(cell), None
    number = parse_decimal(cell, places=4) * factor
    amount = number.quantize(Decimal("0.01"))
    if amount != number:
        message = f"“{shown[:32]}”换算成万元后超过两位小数。"
        raise ParseError(message, "请核对后按万元、两位小数填写。")
    return parse_decimal(amount), f"“{shown[:32]}”以{unit}为单位，按 {amount:f} 万元读取。"


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).strip()
