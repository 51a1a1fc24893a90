"""A valid call of every verb about reports of periods (上报), their calendar and rules."""

from datetime import date

from pilot.domain.report_calendar import After, CalendarRule, Window
from pilot.domain.report_periods import PeriodKind
from pilot.services.receiver_rules import RuleDraft
from tests.authorisation.calls import WHY, Call
from tests.authorisation.filed import FREEZING, LOOK, UNTIL

WINDOW = Window(date(2026, 6, 1), date(2026, 6, 20), date(2026, 6, 25))
CALENDAR = CalendarRule(After(1, 1), After(1, 8), After(1, 9), ("R1",))


def _on(key: str, *rest: object, **options: object) -> Call:
    return Call(key, lambda row_id, _world: ((row_id, *rest), options))


CALLS: dict[str, Call] = {
    "filings.start": Call(None, lambda _id, _world: (("R1", "2026-05"), {})),
    "filings.submit": _on("f_open", look=LOOK),
    "filings.recall": _on("f_sent"),
    "filings.approve": _on("f_sent"),
    "filings.send_back": _on("f_sent", **WHY),
    "filings.decline": _on("f_approved", **WHY),
    "filings.freeze": _on("f_approved", **FREEZING),
    "filings.comment": _on("f_open", "示例意见"),
    "filings.explain": _on("f_open", ["R8-1/x"], "示例说明"),
    "filing_tasks.send": _on("f_open", "ZS-2026-001", "示例任务"),
    "filing_lines.reschedule": _on("f_open", WINDOW, **WHY),
    "filing_lines.save_calendar": Call(
        None, lambda _id, _world: ((PeriodKind.MONTH, CALENDAR), WHY)
    ),
    "own_deadlines.save": Call(None, lambda _id, _world: ((PeriodKind.MONTH, "R1", CALENDAR), WHY)),
    "own_deadlines.give_up": Call(None, lambda _id, _world: ((PeriodKind.MONTH, "R3"), WHY)),
    "unlocking.ask": _on("f_frozen", **WHY),
    "unlocking.unlock": _on("f_asked", UNTIL, **WHY),
    "unlocking.refuse": _on("f_asked", **WHY),
    "unlocking.relock": _on("f_unlocked", **WHY),
    "receiver_rules.save_rule": Call(
        None, lambda _id, _world: ((RuleDraft("R1-98", "R1", field="note", asked="day"),), WHY)
    ),
    "receiver_rules.save_rule:old": Call(
        "rule", lambda i, _world: ((_OLD_RULE,), {"rule_id": i, **WHY})
    ),
}
_OLD_RULE = RuleDraft("R2-01", "R2", field="holder_uscc", asked="uscc", year_from=2020)
