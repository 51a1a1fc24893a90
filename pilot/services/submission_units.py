"""The units that a submission names (填报中的单位): each in the registry or asked for."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlmodel import Session

from pilot.domain.problems import Problem
from pilot.domain.submission_content import heading
from pilot.domain.submission_parts import follows, parts
from pilot.services.submission_people import strange_person
from pilot.store import queries_submissions

_NAMES = ("contract.seller_id", "contract.buyer_id", "transfer.receiver_id")


def strange_units(session: Session, base_id: int, content: Mapping[str, Any]) -> list[Problem]:
    """Fields that name a unit neither of this base's registry nor among those asked for.

    The person responsible is looked at too: whoever it is belongs to one of the holders.
    """
    named = list(_named(content))
    wanted = len(content.get("organisations", ()))
    ids = {one for _, one in named if isinstance(one, int) and one > 0}
    rows = queries_submissions.holders_of(session, ids) if ids else {}
    known = {one for one, row in rows.items() if row.base_id == base_id}
    known |= {-place for place in range(1, wanted + 1)}
    return [
        Problem(field, "unit-unknown", f"{heading(field)}不在单位登记簿中。", "请重新选择单位。")
        for field in dict.fromkeys(field for field, one in named if one not in known)
    ] + strange_person(session, base_id, content)


def _named(content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for held in content.get("result", {}).get("holders", ()):
        yield "result.holders", held.get("organisation_id")
    for one in parts(content).receivers:
        yield "receivers", one
    for name in _NAMES if content.get("has_transfer") and not follows(content) else ():
        part, _, field = name.partition(".")
        one = content.get(part, {}).get(field)
        if one is not None:
            yield name, one
