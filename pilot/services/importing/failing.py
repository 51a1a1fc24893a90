"""Work on a batch that did not come to its end (未能完成): tried again, three times, then given up.

A refusal is an end; this is about bugs and about servers that died in the middle. Whoever brought
the file and the administrators are told once, with the number that the server's log has.
"""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from pilot.domain.importing import IN_PORTIONS, MOST_TRIES, BatchState
from pilot.domain.people import Role
from pilot.services import notices
from pilot.store import queries_imports, queries_people
from pilot.store.engine import writing
from pilot.store.models import ImportBatch

PAUSE = timedelta(seconds=30)  # before the next try


def broke(engine: Engine, batch_id: int, number: str, now: datetime) -> bool:
    """Note that a try ended in an error of this number; whether that was the last try."""
    with writing(engine) as session:
        batch = session.get(ImportBatch, batch_id)
        last = batch.tries >= MOST_TRIES
        if last:
            _give_up(session, batch, f"出错，编号 {number}", now)
        else:
            said = f"第 {batch.tries} 次没有完成（编号 {number}），稍后自动再试；{_nothing(batch)}"
            values = {"leased_until": now + PAUSE, "message": said}
            queries_imports.finish(session, batch_id, **values)
    return last


def worn_out(engine: Engine, batch_id: int, now: datetime) -> bool:
    """Give up a batch whose every try was cut off (服务中断); False while it may be tried."""
    with writing(engine) as session:
        batch = session.get(ImportBatch, batch_id)
        if batch.tries <= MOST_TRIES:
            return False
        _give_up(session, batch, "服务几次在处理中途中断", now)
    return True


def _give_up(session, batch: ImportBatch, why: str, now: datetime) -> None:
    state, what, remedy = _WHAT_THEN.get(batch.state, _FAILED)
    said = f"试了 {MOST_TRIES} 次没有完成（{why}），{what}"
    values = {"state": state, "leased_until": None, "message": said + remedy}
    if state is BatchState.BACKING:
        values |= {"undo_reason": said[:300], "tries": 0}
    queries_imports.finish(session, batch.id, **values)
    told = queries_people.holders(session, batch.base_id, [Role.ADMIN])
    text = f"导入批次 {batch.id}：{said}编号可在服务日志中查到。"
    whom = {*told, batch.by_id}
    notices.tell(session, batch.base_id, whom, text, page="imports", about_id=batch.id, at=now)


def _nothing(batch: ImportBatch) -> str:
    return "" if batch.state in IN_PORTIONS else "没有写入任何记录。"


# What becomes of a batch that is given up: one of which rows are written is taken back.
_FAILED = (
    BatchState.FAILED,
    "不再重试；没有写入任何记录。",
    "请联系系统管理员，处理后点“重新检查”。",
)
_WHAT_THEN = {
    BatchState.WRITING: (BatchState.BACKING, "不再写入，已写入的行正在收回。", ""),
    BatchState.BACKING: (
        BatchState.HELD,
        "已写入的行还没有全部收回。",
        "请联系系统管理员，处理后点“再次收回”。",
    ),
}
