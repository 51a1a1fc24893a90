"""Report templates (报表模板): the delivered ones, and new versions by an administrator."""

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from pilot.domain import report_template_files
from pilot.domain.errors import Conflict, Invalid
from pilot.domain.people import Actor
from pilot.domain.report_templates import SourceShape, Template
from pilot.services.command import verb
from pilot.store import journal, queries_codes, queries_packs, queries_verify
from pilot.store.models import Base, ReportTemplate

TEMPLATES = Path(__file__).resolve().parents[2] / "data" / "templates"


@verb("report_template.save")
def save_template(
    session: Session,
    text: str,
    sources: Mapping[str, SourceShape],
    *,
    by: Actor,
    at: datetime,
    reason: str,
    after: int | None = None,
) -> ReportTemplate:
    """Put a template file in use: a new one, or a new version of one (`sources`: report_sources).

    Refused with every problem of the file. Packs frozen before keep their own version. `after` is
    the version that was changed, 0 for a new template: Conflict if another has come since.
    """
    codes = frozenset(queries_codes.lists(session, by.base_id, retired=True))
    template = report_template_files.checked(text, sources, codes)
    if not reason.strip():
        raise Invalid("reason", "新增或修改报表模板必须写明依据，例如文件名称和文号。")
    last = queries_packs.template(session, by.base_id, template.code)
    if after is not None and after != (last.version if last else 0):
        raise Conflict(_overtaken(template.code, last))
    if last is not None and last.body == report_template_files.write(template):
        raise Conflict(f"与在用的 {last.code} 第 {last.version} 版完全相同，没有可保存的变更。")
    row = _row(by.base_id, template, (last.version if last else 0) + 1, at, by.id)
    session.add(row)
    session.flush()
    return row


def _overtaken(code: str, last: ReportTemplate | None) -> str:
    if last is None:
        return f"没有代码为“{code}”的报表模板。"
    return (
        f"{code} 已有第 {last.version} 版《{last.title}》，不是您改动的那一版，没有保存。"
        "您的改动还在页面上；请导出草稿文件，重新载入在用的一版后再改，或另取一个代码。"
    )


def codes_of(session: Session, base_id: int, sources: Collection[str]) -> set[str]:
    """The codes of the templates whose version in use or any earlier one picks from these."""
    return {
        row.code
        for row in queries_packs.templates(session, base_id)
        if report_template_files.read(row.body).source in sources
    }


def deliver(session: Session, base: Base, at: datetime, folder: Path = TEMPLATES) -> int:
    """Give a base the delivered templates; a newer file supersedes one nobody changed; how many.

    The rows get no journal entry: what they say stands in the files.
    """
    found = _due(session, base, folder)
    session.add_all(_row(base.id, template, version, at, None) for template, version in found)
    session.flush()
    return len(found)


def lacking(session: Session) -> bool:
    """Whether some base lacks a delivered template: an upgrade of a current one writes nothing."""
    return any(_due(session, base, TEMPLATES) for base in queries_verify.bases(session))


def deliver_all(session: Session, at: datetime) -> int:
    """The same for every base, one server at a time; part of an upgrade."""
    added = 0
    for base in queries_verify.bases(session):
        journal.lock(session, base.id)
        added += deliver(session, base, at)
    return added


def _due(session: Session, base: Base, folder: Path) -> list[tuple[Template, int]]:
    """The templates a base is to get, each with its version; one a person changed stays theirs."""
    found = []
    for path in sorted(folder.glob("*.json")):
        template = report_template_files.read(path.read_bytes())
        last = queries_packs.template(session, base.id, template.code)
        if last is None:
            found.append((template, 1))
        elif last.by_id is None and last.body != report_template_files.write(template):
            found.append((template, last.version + 1))
    return found


def _row(
    base_id: int, template: Template, version: int, at: datetime, by_id: int | None
) -> ReportTemplate:
    return ReportTemplate(
        base_id=base_id,
        code=template.code,
        version=version,
        title=template.title,
        form_number=template.form_number,
        issuer=template.issuer,
        document_number=template.document_number,
        valid_from=template.valid_from,
        valid_to=template.valid_to,
        body=report_template_files.write(template),
        by_id=by_id,
        recorded_at=at,
    )
