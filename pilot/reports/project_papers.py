"""The papers of a project (材料): which gate asks for which, how each stands, every version."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import RowMapping
from sqlmodel import Session

from pilot.domain.guards import paper_on
from pilot.domain.moment import SHANGHAI, Moment, minute
from pilot.domain.vocabulary import EvidenceState, Gate, Requirement
from pilot.reports.project import Head
from pilot.store import queries_codes, queries_gates, queries_project_view

SIGNS = {
    EvidenceState.MISSING: "○",
    EvidenceState.SUBMITTED: "◐",
    EvidenceState.RETURNED: "↩",
    EvidenceState.QUALIFIED: "●",
    EvidenceState.EXPIRED: "✕",
    EvidenceState.NOT_APPLICABLE: "－",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """One paper: asked for by `gates`, as it stood; `id` and the rest are None if never handed in.

    `required` says that no gate lets it be waived altogether.
    """

    doc_code: str
    title: str
    gates: tuple[Gate, ...]
    required: bool
    state: EvidenceState = EvidenceState.MISSING
    id: int | None = None
    version: int | None = None
    handed_in: str = ""
    doc_no: str = ""
    issuer: str = ""
    issued_on: date | None = None
    valid_until: date | None = None
    reason: str = ""
    submitted_by: int | None = None
    who: str = ""
    checker: str = ""
    attachment_id: int | None = None
    file: str = ""

    @property
    def sign(self) -> str:
        """Shape and word of the state."""
        return f"{SIGNS[self.state]} {self.state.label}"


def papers(session: Session, shown: Head, view: Moment) -> list[PaperLine]:
    """Every paper a gate asks for or that was handed in, by code."""
    known = {row["doc_code"]: row for row in _rows(session, shown, view)}
    asked = _asked(session, shown)
    titles = queries_codes.labels(session, shown.base_id, "documents")
    return [
        _line(code, titles.get(code, code), asked.get(code, ()), known.get(code), view)
        for code in sorted(known.keys() | asked.keys())
    ]


def paper_frame(lines: list[PaperLine], *, links: bool) -> pd.DataFrame:
    """The same as a table; the file as an address when the reader may open it."""
    return pd.DataFrame(
        [
            {
                "材料": f"{line.doc_code} {line.title}",
                "状态": line.sign,
                "附件": _file(line, links),
                "用于": "、".join(gate.value for gate in line.gates),
                "签发日期": line.issued_on,
                "有效期至": line.valid_until,
                "文号": line.doc_no,
                "提交": line.who,
                "核验": line.checker,
                "说明": line.reason,
            }
            for line in lines
        ],
        dtype=object,
    )


def versions(session: Session, shown: Head, doc_code: str, view: Moment) -> list[str]:
    """Every state of one paper in words, the latest first."""
    rows = queries_project_view.paper_versions(session, shown.id, doc_code, view)
    return [_saying(row) for row in rows]


def _rows(session: Session, shown: Head, view: Moment) -> list[RowMapping]:
    return list(queries_project_view.papers(session, shown.id, view))


def _asked(session: Session, shown: Head) -> dict[str, tuple[tuple[Gate, Requirement], ...]]:
    found: dict[str, list[tuple[Gate, Requirement]]] = defaultdict(list)
    for item in queries_gates.papers_asked(session, shown.base_id, shown.id):
        found[item.doc_code].append((item.gate, item.requirement))
    return {code: tuple(pairs) for code, pairs in found.items()}


def _line(code: str, title: str, asked: tuple, row: RowMapping | None, view: Moment) -> PaperLine:
    gates = tuple(sorted({gate for gate, _ in asked}, key=list(Gate).index))
    required = bool(asked) and all(need is Requirement.REQUIRED for _, need in asked)
    if row is None:
        return PaperLine(doc_code=code, title=title, gates=gates, required=required)
    return PaperLine(
        doc_code=code,
        title=row["title"] or title,
        gates=gates,
        required=required,
        state=paper_on(row["state"], row["valid_until"], view.as_of),
        id=row["id"],
        version=row["version"],
        handed_in=f"{row['known_from'].astimezone(SHANGHAI):%Y-%m-%d}",
        doc_no=row["doc_no"] or "",
        issuer=row["issuer"] or "",
        issued_on=row["issued_on"],
        valid_until=row["valid_until"],
        reason=row["reason"] or "",
        submitted_by=row["submitted_by"],
        who=row["who"],
        checker=row["checker"] or row["approver"] or "",
        attachment_id=row["attachment_id"],
        file=row["file"] or "",
    )


def _file(line: PaperLine, links: bool) -> str | None:
    if line.attachment_id is None:
        return None
    return f"/files/{line.attachment_id}#{line.file}" if links else line.file


def _saying(row: RowMapping) -> str:
    return "，".join(_parts(row))


def _parts(row: RowMapping) -> Iterator[str]:
    yield minute(row["known_from"])
    actor = row["approver"] or row["checker"] or row["who"]
    yield f"第 {row['version']} 版 {row['state'].label}（{actor}）"
    if row["doc_no"]:
        yield f"文号 {row['doc_no']}"
    if row["file"]:
        yield row["file"]
    if row["reason"]:
        yield row["reason"]
