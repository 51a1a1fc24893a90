"""A look through every registered read, at one object where it is about one, as plain text."""

import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path

import pandas as pd
from sqlmodel import Session

from pilot.domain.api_tokens import ApiScope
from pilot.domain.errors import Conflict, NotFound
from pilot.domain.import_columns import ImportKind
from pilot.domain.importing import Outcome
from pilot.domain.moment import moment
from pilot.domain.people import Actor
from pilot.domain.report_calendar import DEFAULTS
from pilot.domain.report_periods import PeriodKind, period
from pilot.domain.submissions import Tab
from pilot.domain.vocabulary import Indicator, Scope
from pilot.reports import (
    api,
    api_packs,
    api_tokens,
    claims,
    code_lists,
    definitions,
    duplicates,
    earlier_contracts,
    explanations,
    exports,
    filing_detail,
    filing_lines,
    handover,
    imports,
    joining,
    mail,
    needs,
    notices,
    pack_changes,
    packs,
    people,
    project,
    receipts,
    registry,
    report_deadlines,
    report_rules,
    result_detail,
    results,
    review_policy,
    review_queue,
    round_parts,
    rounds,
    submission_desk,
    submissions,
    system,
    template_drafts,
    waiting,
)
from pilot.reports.exports import Encoding
from pilot.reports.results import Wanted
from pilot.reports.submissions import Group
from pilot.reports.tables import EVERYTHING, Chosen
from pilot.services import legality, trail
from pilot.services.downloads import open_attachment
from pilot.services.importing import backing, batch, undoing
from pilot.services.receiver_rules import RuleDraft
from pilot.store.models import Submission
from tests.authorisation import filed
from tests.authorisation.calls import _SHEET as SHEET
from tests.authorisation.calls import NOW

RULE = RuleDraft("R2-98", "R2", field="name", asked="required")
VIEW = moment(NOW, year=2026)
_M1 = Chosen(indicator=Indicator.NEW_PILOT, scope=Scope.CITY)
_ALL = Wanted()


@dataclass(frozen=True, slots=True)
class Look:
    """What a read is about (`key` of the world, None for a list) and how it is asked."""

    key: str | None
    ask: Callable[[Session, Actor, int | None], object]


def _round(session: Session, actor: Actor, row_id: int | None) -> rounds.Round:
    return rounds.round_shown(session, actor, VIEW, review_id=row_id)


def _export(session: Session, actor: Actor, _id: int | None) -> str:
    file = io.BytesIO()
    asked = exports.asked(session, actor, "projects", VIEW)
    exports.write_csv(session, asked, file, Encoding.UTF8)
    return file.getvalue().decode()


def _interface(session: Session, actor: Actor, _id: int | None) -> str:
    asked = [api.asked(session, actor, scope, VIEW, EVERYTHING) for scope in ApiScope]
    return "".join(api.as_json(api.answer(session, one, 1000, 0)).decode() for one in asked)


def _trail(session: Session, actor: Actor, _id: int | None) -> str:
    file = io.StringIO()
    trail.write(session, actor, file)
    return file.getvalue()


def _handover(session: Session, actor: Actor, _id: int | None) -> str:
    file = io.BytesIO()
    for kind in sorted(handover.KINDS):
        handover.write(session, actor, kind, file, Encoding.UTF8)
    return file.getvalue().decode()


def _attachment(session: Session, actor: Actor, row_id: int | None) -> str:
    """The bytes are not there, which only who may have them is told."""
    try:
        open_attachment(session.get_bind(), Path("/nowhere"), row_id, by=actor.id, now=NOW)
    except NotFound as error:
        if "文件不在了" in error.message:
            return "opened"
        raise
    raise AssertionError("a file that is not there was opened")


def _marked(session: Session, actor: Actor, row_id: int | None) -> str:
    """The bytes are not there, which only who may have them is told."""
    try:
        imports.marked(session, actor, row_id, io.BytesIO(), Path("/nowhere"))
    except NotFound as error:
        if "文件不在了" in error.message:
            return "marked"
        raise
    raise AssertionError("a file that is not there was marked")


def _pack(session: Session, actor: Actor, row_id: int | None) -> str:
    """The bytes are not there either."""
    return _without_bytes(lambda: packs.frozen(session, actor, row_id, Path("/nowhere")))


def _changes(session: Session, actor: Actor, row_id: int | None) -> str:
    folder = Path("/nowhere")
    return _without_bytes(lambda: pack_changes.changed_since(session, actor, row_id, folder, NOW))


