"""What only the registry can say of a submission (登记簿核对).

One list for the author's check, for sending and for the judge: none of them passes what another
refuses.
"""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from pilot.domain.problems import Problem
from pilot.services.follow_ups import registry_problems
from pilot.services.lookalikes import other_change
from pilot.services.merged_changes import of_merged
from pilot.services.shared_contracts import package_problems
from pilot.services.submission_units import strange_units
from pilot.store.models import Submission


def registry_says(session: Session, row: Submission, content: Mapping[str, Any]) -> list[Problem]:
    """Units nobody knows, a contract that does not fit, another change, a result merged since."""
    return [
        *strange_units(session, row.base_id, content),
        *registry_problems(session, row, content, content.get("same_as")),
        *package_problems(session, row, content),
        *other_change(session, row),
        *of_merged(session, row, content),
    ]
