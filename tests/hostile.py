"""A portfolio in which every text that people type is hostile, and every page has something."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Engine, Enum, String, Table, literal_column, update
from sqlmodel import AutoString, Session, SQLModel, select

from pilot.domain.drafts import Holder, Number, PersonDraft
from pilot.domain.identifiers import IdentifierKind
from pilot.domain.vocabulary import (
    CheckState,
    Conclusion,
    Dimension,
    EvidenceState,
    Gate,
    LandingLevel,
)
from pilot.services import (
    contracts,
    decisions,
    evidence,
    landing,
    lifecycle,
    organisations,
    projects,
    public_facts,
    results,
    reviews,
    transfers,
)
from pilot.services.command import perform
from pilot.services.decisions import ConditionDraft
from pilot.store import files, queries_gates
from pilot.store.engine import writing
from tests import factories, serving
from tests import factories_goals as goals
from tests import factories_registry as registry
from tests.authorisation import filed
from tests.factories import Team, clock
from tests.hostile_more import furnish
from tests.hostile_submissions import handed_in
from tests.hostile_texts import SHOWN
from tests.pages import staff, submission_pages

# Columns whose text people type: table → columns. All others have a form of their own; a new column
# has to be placed (tests/test_hostile.py).
TYPED = {
    "base": "name city_name",
    "account": "name",
    "attachment": "name",
    "checklist_item": "text basis",
    "code_item": "label",
    "condition": "text owner closing_note",
    "consolidation": "note dissent",
    "contract": "no title ip_clause benefit_clause",
    "decision": "reason warnings",
    "definition": "text",
    "distinction": "reason",
    "evidence": "title doc_no issuer reason",
    "filing": "note",
    "filing_comment": "text",
    "filing_explanation": "text",
    "filing_unlock": "ended_how note reason",
    "receiver_rule": "message remedy source",
    "gate_plan": "reason",
    "journal_entry": "reason",
    "landing": "product pilot_waiver investment_code",
    "landing_step": "proof withdrawn_reason",
    "move": "reason",
    "notice": "text",
    "organisation": "name short_name ladder_certificate former_names",
    "person": "name phone email",
    "pilot_run": "run_no",
    "project": "code name parent_reason targets source",
    "project_note": "text",
    "public_fact": "fact as_of_text source",
    "result": "code title programme summary demand split_reason void_reason source",
    "result_identifier": "number",
    "review_check": "text basis reason",
    "scorecard": "comment",
    "submission": "title reason",
    "submission_comment": "text",
    "target": "source",
    "transfer": "void_reason",
    "claim": "missing reason",
    "contract_follow_up": "no note",
    "api_token": "name",
    "import_batch": "undo_reason",
    "import_problem": "column message remedy",
    "import_row": "name",
    "import_source": "name",
    "invitation": "note",
    "mail_address": "address",
    "registration": "contact name reason refusal unit",
    "result_distinction": "reason",
    "result_merge": "reason undo_reason",
}
# Copies of typed texts that views read: they take what the originals have.
COPIES = {
    "project_span": "code name holder pilot_org manager",
    "result_span": "code title holders numbers package contact",
    "transfer_span": "result_code title patents holders receiver contract_no",
}

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
_ROW = literal_column("rowid")  # the served database is SQLite


@dataclass(frozen=True, slots=True)
class Planted:
    """A text that was put somewhere, with the mark by which a page is searched for it."""

    mark: str
    text: str
    place: str


def seed(engine: Engine) -> None:
    """People of every role and the portfolio, its texts hostile."""
    serving.people(engine)
    staff.second_accounts(engine)
    with writing(engine) as session:
        people = staff.team(session)
        portfolio(session, people, Path(engine.url.database).parent / "attachments")
        handed_in(session, people, submission_pages.writer(session))
        furnish(session, people)
        filed.ended(session, people, filed.objects(session, people, "示例"))
    _journalled(engine)
    plant(engine)


def plant(engine: Engine, turn: int = 0) -> list[Planted]:
    """Give every typed text its sample and its mark; another `turn` deals the samples anew."""
    planted = []
    with writing(engine) as session:
        for name, columns in sorted((TYPED | COPIES).items()):
            table = SQLModel.metadata.tables[name]
            for column in columns.split():
                for row in _filled(session, table, column):
                    one = _text(table, column, row, len(planted), turn)
                    session.execute(update(table).where(row == _ROW).values({column: one.text}))
                    planted.append(one)
    return planted


def portfolio(session: Session, people: Team, folder: Path) -> None:
    """Projects at every gate with papers, cards, conditions; results, contracts, transfers."""
    _landed(session, people, folder)
    _debated(session, people)
    _conditional(session, people)
    _registry(session, people)
    paused = factories.project(session, people, targets="目标", source="来源")
    lifecycle.move(
        session, paused.id, "pause", by=people.manager, at=clock(session), reason="暂停理由"
    )
    facts = public_facts.load()[:3]
    public_facts.record_facts(session, facts, by=people.manager, at=clock(session))
    for year in (2024, 2025):
        goals.target(session, people, year=year)
    goals.filing(session, people, 2025)


def _landed(session: Session, people: Team, folder: Path) -> None:
    """Industrialised, with a step withdrawn, a note, a plan and a refused paper with its file."""
    by = {"by": people.manager}
    units = {
        "holder_id": registry.institute(session, people).id,
        "pilot_org_id": registry.organisation(session, people, ladder_certificate="证书").id,
    }
    row = factories.before_gate(session, people, Gate.G4, **units)
    place = {"product": "产品", "investment_code": "2026-211102", "pilot_waiver": "豁免理由"}
    plant = factories.plant(session, people, row, **place)
    step = factories.level(session, people, plant, LandingLevel.L1, verified=False)
    landing.withdraw_step(
        session, step.id, at=clock(session), on=date(2026, 5, 20), reason="撤回理由", **by
    )
    projects.note(session, row.id, "进展", at=clock(session), **by)
    projects.plan_gate(
        session, row.id, Gate.G4, date(2026, 7, 1), at=clock(session), reason="计划理由", **by
    )
    paper = evidence.submit(
        session,
        row.id,
        "D12",
        at=clock(session),
        title="材料",
        doc_no="号",
        issuer="机构",
        file=files.save(folder, PDF, shown_name="附件.pdf", limit_bytes=10**6),
        **by,
    )
    following = {"parent_id": row.id, "parent_reason": "关联理由"}
    factories.project(session, people, **following)
    evidence.judge(
        session, paper.id, EvidenceState.RETURNED, by=people.one, at=clock(session), reason="退回"
    )


def _debated(session: Session, people: Team) -> None:
    """Before its decision at G3: two cards that differ, with comments, and what was agreed."""
    review = factories.at_gate(session, people, Gate.G3)
    spoken = next(row for row in queries_gates.checks(session, review.id) if not row.doc_code)
    unmet = {"reason": "不符合的理由", "by": people.one}
    reviews.check(session, spoken.id, CheckState.UNMET, at=clock(session), **unmet)
    ids = [people.one.id, people.other.id]
    reviews.assign(session, review.id, ids, by=people.manager, at=clock(session))
    for who, score in ((people.one, 90), (people.other, 50)):
        card = {"technical": score, "equipment": 80, "commercial": 80, "comment": "评语"}
        reviews.score(session, review.id, by=who, at=clock(session), **card)
    reviews.consolidate(
        session,
        review.id,
        Dimension.TECHNICAL,
        by=people.decider,
        at=clock(session),
        score=70,
        note="合议理由",
        dissent="保留意见",
    )


def _conditional(session: Session, people: Team) -> None:
    """Passed G0 with conditions, one of them closed; the decision has been corrected since."""
    review = factories.at_gate(session, people, Gate.G1)
    factories.prove(session, people, review)
    due = date(2026, 7, 1)
    demands = [ConditionDraft("条件一", "责任人", due), ConditionDraft("条件二", "责任人", due)]
    first = factories.decide(session, people, review, Conclusion.CONDITIONAL, conditions=demands)
    decisions.correct(
        session,
        first.id,
        Conclusion.CONDITIONAL,
        by=people.decider,
        at=clock(session),
        reason="更正理由",
        held_on=first.held_on,
        conditions=demands,
    )
    open_ones = queries_gates.open_conditions(session, review.project_id)
    lifecycle.close_condition(
        session, open_ones[0].id, by=people.manager, at=clock(session), note="关闭说明"
    )


def _registry(session: Session, people: Team) -> None:
    """Units, persons, results with a package and a split, contracts, transfers, some voided."""
    by = {"by": people.manager}
    holder = registry.institute(session, people, short_name="简称", former_names="曾用名")
    person = PersonDraft("示例人员", "manager", holder.id, "13800000000", "a@b.example")
    lead = organisations.save_person(session, person, at=clock(session), **by)
    clauses = {"title": "合同", "ip_clause": "知识产权", "benefit_clause": "收益"}
    contract = registry.contract(session, people, **clauses)
    texts = {"programme": "计划", "summary": "简介", "demand": "需求", "source": "来源"}
    numbers = (Number(IdentifierKind.PATENT, "201911044411.X"),)
    sold = registry.result(
        session, people, holders=(Holder(holder.id),), numbers=numbers, kind="invention",
        contact_id=lead.id, **texts,
    )  # fmt: skip
    registry.transfer(session, people, result_id=sold.id, contract_id=contract.id)
    package = registry.result(session, people, kind="package")
    piece = registry.result(session, people, package_id=package.id, registration_no="20260001")
    results.split(session, piece.id, at=clock(session), reason="拆分理由", **by)
    own = registry.transfer(session, people, verified=False)
    transfers.void_transfer(session, own.id, at=clock(session), reason="作废理由", **by)
    spare = registry.result(session, people)
    results.void_result(session, spare.id, at=clock(session), reason="作废理由", **by)
    wanted = registry.contract(session, people)
    contracts.rescind(
        session, wanted.id, at=clock(session), on=date(2026, 5, 1), reason="解除", **by
    )


def _journalled(engine: Engine) -> None:
    """Actions as users take them, so that the journal has its own lines and reasons."""
    now = datetime.now(UTC)
    for project_id in (1, 2):
        args = project_id, Gate.G4, date(2026, 12, 30)
        perform(engine, projects.plan_gate, *args, by=2, now=now, reason="理由")
        perform(engine, projects.note, project_id, "进展", by=2, now=now)


def _filled(session: Session, table: Table, column: str) -> Iterator[int]:
    """The rows in which a column has a text; a blank stays blank."""
    query = select(_ROW).select_from(table)
    query = query.where(table.c[column].is_not(None), table.c[column] != "")
    return session.execute(query.order_by(_ROW)).scalars().all()


def _text(table: Table, column: str, row: int, number: int, turn: int) -> Planted:
    mark = f"Q{turn}{number:04d}Q"
    longest = table.c[column].type.length or 2000
    fitting = [text for text in SHOWN if len(text) + len(mark) < longest]
    sample = fitting[(number + 31 * turn) % len(fitting)]
    return Planted(mark, f"{sample} {mark}", f"{table.name}.{column} {row}")


def typed_columns() -> set[str]:
    """Every column that holds free text or a copy of it, as table.column."""
    return {f"{t}.{c}" for t, names in (TYPED | COPIES).items() for c in names.split()}


def text_columns() -> set[str]:
    """Every column of the product that holds text, enumerations left out."""
    return {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, String | AutoString) and not isinstance(column.type, Enum)
    }