def _registered(session: Session, actor: Actor, row_id: int | None) -> str:
    """What the registry says of the result that a submission follows on."""
    row = session.get(Submission, row_id)
    same = json.loads(row.content)["same_as"] if row else 0
    return str(earlier_contracts.registered(session, actor, row_id, same))


def _without_bytes(ask: Callable[[], object]) -> str:
    try:
        ask()
    except Conflict:
        return "opened"
    raise AssertionError("a pack that is not there was opened")


LOOKS: dict[str, Look] = {
    "api.asked": Look(None, _interface),
    "api_tokens.token_lines": Look(None, lambda s, a, _: api_tokens.token_lines(s, a, NOW)),
    "claims.numbers": Look(None, lambda s, a, _: claims.numbers(s, a, VIEW, _M1)),
    "claims.lines": Look(None, lambda s, a, _: claims.lines(s, a, VIEW, _M1)),
    "claims.ledger": Look(None, lambda s, a, _: claims.ledger(s, a, VIEW, _M1)),
    "code_lists.list_names": Look(None, lambda s, a, _: code_lists.list_names(s, a)),
    "code_lists.codes": Look(None, lambda s, a, _: code_lists.codes(s, a, "fields")),
    "code_lists.papers": Look(None, lambda s, a, _: code_lists.papers(s, a)),
    "code_lists.checklist": Look(None, lambda s, a, _: code_lists.checklist(s, a)),
    "definitions.versions": Look(None, lambda s, a, _: definitions.versions(s, a, VIEW)),
    "definitions.latest": Look(None, lambda s, a, _: definitions.latest(s, a)),
    "definitions.targets": Look(None, lambda s, a, _: definitions.targets(s, a)),
    "definitions.filings": Look(None, lambda s, a, _: definitions.filings(s, a, VIEW)),
    "api_packs.told": Look("pack", lambda s, a, i: api_packs.told(s, a, i)),
    "api_packs.file_of": Look("pack", lambda s, a, i: api_packs.file_of(s, a, i, "pack.zip")),
    "packs.preview": Look(
        None, lambda s, a, _: packs.preview(s, a, "R2", period("2026"), NOW, filed.FOLDER)
    ),
    "packs.kept": Look(None, lambda s, a, _: packs.kept(s, a)),
    "packs.lists_known": Look(None, lambda s, a, _: packs.lists_known(s, a)),
    "packs.templates_in_use": Look(None, lambda s, a, _: packs.templates_in_use(s, a)),
    "packs.pack_seen": Look("pack", lambda s, a, i: packs.pack_seen(s, a, i)),
    "packs.frozen": Look("pack", _pack),
    "pack_changes.changed_since": Look("pack", _changes),
    "explanations.explanation": Look(
        "claim", lambda s, a, i: explanations.explanation(s, a, i, VIEW)
    ),
    "exports.asked": Look(None, _export),
    "needs.needs": Look(None, lambda s, a, _: needs.needs(s, a, VIEW)),
    "people.account_lines": Look(None, lambda s, a, _: people.account_lines(s, a)),
    "people.own_account": Look(None, lambda s, a, _: people.own_account(s, a, NOW)),
    "project.head": Look("project", lambda s, a, i: project.head(s, a, i, VIEW)),
    "registry.contract": Look("contract", lambda s, a, i: registry.contract(s, a, i, VIEW)),
    "registry.organisations": Look(None, lambda s, a, _: registry.organisations(s, a, "")),
    "registry.persons": Look(None, lambda s, a, _: registry.persons(s, a, "")),
    "registry.unit": Look("organisation", lambda s, a, i: registry.unit(s, a, i)),
    "registry.led": Look("person", lambda s, a, i: registry.led(s, a, i)),
    "registry.person": Look("person", lambda s, a, i: registry.person(s, a, i)),
    "result_detail.detail": Look("result", lambda s, a, i: result_detail.detail(s, a, i, VIEW)),
    "results.results": Look(None, lambda s, a, _: results.results(s, a, VIEW, _ALL)),
    "results.contracts": Look(None, lambda s, a, _: results.contracts(s, a, VIEW, _ALL)),
    "results.transfers": Look(None, lambda s, a, _: results.transfers(s, a, VIEW, "", Scope.CITY)),
    "duplicates.certain": Look(None, lambda s, a, _: duplicates.certain(s, a, VIEW)),
    "duplicates.near": Look(None, lambda s, a, _: duplicates.near(s, a, VIEW)),
    "result_detail.by_code": Look(
        None, lambda s, a, _: result_detail.by_code(s, a, "CG-2026-0001")
    ),
    "results.code_labels": Look(None, lambda s, a, _: results.code_labels(s, a, "fields")),
    "round_parts.seats": Look("scoring", lambda s, a, i: round_parts.seats(s, _round(s, a, i), a)),
    "round_parts.cards": Look(
        "apart", lambda s, a, i: round_parts.cards(s, _round(s, a, i), a, VIEW)
    ),
    "rounds.waiting": Look(None, lambda s, a, _: rounds.waiting(s, a, VIEW)),
    "rounds.round_shown": Look("review", _round),
    "rounds.round_shown:project": Look(
        "running", lambda s, a, i: rounds.round_shown(s, a, VIEW, project_id=i)
    ),
    "imports.listed": Look(None, lambda s, a, _: imports.listed(s, a, 1)[0]),
    "imports.sources": Look(None, lambda s, a, _: imports.sources(s, a, ImportKind.PROJECTS)),
    "imports.mappings": Look(None, lambda s, a, _: imports.mappings(s, a, ImportKind.PROJECTS)),
    "imports.template": Look(
        None, lambda s, a, _: imports.template(s, a, ImportKind.PROJECTS, io.BytesIO())
    ),
    "imports.batch": Look("batch", lambda s, a, i: imports.batch(s, a, i)),
    "imports.problems": Look("batch", lambda s, a, i: imports.problems(s, a, i, hard=True, page=1)),
    "imports.rows": Look("batch", lambda s, a, i: imports.rows(s, a, i, Outcome.NEW, 1)),
    "imports.marked": Look("batch", _marked),
    "backing.standing_rows": Look(
        "batch_applied", lambda s, a, i: backing.standing_rows(s, a, i, 10)
    ),
    "undoing.obstacles": Look("batch_applied", lambda s, a, i: undoing.obstacles(s, a, i)),
    "batch.check": Look(
        None, lambda s, a, _: batch.check(s, ImportKind.PROJECTS, SHEET, by=a, at=NOW)
    ),
    "legality.refusals": Look("project", lambda s, a, i: legality.refusals(s, i, by=a)),
    "trail.write": Look(None, _trail),
    "downloads.open_attachment": Look("attachment", _attachment),
    "downloads.open_attachment:sent": Look("sent_file", _attachment),
    "downloads.open_attachment:draft": Look("draft_file", _attachment),
    "downloads.open_attachment:unsent": Look("unsent_file", _attachment),
    "submissions.mine": Look(None, lambda s, a, _: submissions.mine(s, a, NOW, Group.ALL, "")),
    "submissions.counts": Look(None, lambda s, a, _: submissions.counts(s, a)),
    "submissions.last": Look(None, lambda s, a, _: submissions.last(s, a)),
    "submission_desk.contract_known": Look(
        None, lambda s, a, _: "别家" * submission_desk.contract_known(s, a, "别家-1")
    ),
    "earlier_contracts.offered": Look(None, lambda s, a, _: earlier_contracts.offered(s, a)),
    "earlier_contracts.about": Look("earlier", lambda s, a, i: earlier_contracts.about(s, a, i)),
    "earlier_contracts.packages": Look(
        None, lambda s, a, _: earlier_contracts.packages(s, a, "别家-1")
    ),
    "earlier_contracts.registered": Look("following", _registered),
    "submissions.row_of": Look("sent", lambda s, a, i: submissions.row_of(s, a, i)),
    "submissions.row_of:stranger": Look("waiting", lambda s, a, i: submissions.row_of(s, a, i)),
    "submissions.head": Look("draft", lambda s, a, i: submissions.head(s, a, i, NOW)),
    "submissions.head:stranger": Look("waiting", lambda s, a, i: submissions.head(s, a, i, NOW)),
    "submission_desk.desk": Look("draft", lambda s, a, i: submission_desk.desk(s, a, i, NOW)),
    "submission_desk.desk:stranger": Look(
        "unsent", lambda s, a, i: submission_desk.desk(s, a, i, NOW)
    ),
    "notices.messages": Look(None, lambda s, a, _: notices.messages(s, a)),
    "notices.unread": Look(None, lambda s, a, _: notices.unread(s, a)),
    "notices.listed": Look(None, lambda s, a, _: notices.listed(s, a, all=True)),
    "waiting.waits": Look(None, lambda s, a, _: waiting.waits(s, a, NOW)),
    "waiting.reminder": Look(None, lambda s, a, _: waiting.reminder(s, a)),
    "joining.invitations": Look(None, lambda s, a, _: joining.invitations(s, a, NOW)),
    "joining.requests": Look(
        None, lambda s, a, _: [joining.requests(s, a, waiting=one) for one in (True, False)]
    ),
    "joining.waiting": Look(None, lambda s, a, _: joining.waiting(s, a)),
    "joining.policy": Look(None, lambda s, a, _: joining.policy(s, a)),
    "mail.own_mail": Look(None, lambda s, a, _: mail.own_mail(s, a)),
    "mail.addresses": Look(None, lambda s, a, _: mail.addresses(s, a)),
    "mail.queue_state": Look(None, lambda s, a, _: replace(mail.queue_state(s, a, NOW), error="")),
    "mail.trouble_frame": Look(None, lambda s, a, _: mail.trouble_frame(s, a, NOW)),
    "receipts.receipt": Look("sent", lambda s, a, i: receipts.receipt(s, a, i)),
    "receipts.receipt:stranger": Look("waiting", lambda s, a, i: receipts.receipt(s, a, i)),
    "receipts.receipt:draft": Look("draft", lambda s, a, i: receipts.receipt(s, a, i)),
    "review_policy.policy": Look(None, lambda s, a, _: review_policy.policy(s, a)),
    "review_queue.queue": Look(
        None, lambda s, a, _: [review_queue.queue(s, a, tab, "", NOW) for tab in Tab]
    ),
    "review_queue.next_for": Look(None, lambda s, a, _: review_queue.next_for(s, a, 0)),
    "review_queue.judged": Look("waiting", lambda s, a, i: review_queue.judged(s, a, i, NOW)),
    "review_queue.judged:draft": Look("unsent", lambda s, a, i: review_queue.judged(s, a, i, NOW)),
    "template_drafts.found": Look(None, lambda s, a, _: template_drafts.found(s, a, "R1")),
    "report_deadlines.of_template": Look(
        None, lambda s, a, _: report_deadlines.of_template(s, a, PeriodKind.MONTH, "R1", NOW)
    ),
    "filing_lines.bases": Look(None, lambda s, a, _: [b.name for b in filing_lines.bases(s, a)]),
    "filing_lines.calendar": Look(None, lambda s, a, _: filing_lines.calendar(s, a, 2026, NOW)),
    "report_deadlines.rules": Look(None, lambda s, a, _: report_deadlines.rules(s, a, NOW)),
    "report_deadlines.versions": Look(None, lambda s, a, _: report_deadlines.versions(s, a)),
    "report_deadlines.coming": Look(
        None,
        lambda s, a, _: report_deadlines.coming(
            s, a, PeriodKind.MONTH, DEFAULTS[PeriodKind.MONTH], 2026
        ),
    ),
    "report_rules.forms": Look(None, lambda s, a, _: report_rules.forms(s, a)),
    "report_rules.titles": Look(None, lambda s, a, _: report_rules.titles(s, a)),
    "report_rules.rules": Look(None, lambda s, a, _: report_rules.rules(s, a)),
    "report_rules.effect": Look(
        None, lambda s, a, _: report_rules.effect(s, a, RULE, None, NOW, filed.FOLDER)
    ),
    "filing_detail.by_id": Look(
        "f_unlocked", lambda s, a, i: filing_detail.by_id(s, a, i, NOW, filed.FOLDER)
    ),
    "filing_detail.by_period": Look(
        None, lambda s, a, _: filing_detail.by_period(s, a, "R8", "2026-05", NOW, filed.FOLDER)
    ),
    "filing_detail.exceptions": Look(None, lambda s, a, _: filing_detail.exceptions(s, a)),
    "handover.write": Look(None, _handover),
    "system.job_frame": Look(None, lambda s, a, _: system.job_frame(s, a)),
}


def words(found: object) -> str:
    """Everything an answer holds, as text."""
    if isinstance(found, pd.DataFrame):
        return found.to_csv()
    if is_dataclass(found) and not isinstance(found, type):
        return " ".join(words(getattr(found, field.name)) for field in fields(found))
    if isinstance(found, Mapping):
        return " ".join(words(part) for pair in found.items() for part in pair)
    if isinstance(found, Iterable) and not isinstance(found, str):
        return " ".join(map(words, found))
    return str(found)
