"""Changes of the journal in words (变动说明): field, old value, new value."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pilot.domain.vocabulary import Conclusion, EvidenceState, Gate, Indicator, Scope, Standing
from pilot.reports.fields import FIELDS, Field

Pair = list  # [old, new] as the journal keeps it
Fields = Mapping[str, Pair]


@dataclass(frozen=True, slots=True)
class Words:
    """What turns stored values into words: code lists and the names of rows."""

    lists: Mapping[str, Mapping[str, str]]
    names: Mapping[tuple[str, int], str]


def told(changes: list[dict], words: Words) -> Iterator[str]:
    """Every change as a sentence; rows that came by the dozen as one."""
    moved = any(change["table"] == "move" for change in changes)
    for table, group in groupby(changes, key=lambda change: change["table"]):
        rows = list(group)
        if table == "review_check" and all(_is_new(row["fields"]) for row in rows):
            yield f"列入 {len(rows)} 条准则和材料"
            continue
        for row in rows:
            fields = row["fields"]
            if table == "project" and moved:
                fields = {key: pair for key, pair in fields.items() if key not in _MOVED}
            title = words.names.get((table, row["id"])) if not _is_new(fields) else None
            for line in _SENTENCES.get(table, _plain)(table, fields, words):
                yield f"{title} · {line}" if title else line


def _plain(table: str, fields: Fields, words: Words) -> Iterator[str]:
    """Field by field, in the order of the catalogue; a new row without its blanks and noes."""
    fresh = _is_new(fields)
    for column, field in FIELDS.get(table, {}).items():
        if column in fields:
            old, new = (_word(field, value, words) for value in fields[column])
            if fresh and new == _NO:
                continue
            if old and new:
                yield f"{field.label}：{old} → {new}"
            elif new or old:
                yield f"{field.label}：{new}" if new else f"{field.label}：{old} → 无"


def _move(table: str, fields: Fields, words: Words) -> Iterator[str]:
    said = {column: _new(table, column, fields, words) for column in FIELDS[table]}
    start = f"{said['from_stage']}·{said['from_state']}"
    end = f"{said['to_stage']}·{said['to_state']}"
    yield f"阶段：{start} → {end}（{said['effective_on']} 起）"


def _plan(table: str, fields: Fields, words: Words) -> Iterator[str]:
    if _is_new(fields):
        yield f"{fields['gate'][1]} 计划日期：{fields['planned_on'][1]}"


def _paper(table: str, fields: Fields, words: Words) -> Iterator[str]:
    if not _is_new(fields):
        return
    state = EvidenceState(fields["state"][1]).label
    yield f"{fields['doc_code'][1]} 第 {fields['version'][1]} 版：{state}"
    rest = {key: pair for key, pair in fields.items() if key not in _PAPER_HEAD}
    yield from _plain(table, rest, words)


def _card(table: str, fields: Fields, words: Words) -> Iterator[str]:
    if _is_new(fields):
        yield from _plain(table, fields, words)
    elif "submitted_at" in fields:
        yield "评分表已交；两份齐后在阶段门页公开"


def _decision(table: str, fields: Fields, words: Words) -> Iterator[str]:
    gate, conclusion = Gate(fields["gate"][1]), Conclusion(fields["conclusion"][1])
    later = "（更正）" if fields["sequence"][1] > 1 else ""
    yield f"{gate.label}：{conclusion.label}{later}，评审日期 {fields['held_on'][1]}"


def _claim(table: str, fields: Fields, words: Words) -> Iterator[str]:
    indicator, scope = Indicator(fields["indicator"][1]), Scope(fields["scope"][1])
    sign = "+1" if fields["sign"][1] > 0 else "−1"
    standing = Standing(fields["standing"][1]).label
    yield f"{indicator.label}（{scope.label}，{fields['year'][1]} 年）：{standing} {sign}"


def _note(table: str, fields: Fields, words: Words) -> Iterator[str]:
    yield f"{fields['on'][1]}：{fields['text'][1]}"


def _nothing(table: str, fields: Fields, words: Words) -> Iterator[str]:
    return iter(())


def _is_new(fields: Fields) -> bool:
    return "base_id" in fields and fields["base_id"][0] is None


def _new(table: str, column: str, fields: Fields, words: Words) -> str:
    return _word(FIELDS[table][column], fields.get(column, [None, None])[1], words)


def _word(field: Field, value: Any, words: Words) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _YES if value else _NO
    if field.words is not None:
        return field.words(value).label
    if field.codes is not None:
        return words.lists.get(field.codes, {}).get(value, str(value))
    if field.names is not None:
        return words.names.get((field.names, value), str(value))
    return str(value)


# What is changed in these rows makes no sense without saying which row it was.
TITLED = frozenset({"review_check", "condition", "landing_step"})
_YES, _NO = "是", "否"
_MOVED = frozenset({"stage", "state"})
_PAPER_HEAD = frozenset({"doc_code", "version", "state"})
_SENTENCES: dict[str, Callable[[str, Fields, Words], Iterator[str]]] = {
    "move": _move,
    "gate_plan": _plan,
    "evidence": _paper,
    "scorecard": _card,
    "decision": _decision,
    "project_note": _note,
    "claim": _claim,
    "claim_source": _nothing,
}
