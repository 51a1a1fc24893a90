"""Who may do what: roles, the actor of a command, and the one table of permissions."""

from dataclasses import dataclass

from pilot.domain.errors import NotAllowed
from pilot.domain.vocabulary import Term


class Role(Term):
    """What an account is for (角色); a person may hold several."""

    ADMIN = "admin", "系统管理员"
    MANAGER = "manager", "基地管理"
    REVIEWER = "reviewer", "审核人"
    RESEARCHER = "researcher", "科研人员"
    OFFICER = "officer", "上报人员"
    PROVINCE = "province", "省级只读"


@dataclass(frozen=True, slots=True)
class Actor:
    """The signed-in person behind a command, as the database has it at that moment."""

    id: int
    base_id: int
    name: str
    roles: frozenset[Role]

    def is_any(self, *roles: Role) -> bool:
        """Whether the actor holds at least one of `roles`."""
        return not self.roles.isdisjoint(roles)

    @property
    def sees_all_bases(self) -> bool:
        """The province reads every base (多基地); everybody else only their own."""
        return Role.PROVINCE in self.roles


_ADMIN = frozenset({Role.ADMIN})
_MANAGER = frozenset({Role.MANAGER})
_ASSESS = frozenset({Role.MANAGER, Role.REVIEWER})
_REPORT = frozenset({Role.MANAGER, Role.OFFICER})
_READ = frozenset({Role.ADMIN, Role.MANAGER, Role.REVIEWER, Role.OFFICER, Role.PROVINCE})
_ANYONE = frozenset(Role)
_AUTHOR = frozenset({Role.RESEARCHER})
_JUDGE = frozenset({Role.REVIEWER})
_EITHER = _AUTHOR | _JUDGE

MAY: dict[str, frozenset[Role]] = {
    # reading
    "portfolio.read": _READ,
    "attachment.read": _READ - {Role.PROVINCE},
    "report.export": frozenset({Role.MANAGER, Role.OFFICER, Role.PROVINCE, Role.ADMIN}),
    "system.read": _ADMIN,
    # accounts
    "account.read": _ADMIN,
    "api.read": _ADMIN,
    "api.token": _ADMIN,
    "api.revoke": _ADMIN,
    "account.own": _ANYONE,
    "account.create": _ADMIN,
    "account.disable": _ADMIN,
    "account.enable": _ADMIN,
    "account.reset": _ADMIN,
    "account.roles": _ADMIN,
    "account.organisation": _ADMIN,
    "account.password": _ANYONE,
    "account.sign_out_everywhere": _ANYONE,
    # joining
    "invitation.read": _ADMIN,
    "invitation.create": _ADMIN,
    "invitation.revoke": _ADMIN,
    "registration.read": _ADMIN,
    "registration.approve": _ADMIN,
    "registration.refuse": _ADMIN,
    "join_policy.save": _ADMIN,
    # registry
    "organisation.save": _MANAGER,
    "person.save": _MANAGER,
    "code.save": _ADMIN,
    # portfolio
    "project.register": _MANAGER,
    "project.edit": _MANAGER,
    "project.plan": _MANAGER,
    "project.note": _ASSESS,
    "project.move": _MANAGER,
    "project.void": _MANAGER,
    "project.merge": _MANAGER,
    "run.record": _MANAGER,
    "result.save": _MANAGER,
    "result.hand_over": _MANAGER,
    "result.split": _ASSESS,
    "result.merge": _ASSESS,
    "contract.save": _MANAGER,
    "contract.rescind": _MANAGER,
    "transfer.record": _MANAGER,
    "transfer.verify": _ASSESS,
    "transfer.void": _MANAGER,
    "landing.save": _MANAGER,
    "landing.reach": _MANAGER,
    "landing.verify": _ASSESS,
    "landing.withdraw": _MANAGER,
    # evidence and gates
    "evidence.submit": _MANAGER,
    "evidence.judge": _ASSESS,
    "evidence.waive": _MANAGER,
    "review.open": _MANAGER,
    "review.check": _ASSESS,
    "review.assign": _MANAGER,
    "review.score": _ASSESS,
    "review.consolidate": _ASSESS,
    "decision.take": _MANAGER,
    "decision.correct": _MANAGER,
    "condition.close": _MANAGER,
    "checklist.save": _ADMIN,
    # counting
    "definition.save": _ADMIN,
    "target.save": frozenset({Role.ADMIN, Role.MANAGER}),
    "year.file": _REPORT,
    "fact.record": _MANAGER,
    # reports
    "report.freeze": _REPORT,
    "report_template.save": _ADMIN,
    # reports of periods
    "filing.read": _REPORT | {Role.PROVINCE, Role.ADMIN},
    "filing.start": _REPORT,
    "filing.submit": _REPORT,
    "filing.recall": _REPORT,
    "filing.explain": _REPORT,
    "filing.comment": _REPORT,
    "filing.task": _REPORT,
    "filing.approve": _REPORT,
    "filing.send_back": _REPORT,
    "filing.decline": _MANAGER,
    "filing.freeze": _MANAGER,
    "filing.schedule": _MANAGER,
    "filing.ask_unlock": _REPORT,
    "filing.unlock": _MANAGER,
    "filing.refuse_unlock": _MANAGER,
    "filing.relock": _MANAGER,
    "report_calendar.save": _ADMIN,
    "report_calendar.save_own": frozenset({Role.ADMIN, Role.OFFICER}),
    "receiver_rule.save": _ADMIN,
    # submissions
    "submission.read": _EITHER,
    "submission.own": _AUTHOR,
    "submission.write": _AUTHOR,
    "submission.start": _AUTHOR,
    "submission.attach": _AUTHOR,
    "submission.detach": _AUTHOR,
    "submission.submit": _AUTHOR,
    "submission.withdraw": _AUTHOR,
    "submission.change": _AUTHOR,
    "submission.comment": _EITHER,
    "submission.distinguish": _EITHER,
    "submission.review": _JUDGE,
    "submission.claim": _JUDGE,
    "submission.release": _JUDGE,
    "submission.accept": _JUDGE,
    "submission.send_back": _JUDGE,
    "submission.refuse": _JUDGE,
    "submission.join": _JUDGE,
    "review_policy.read": _READ - {Role.PROVINCE},
    "review_policy.save": _ADMIN,
    "notice.read": _ANYONE,
    # mail
    "mail.address": _ANYONE,
    "mail.confirm": _ANYONE,
    "mail.when": _ANYONE,
    "mail.address_of": _ADMIN,
    "mail.test": _ADMIN,
    "waiting.read": _MANAGER,
    "digest_policy.save": _MANAGER,
    # import
    "import.read": _MANAGER | _ADMIN,
    "import.stage": _MANAGER,
    "import.map": _MANAGER,
    "import.cancel": _MANAGER,
    "import.apply": _MANAGER,
    "import.undo": _MANAGER,
}


def may(actor: Actor, action: str) -> bool:
    """Whether `actor` may do `action`; an action outside the table is a bug (KeyError)."""
    return not actor.roles.isdisjoint(MAY[action])


def check_may(actor: Actor, action: str) -> None:
    """Raise NotAllowed with the roles that could do it."""
    if not may(actor, action):
        allowed = "、".join(role.label for role in Role if role in MAY[action])
        raise NotAllowed(f"您没有此项权限：需要{allowed}角色。")
