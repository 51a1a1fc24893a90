"""The pages before signing in can be read on a light and on a dark screen (WCAG 2.2, 1.4.3)."""

import re

import pytest

from pilot.config import ROOT

_STYLES = (ROOT / "pilot" / "web" / "assets" / "door.css").read_text()
_LIGHT, _DARK = (
    dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
    for block in re.findall(r":root \{([^}]*)\}", _STYLES)
)
PAIRS = (
    ("ink", "paper"), ("soft", "paper"), ("link", "paper"), ("ink", "ground"), ("ink", "field"),
    ("soft", "ground"), ("bad", "bad-paper"), ("warn", "warn-paper"), ("ink", "tint"),
)  # fmt: skip


def light_of(colour: str) -> float:
    """The relative luminance of `#rrggbb`."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((light_of(one), light_of(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [_LIGHT, _DARK], ids=["light", "dark"])
def test_words_stand_out_from_their_ground(scheme):
    pairs = [(scheme[words], scheme[ground]) for words, ground in PAIRS]
    pairs += [("#ffffff", scheme["brand"]), ("#ffffff", scheme["brand-dark"])]
    assert {pair: contrast(*pair) for pair in pairs if contrast(*pair) < 4.5} == {}


def test_the_dark_scheme_leaves_no_colour_out():
    assert _LIGHT.keys() == _DARK.keys()
