"""Several results under one contract (一份合同几项成果): one package, told before sending."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from pilot.domain.problems import Problem
from pilot.domain.submission_parts import parts
from pilot.services.follow_ups import results_of
from pilot.store import queries_follow_ups, queries_results
from pilot.store.models import Submission

FIELD = "result.package_id"


def packages(session: Session, base_id: int, account_id: int, no: object) -> dict[int, str]:
    """The results that change hands under the contract with a number, if it is within reach."""
    text = str(no or "").strip()
    known = queries_results.contract_numbered(session, base_id, text) if text else None
    if known is None or not queries_follow_ups.reachable(session, base_id, account_id, known.id):
        return {}
    return results_of(session, known.id)


def package_problems(
    session: Session, row: Submission, content: Mapping[str, Any]
) -> list[Problem]:
    """A contract that has passed on a result already passes on parts of its package only."""
    read = parts(content)
    if read.contract is None or content.get("same_as") is not None:
        return []
    chosen = read.result.package_id
    known = packages(session, row.base_id, row.author_id, read.contract.no)
    known.pop(row.result_id, None)
    if chosen in known or (chosen is None and (not known or row.result_id is not None)):
        return []
    if chosen is not None:
        message = "所选的成果包不是按这份合同转化的。"
        return [Problem(FIELD, "package-of-contract", message, "请重新选择，或清空。")]
    message = f"一份合同转化的算 1 项：合同 {read.contract.no} 已转化 {'、'.join(known.values())}。"
    remedy = "请选择它归入的成果包；就是那一项成果的，请在疑似重复中说明。"
    return [Problem(FIELD, "package-required", message, remedy)]
