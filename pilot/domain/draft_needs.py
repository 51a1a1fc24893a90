"""What a draft must not leave blank beyond what every record has (必填): said once as a list.

The checks and the marks (*) of a form both come from these lists, so they cannot differ.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from pilot.domain.draft_fields import described, is_blank, problem, required
from pilot.domain.parsing import ParseError
from pilot.domain.problems import Problem

Draft = TypeVar("Draft")


def _always(_draft: Any, _today: date) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Need:
    """A field that must not stay blank when `when` says so; unless `hard`, a reason will do.

    `when` is asked of a draft whose values are as they are stored.
    """

    field: str
    rule: str
    message: str = "未填写。"
    remedy: str = ""
    hard: bool = True
    when: Callable[[Any, date], bool] = _always


def needed(draft: object, needs: Sequence[Need], today: date) -> frozenset[str]:
    """The fields of a draft that must not stay blank, whether they are or not."""
    return required(type(draft)) | {need.field for need in _asked(draft, needs, today)}


def lacking(draft: object, needs: Sequence[Need], today: date) -> list[Problem]:
    """The needs that a draft leaves open."""
    return [
        problem(draft, need.field, need.rule, need.message, need.remedy, hard=need.hard)
        for need in _asked(draft, needs, today)
        if _is_open(getattr(draft, need.field))
    ]


def _asked(draft: object, needs: Sequence[Need], today: date) -> Iterator[Need]:
    return (need for need in needs if need.when(draft, today))


def _is_open(value: object) -> bool:
    """Blank, an amount of 0, or a declaration that was not made."""
    return is_blank(value) or not value


def readable(draft: Draft) -> Draft:
    """The draft with every value as it is stored, None where it cannot be read."""
    values = {}
    for name, about in described(type(draft)).items():
        try:
            values[name] = about.tidy(getattr(draft, name))
        except (ParseError, ValueError):
            values[name] = None
    return replace(draft, **values)
