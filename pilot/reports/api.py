"""What the read-only interface answers (数据接口): the lists of the pages, a part at a time.

An answer speaks of one instant of knowledge, at the latest the end of the journal: the same
question gets the same bytes until somebody changes something, and the parts of a list fit together
however much is written between them.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from importlib.metadata import version
from typing import Any

from sqlmodel import Session

from pilot.domain.api_tokens import ApiScope
from pilot.domain.errors import Invalid
from pilot.domain.moment import Moment
from pilot.domain.people import Actor
from pilot.reports import api_packs, exports, tables
from pilot.reports.exports import Export
from pilot.reports.tables import Chosen
from pilot.services.reads import read
from pilot.store import queries_bases, queries_portfolio

LIMIT, MOST = 200, 1000
LISTS = tables.TABLES | {"counts": tables.TABLES["summary"], "packs": api_packs.TABLE}


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list an answer begins, and at which view: what a cursor says."""

    as_of: date
    known_at: datetime
    offset: int

    def __str__(self) -> str:
        """The cursor: readable by us alone, of no meaning to who carries it."""
        text = f"{self.as_of.isoformat()} {self.known_at.isoformat()} {self.offset}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, cursor: str) -> "Place":
        """The place of a cursor; Invalid for a text that is none."""
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            as_of, known, offset = base64.urlsafe_b64decode(padded).decode().split(" ")
            place = cls(date.fromisoformat(as_of), datetime.fromisoformat(known), int(offset))
        except (ValueError, binascii.Error) as error:
            raise Invalid("cursor", _NO_CURSOR) from error
        if place.known_at.tzinfo is None or not 0 <= place.offset < 2**31:
            raise Invalid("cursor", _NO_CURSOR)
        return place


_NO_CURSOR = "cursor 应原样取自上一次应答的 next。"


@read("report.export")
def asked(
    session: Session,
    reader: Actor,
    scope: ApiScope,
    view: Moment,
    chosen: Chosen,
    place: Place | None = None,
) -> Export:
    """The list asked for, at the cursor's view or at the last instant that anything was recorded.

    Raises NotAllowed without the right to export.
    """
    export = Export(LISTS[scope.value], view, chosen, tuple(queries_bases.visible(session, reader)))
    if place is not None:
        view = Moment(view.year, place.as_of, place.known_at, live=False)
        return replace(export, view=view)
    ends = [at for *_, at in _heads(session, export)]
    known_at = min([view.known_at, max(ends, default=view.known_at)])
    return replace(export, view=replace(view, known_at=known_at))


def fingerprint(session: Session, export: Export, question: str) -> str:
    """The ETag of an answer: what was asked, at which view, of what this journal says."""
    view, heads = export.view, _heads(session, export)
    parts = (version("pilot-portfolio"), question, view.year, view.as_of, view.known_at, heads)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _heads(session: Session, export: Export) -> list[tuple[int, str, datetime]]:
    """Where the journals of the bases asked about end."""
    return [head for head in queries_portfolio.journal_heads(session) if head[0] in export.base_ids]


def answer(session: Session, export: Export, limit: int, offset: int) -> dict[str, Any]:
    """A part of the list with what it is; `next` is the cursor of what follows, None at the end."""
    place = export.table, export.base_ids, export.view, export.chosen
    total = tables.count(session, *place)
    found = tables.frame(session, *place, limit=limit, offset=offset)
    after = offset + len(found)
    view = export.view
    more = Place(view.as_of, view.known_at, after) if len(found) and after < total else None
    about = exports.metadata(session, export, total)
    return {
        "list": export.table.name,
        "year": view.year,
        "as_of": view.as_of.isoformat(),
        "known_at": view.known_at.isoformat(),
        "definitions": about["口径版本"],
        "anchors": about["日志锚"],
        "total": total,
        "rows": [_plain(row) for row in found.to_dict("records")],
        "next": str(more) if more else None,
    }


def as_json(answer: Mapping[str, Any]) -> bytes:
    """The answer as it goes over the line."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(row: Mapping[str, Any]) -> dict[str, str | int | None]:
    """Exact decimals travel as text; a blank is null."""
    return {name: f"{v:f}" if isinstance(v, Decimal) else v for name, v in row.items()}


def columns(scope: ApiScope) -> Sequence[tables.Column]:
    """The columns of a list, for its description."""
    return LISTS[scope.value].columns
