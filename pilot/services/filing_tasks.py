"""A task to whoever can put a row right (催办): a notice that leads to the record itself."""

from datetime import datetime

from sqlmodel import Session

from pilot.domain.errors import Invalid, NotFound
from pilot.domain.people import MAY, Actor
from pilot.services import filings, notices, report_sheets
from pilot.services.command import verb
from pilot.store import queries, queries_filings, queries_people
from pilot.store.models import FilingComment, ReportFiling


@verb("filing.task")
def send(
    session: Session, filing_id: int, code: str, text: str, *, by: Actor, at: datetime
) -> FilingComment:
    """Send the owner of a row (`code`, a project's or a result's) a task, and note it.

    The owner of a result is who handed it in; of everything else, who keeps the register.
    """
    row = queries.one(session, ReportFiling, by.base_id, filing_id)
    if not text.strip() or len(text) > 200:
        raise Invalid("text", "请写明要补什么，最多 200 字。")
    title = report_sheets.titles(session, row.base_id).get(row.template, row.template)
    told = f"{title} {row.period}（{row.due_on} 截止）需要您补正 {code}：{text.strip()}"
    project = queries.project_by_code(session, row.base_id, code)
    if project is not None:
        whom = _managers(session, row.base_id)
        page, about = "project", project.id
    else:
        whom, page, about = _of_result(session, row.base_id, code)
    notices.tell(session, row.base_id, whom, told, page=page, about_id=about, at=at)
    names = "、".join(queries_filings.names(session, whom).values())
    return filings.say(session, row, "task", f"已请 {names} 补正 {code}：{text.strip()}", by, at)


def _of_result(session: Session, base_id: int, code: str) -> tuple[list[int], str, int]:
    """Who handed a result in, at the submission; else who keeps the register, at the result."""
    found = queries_filings.result_by_code(session, base_id, code)
    if found is None:
        raise NotFound(f"没有找到编号 {code} 的记录，不能发出任务。")
    result_id, submission_id, author_id = found
    if author_id is not None:
        return [author_id], "submission", submission_id
    return _managers(session, base_id), "results", result_id


def _managers(session: Session, base_id: int) -> list[int]:
    found = queries_people.holders(session, base_id, MAY["result.save"])
    if not found:
        raise Invalid("text", "本基地没有可以更正台账的账号，请联系系统管理员。")
    return found
