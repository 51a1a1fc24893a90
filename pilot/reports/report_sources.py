"""The sources of report templates (数据来源): the datasets, and what changed since."""

from sqlmodel import Session

from pilot.domain.report_templates import SourceShape, Template
from pilot.reports import report_content, report_notes
from pilot.reports.report_columns import CHANGES
from pilot.reports.report_content import Content
from pilot.reports.report_datasets import BOTH, DATASETS, Source
from pilot.reports.report_rows import Asked

SOURCES: dict[str, Source] = {
    **DATASETS,
    "changes": Source("上报后的变动", CHANGES, report_notes.changes, BOTH),
}
SHAPES: dict[str, SourceShape] = {name: source.shape for name, source in SOURCES.items()}


def content(session: Session, template: Template, asked: Asked) -> Content:
    """The rows that a template picks from its source, at the view and for the period asked."""
    return report_content.filled(session, template, SOURCES[template.source], asked)
