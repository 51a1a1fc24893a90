"""A valid call of every verb on one object, so that only right and object decide the answer."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pilot.domain.api_tokens import ApiScope
from pilot.domain.arrangement import Arrangement
from pilot.domain.draft_counting import DefinitionDraft, TargetDraft
from pilot.domain.drafts import (
    ContractDraft,
    Holder,
    OrganisationDraft,
    PersonDraft,
    ProjectDraft,
    ResultDraft,
    TransferDraft,
)
from pilot.domain.import_columns import ImportKind
from pilot.domain.people import Role
from pilot.domain.report_periods import period
from pilot.domain.vocabulary import (
    CheckState,
    Conclusion,
    ContractType,
    Dimension,
    EvidenceState,
    Gate,
    HazardClass,
    Indicator,
    LandingLevel,
    MailWhen,
    Requirement,
    Scope,
    TransferMode,
)
from pilot.reports import packs
from pilot.reports.report_sources import SHAPES
from pilot.services import api_tokens
from pilot.services.codes import ChecklistDraft, CodeDraft
from pilot.services.importing.portions import Pace, Portion
from pilot.services.landing import LandingDraft
from pilot.services.report_templates import TEMPLATES
from pilot.store.files import StoredFile
from tests import factories
from tests.authorisation.world import PASSWORD, SHEET, TOKEN, World

NOW = factories.NOON + timedelta(days=1)
TODAY = date(2026, 6, 2)
WHY = {"reason": "示例理由"}
KEY = "K" * 43
_FOLDER = Path(tempfile.mkdtemp(prefix="pilot-packs-"))
_TEMPLATE = (TEMPLATES / "R2.json").read_text("utf-8").replace("项目台账", "示例台账")
Arguments = tuple[tuple, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Call:
    """How a verb is called: which object of the world it is about, and the arguments with its id.

    `key` None: the verb is about no object that could be somebody else's.
    """

    key: str | None
    arguments: Callable[[int | None, World], Arguments]


def _on(key: str | None, *rest: Any, **options: Any) -> Call:
    """The object's id comes first."""
    return Call(key, lambda row_id, _world: ((row_id, *rest), options))


def _with(key: str | None, make: Callable[[int | None, World], Any], **options: Any) -> Call:
    """One draft that names the object."""
    return Call(key, lambda row_id, world: ((make(row_id, world),), options))


def _saved(key: str, draft: Callable[[World], Any], option: str, **more: Any) -> Call:
    """A draft for a row that is there: its id is an option."""
    return Call(key, lambda row_id, world: ((draft(world),), {option: row_id, **more}))


def _plain(*arguments: Any, **options: Any) -> Call:
    return Call(None, lambda _row_id, _world: (arguments, options))


def _project(**fields: Any) -> ProjectDraft:
    return ProjectDraft(**({"name": "示例改名"} | fields))


def _result(world: World, **fields: Any) -> ResultDraft:
    holders = (Holder(world.own["organisation"]),)
    values = {"title": "示例改名", "kind": "process", "holders": holders, "non_secret": True}
    return ResultDraft(**(values | fields))


def _handed_over(row_id: int | None, world: World) -> Arguments:
    return (row_id, world.own["person"]), {"result_ids": [world.own["led"]], **WHY}


def _handed_to(row_id: int | None, world: World) -> Arguments:
    return (world.own["leader"], row_id), {"result_ids": [world.own["led"]], **WHY}


def _contract(world: World, **fields: Any) -> ContractDraft:
    values = {
        "no": "HT-改号",
        "type": ContractType.TRANSFER,
        "signed_on": date(2026, 3, 1),
        "buyer_id": world.own["organisation"],
    }
    return ContractDraft(**(values | fields))


def _transfer(world: World, **fields: Any) -> TransferDraft:
    values = {
        "result_id": world.own["result"],
        "mode": TransferMode.SELF,
        "event_on": date(2026, 5, 1),
        "implement_area": "211102",
    }
    return TransferDraft(**(values | fields))


def _correction(row_id: int | None, world: World) -> Arguments:
    draft = TransferDraft(
        world.own["part"], TransferMode.LICENCE, contract_id=world.own["contract"]
    )
    return (row_id, draft), WHY


def _plant(world: World, **fields: Any) -> LandingDraft:
    return LandingDraft(**({"entity_id": world.own["organisation"]} | fields))


_SHEET = SHEET
_NO_ROWS = Portion(SimpleNamespace(kind=ImportKind.RESULTS), (), {}, 1_000_000)
_TABLE_FILE = StoredFile("2" * 64, 10, "text/plain", "示例.csv")
_POINTS = {"technical": 70, "equipment": 70, "commercial": 70}
_HELD = {"reason": "示例理由", "held_on": TODAY}
_UNIT = OrganisationDraft(name="示例新单位", kind="individual")
_PERSON = PersonDraft(name="示例新人", kind="manager")
_CODE = CodeDraft("fields", "new_code", "新代码")
_LINE = ChecklistDraft(Gate.G1, "G1-X9", "新准则", Requirement.ADVISORY, HazardClass.ANY)
_OLD_CODE = CodeDraft("fields", "catalyst", "催化剂（改）")
_OLD_LINE = ChecklistDraft(Gate.G1, "G1-T1", "示例准则", Requirement.REQUIRED, HazardClass.ANY)

