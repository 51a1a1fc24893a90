"""Reports of the demonstration (上报): made, checked and signed in time but for the last."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from pilot.domain.report_calendar import DEFAULTS, Window, periods
from pilot.domain.report_periods import PeriodKind
from pilot.reports import filing_detail, packs
from pilot.reports.report_sheets import look
from pilot.seed.player import Player, Step
from pilot.services import filings, notices, operators, unlocking
from pilot.store.engine import reading

_MAKER, _CHECKER, _HEAD = "officer", "manager", "manager2"
_SINCE, _UNTIL = date(2024, 1, 1), date(2026, 10, 31)  # the periods that were reported
_SIGNED = {("R1", "2026-10"): 2, ("R3", "2026-10"): 1}  # by so many; the others by all three
_CORRECTED, _UNLOCKED = ("R3", "2026-08"), date(2026, 9, 22)
_EXPLAINED = "已与原始资料核对，照此上报；缺登的资料已请项目单位补登。"
_WRONG = "提交后才核验了一项 8 月的转化，另有一项才登记；申请更正。"
_AGREED = "同意更正，请一周内重新签发。"


@dataclass(frozen=True, slots=True)
class _Report:
    """One report of the script."""

    player: Player
    template: str
    period: str

    @property
    def number(self) -> int:
        """Its id, once it has begun."""
        return self.player.find("report", self._name)

    def begin(self, at: datetime) -> None:
        """Start it, having read what came of the earlier ones, and hand it to the checker."""
        self.player.do(_MAKER, notices.read_all)
        done = self.player.do(_MAKER, filings.start, self.template, self.period)
        self.player.remember("report", self._name, done)
        self.submit(at)

    def submit(self, at: datetime) -> None:
        """Explain what pre-flight asks about, and hand it to the checker."""
        with reading(self.player.engine) as session:
            maker = operators.reader(session, _MAKER, "filing.read", at)
            shown = filing_detail.by_id(session, maker, self.number, at, self.player.folder)
        if asked := shown.judged.questions:
            self.player.do(_MAKER, filings.explain, self.number, asked, _EXPLAINED)
        self.player.do(_MAKER, filings.submit, self.number, look=self._look)

    def approve(self, _at: datetime) -> None:
        """Somebody else finds it right."""
        self.player.do(_CHECKER, filings.approve, self.number)

    def sign(self, _at: datetime) -> None:
        """The head signs, and its rows are frozen."""
        self.player.do(
            _HEAD, filings.freeze, self.number,
            look=self._look, build=packs.build, folder=self.player.folder,
        )  # fmt: skip

    @property
    def _name(self) -> str:
        return f"{self.template} {self.period}"

    @property
    def _look(self) -> partial:
        return partial(look, folder=self.player.folder)


def steps(player: Player) -> Iterator[Step]:
    """Every report on the days that its window allows; the caller sorts by day."""
    for kind, rule in DEFAULTS.items():
        for period in periods(kind, _SINCE, _UNTIL):
            if period.last <= _UNTIL:
                day = _begun(kind, rule.window(period.last))
                for template in rule.templates:
                    yield from _made(_Report(player, template, period.key), day)
    yield from _corrected(_Report(player, *_CORRECTED))


def _begun(kind: PeriodKind, window: Window) -> date:
    """A year's reports are made in the middle of January, others shortly before they are due."""
    if kind is PeriodKind.YEAR:
        return window.opens_on + timedelta(days=12)
    return window.due_on - timedelta(days=3)


def _made(report: _Report, day: date) -> Iterator[Step]:
    """Its three signatures on three days, as far as it has come."""
    moves = (report.begin, report.approve, report.sign)
    for place, move in enumerate(moves[: _SIGNED.get((report.template, report.period), 3)]):
        yield Step(day + timedelta(days=place), move)


def _corrected(report: _Report) -> Iterator[Step]:
    """Unlocked with a reason, made anew, checked and signed a second time."""
    player, day = report.player, _UNLOCKED
    last = day + timedelta(days=7)
    yield Step(day, lambda _at: player.do(_MAKER, unlocking.ask, report.number, reason=_WRONG))
    yield Step(
        day,
        lambda _at: player.do(_HEAD, unlocking.unlock, report.number, last, reason=_AGREED),
    )
    for place, move in enumerate((report.submit, report.approve, report.sign), 1):
        yield Step(day + timedelta(days=place), move)
