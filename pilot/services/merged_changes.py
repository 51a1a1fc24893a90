"""A change of what was accepted (变更申请), whose result may have been merged since (合并).

What was merged is told by the result it went into: of a change only contract and transfers are
taken in there. Taken back, the change speaks of its own result again.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from pilot.domain.problems import Problem
from pilot.domain.submission_content import Section, differences, section_of
from pilot.store import queries_merging
from pilot.store.models import Result, Submission

_OF_THE_RESULT = frozenset(
    {Section.BASICS, Section.HOLDERS, Section.NUMBERS, Section.CHILDREN, Section.READINESS}
)


def lead_back(session: Session, row: Submission) -> None:
    """Let a change speak of the result that its first submission speaks of today."""
    if row.changes_id is not None:
        row.result_id = session.get_one(Submission, row.changes_id).result_id


def stands_for(session: Session, row: Submission) -> int | None:
    """The result that took the place of what a change is about; None while it stands by itself."""
    first = session.get(Submission, row.changes_id) if row.changes_id else None
    return first and moved_to(session, first)


def moved_to(session: Session, first: Submission) -> int | None:
    """The result into which the one went that a submission brought about; None if it stands."""
    if first.result_id is None:
        return None
    merges = queries_merging.merged_into(session, first.result_id)
    gone = any(first.id in json.loads(one.moved)["submission"] for one in merges)
    return first.result_id if gone else None


def of_merged(session: Session, row: Submission, content: Mapping[str, Any]) -> list[Problem]:
    """What a change says anew of a result that was merged: nobody would read it."""
    into = stands_for(session, row)
    if into is None:
        return []
    first = session.get_one(Submission, row.changes_id)
    told = differences(json.loads(first.content), content)
    if not any(section_of(name) in _OF_THE_RESULT for name, _, _ in told):
        return []
    code = session.get_one(Result, into).code
    message = f"这项成果已并入 {code}，成果本身以 {code} 为准，这里只能变更合同与转化。"
    remedy = "请改回成果的内容后再提交；确需更正的，请联系基地管理人员或审核人撤销合并。"
    return [Problem("change", "merged", message, remedy)]
