"""What users typed is shown letter for letter."""

import re

import pytest

from pilot.ui.words import plain

HOSTILE = [
    "5*10 kW*2",
    "$3 和 $4",
    ":red[假]",
    "a_b_c",
    "**粗**",
    "[点我](http://evil.example)",
    "![x](http://evil.example/p.png)",
    "<svg><script>alert(1)</script>",
    ":smile:",
    ":material/home:",
    "`code`",
    "# 标题",
    "| a | b |",
    "~~删~~",
    "a\\b",
    "&amp;",
    "$$x^2$$",
    "a -- b -> c <- d >= e",
]


def unescaped(text):
    """What Markdown's backslash escapes stand for, without the invisible joiners."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text).replace("\u2060", "")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_is_lost(text):
    assert unescaped(plain(text)) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_every_mark_is_escaped(text):
    assert not re.search(r"(?<!\\)[*_`$:\[\]<>#|~&]", plain(text).replace("\\\\", ""))


@pytest.mark.parametrize("text", ["http://e.example", "www.e.example", "a@e.example", "WWW.e.cn"])
def test_an_address_does_not_become_a_link(text):
    assert "\u2060" in plain(text)


def test_a_leading_indent_does_not_become_code():
    assert not plain("    x").startswith("    ")


def test_ordinary_chinese_is_left_alone():
    assert plain("年产五百吨聚醚中试项目（二期）") == "年产五百吨聚醚中试项目（二期）"
