"""Whether a page still shows what is stored (页面版本)."""

from sqlmodel import Session, SQLModel, col, select

from pilot.domain.errors import NotFound, StalePage
from pilot.domain.moment import minute
from pilot.store import models
from pilot.store.models import Account, JournalEntry

_TABLES: dict[str, type[SQLModel]] = {
    kind.__tablename__: kind
    for name in models.__all__
    if hasattr(kind := getattr(models, name), "__table__") and "rev" in kind.__table__.c
}


def check_seen(session: Session, base_id: int, table: str, row_id: int, rev: int) -> None:
    """Raise StalePage naming who changed the record after the page was drawn, and when."""
    row = session.get(_TABLES[table], row_id)
    if row is None or row.base_id != base_id:
        raise NotFound("没有找到这条记录。")
    if row.rev != rev:
        raise StalePage(_who_changed(session, base_id, table, row_id))


def _who_changed(session: Session, base_id: int, table: str, row_id: int) -> str:
    about = (
        JournalEntry.project_id == row_id
        if table == "project"
        else (JournalEntry.subject == table) & (JournalEntry.subject_id == row_id)
    )
    last = session.exec(
        select(JournalEntry.at, Account.name)
        .join(Account, col(Account.id) == col(JournalEntry.by_id))
        .where(JournalEntry.base_id == base_id, about)
        .order_by(col(JournalEntry.sequence).desc())
    ).first()
    if last is None:
        return "页面打开之后这条记录有变化，没有保存；请刷新后重试。"
    at, name = last
    when = minute(at)
    return f"页面打开之后，{name} 在 {when} 修改了这条记录；您的操作没有保存，请刷新后重试。"
