"""The formula mark: text that a spreadsheet would run gets a leading apostrophe.

Applied to text cells of every export and taken off on import, so that the round trip is exact.
Numbers held as numbers are not text and are never marked. Source: OWASP ASVS 5, 1.2.10.
"""

import unicodedata

MARK = "'"
_STARTS_FORMULA = frozenset("=+-@|\t\r\n＝＋－＠")
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})


def mark(text: str) -> str:
    """The text as it is safe in a cell; `unmark` gives back exactly `text`."""
    return MARK + text if _needs_mark(text) else text


def unmark(text: str) -> str:
    """The text before `mark`; an apostrophe that `mark` would not have put stays."""
    if text.startswith(MARK) and _needs_mark(text[1:]):
        return text[1:]
    return text


def _needs_mark(text: str) -> bool:
    """Whether a formula starts here, after any apostrophes.

    Looking behind the apostrophes is what makes the mark invertible: a text that already looks
    marked gets a second one. Blanks and invisible characters are skipped like a spreadsheet does.
    """
    for character in text.lstrip(MARK):
        if character in _STARTS_FORMULA:
            return True
        if unicodedata.category(character) not in _UNSEEN:
            return False
    return False
