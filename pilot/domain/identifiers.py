"""Numbers that name organisations and results, and the keys that compare them.

A `…_problem` refuses (a check digit fails), a `…_warning` only doubts (the format is a custom);
both are a Chinese sentence or None. A key is for comparison only and never shown.
"""

import functools
import re
import unicodedata
from collections.abc import Callable
from itertools import cycle

from pilot.domain.parsing import is_unseen
from pilot.domain.problems import Problem
from pilot.domain.vocabulary import Term

LONGEST_KEY = 64
LONGEST_TITLE = 200


class IdentifierKind(Term):
    """A number that can tell two results apart (编号类型), the strongest evidence first."""

    PATENT = "patent", "专利申请号"
    REGISTRATION = "registration", "成果登记号"
    CONTRACT = "contract", "技术合同登记编号"
    SOFTWARE = "software", "软件著作权登记号"
    STANDARD = "standard", "标准编号"


# --- organisations -------------------------------------------------------------------------------

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(pow(3, position, 31) for position in range(17))
_USCC_SHAPE = re.compile(r"[1-9ANY].[0-9]{6}.{10}")


def normalise_uscc(text: str) -> str:
    """The credit code as it is stored: half-width capitals without blanks or hyphens."""
    return _squeeze(text).upper().replace("-", "")


def uscc_problem(text: str) -> str | None:
    """What is wrong with a unified social credit code (统一社会信用代码), or None.

    GB 32100-2015: 18 characters without I O S V Z, authority 1-9 A N Y, six digits of the
    registering area, check character modulo 31. Blank text is a problem here; whether a code
    is needed at all depends on the organisation.
    """
    code = normalise_uscc(text)
    if len(code) != 18:
        return f"统一社会信用代码应为 18 位，现为 {len(code)} 位。"
    strange = sorted(set(code) - set(_USCC_ALPHABET))
    if strange:
        shown = "、".join(_shown(character) for character in strange)
        return f"统一社会信用代码中不会出现“{shown}”（从不使用字母 I、O、S、V、Z）。"
    if not _USCC_SHAPE.fullmatch(code):
        return "统一社会信用代码第 1 位应为 1 至 9 或 A、N、Y，第 3 至 8 位应为数字。"
    if _uscc_check(code) != code[17]:
        return "统一社会信用代码的校验位不符。"
    return None


def _uscc_check(code: str) -> str:
    """The check character; the outer modulo keeps a remainder of zero inside the alphabet."""
    total = sum(
        _USCC_ALPHABET.index(character) * weight
        for character, weight in zip(code, _USCC_WEIGHTS, strict=False)
    )
    return _USCC_ALPHABET[(31 - total % 31) % 31]


# --- patents -------------------------------------------------------------------------------------

_NO_NUMBER_YET = frozenset({"暂无", "申请中"})
_PATENT_PREFIX = re.compile(r"^(?:CN)?(?:ZL)?(?:CN)?")
_APPLICATION = re.compile(
    r"20(?:0[3-9]|[1-9][0-9])[12389][0-9]{7}[0-9X]"  # since October 2003
    r"|(?:8[5-9]|9[0-9]|0[0-3])[12389][0-9]{5}[0-9X]"  # before
)
_PUBLICATION = re.compile(r"(?:[0-9]{7}|[123][0-9]{8})[ABCUYSD][0-9]?|[123][0-9]{8}")
_NO_CHECK_DIGIT = re.compile(r"20[0-9]{2}[12389][0-9]{7}")
_EXAMPLE = "201911044411.X"


def patent_key(text: str) -> str:
    """The 13 characters of a Chinese application number (申请号), 9 before October 2003.

    Empty when the text is not shaped like one, so that nothing ever matches on "暂无"; the
    check digit is the business of `patent_problem`.
    """
    number = _patent_characters(text)
    return number if _APPLICATION.fullmatch(number) else ""


def patent_problem(text: str) -> str | None:
    """What is wrong with a Chinese patent application number, or None.

    "暂无" and "申请中" are legal answers. Check digit: digits times 2..9, 2..5, modulo 11,
    ten is X. A publication number is named as what it is.
    """
    number = _patent_characters(text)
    if number in _NO_NUMBER_YET:
        return None
    if _APPLICATION.fullmatch(number):
        good = _patent_check(number[:-1]) == number[-1]
        return None if good else "专利申请号的校验位不符，很可能有一位录错。"
    if _PUBLICATION.fullmatch(number):
        return f"“{_shown(text)}”是专利公开（公告）号，不是申请号；此处应填申请号，如 {_EXAMPLE}。"
    if _NO_CHECK_DIGIT.fullmatch(number):
        return f"专利申请号缺少小数点后的校验位，完整写法如 {_EXAMPLE}。"
    return f"“{_shown(text)}”不是中国专利申请号，正确写法如 {_EXAMPLE}；尚无号码请填“暂无”。"


def _patent_characters(text: str) -> str:
    """Capitals without ZL, CN, dots, hyphens or blanks."""
    return _PATENT_PREFIX.sub("", re.sub(r"[.·。\-]", "", _squeeze(text).upper()))


