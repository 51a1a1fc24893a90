"""What a new base starts with (初始化): code lists, checklists, definitions, templates."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from sqlmodel import Session

from pilot.domain.vocabulary import (
    AdmissionEvent,
    Dimension,
    Gate,
    HazardClass,
    Indicator,
    LandingLevel,
    Locality,
    Requirement,
    Scope,
)
from pilot.services import receiver_rules, report_templates
from pilot.store.models import Base, ChecklistItem, CodeItem, Definition

CODES = Path(__file__).resolve().parents[2] / "data" / "codes"
_NOT_LISTS = frozenset({"checklists", "definitions", "receiver_rules"})


def install(session: Session, base: Base, at: datetime, folder: Path = CODES) -> None:
    """Copy the lists of `folder` into a base that has none yet; part of `pilot init`.

    The rows get no journal entry of their own: what they were at first stands in the files.
    """
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in _NOT_LISTS:
            session.add_all(_code_items(base, path, at))
    session.add_all(_checklist(base, folder / "checklists.csv", at))
    session.add_all(_definitions(base, folder / "definitions.csv", at))
    session.flush()
    report_templates.deliver(session, base, at)
    receiver_rules.deliver(session, base, at, folder)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _code_items(base: Base, path: Path, at: datetime) -> list[CodeItem]:
    return [
        CodeItem(
            base_id=base.id,
            list_name=path.stem,
            code=row["code"],
            label=row["label"],
            edition=row["edition"],
            position=int(row["position"]),
            recorded_at=at,
        )
        for row in _rows(path)
    ]


def _checklist(base: Base, path: Path, at: datetime) -> list[ChecklistItem]:
    return [
        ChecklistItem(
            base_id=base.id,
            gate=Gate(row["gate"]),
            hazard_class=HazardClass(row["hazard_class"]),
            code=row["code"],
            text=row["text"],
            doc_code=row["doc_code"] or None,
            requirement=Requirement(row["requirement"]),
            dimension=Dimension(row["dimension"]) if row["dimension"] else None,
            basis=row["basis"] or None,
            position=int(row["position"]),
            recorded_at=at,
        )
        for row in _rows(path)
    ]


def _definitions(base: Base, path: Path, at: datetime) -> list[Definition]:
    return [
        Definition(
            base_id=base.id,
            indicator=Indicator(row["indicator"]),
            version=int(row["version"]),
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=date.fromisoformat(row["valid_to"]),
            headline=Scope(row["headline"]),
            admission_event=AdmissionEvent(row["admission_event"]),
            threshold=LandingLevel(row["threshold"]),
            locality=Locality(row["locality"]),
            include_four_tech=row["include_four_tech"] == "true",
            text=row["text"],
            recorded_at=at,
        )
        for row in _rows(path)
    ]
