"""Pre-flight of a report (上报前检查): its rows against the receiver's rules and other tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from pilot.domain import crosschecks, preflight
from pilot.domain.crosschecks import CrossCheck, Outcome, parse_check
from pilot.domain.errors import NotFound, Refused
from pilot.domain.moment import local_day
from pilot.domain.preflight import Finding, ReceiverRule, Sheet
from pilot.domain.problems import Problem
from pilot.domain.report_periods import period
from pilot.services import ahead
from pilot.services.command import Outdated
from pilot.services.report_sheets import Look, Tables, Wanted
from pilot.store import queries_filings
from pilot.store.models import ReportFiling, RuleRow


@dataclass(frozen=True, slots=True)
class Judged:
    """What pre-flight says of a report: its rows, what is wrong with them, how tables agree.

    `explanations` holds what was written about soft findings, by the finding's key.
    """

    sheet: Sheet
    findings: tuple[Finding, ...]
    outcomes: tuple[Outcome, ...]
    explanations: Mapping[str, str]

    @property
    def acceptable(self) -> int:
        """How many rows have no hard problem."""
        return preflight.acceptable(self.sheet, self.findings)

    @property
    def different(self) -> tuple[Outcome, ...]:
        """The equations that do not hold."""
        return tuple(each for each in self.outcomes if not each.agrees)

    @property
    def hard(self) -> int:
        """How many hard findings stand."""
        return sum(each.problem.hard for each in self.findings) + sum(
            each.check.hard for each in self.different
        )

    @property
    def soft(self) -> int:
        """How many soft findings there are, explained or not."""
        return len(self.findings) + len(self.different) - self.hard

    @property
    def questions(self) -> list[str]:
        """The keys of the soft findings that nobody has explained."""
        return [key for key, problem in self._open if not problem.hard]

    @property
    def unexplained(self) -> int:
        """How many these are."""
        return len(self.questions)

    @property
    def open_problems(self) -> list[Problem]:
        """What keeps the report from being submitted: hard findings and unexplained soft ones."""
        return [problem for _, problem in self._open]

    @property
    def _open(self) -> list[tuple[str, Problem]]:
        found = [(each.key, each.problem) for each in self.findings]
        found += [(each.key, outcome_problem(each)) for each in self.different]
        return [one for one in found if one[1].hard or one[0] not in self.explanations]

    def check_open(self) -> None:
        """Refuse what cannot be submitted: each hard finding, the soft ones by their number."""
        lacks = [each for each in self.open_problems if each.hard]
        if self.unexplained:
            lacks.append(
                Problem(
                    "explanation", "explanation-missing",
                    f"还有 {self.unexplained} 条提示没有写说明。",
                    "请在“检查”中点选这些行，写明为什么照此上报；能改正的请责任人补正。",
                )
            )  # fmt: skip
        if lacks:
            raise Refused(lacks)


@dataclass(frozen=True, slots=True)
class CutOff:
    """Up to when what is known goes into a report, and whether it is unlocked."""

    until: datetime
    unlocked: bool

    @property
    def alike(self) -> tuple:
        """Two of a kind cover the same facts while the journal tells of no new ones."""
        return self.unlocked, local_day(self.until)


@dataclass(frozen=True, slots=True)
class Ready:
    """A pre-flight from before the turn (备好), up to when, and after which entry."""

    sequence: int
    asked: CutOff
    judged: Judged

    def still(self, session: Session, base_id: int, asked: CutOff) -> Judged:
        """What it found, if it would find the same now; else Outdated."""
        ahead.check_reports(session, base_id, self.sequence)
        if self.asked.alike != asked.alike:
            raise Outdated
        return self.judged


def judged(
    session: Session,
    row: ReportFiling,
    known_at: datetime,
    look: Look,
    rules: Sequence[RuleRow] | None = None,
) -> Judged:
    """The pre-flight of a report as known at an instant; `look` makes its rows.

    By the base's rules in use, or by `rules` that are tried.
    """
    year, base = row.ends_on.year, row.base_id
    rows = queries_filings.rules(session, base) if rules is None else rules
    wanted = Wanted(base, row.template, period(row.period), known_at)
    sheet = look(session, wanted)
    if sheet is None:
        raise NotFound(f"没有代码为“{row.template}”的报表模板。")
    found = preflight.findings(sheet, as_rules(rows), year)
    tables = Tables(session, row, known_at, look, sheet)
    outcomes = [
        crosschecks.check(each, tables.find)
        for each in as_checks(rows)
        if each.template == row.template and each.year_from <= year <= each.year_to
    ]
    explained = queries_filings.explanations(session, row.id) if row.id else {}
    return Judged(sheet, tuple(found), tuple(outcomes), explained)


def as_rules(rows: Sequence[RuleRow]) -> list[ReceiverRule]:
    """The rules about cells."""
    return [
        ReceiverRule(
            code=row.code,
            template=row.template,
            column=row.field,
            asked=row.asked,
            argument=row.argument,
            when=row.only_when,
            hard=row.hard,
            message=row.message,
            remedy=row.remedy,
            source=row.source,
            year_from=row.year_from,
            year_to=row.year_to,
        )
        for row in rows
        if row.asked is not None
    ]


def as_checks(rows: Sequence[RuleRow]) -> list[CrossCheck]:
    """The equations between tables."""
    found = []
    for row in rows:
        if row.equation is not None:
            left, right = parse_check(row.equation)
            found.append(
                CrossCheck(
                    code=row.code,
                    template=row.template,
                    text=row.message,
                    left=left,
                    right=right,
                    key=row.argument,
                    hard=row.hard,
                    remedy=row.remedy,
                    source=row.source,
                    year_from=row.year_from,
                    year_to=row.year_to,
                )
            )
    return found


def outcome_problem(each: Outcome) -> Problem:
    """An equation that does not hold, in the words of every other problem."""
    said = f"{each.check.text}：左边 {each.left}，右边 {each.right}，相差 {each.left - each.right}"
    if each.only_left or each.only_right:
        ours = "、".join(each.only_left[:5]) or "无"
        theirs = "、".join(each.only_right[:5]) or "无"
        said += f"；只在左边的：{ours}；只在右边的：{theirs}"
    remedy = each.check.remedy or "请核对两张表的这些行。"
    return Problem("", f"{each.check.code}/equal", f"{said}。", remedy, each.check.hard)