CALLS: dict[str, Call] = {
    "api_tokens.create": _plain("示例平台", [ApiScope.COUNTS], TODAY, api_tokens.fresh()),
    "api_tokens.revoke": _on("token"),
    "accounts.create": _plain("fresh.login", "示例", [Role.REVIEWER], PASSWORD),
    "accounts.disable": _on("account"),
    "accounts.enable": _on("shut"),
    "accounts.reset": _on("account", PASSWORD),
    "accounts.set_roles": _on("account", [Role.OFFICER]),
    "accounts.set_organisation": Call("account", lambda i, w: ((i, w.own["organisation"]), {})),
    "accounts.set_organisation:unit": Call(
        "organisation", lambda i, w: ((w.own["account"], i), {})
    ),
    "accounts.change_password": _plain(PASSWORD, "Other-Horse-88"),
    "accounts.sign_out_everywhere": _plain(),
    "invitations.invite": _plain(Role.RESEARCHER, None, TODAY, link_key=KEY),
    "invitations.invite:unit": Call(
        "organisation", lambda i, _w: ((Role.REVIEWER, i, TODAY), {"link_key": KEY})
    ),
    "invitations.revoke": _on("invitation"),
    "registrations.approve": _on("registration", None),
    "registrations.approve:unit": Call(
        "organisation", lambda i, w: ((w.own["registration"], i), {})
    ),
    "registrations.refuse": _on("registration", **WHY),
    "registrations.save_policy": _plain(True),
    "codes.save_code": _plain(_CODE),
    "codes.save_checklist_item": _plain(_LINE),
    "contracts.save_contract": _with(None, lambda _id, world: _contract(world)),
    "contracts.save_contract:old": _saved("contract", _contract, "contract_id"),
    "contracts.save_contract:buyer": _with(
        "organisation", lambda row_id, world: _contract(world, buyer_id=row_id)
    ),
    "contracts.save_contract:project": _with(
        "project", lambda row_id, world: _contract(world, project_id=row_id)
    ),
    "contracts.rescind": _on("contract", TODAY, **WHY),
    "contracts.reinstate": _on("rescinded", **WHY),
    "projects.register": _plain(_project()),
    "projects.register:holder": _with("organisation", lambda i, _w: _project(holder_id=i)),
    "projects.register:manager": _with("person", lambda i, _w: _project(manager_id=i)),
    "projects.register:parent": _with(
        "project", lambda i, _w: _project(parent_id=i, parent_reason="二期")
    ),
    "projects.edit": _on("project", _project()),
    "projects.plan_gate": _on("project", Gate.G0, date(2026, 9, 1)),
    "projects.link_result": Call("project", lambda i, world: ((i, world.own["result"]), {})),
    "projects.link_result:result": Call("result", lambda i, world: ((world.own["project"], i), {})),
    "projects.note": _on("project", "示例进展"),
    "projects.record_run": _on(
        "running", run_no="9", started_on=date(2026, 5, 1), ended_on=date(2026, 5, 2)
    ),
    "lifecycle.admit": _on("admissible"),
    "lifecycle.land": _on("landable"),
    "lifecycle.move": _on("project", "pause", **WHY),
    "lifecycle.ask_void": _on("project", **WHY),
    "lifecycle.void": _on("asked", **WHY),
    "lifecycle.merge": Call("project", lambda i, world: ((i, world.own["into"]), WHY)),
    "lifecycle.merge:into": Call("into", lambda i, world: ((world.own["project"], i), WHY)),
    "lifecycle.close_condition": _on("condition", note="已满足"),
    "reviews.open_review": _on("project"),
    "reviews.withdraw": _on("review", **WHY),
    "reviews.check": _on("check", CheckState.MET),
    "reviews.assign": Call(
        "fresh", lambda i, world: ((i, [world.people["reviewer"], world.people["manager"]]), {})
    ),
    "reviews.assign:assessor": Call(
        "account", lambda i, world: ((world.own["fresh"], [world.people["reviewer"], i]), {})
    ),
    "reviews.score": _on("scoring", **_POINTS),
    "reviews.consolidate": _on("apart", Dimension.TECHNICAL, score=60, note="示例合议"),
    "decisions.decide": _on("proven", Conclusion.PASS, **_HELD),
    "decisions.correct": _on("decision", Conclusion.SUPPLEMENT, **_HELD),
    "definitions.save_definition": _plain(
        DefinitionDraft(Indicator.NEW_PILOT, date(2027, 1, 1), "示例新口径"), **WHY
    ),
    "evidence.submit": _on("project", "D02", title="示例报告"),
    "evidence.judge": _on("evidence", EvidenceState.QUALIFIED),
    "evidence.waive": _on("project", "D03", **WHY),
    "organisations.save_organisation": _plain(_UNIT),
    "organisations.save_organisation:old": _saved(
        "organisation", lambda _world: _UNIT, "organisation_id"
    ),
    "organisations.save_person": _plain(_PERSON),
    "organisations.save_person:old": _saved("person", lambda _world: _PERSON, "person_id"),
    "organisations.save_person:unit": _with(
        "organisation", lambda i, _w: PersonDraft("示例新人", "manager", organisation_id=i)
    ),
    "transfers.record_transfer": _with("result", lambda i, w: _transfer(w, result_id=i)),
    "transfers.record_transfer:contract": _with(
        "free",
        lambda i, w: TransferDraft(w.own["result"], TransferMode.LICENCE, contract_id=i),
    ),
    "transfers.record_transfer:receiver": _with(
        "organisation", lambda i, w: _transfer(w, receiver_id=i)
    ),
    "transfers.correct_transfer": Call("transfer", _correction),
    "transfers.verify_transfer": _on("transfer"),
    "transfers.void_transfer": _on("verified", **WHY),
    "results.save_result": _with(None, lambda _id, world: _result(world)),
    "results.save_result:old": _saved("result", _result, "result_id"),
    "results.save_result:package": _with("result", lambda i, w: _result(w, package_id=i)),
    "results.save_result:contact": _with("person", lambda i, w: _result(w, contact_id=i)),
    "results.save_result:holder": _with(
        "organisation", lambda i, w: _result(w, holders=(Holder(i),))
    ),
    "results.split": _on("part", own_price=3, **WHY),
    "results.rejoin": _on("split", **WHY),
    "results.void_result": _on("result", **WHY),
    "result_leads.hand_over": Call("leader", _handed_over),
    "result_leads.hand_over:to": Call("person", _handed_to),
    "merging.merge": Call("result", lambda i, w: ((i, w.own["stands"]), WHY)),
    "merging.merge:into": Call("result", lambda i, w: ((w.own["stands"], i), WHY)),
    "merging.undo": _on("merged", **WHY),
    "merging.distinguish": Call("result", lambda i, w: ((i, w.own["stands"]), WHY)),
    "merging.distinguish:other": Call("result", lambda i, w: ((w.own["stands"], i), WHY)),
    "batch.apply": _plain(ImportKind.PROJECTS, _SHEET),
    "batches.stage": _plain(ImportKind.PROJECTS, file=_TABLE_FILE),
    "batches.confirm_mapping": _on(
        "batch_mapping", source="示例来源", where=Arrangement(), columns={"名称": "name"}
    ),
    "batches.recheck": _on("batch"),
    "batches.cancel": _on("batch"),
    "batches.queue": _on("batch"),
    "batches.apply_batch": _on("batch", table=_SHEET),
    "portions.write_portion": _on("batch_queued", portion=_NO_ROWS, pace=Pace()),
    "portions.close": _on("batch_writing", written="0" * 64),
    "portions.turn_back": _on("batch_writing", **WHY),
    "portions.stop": _on("batch_writing"),
    "backing.back_portion": _on("batch_backing", rows=[], pace=Pace()),
    "backing.end_back": _on("batch_backing", left=0, **WHY),
    "backing.refuse_back": _on("batch_backing", **WHY),
    "backing.back_again": _on("batch_held"),
    "backing.leave": _on("batch_held", **WHY),
    "undoing.undo": _on("batch_applied", **WHY),
    "undoing.ask_undo": _on("batch_entered", **WHY),
    "undoing.withdraw_undo": _on("batch_asked"),
    "landing.add_landing": Call("running", lambda i, w: ((i, _plant(w)), {})),
    "landing.add_landing:company": Call(
        "organisation",
        lambda i, w: ((w.own["running"], _plant(w, entity_id=i)), {}),
    ),
    "landing.edit_landing": Call("landing", lambda i, w: ((i, _plant(w)), WHY)),
    "landing.reach": _on("landing", LandingLevel.L2, on=TODAY, proof="示例证明"),
    "landing.verify_step": _on("step"),
    "landing.withdraw_step": _on("step", on=TODAY, **WHY),
    "targets.save_target": _plain(TargetDraft(2026, Indicator.NEW_PILOT, Scope.CITY, 9, "示例")),
    "targets.file_year": _plain(2025, cut_off=NOW, note="示例上报"),
    "public_facts.record_facts": _plain(()),
    "packs.freeze": _plain("R2", period("2026"), folder=_FOLDER, build=packs.build),
    "report_templates.save_template": _plain(_TEMPLATE, SHAPES, **WHY),
    "addresses.set_own": _plain(address="new@example.cn"),
    "addresses.set_of": _on("account", address="new@example.cn"),
    "addresses.confirm": _plain(token=TOKEN),
    "addresses.set_when": _plain(MailWhen.DAILY),
    "addresses.send_test": _plain(),
    "notices.read_one": _on("notice"),
    "notices.read_one:own": _on("notice"),
    "digests.set_weekday": _plain(4),
    "codes.save_code:old": _saved("code_item", lambda _w: _OLD_CODE, "item_id"),
    "codes.save_checklist_item:old": _saved("checklist_item", lambda _w: _OLD_LINE, "item_id"),
}
