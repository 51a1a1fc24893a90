"""What claims rest on, in words short enough for a cell (依据); a thousand claims at a time."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlmodel import Session

from pilot.domain.counting import Source
from pilot.domain.moment import Moment
from pilot.store import queries_counting, queries_sources

Row = Mapping[str, Any]


def with_evidence(session: Session, found: Sequence[Row], view: Moment) -> Sequence[Row]:
    """Rows of the list of claims with the indicator's code, the unit's name and the evidence."""
    sources = queries_counting.sources_of(session, [row["claim_id"] for row in found])
    words = evidence_words(session, [one for each in sources.values() for one in each], view)
    names = _unit_names(session, found, view)
    return [
        {
            **row,
            **names.get((row["unit_kind"], row["unit_id"]), {}),
            "indicator_code": row["indicator"].value,
            "evidence": "；".join(filter(None, (words[one] for one in sources[row["claim_id"]]))),
        }
        for row in found
    ]


def evidence_words(session: Session, sources: Iterable[Source], view: Moment) -> dict[Source, str]:
    """A short description of each source; a fixed number of queries for any number of them."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for source in sources:
        wanted[source.kind].add(source.id)
    words = {}
    for kind, ids in wanted.items():
        found = {row["id"]: row for row in queries_sources.rows_of(session, kind, ids, view)}
        for row_id in ids:
            words[Source(kind, row_id)] = _word(kind, row_id, found.get(row_id))
    return words


def _unit_names(
    session: Session, found: Sequence[Row], view: Moment
) -> dict[tuple[str, int], dict[str, str]]:
    """What a transfer or a contract is called as a unit: it has no list of its own to join."""
    names = {}
    for kind, code in (("transfer", "result_code"), ("contract", "no")):
        ids = {row["unit_id"] for row in found if row["unit_kind"] == kind}
        for row in queries_sources.rows_of(session, kind, ids, view):
            names[kind, row["id"]] = {"unit_code": row[code], "unit_name": row["title"]}
    return names


def _word(kind: str, row_id: int, row: Row | None) -> str:
    """A plant (landing) is not named: the level it reached is among the same claim's sources."""
    if kind == "landing":
        return ""
    return _WORDS[kind](row) if row else f"{kind} {row_id}"


def _decision(row: Row) -> str:
    return f"{row['gate'].label}评审：{row['conclusion'].label}（{row['held_on']}）"


def _paper(row: Row) -> str:
    text = " ".join(part for part in (row["doc_code"], row["title"], row["doc_no"]) if part)
    return f"{text}（{row['issued_on']}）" if row["issued_on"] else text


def _step(row: Row) -> str:
    text = f"{row['level'].label}（{row['reached_on']}）"
    return f"{text}{row['proof']}" if row["proof"] else text


def _run(row: Row) -> str:
    return f"运行批次 {row['run_no']}（{row['started_on']} 至 {row['ended_on']}）"


def _fact(row: Row) -> str:
    return f"据{row['source']}"


def _result(row: Row) -> str:
    return f"成果 {row['code']}"


def _transfer(row: Row) -> str:
    return f"转化事件 {row['result_code']}（{row['event_on']}）"


def _contract(row: Row) -> str:
    return f"合同 {row['no']}（{row['signed_on']} 签订）"


_WORDS: dict[str, Callable[[Row], str]] = {
    "decision": _decision,
    "evidence": _paper,
    "landing_step": _step,
    "run": _run,
    "public_fact": _fact,
    "result": _result,
    "transfer": _transfer,
    "contract": _contract,
}
