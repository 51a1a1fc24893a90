"""The fields of a submission's form (填报栏目): drawn from their drafts, saved as they change."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

import streamlit as st

from pilot import ui
from pilot.domain.draft_fields import Code, Day, Money, Text, Word, described
from pilot.domain.problems import Problem
from pilot.domain.submission_content import LONGEST_EXPLANATION, reason_key
from pilot.domain.submission_edits import Edit, together
from pilot.domain.submission_parts import DRAFTS
from pilot.domain.submission_sections import only_blank
from pilot.reports.submission_desk import Desk
from pilot.reports.submission_words import coded
from pilot.services import submissions
from pilot.ui import saving

_WIDE = 150  # a text that may be longer takes the whole width
_CHOOSE = "请选择，可输入文字搜索"
_UNITS = ("seller_id", "buyer_id", "receiver_id")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A desk with where its widgets are kept; `strict` tells what is only blank as well."""

    desk: Desk
    form: saving.Form
    strict: bool

    def value(self, name: str) -> Any:
        """The saved value of a field by its full name."""
        part, _, field = name.partition(".")
        content = self.desk.content
        return content.get(part, {}).get(field) if field else content.get(part)

    def star(self, name: str) -> str:
        """The mark behind the label of a field that must not stay blank (必填)."""
        return " *" if name in self.desk.needed else ""


def sheet(desk: Desk, *, strict: bool) -> Sheet:
    """The widgets of a desk save into its submission."""

    def write(engine: Any, edits: Sequence[Edit], *, by: str, now: datetime) -> None:
        submissions.save(engine, desk.id, together(edits), by=by, now=now)

    return Sheet(desk, saving.Form(f"submission-{desk.id}", write), strict)


def fields(on: Sheet, names: Iterable[str]) -> None:
    """Fields by full name, wide ones alone, the others two by two."""
    for line in _lines(names):
        for place, name in zip(st.columns(len(line)), line, strict=True):
            with place:
                one(on, name)


def one(on: Sheet, name: str, **options: Any) -> Any:
    """One field with what is wrong with it below."""
    part, _, field = name.partition(".")
    about = described(DRAFTS[part])[field]
    label = _LABELS.get(name, about.label)
    if isinstance(about, Money):
        label += "（万元）"
    label += on.star(name)
    if field in _UNITS:
        value = choose(on, name, label, on.desk.units, help=_ASK_FOR, **options)
    elif isinstance(about, Code):
        known = on.desk.lists.get(about.list_name, {})
        value = choose(on, name, label, {one: coded(text, one) for one, text in known.items()})
    elif isinstance(about, Word):
        value = choose(on, name, label, {word.value: word.label for word in about.kind})
    elif isinstance(about, Day):
        value = day(on, name, label)
    elif isinstance(about, Text):
        value = text(on, name, label, lines=about.lines, **options)
    elif isinstance(about, Money):
        value = text(on, name, label, max_chars=20, placeholder="如 88.50", **options)
    else:
        value = flag(on, name, label)
    troubles(on, name)
    return value


_LABELS = {"transfer.receiver_id": "转化受让方"}
_ASK_FOR = "登记簿里没有的单位，用“申请新增单位”登记后在这里选择。"


def text(
    on: Sheet,
    name: str,
    label: str,
    *,
    most: int | None = None,
    lines: bool = False,
    **options: Any,
) -> str:
    """A text, on one line unless `lines`; no draft looks at the length of one with a `most`."""
    draw = partial(st.text_area, height=120) if lines else st.text_input
    if most is not None:
        draw = partial(ui.line, most=most)
    shown = str(on.value(name) or "")
    return saving.kept(on.form, name, shown, partial(draw, label, **options))


def choose(on: Sheet, name: str, label: str, known: Mapping[Any, str], **options: Any) -> Any:
    """One of many by search; what is saved stays to be seen, even if no longer offered."""
    value = on.value(name)
    codes = list(known) + ([value] if value is not None and value not in known else [])
    draw = partial(
        st.selectbox, label, codes, format_func=lambda one: known.get(one, str(one)),
        placeholder=_CHOOSE, **options,
    )  # fmt: skip
    return saving.kept(on.form, name, value, draw, blank={"index": None})


def day(on: Sheet, name: str, label: str) -> date | None:
    """A day, saved as its ISO text."""
    value = on.value(name)
    shown = date.fromisoformat(value) if value else None
    draw = partial(st.date_input, label, format="YYYY-MM-DD", min_value=date(1980, 1, 1))

    def as_text(chosen: date | None) -> Edit:
        return {name: chosen and chosen.isoformat()}

    return saving.kept(on.form, name, shown, draw, blank={"value": None}, edit=as_text)


def flag(on: Sheet, name: str, label: str, **options: Any) -> bool:
    """Yes or no."""
    return saving.kept(on.form, name, bool(on.value(name)), partial(st.checkbox, label, **options))


def lines(
    on: Sheet, name: str, label: str, shown: Sequence[str], edit: Callable[[list[str]], Edit],
    **options: Any,
) -> None:  # fmt: skip
    """Several short texts, one a line; `name` is the widget's, `edit` says what is saved."""

    def split(typed: str) -> Edit:
        return edit([line.strip() for line in typed.splitlines() if line.strip()])

    draw = partial(st.text_area, label, height=100, **options)
    saving.kept(on.form, name, "\n".join(shown), draw, edit=split)


def troubles(on: Sheet, *names: str, but: Collection[str] = ()) -> None:
    """What reviewers said of fields and what is wrong with them, at the field.

    Problems of the rules in `but` stand elsewhere.
    """
    for said in on.desk.remarks:
        if said.field in names:
            st.markdown(f":blue[:material/comment: {ui.plain(said.by)}：{ui.plain(said.text)}]")
    found = [each for each in on.desk.problems if each.field in names and each.rule not in but]
    listed(on, [each for each in found if on.strict or not only_blank(each)])


def listed(on: Sheet, found: Iterable[Problem]) -> None:
    """Problems in words; what is the same rule of the same field is explained once for all."""
    asked: set[str] = set()
    for each in found:
        trouble(on, each, asks=reason_key(each) not in asked)
        asked.add(reason_key(each))


def trouble(on: Sheet, each: Problem, *, asks: bool = True) -> None:
    """One problem in words; a soft one that `asks` with the place to explain it."""
    said = f"{ui.plain(each.message)}{ui.plain(each.remedy)}"
    if each.hard:
        st.markdown(f":red[:material/error: {said}]")
        return
    key = reason_key(each)
    st.markdown(f":orange[:material/warning: {said}]")
    if not asks:
        return
    text(
        on, f"explanations.{key}", "或说明情况", most=LONGEST_EXPLANATION,
        placeholder="确实如此的，写一句说明即可提交", label_visibility="collapsed",
    )  # fmt: skip


def _lines(names: Iterable[str]) -> list[list[str]]:
    found: list[list[str]] = []
    for name in names:
        alone = _is_wide(name)
        if alone or not found or len(found[-1]) == 2 or _is_wide(found[-1][0]):
            found.append([name])
        else:
            found[-1].append(name)
    return found


def _is_wide(name: str) -> bool:
    part, _, field = name.partition(".")
    about = described(DRAFTS[part])[field]
    return isinstance(about, Text) and about.longest > _WIDE
