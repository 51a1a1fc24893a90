"""What an import would do with one row, and the list of what is wrong with it."""

import functools
from dataclasses import dataclass, field, replace
from typing import Any

from pilot.domain.import_columns import ImportKind
from pilot.domain.importing import Outcome
from pilot.domain.problems import Problem


@dataclass(frozen=True, slots=True)
class Plan:
    """One row of a file: what it names, what would be written, what is wrong."""

    row: int
    name: str
    outcome: Outcome
    problems: tuple[Problem, ...] = ()
    existing_id: int | None = None
    draft: Any = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Whether a hard rule is broken."""
        return self.outcome is Outcome.REFUSED


# A field of a draft is told by a column of another name.
_COLUMN_OF = {
    "holder_id": "holder",
    "pilot_org_id": "pilot_org",
    "manager_id": "manager",
    "parent_id": "parent",
    "readiness_scheme": "readiness",
    "readiness_version": "readiness",
    "readiness_level": "readiness",
    "numbers": "patents",
    "package_id": "package",
    "contact_id": "contact",
    "organisation_id": "organisation",
    "result_id": "result_code",
    "contract_id": "contract_no",
    "receiver_id": "receiver",
}


@functools.cache
def _headings(kind: ImportKind) -> dict[str, str]:
    return {column.key: column.heading for column in kind.columns}


class Notes:
    """The problems of one row, each with its row number and the heading of its column."""

    def __init__(self, kind: ImportKind, row: int) -> None:
        self.row = row
        self.problems: list[Problem] = []
        self._headings = _headings(kind)

    def add(self, key: str, rule: str, message: str, remedy: str, *, hard: bool = True) -> None:
        """Note one problem about a column."""
        self.take([Problem(key, rule, message, remedy, hard)])

    def take(self, problems: list[Problem]) -> None:
        """Note problems found elsewhere: by the readers of cells, by the rules of a draft."""
        for problem in problems:
            key = _COLUMN_OF.get(problem.field, problem.field)
            column = self._headings.get(key)
            self.problems.append(replace(problem, row=self.row, column=column))

    @property
    def refuse(self) -> bool:
        """Whether one of them is hard."""
        return any(problem.hard for problem in self.problems)
