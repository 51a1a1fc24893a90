"""Who is responsible for a result (成果负责人): one of a holder's people, or somebody asked for.

`contact` of a content holds either `id`, a person of the registry, or `name`, somebody who is to
be entered there with the acceptance. Only a name is asked for: whoever needs more than that has
the unit to ask (domain note §5.1, as little personal data as the work needs).
"""

from datetime import date

from pilot.domain.draft_fields import Lists, field_problems, is_blank
from pilot.domain.drafts import PersonDraft
from pilot.domain.problems import Problem
from pilot.domain.submission_content import Content

FIELD = "contact.id"
_LEADER = "leader"


def person_id(content: Content) -> int | None:
    """The person of the registry that a content names."""
    one = content.get("contact", {}).get("id")
    return one if isinstance(one, int) and not isinstance(one, bool) else None


def asked_for(content: Content, lists: Lists, unit_id: int | None) -> PersonDraft | None:
    """The person that a content asks to enter, at one of its holders; None for nobody."""
    name = content.get("contact", {}).get("name")
    if is_blank(name):
        return None
    kinds = lists.get("person_kinds", {})
    kind = _LEADER if _LEADER in kinds else next(iter(kinds), "")
    return PersonDraft(str(name), kind, organisation_id=unit_id)


def holder_ids(content: Content) -> list[int]:
    """The registered units that hold the result, in order."""
    held = content.get("result", {}).get("holders", ())
    ids = [one.get("organisation_id") for one in held]
    return [one for one in ids if isinstance(one, int) and one > 0]


def name_problems(content: Content, lists: Lists) -> list[Problem]:
    """What is wrong with the name of a person who is asked for."""
    draft = asked_for(content, lists, None)
    found = field_problems(draft, lists, date.min) if draft else []
    return [
        Problem(FIELD, each.rule, f"成果负责人{each.message}", each.remedy)
        for each in found
        if each.field == "name"
    ]
