"""Datasets (数据集) with named, typed fields at two times: what most report templates pick from."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from pilot.domain.report_templates import ColumnType, FieldShape, SourceShape
from pilot.domain.vocabulary import Scope
from pilot.reports import report_rows
from pilot.reports.columns import CLAIMS, PROJECTS, TRANSFERS, Column
from pilot.reports.report_columns import (
    CONTRACTS,
    CORRECTIONS,
    GOALS,
    MEASURES,
    PAPERS,
    PLANTS,
    STAGES,
    YEARLY,
)
from pilot.reports.report_rows import Asked, Rows


@dataclass(frozen=True, slots=True)
class Source:
    """One dataset: its name for people, its fields, how its rows are found, its scopes."""

    label: str
    columns: tuple[Column, ...]
    rows: Callable[[Session, Asked], Rows]
    scopes: tuple[Scope | None, ...] = (None,)

    def column(self, key: str) -> Column:
        """The field of this key."""
        return next(column for column in self.columns if column.key == key)

    @property
    def shape(self) -> SourceShape:
        """What a template may pick from it."""
        fields = {
            column.key: FieldShape(
                column.heading, ColumnType(column.kind.value), column.codes or ""
            )
            for column in self.columns
        }
        return SourceShape(self.label, fields, self.scopes)


BOTH = (None, Scope.CITY, Scope.BASE)
_projects = functools.partial(report_rows.listed, "projects", "project:{project_id}")
_transfers = functools.partial(report_rows.listed, "transfers", "transfer:{transfer_id}")
_claims = functools.partial(
    report_rows.listed, "claims", "claim:{indicator}:{scope}:{unit_kind}:{unit_id}:{standing}"
)

DATASETS: dict[str, Source] = {
    "goals": Source("指标汇总", GOALS, report_rows.goals, BOTH),
    "projects": Source("项目台账", PROJECTS, _projects, (None, Scope.BASE)),
    "transfers": Source("成果转化明细", TRANSFERS, _transfers, (Scope.CITY, Scope.BASE, None)),
    "claims": Source("三项指标明细", CLAIMS, _claims, BOTH),
    "measures": Source("省级五项", MEASURES, report_rows.measures, BOTH),
    "plants": Source("产业化落地", PLANTS, report_rows.plants, BOTH),
    "papers": Source("材料缺失", PAPERS, report_rows.papers),
    "corrections": Source("更正与补报", CORRECTIONS, report_rows.corrections, BOTH),
    "yearly": Source("年度运行数据", YEARLY, report_rows.yearly, BOTH),
    "stages": Source("在研项目汇总", STAGES, report_rows.stages),
    "contracts": Source("技术合同汇总", CONTRACTS, report_rows.contracts),
}
