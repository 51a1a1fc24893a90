"""Which moves a project can make now, and why the others are refused: for the buttons (按钮)."""

from collections.abc import Callable

from sqlmodel import Session

from pilot.domain.errors import GuardFailed, PilotError
from pilot.domain.gates import MOVES, check_move, next_gate
from pilot.domain.people import Actor, check_may
from pilot.services.lifecycle import GUARDS
from pilot.services.reads import read
from pilot.store import queries, queries_gates
from pilot.store.models import Project

_RIGHTS = {
    "submit": "review.open",
    "withdraw": "review.open",
    "void": "project.void",
    "merge": "project.merge",
}


@read("portfolio.read")
def refusals(session: Session, project_id: int, *, by: Actor) -> dict[str, list[str]]:
    """For every move of the table why it is refused now; an empty list where it is not.

    The same checks as the verbs make; a verb still makes them again.
    """
    project = queries.one(session, Project, by.base_id, project_id)
    return {action: _reasons(session, project, action, by) for action in MOVES}


def lacking(session: Session, project: Project, action: str) -> list[str]:
    """What a move asks for and is not there yet, whoever makes it."""
    return _said(GUARDS[action], session, project)


def _reasons(session: Session, project: Project, action: str, by: Actor) -> list[str]:
    found = _said(check_may, by, _RIGHTS.get(action, "project.move"))
    found = found or _said(check_move, action, project.stage, project.state, "按钮")
    if action == "void":
        return found or _said(_check_second, project, by)
    guard = GUARDS.get(action) or _OWN.get(action)
    return found or (_said(guard, session, project) if guard else [])


def _said(check: Callable, *args: object) -> list[str]:
    try:
        check(*args)
    except GuardFailed as error:
        return error.reasons
    except PilotError as error:
        return [error.message]
    return []


def _waits(session: Session, project: Project) -> None:
    passed = queries_gates.passed_gates(session, project.id)
    if next_gate(project.stage, project.state, passed) is None:
        raise PilotError("现在没有等待的阶段门。")


def _check_second(project: Project, by: Actor) -> None:
    if project.void_asked_by == by.id:
        raise PilotError("您已申请作废，须由另一位管理人员确认。")


def _by_itself(_session: Session, _project: Project) -> None:
    raise PilotError("最后一个条件关闭时自动办理。")


_OWN = {"submit": _waits, "clear": _by_itself}
