"""A draft kept as text (JSON), so that undoing can put back what stood there before."""

import json
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from pilot.domain import drafts
from pilot.domain.drafts import (
    Holder,
    Number,
    OrganisationDraft,
    PersonDraft,
    ProjectDraft,
    ResultDraft,
    TransferDraft,
)
from pilot.domain.identifiers import IdentifierKind
from pilot.domain.import_columns import ImportKind
from pilot.store.journal import plain

_DRAFTS = {
    ImportKind.PROJECTS: ProjectDraft,
    ImportKind.RESULTS: ResultDraft,
    ImportKind.TRANSFERS: TransferDraft,
    ImportKind.PERSONS: PersonDraft,
    ImportKind.ORGANISATIONS: OrganisationDraft,
}


def kept(draft: Any, more: dict[str, Any]) -> str:
    """The draft, and what else stood there, as text."""
    return json.dumps({"draft": asdict(draft), "more": more}, ensure_ascii=False, default=plain)


def draft_of(kind: ImportKind, text: str) -> Any:
    """The draft again, as it was stored."""
    values = json.loads(text)["draft"]
    values = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
    if kind is ImportKind.RESULTS:
        values["holders"] = tuple(
            Holder(one["organisation_id"], _decimal(one["share"])) for one in values["holders"]
        )
        values["numbers"] = tuple(
            Number(IdentifierKind(one["kind"]), one["number"]) for one in values["numbers"]
        )
    return drafts.as_stored(_DRAFTS[kind](**values))


def says(text: str, name: str) -> bool:
    """Whether a kept draft has a field; drafts kept before there was one do not."""
    return name in json.loads(text)["draft"]


def more_of(text: str) -> dict[str, Any]:
    """What else stood there."""
    return json.loads(text)["more"]


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
