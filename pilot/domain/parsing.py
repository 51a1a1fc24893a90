"""Strict readers of what people type and what spreadsheets hold; they never guess.

Each returns the value or raises ParseError with a Chinese sentence and its remedy. A blank is
an error here; the caller decides first whether something is required.
"""

import functools
import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import floor
from typing import TypeVar

from pilot.domain.errors import PilotError
from pilot.domain.moment import local_day

Found = TypeVar("Found")
EARLIEST, LATEST = 1950, 2100  # years; outside, a date is a slip or a misread number
LIMIT = Decimal(10) ** 12
_EXACT_DIGITS = 15  # what a spreadsheet keeps of a number


class ParseError(PilotError):
    """A value that cannot be read in exactly one way; `remedy` says how to write it."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


# --- dates ---------------------------------------------------------------------------------------

_DATE = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|/([0-9]{1,2})/([0-9]{1,2})"
    r"|\.([0-9]{1,2})\.([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)"
)
_DATE_REMEDY = (
    "请写成四位年份的日期，如 2024-10-08 或 2024年10月8日，并将单元格设为日期或文本格式。"
)
_EPOCH_1900 = date(1899, 12, 30)  # correct from serial 61, after the leap day that never was
_EPOCH_1904 = date(1904, 1, 1)


def parse_date(value: object, *, date1904: bool = False) -> date:
    """The day between 1950 and 2100 that a date, a text or a spreadsheet serial number means.

    An instant with a time zone gives its day in Asia/Shanghai, one without its own day. A serial
    must be a number: a text of digits does not say which date system (`date1904`) it is from.
    """
    if isinstance(value, datetime):
        _check_year(value)
        return local_day(value) if value.tzinfo else value.date()
    if isinstance(value, date):
        return _check_year(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _day_of_serial(value, date1904)
    return _day_of_text(_half_width(value, _DATE_REMEDY))


def _day_of_text(text: str) -> date:
    """The four documented ways of writing a day, with one kind of separator."""
    match = _DATE.fullmatch(text)
    if not match:
        raise ParseError(f"“{_shown(text)}”不是可以识别的日期。", _DATE_REMEDY)
    year, month, day = (int(part) for part in match.groups() if part)
    try:
        found = date(year, month, day)
    except ValueError as error:
        raise ParseError(f"日历上没有“{_shown(text)}”这一天。", _DATE_REMEDY) from error
    return _check_year(found)


def _day_of_serial(serial: float, date1904: bool) -> date:
    """The day of a serial number; its fraction is the time of day and is dropped."""
    if not 0 <= serial < 100_000:
        raise ParseError("该数字不是合理的日期序列号。", _DATE_REMEDY)
    if floor(serial) == 60 and not date1904:
        raise ParseError("日期序列号 60 表示并不存在的 1900-02-29。", _DATE_REMEDY)
    epoch = _EPOCH_1904 if date1904 else _EPOCH_1900
    return _check_year(epoch + timedelta(days=floor(serial)))


def _check_year(day: date) -> date:
    """The day itself, when its year can be one of a project's life."""
    if not EARLIEST <= day.year <= LATEST:
        raise ParseError(
            f"年份 {day.year} 不合理，应在 {EARLIEST} 至 {LATEST} 之间。", _DATE_REMEDY
        )
    return day


# --- numbers -------------------------------------------------------------------------------------

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.[0-9]+)?")
_MONEY = re.compile(r"[万亿元¥￥]")
_NUMBER_REMEDY = "请只填写阿拉伯数字，如 1234.50，不带单位、空格或科学计数法。"
_MONEY_REMEDY = "请以万元为单位只填写数字，如 120.00，不带“万”“元”等字样。"


def parse_decimal(value: object, places: int = 2) -> Decimal:
    """The exact number with `places` decimals; more decimals than that are refused, not rounded.

    Accepts `1,234.50` and full-width digits. A spreadsheet's number counts with the 15 digits
    that it keeps. The size is below 10^12 in either direction; the sign is the caller's rule.
    """
    number = _number(value)
    if not number.is_finite() or abs(number) >= LIMIT:
        raise ParseError("数字过大或不是确定的数值。", _NUMBER_REMEDY)
    exact = number.quantize(Decimal(1).scaleb(-places))
    if exact != number:
        kind = f"最多保留 {places} 位小数" if places else "应为整数"
        raise ParseError(f"数字 {_shown(str(value))} {kind}。", "请核对后按要求的位数重新填写。")
    return exact + 0  # turns a negative zero into zero


def parse_int(value: object) -> int:
    """The whole number; `3.0` from a spreadsheet is 3, `3.5` is refused."""
    return int(parse_decimal(value, places=0))


