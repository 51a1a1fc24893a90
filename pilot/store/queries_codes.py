"""Code lists (代码表) and the gate checklist an administrator edits."""

from collections.abc import Sequence

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from pilot.domain.vocabulary import Gate, HazardClass
from pilot.store import memo
from pilot.store.models import ChecklistItem, CodeItem

Lists = dict[str, dict[str, str]]

# Built once: every command with a draft asks them.
_EVERY_CODE = (
    select(CodeItem.list_name, CodeItem.code, CodeItem.label)
    .where(CodeItem.base_id == bindparam("base"))
    .order_by(
        col(CodeItem.list_name), col(CodeItem.position), col(CodeItem.edition), col(CodeItem.id)
    )
)
_ACTIVE_CODES = _EVERY_CODE.where(col(CodeItem.active))


def lists(session: Session, base_id: int, *, retired: bool = False) -> Lists:
    """Every code list of a base in order, list name → code → label; one query.

    Switched-off codes only with `retired`: an old record may still carry one. Where two editions
    of a standard share a code, the later edition's label stands.
    """
    return memo.once(
        session, ("lists", base_id, retired), lambda: _lists(session, base_id, retired)
    )


def _lists(session: Session, base_id: int, retired: bool) -> Lists:
    query = _EVERY_CODE if retired else _ACTIVE_CODES
    found: Lists = {}
    for name, code, label in session.exec(query, params={"base": base_id}):
        found.setdefault(name, {})[code] = label
    return found


def labels(session: Session, base_id: int, list_name: str) -> dict[str, str]:
    """The labels of one list by code, switched-off ones too: for showing, not for choosing."""
    query = (
        select(CodeItem.code, CodeItem.label)
        .where(CodeItem.base_id == base_id, CodeItem.list_name == list_name)
        .order_by(col(CodeItem.position), col(CodeItem.edition), col(CodeItem.id))
    )
    return dict(session.exec(query).all())


def items(session: Session, base_id: int, list_name: str | None = None) -> Sequence[CodeItem]:
    """The rows of one list, or of all, as the administrator edits them."""
    query = select(CodeItem).where(CodeItem.base_id == base_id)
    if list_name is not None:
        query = query.where(CodeItem.list_name == list_name)
    order = col(CodeItem.list_name), col(CodeItem.position), col(CodeItem.id)
    return session.exec(query.order_by(*order)).all()


def item(
    session: Session, base_id: int, list_name: str, code: str, edition: str
) -> CodeItem | None:
    """The row of one code in one edition."""
    return session.exec(
        select(CodeItem).where(
            CodeItem.base_id == base_id,
            CodeItem.list_name == list_name,
            CodeItem.code == code,
            CodeItem.edition == edition,
        )
    ).first()


def checklist_items(session: Session, base_id: int) -> Sequence[ChecklistItem]:
    """Every checklist line of a base, switched-off ones too, by gate and position."""
    return session.exec(
        select(ChecklistItem)
        .where(ChecklistItem.base_id == base_id)
        .order_by(col(ChecklistItem.gate), col(ChecklistItem.position), col(ChecklistItem.id))
    ).all()


def checklist_item(
    session: Session, base_id: int, gate: Gate, hazard_class: HazardClass, code: str
) -> ChecklistItem | None:
    """The checklist line with this code."""
    return session.exec(
        select(ChecklistItem).where(
            ChecklistItem.base_id == base_id,
            ChecklistItem.gate == gate,
            ChecklistItem.hazard_class == hazard_class,
            ChecklistItem.code == code,
        )
    ).first()
