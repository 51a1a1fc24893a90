"""The rows of a report for pre-flight and cross-checks: the very cells that a pack would hold."""

from sqlmodel import Session

from pilot.domain import report_template_files
from pilot.domain.preflight import Sheet
from pilot.domain.report_periods import Period
from pilot.domain.report_templates import ColumnType, Template, TemplateColumn
from pilot.domain.template_rules import rules_of
from pilot.reports.report_content import Content
from pilot.reports.report_rows import Asked
from pilot.reports.report_sources import SOURCES, content
from pilot.services.report_sheets import Wanted
from pilot.store import queries_packs
from pilot.store.files import Place

_NAMES = ("code", "result_code", "unit_code")  # the columns that tell rows apart for people


def look(session: Session, wanted: Wanted, *, folder: Place | None = None) -> Sheet | None:
    """The rows of a template, or of a source by its name; None if there is neither.

    `folder` is where frozen packs lie: a correction note compares with them.
    """
    template = _template(session, wanted)
    if template is None:
        return None
    asked = Asked([wanted.base_id], wanted.period, wanted.view, template.scope, folder)
    return sheet(content(session, template, asked), wanted.period)


def sheet(found: Content, period: Period) -> Sheet:
    """The rows of a report of a period as the checks read them, with its template's own rules."""
    template = found.template
    fields = [column.field for column in template.columns]
    return Sheet(
        template=template.code,
        headings={column.field: column.title for column in template.columns},
        rows=[
            dict(zip(fields, row, strict=True)) | {"unit": unit}
            for row, unit in zip(found.rows, found.units, strict=True)
        ],
        end=period.last,
        identity=next((name for name in _NAMES if name in fields), "unit"),
        levels=template.levels,
        rules=rules_of(template),
    )


def _template(session: Session, wanted: Wanted) -> Template | None:
    row = queries_packs.template(session, wanted.base_id, wanted.template)
    if row is not None:
        return report_template_files.read(row.body)
    source = SOURCES.get(wanted.template)
    if source is None:
        return None
    columns = tuple(
        TemplateColumn(column.key, (column.heading,), ColumnType(column.kind.value))
        for column in source.columns
    )
    return Template(wanted.template, source.label, wanted.template, columns)