def _number(value: object) -> Decimal:
    """The value as it stands, not yet checked for size."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(value if isinstance(value, int) else format(value, f".{_EXACT_DIGITS}g"))
    text = _half_width(value, _NUMBER_REMEDY)
    if len(text) <= 40 and _NUMBER.fullmatch(text):
        return Decimal(text.replace(",", ""))
    if _MONEY.search(text):
        raise ParseError(f"“{_shown(text)}”带有金额单位，不能当作数字。", _MONEY_REMEDY)
    raise ParseError(f"“{_shown(text)}”不是普通的十进制数字。", _NUMBER_REMEDY)


# --- yes and no ----------------------------------------------------------------------------------

_YES = frozenset({"是", "有", "1", "true"})
_NO = frozenset({"否", "无", "0", "false"})


def parse_bool(value: object) -> bool:
    """Yes or no: 是/否, 有/无, 1/0, true/false, as text or as a spreadsheet's own value."""
    remedy = "请填写“是”或“否”。"
    if isinstance(value, bool | int | float) and value in (0, 1):
        return bool(value)
    text = _half_width(value, remedy).casefold()
    if text not in _YES | _NO:
        raise ParseError(f"“{_shown(text)}”既不是“是”也不是“否”。", remedy)
    return text in _YES


# --- text ----------------------------------------------------------------------------------------

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
# Marks that turn the direction of text (双向控制符): with them one name can look like another.
_TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_TURNS = re.compile(f"[{_TURNING}]")
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and signs drawn as nothing
_EDGE = "".join(chr(c) for c in range(0x3001) if chr(c).isspace()) + _TURNING


def clean_text(value: object, max_length: int) -> str | None:
    """The text without blanks at its ends and with plain newlines; None if nothing of it is seen.

    Nothing inside changes: rare characters, emoji, `NA` and `00123` stay as they are. Refuses
    what `check_characters` refuses, except marks of direction at the ends, which come along with
    a copy from a window, and more than `max_length` characters. Numbers of a spreadsheet become
    their digits, unless it has already lost some; its dates are refused, because their first
    spelling is gone.
    """
    if value is None:
        return None
    text = value if isinstance(value, str) else _digits(value)
    if not text.isprintable():  # what is has nothing of all this
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        check_characters(text, len(text) - len(text.lstrip(_EDGE)), len(text.rstrip(_EDGE)))
    text = text.strip(_EDGE)
    if len(text) > max_length:
        raise ParseError(f"最多 {max_length} 字，现为 {len(text)} 字。", "请缩短后重新填写。")
    return None if shows_nothing(text) else text


def shows_nothing(text: str) -> bool:
    """Whether a text has no character that can be seen."""
    first = text[:1]
    if first.isalnum() and first not in _FILLERS:  # so begins nearly every text
        return False
    return all(is_unseen(character) or character in _FILLERS for character in text)


@functools.lru_cache(maxsize=8_192)  # the characters of a language are few
def is_unseen(character: str) -> bool:
    """A blank, a format character (bidi, zero width) or a variation selector."""
    return (
        character.isspace()
        or unicodedata.category(character) == "Cf"
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )


def check_characters(text: str, start: int = 0, end: int | None = None) -> None:
    """Refuse control characters, lone surrogates and noncharacters with their position (from 1).

    Between `start` and `end` also the marks that turn the direction of a text: they would let a
    name look like another one wherever it is shown.
    """
    if bad := _FORBIDDEN.search(text) or _TURNS.search(
        text, start, len(text) if end is None else end
    ):
        where = f"第 {bad.start() + 1} 个字符（U+{ord(bad.group()):04X}）"
        raise ParseError(f"{where}是不能保存的控制字符或残缺字符。", "请删除该字符后重新填写。")


def _digits(value: object) -> str:
    """A spreadsheet's number in a text column, as long as all its digits survived."""
    remedy = "请将该列单元格设为“文本”格式后重新填写。"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ParseError(f"“{_shown(str(value))}”不是文本，表格软件可能改动过原来的写法。", remedy)
    if not abs(value) < 10**_EXACT_DIGITS:  # also true for what is not a number
        raise ParseError("超过 15 位的数字会被表格软件改动，无法确认原来的号码。", remedy)
    return format(Decimal(format(value, f".{_EXACT_DIGITS}g")), "f")


# --- shared --------------------------------------------------------------------------------------

_TO_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def by_code(find: Callable[[str], Found | None], code: str) -> Found | None:
    """What `find` has under a code as typed, else in capitals: ours are, but one from a file may
    have small letters."""
    typed = code.strip()
    return find(typed) or find(typed.upper())


def _half_width(value: object, remedy: str) -> str:
    """Typed text with half-width ASCII and without blanks at its ends; digits of other scripts
    stay what they are, so that no pattern accepts them."""
    if not isinstance(value, str):
        raise ParseError("未填写内容，或内容的类型不对。", remedy)
    text = value.strip().translate(_TO_HALF_WIDTH)
    if not text:
        raise ParseError("未填写内容。", remedy)
    return text


def _shown(text: str) -> str:
    """The text as it may stand in a sentence: short and printable."""
    return "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in text[:32])
