"""Code lists and gate checklists as an administrator reads them (代码表, 检查单)."""

import pandas as pd
from sqlmodel import Session

from pilot.domain.people import Actor
from pilot.services.reads import read
from pilot.store import queries_codes
from pilot.store.models import ChecklistItem, CodeItem

TITLES = {
    "areas": "行政区划",
    "zones": "功能区",
    "sites": "场地",
    "fields": "技术领域",
    "hightech_fields": "高新技术领域",
    "industries": "国民经济行业",
    "organisation_kinds": "单位类型",
    "person_kinds": "人员类型",
    "result_kinds": "成果类型",
    "paper_kinds": "不单独计为转化的成果类型",
    "owner_types": "权属类型",
    "attributes": "成果属性",
    "maturity_stages": "所处阶段",
    "readiness_schemes": "成熟度标准",
    "readiness_levels": "成熟度等级",
    "ladder": "企业梯度",
    "hazardous_processes": "重点监管危险化工工艺",
    "termination_reasons": "终止原因",
    "documents": "材料",
}
_CODES = ["id", "rev", "code", "label", "edition", "position", "active"]
_CHECKLIST = [
    "id", "rev", "gate", "hazard_class", "code", "text", "requirement", "doc_code", "dimension",
    "basis", "position", "active",
]  # fmt: skip


@read("portfolio.read")
def list_names(session: Session, reader: Actor) -> dict[str, str]:
    """The code lists of the reader's base by name, with their Chinese titles."""
    names = queries_codes.lists(session, reader.base_id, retired=True)
    return {name: TITLES.get(name, name) for name in sorted(names, key=_place)}


@read("portfolio.read")
def codes(session: Session, reader: Actor, list_name: str) -> pd.DataFrame:
    """One list, switched-off codes too, in its order."""
    return _frame(queries_codes.items(session, reader.base_id, list_name), _CODES)


@read("portfolio.read")
def papers(session: Session, reader: Actor) -> dict[str, str]:
    """The documents a checklist may ask for (D01–D23), with their code in front."""
    known = queries_codes.lists(session, reader.base_id).get("documents", {})
    return {code: f"{code} {label}" for code, label in known.items()}


@read("portfolio.read")
def checklist(session: Session, reader: Actor) -> pd.DataFrame:
    """Every line of the gates' checklists; stored values, for the form, not labels."""
    return _frame(queries_codes.checklist_items(session, reader.base_id), _CHECKLIST)


def _frame(rows, columns: list[str]) -> pd.DataFrame:
    lines = [_values(row, columns) for row in rows]
    return pd.DataFrame(lines, columns=columns, dtype=object)


def _values(row: CodeItem | ChecklistItem, columns: list[str]) -> dict:
    return {name: getattr(row, name) for name in columns}


def _place(name: str) -> tuple[int, str]:
    known = list(TITLES)
    return (known.index(name) if name in known else len(known), name)
