"""What a form or an import row says, and every rule it breaks: one set of rules for both.

`problems` answers with hard problems, which refuse, and soft ones, which only warn. What needs
the database (does the row exist, is the number taken) is checked by the verbs.
"""

from datetime import date
from typing import TypeVar

from pilot.domain import draft_fields, draft_needs
from pilot.domain.draft_contracts import (
    BY_CONTRACT,
    CONTRACT_NEEDS,
    TRANSFER_NEEDS,
    ContractDraft,
    TransferDraft,
    contract_problems,
    tidy_contract,
    transfer_problems,
)
from pilot.domain.draft_fields import Lists, field_problems, label
from pilot.domain.draft_follow_ups import FOLLOW_UP_NEEDS, FollowUpDraft, follow_up_problems
from pilot.domain.draft_projects import ProjectDraft, project_problems
from pilot.domain.draft_registry import (
    ORGANISATION_NEEDS,
    OrganisationDraft,
    PersonDraft,
    organisation_problems,
    person_problems,
    tidy_organisation,
)
from pilot.domain.draft_results import (
    RESULT_NEEDS,
    Holder,
    Number,
    ResultDraft,
    result_problems,
    tidy_result,
)
from pilot.domain.errors import Refused
from pilot.domain.problems import Problem

__all__ = [
    "BY_CONTRACT",
    "ContractDraft",
    "FollowUpDraft",
    "Holder",
    "Lists",
    "Number",
    "OrganisationDraft",
    "PersonDraft",
    "ProjectDraft",
    "ResultDraft",
    "TransferDraft",
    "as_stored",
    "checked",
    "hard",
    "label",
    "lacking",
    "needed",
    "problems",
]

Draft = TypeVar("Draft")

_RULES = {
    OrganisationDraft: organisation_problems,
    PersonDraft: person_problems,
    ProjectDraft: project_problems,
    ResultDraft: result_problems,
    ContractDraft: contract_problems,
    TransferDraft: transfer_problems,
    FollowUpDraft: follow_up_problems,
}
_NEEDS = {
    OrganisationDraft: ORGANISATION_NEEDS,
    ResultDraft: RESULT_NEEDS,
    ContractDraft: CONTRACT_NEEDS,
    TransferDraft: TRANSFER_NEEDS,
    FollowUpDraft: FOLLOW_UP_NEEDS,
}
_TIDY = {
    OrganisationDraft: tidy_organisation,
    ResultDraft: tidy_result,
    ContractDraft: tidy_contract,
}


def problems(draft: object, lists: Lists, today: date) -> list[Problem]:
    """Every rule a draft breaks; `lists` are the base's code lists, `today` is in Shanghai.

    Rules that compare fields are asked only once each field stands for itself.
    """
    if found := field_problems(draft, lists, today):
        return found
    tidy = draft_fields.tidy(draft)
    lacks = draft_needs.lacking(tidy, _NEEDS.get(type(draft), ()), today)
    return [*lacks, *_RULES[type(draft)](tidy, lists, today)]


def lacking(draft: object, today: date) -> list[Problem]:
    """What a draft leaves blank though its other values ask for it, half-filled as it may be."""
    return draft_needs.lacking(draft_needs.readable(draft), _NEEDS.get(type(draft), ()), today)


def needed(draft: object, today: date) -> frozenset[str]:
    """The fields that a draft must not leave blank: those that its forms mark (*)."""
    return draft_needs.needed(draft_needs.readable(draft), _NEEDS.get(type(draft), ()), today)


def hard(found: list[Problem]) -> list[Problem]:
    """The problems that refuse."""
    return [each for each in found if each.hard]


def checked(draft: Draft, lists: Lists, today: date) -> Draft:
    """The draft as it is stored; Refused with every hard problem if it has one."""
    if found := hard(problems(draft, lists, today)):
        raise Refused(found)
    return as_stored(draft)


def as_stored(draft: Draft) -> Draft:
    """A draft without hard problems as it is stored; two that are stored alike are equal."""
    return _TIDY.get(type(draft), draft_fields.tidy)(draft)