def _patent_check(digits: str) -> str:
    """The check digit for the 12 (or, before October 2003, 8) digits in front of it."""
    total = sum(
        int(digit) * weight for digit, weight in zip(digits, cycle(range(2, 10)), strict=False)
    )
    return "0123456789X"[total % 11]


# --- registration numbers ------------------------------------------------------------------------


def contract_warning(text: str) -> str | None:
    """Doubt about a technology-contract registration number: 16 digits, 14 on older forms."""
    if re.fullmatch(r"[0-9]{14}|[0-9]{16}", _code_key(text)):
        return None
    return "技术合同登记编号通常为 14 位或 16 位数字，请核对。"


def registration_warning(text: str) -> str | None:
    """Doubt about a result registration number: area 3, year 4, letter, serial 4 digits."""
    if re.fullmatch(r"[0-9]{7}[A-Z][0-9]{4}", _code_key(text)):
        return None
    return "成果登记号通常为 12 位：7 位数字、1 位字母、4 位数字，请核对。"


def software_warning(text: str) -> str | None:
    """Doubt about a software copyright registration number: year, SR, 7 digits."""
    if re.fullmatch(r"[0-9]{4}SR[0-9]{7}", _code_key(text)):
        return None
    return "软件著作权登记号通常为 4 位年份、SR 加 7 位数字，如 2021SR0123456，请核对。"


# --- any number ----------------------------------------------------------------------------------

_CHECKS: dict[IdentifierKind, tuple[Callable[[str], str | None], bool]] = {
    IdentifierKind.PATENT: (patent_problem, True),
    IdentifierKind.REGISTRATION: (registration_warning, False),
    IdentifierKind.CONTRACT: (contract_warning, False),
    IdentifierKind.SOFTWARE: (software_warning, False),
}


def identifier_key(kind: IdentifierKind | str, text: str) -> str:
    """The comparison key of a number, empty when there is nothing to compare (暂无).

    A patent that is not a Chinese application number still gets a key, so that the same foreign
    number typed twice is found. Raises ValueError for an unknown kind.
    """
    if IdentifierKind(kind) is IdentifierKind.PATENT:
        return patent_key(text) or _code_key(text)
    return _code_key(text)


def contract_no_key(text: str) -> str:
    """The comparison key of a contract number (合同编号), however it was spaced and hyphenated."""
    return _code_key(text)[:LONGEST_KEY]


def identifier_problem(
    kind: IdentifierKind | str, text: str, *, field: str = "number"
) -> Problem | None:
    """The check of one kind of number as a Problem: hard for patents, soft for the others."""
    kind = IdentifierKind(kind)
    remedy = f"请对照原件核对{kind.label}。"
    if len(identifier_key(kind, text)) > LONGEST_KEY:
        return Problem(field, "identifier-length", f"{kind.label}过长。", remedy)
    if kind not in _CHECKS:
        return None
    check, hard = _CHECKS[kind]
    sentence = check(text)
    return Problem(field, f"identifier-{kind}", sentence, remedy, hard) if sentence else None


def _code_key(text: str) -> str:
    """Half-width capitals, digits and dots; empty without a digit, which names nothing."""
    squeezed = _squeeze(text).upper()
    key = "".join(character for character in squeezed if character.isalnum() or character == ".")
    return key if any(character.isdigit() for character in key) else ""


# --- titles --------------------------------------------------------------------------------------

_FILLERS = re.compile("一种|的研究|技术")
_BRACKETS = frozenset({"Ps", "Pe", "Pi", "Pf"})


def title_key(text: str) -> str:
    """The title as it is compared with other titles, never as it is shown (domain 3.5).

    Width, case, blanks, invisible characters, brackets and 「一种」「的研究」「技术」 make no
    difference. A title of nothing else keeps its fillers, so that it is not equal to a blank.
    """
    folded = unicodedata.normalize("NFKC", _squeeze(text).casefold())
    plain = "".join(c for c in folded if not _is_bracket(c))
    key = compact = _squeeze(plain)
    while (shorter := unicodedata.normalize("NFKC", _FILLERS.sub("", key))) != key:
        key = shorter
    return key or compact


def stored_title_key(text: str) -> str:
    """The same as it is kept beside a title: no longer than a title may be."""
    return title_key(text)[:LONGEST_TITLE]


def _squeeze(text: str) -> str:
    """Half-width (NFKC) text without blanks, invisible characters or variation selectors."""
    seen = "".join(c for c in unicodedata.normalize("NFKC", text) if not is_unseen(c))
    return unicodedata.normalize("NFKC", seen)


@functools.lru_cache(maxsize=8_192)  # the characters of a language's titles are few
def _is_bracket(character: str) -> bool:
    return unicodedata.category(character) in _BRACKETS


def _shown(text: str) -> str:
    """The text as it may stand in a sentence: short, unprintable characters by their code."""
    return "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in text.strip()[:32])


def running_number(code: str, prefix: str) -> int | None:
    """The number that ends a code (ZS-2026-012 → 12); None if it is of another make.

    A file may bring codes such as ZS-2026-甲 or longer numbers than the nine digits of a count.
    """
    rest = code.removeprefix(prefix)
    ours = code.startswith(prefix) and rest.isascii() and rest.isdigit() and len(rest) <= 9
    return int(rest) if ours else None
