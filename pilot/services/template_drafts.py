"""Drafts of report templates (模板草稿): kept while somebody writes, gone once put in use.

Keeping one is not a verb: what is being written is its author's alone and leaves no journal
entry, as with submissions (docs/decisions/0008).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine

from pilot.domain.errors import Invalid
from pilot.domain.people import check_may
from pilot.domain.report_template_files import MOST_BYTES
from pilot.services.command import refusals_logged
from pilot.store import queries_packs, queries_people
from pilot.store.engine import writing
from pilot.store.models import TemplateDraft
from pilot.store.retrying import again

_SAVE = "report_template.save"


def save(
    engine: Engine,
    bodies: Sequence[str],
    *,
    by: int | str,
    now: datetime,
    start: str,
    version: int,
) -> None:
    """Keep the last of these texts as one's draft from a start (a template's code, or new).

    A PilotError if the account may not write templates; the security log has a line of it.
    """
    body = bodies[-1]

    def kept(_number: int) -> None:
        with writing(engine) as session:
            actor = queries_people.actor(session, by, now)
            check_may(actor, _SAVE)
            if len(body) > MOST_BYTES:
                raise Invalid("body", "模板草稿超过 1 MB，没有保存；请导出草稿文件。")
            row = queries_packs.draft(session, actor.id, start)
            if row is None:
                row = TemplateDraft(base_id=actor.base_id, by_id=actor.id, start=start)
                session.add(row)
            row.version, row.body, row.saved_at = version, body, now

    with refusals_logged(engine, _SAVE, start, by=by, now=now):
        again(kept)


def drop(
    engine: Engine, _bodies: Sequence[str], *, by: int | str, now: datetime, start: str
) -> None:
    """Throw one's draft from a start away; nothing happens if there is none."""

    def gone(_number: int) -> None:
        with writing(engine) as session:
            actor = queries_people.actor(session, by, now)
            if row := queries_packs.draft(session, actor.id, start):
                session.delete(row)

    with refusals_logged(engine, _SAVE, start, by=by, now=now):
        again(gone)
