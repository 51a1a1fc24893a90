"""Receivers' rules (接收方规则) as people read them, and what one would do to open reports."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from pilot.domain import report_template_files
from pilot.domain.draft_fields import described
from pilot.domain.people import Actor
from pilot.domain.preflight import EVERY_TEMPLATE
from pilot.reports.filing_lines import base_of
from pilot.reports.report_sheets import look
from pilot.services import filings, precheck, receiver_rules, report_sheets
from pilot.services.precheck import Judged
from pilot.services.reads import read
from pilot.services.receiver_rules import RuleDraft
from pilot.store import queries_filings, queries_packs
from pilot.store.files import Place
from pilot.store.models import ReportFiling, RuleRow


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a rule: its row, what it says, what its column is called in the form."""

    id: int
    rev: int
    draft: RuleDraft
    column: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What a rule would do to one open report: rows that may not be sent, words to write."""

    title: str
    period: str
    rows: int
    blocked: tuple[int, int]  # before, after
    hard: tuple[int, int]
    soft: tuple[int, int]


@read("filing.read")
def forms(
    session: Session, actor: Actor, base_id: int | None = None
) -> dict[str, Mapping[str, str]]:
    """The columns a rule may speak of: template in use → field → heading."""
    found = queries_packs.in_use(session, base_of(session, actor, base_id))
    templates = [report_template_files.read(row.body) for row in found]
    return {one.code: {each.field: each.title for each in one.columns} for one in templates}


@read("filing.read")
def titles(session: Session, actor: Actor, base_id: int | None = None) -> dict[str, str]:
    """What people call each template in use."""
    return report_sheets.titles(session, base_of(session, actor, base_id))


@read("filing.read")
def rules(session: Session, actor: Actor, base_id: int | None = None) -> list[Rule]:
    """Every version of every rule of a base, those out of use too, in the rules' order."""
    base = base_of(session, actor, base_id)
    named = forms(session, actor, base)
    return [
        Rule(row.id, row.rev, _draft(row), named.get(row.template, {}).get(row.field, row.field))
        for row in queries_filings.rules(session, base, retired=True)
    ]


@read("receiver_rule.save")
def effect(
    session: Session,
    actor: Actor,
    draft: RuleDraft,
    rule_id: int | None,
    now: datetime,
    folder: Place,
) -> list[Effect]:
    """What saving a draft would do to the open reports it speaks of; refused as saving is."""
    before = queries_filings.rules(session, actor.base_id)
    after = receiver_rules.proposed(session, actor.base_id, draft, rule_id, now)
    names = report_sheets.titles(session, actor.base_id)
    seen = functools.cache(
        functools.partial(look, folder=folder)
    )  # a report's rows serve both verdicts
    found = []
    for row in queries_filings.open_filings(session, actor.base_id):
        if draft.template in (EVERY_TEMPLATE, row.template):
            known_at = filings.known_until(session, row, now)
            old = precheck.judged(session, row, known_at, seen, before)
            new = precheck.judged(session, row, known_at, seen, after)
            found.append(_effect(row, names.get(row.template, row.template), old, new))
    return found


def _draft(row: RuleRow) -> RuleDraft:
    return RuleDraft(**{name: getattr(row, name) for name in described(RuleDraft)})


def _effect(row: ReportFiling, title: str, old: Judged, new: Judged) -> Effect:
    rows = len(old.sheet.rows)
    return Effect(
        title=f"{row.template} {title}",
        period=row.period,
        rows=rows,
        blocked=(rows - old.acceptable, rows - new.acceptable),
        hard=(old.hard, new.hard),
        soft=(old.soft, new.soft),
    )
