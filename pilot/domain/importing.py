"""The words of an import (导入): what becomes of a row, where a batch stands, who may do what next.

A batch (批次) is one file on its way in: it waits to be checked, is checked, is applied as a whole
and can be undone as a whole. A long one is written, and taken back, in portions (分段): while that
goes on some of its rows are there; it is carried to its end, or taken back to its beginning.
"""

from datetime import timedelta

from pilot.domain.vocabulary import Term


class Outcome(Term):
    """What becomes of a row (结果)."""

    NEW = "new", "新增"
    CHANGED = "changed", "变更"
    UNCHANGED = "unchanged", "未变"
    REFUSED = "refused", "拒绝"


class BatchState(Term):
    """Where a batch stands (批次状态)."""

    WAITING = "waiting", "等待检查"
    MAPPING = "mapping", "待确认列名对应"
    CHECKED = "checked", "已检查"
    QUEUED = "queued", "等待写入"
    WRITING = "writing", "正在写入"
    APPLIED = "applied", "已写入"
    BACKING = "backing", "正在收回"
    HELD = "held", "部分未收回"
    UNDONE = "undone", "已撤销"
    CANCELLED = "cancelled", "已取消"
    FAILED = "failed", "未能完成"


# Which states each step of a batch may begin from; the verbs and the buttons both read it.
MOVES: dict[str, tuple[frozenset[BatchState], str]] = {
    "map": (frozenset({BatchState.MAPPING, BatchState.CHECKED}), "确认列名对应"),
    "check": (frozenset({BatchState.CHECKED, BatchState.FAILED}), "重新检查"),
    "queue": (frozenset({BatchState.CHECKED}), "写入"),
    "apply": (frozenset({BatchState.CHECKED, BatchState.QUEUED}), "写入"),
    "cancel": (
        frozenset(
            {
                BatchState.WAITING,
                BatchState.MAPPING,
                BatchState.CHECKED,
                BatchState.QUEUED,
                BatchState.FAILED,
            }
        ),
        "取消",
    ),
    "carry": (frozenset({BatchState.QUEUED, BatchState.WRITING}), "写入"),
    "stop": (frozenset({BatchState.WRITING}), "停止并收回"),
    "undo": (frozenset({BatchState.APPLIED}), "撤销"),
    "back": (frozenset({BatchState.BACKING}), "收回"),
    "back_again": (frozenset({BatchState.HELD}), "再次收回"),
    "leave": (frozenset({BatchState.HELD}), "保留"),
}
LEASE = timedelta(minutes=1)  # of whoever works on a batch; held anew while the work goes on
MOST_TRIES = 3  # work that was begun so often and never ended is given up
IN_PORTIONS = frozenset({BatchState.WRITING, BatchState.BACKING})
AT_WORK = frozenset({BatchState.WAITING, BatchState.QUEUED}) | IN_PORTIONS


def may_move(step: str, state: BatchState) -> bool:
    """Whether a batch in `state` may take a step."""
    return state in MOVES[step][0]
