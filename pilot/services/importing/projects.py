"""Projects from a file (项目导入): matched by code, else by name; written by the project verbs.

A file may say where a project stands only when the project is new: later on, stage and state are
what reviews and moves have made of them.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from pilot.domain.drafts import ProjectDraft, as_stored
from pilot.domain.gates import next_gate
from pilot.domain.import_columns import ImportKind
from pilot.domain.people import Actor
from pilot.domain.vocabulary import ENDS, Stage, State
from pilot.services import projects
from pilot.services.importing.book import Book, readiness
from pilot.services.importing.plan import Notes, Outcome, Plan
from pilot.store import queries_import
from pilot.store.models import Project, ProjectSpan

GONE = (State.VOIDED, State.MERGED)
# A round under way or conditions to close can't be taken over: there is nothing to close them.
ENTRY = {State.ACTIVE, State.PAUSED} | (ENDS - set(GONE))
_SAME = (
    "name", "field", "industry", "industry_edition", "area", "zone", "sites", "in_base", "budget",
    "purpose", "owner_consent", "framework_agreement", "parent_reason", "continues_parent",
    "key_hazards", "hazard_process", "reaction_grade", "first_in_china", "targets", "installed",
    "source",
)  # fmt: skip


class ProjectBook(Book):
    """The projects of a base while a file is read against them."""

    kind = ImportKind.PROJECTS

    def __init__(self, session: Session, base_id: int, today: date) -> None:
        super().__init__(session, base_id, today)
        rows = queries_import.projects(session, base_id)
        self.rows: dict[int, Project] = {row.id: row for row in rows}
        self.by_code = {row.code: row.id for row in rows}
        self.by_name: dict[str, list[int]] = {}
        for row in rows:
            if row.state not in GONE:
                self.by_name.setdefault(row.name, []).append(row.id)
        self.sites = queries_import.sites(session, base_id)
        self.spans = queries_import.spans_now(session, base_id)
        self.plans = queries_import.plans(session, base_id)
        self.editions = {
            item.code: item.edition for item in self.items if item.list_name == "industries"
        }

    def find(self, values: dict[str, Any], notes: Notes) -> int | None:
        """The project a row is about; by its code, or without one by its name."""
        found = self.by_name.get(values.get("name") or "", [])
        if code := values.get("code"):
            if found and code not in self.by_code:
                message = "已登记过同名项目。"
                notes.add("name", "same-name", message, "请确认不是同一个项目。", hard=False)
            return self.by_code.get(code)
        if len(found) > 1:
            message = f"有 {len(found)} 个项目叫“{values['name']}”。"
            notes.add("code", "project-ambiguous", message, "请填写项目编号。")
        return found[0] if len(found) == 1 else None

    def draft(self, values: dict[str, Any], existing_id: int | None, notes: Notes) -> ProjectDraft:
        """What the row makes of the project; columns the file lacks stay as they are."""
        start = self.before(existing_id) or _EMPTY
        told = {name: values[name] for name in _SAME if name in values}
        blank = [name for name, value in told.items() if value is None]
        told |= {name: getattr(_EMPTY, name) for name in blank}
        told |= self._units(values, start, notes) | readiness(values)
        if "parent" in values:
            told["parent_id"] = self._parent(values["parent"], notes)
        draft = replace(start, **told)
        if "industry_edition" not in told and draft.industry != start.industry:
            draft = replace(draft, industry_edition=self.editions.get(draft.industry))
        return draft

    def before(self, existing_id: int | None) -> ProjectDraft | None:
        """The draft that would leave the project as it is."""
        row = self.rows.get(existing_id)
        return projects.draft_of(row, self.sites.get(row.id, ())) if row else None

    def more(self, values: dict[str, Any], existing_id: int | None, notes: Notes) -> dict[str, Any]:
        """Code, entry and plan; an existing project's stage and state can only be confirmed."""
        row = self.rows.get(existing_id)
        if row is None:
            return self._entry(values, notes)
        self._check_standing(values, row, self.spans[row.id], notes)
        gate = values.get("next_gate") or self.spans[row.id].next_gate
        planned = values.get("next_planned_on")
        if planned is None or gate is None or self.plans.get((row.id, gate)) == planned:
            return {}
        return {"gate": gate, "planned_on": planned}

    def more_before(self, plan: Plan) -> dict[str, Any]:
        """The plan that stands there, of the gate that would be planned anew."""
        if "planned_on" not in plan.more:
            return {}
        gate = plan.more["gate"]
        return {"gate": gate, "planned_on": self.plans.get((plan.existing_id, gate))}

    def _codes(self) -> dict[int, str]:
        return {row.id: row.code for row in self.rows.values()}

    def remember(self, plan: Plan, row_id: int) -> None:
        """Later rows of the file may name this project."""
        code = plan.more.get("code")
        if code:
            self.by_code[code] = row_id
        self.by_name.setdefault(plan.draft.name, []).append(row_id)

    def write(self, session: Session, plan: Plan, by: Actor, at: datetime) -> Project:
        """Register or change the project, then its plan."""
        reason = "批量导入"
        if plan.outcome is Outcome.NEW:
            entry = {key: plan.more[key] for key in ("code", "on", "stage", "state")}
            row = projects.register(session, plan.draft, by=by, at=at, **entry)
        elif as_stored(plan.draft) == as_stored(self.before(plan.existing_id)):
            row = self.rows[plan.existing_id]
        else:
            row = projects.edit(session, plan.existing_id, plan.draft, by=by, at=at, reason=reason)
        if "planned_on" in plan.more:
            planned = plan.more["gate"], plan.more["planned_on"]
            projects.plan_gate(session, row.id, *planned, by=by, at=at, reason=reason)
        return row

    def _entry(self, values: dict[str, Any], notes: Notes) -> dict[str, Any]:
        stage, state = values.get("stage") or Stage.POOL, values.get("state") or State.ACTIVE
        on = values.get("stage_since")
        if state not in ENTRY:
            message = f"新登记的项目不能是“{state.label}”。"
            notes.add("state", "entry-state", message, "请改为“进行中”，登记后再办理。")
        if state is State.INDUSTRIALISED and stage is not Stage.INDUSTRY:
            message = f"“{state.label}”的项目阶段应为“{Stage.INDUSTRY.label}”。"
            notes.add("stage", "entry-stage", message, "请核对阶段和状态。")
        if on is not None and on > self.today:
            message = f"日期 {on} 还没有到，不能登记为已发生。"
            notes.add("stage_since", "future", message, "请核对日期。")
        entry = {"code": values.get("code"), "on": on, "stage": stage, "state": state}
        gate = values.get("next_gate") or next_gate(stage, state, frozenset())
        if gate and values.get("next_planned_on"):
            entry |= {"gate": gate, "planned_on": values["next_planned_on"]}
        return entry

    def _check_standing(
        self, values: dict[str, Any], row: Project, span: ProjectSpan, notes: Notes
    ) -> None:
        if row.state in GONE:
            message = f"项目 {row.code} 已{row.state.label}，不能再改动。"
            notes.add("code", "project-gone", message, "请删除这一行。")
            return
        for key, now in (("stage", row.stage), ("state", row.state)):
            told = values.get(key)
            if told is not None and told is not now:
                message = f"文件写“{told.label}”，现为“{now.label}”；不能用导入改动。"
                notes.add(key, "moved-by-decision", message, "请通过评审或状态变更，或删除该列。")
        told = values.get("stage_since")
        if told is not None and told != span.stage_since:
            message = f"文件写 {told}，现为 {span.stage_since}；不能用导入改动。"
            notes.add("stage_since", "moved-by-decision", message, "请核对，或删除该列。")

    def _units(
        self, values: dict[str, Any], start: ProjectDraft, notes: Notes
    ) -> dict[str, int | None]:
        told = {}
        if "holder" in values or "holder_uscc" in values:
            found = self.directory.unit(values.get("holder"), values.get("holder_uscc"))
            told["holder_id"] = self.known("holder", found, notes)
        if "pilot_org" in values:
            found = self.directory.unit(values["pilot_org"])
            told["pilot_org_id"] = self.known("pilot_org", found, notes)
        if "manager" in values:
            found = self.directory.person(values["manager"], start.manager_id)
            told["manager_id"] = self.known("manager", found, notes)
        return told

    def _parent(self, code: str | None, notes: Notes) -> int | None:
        if code is None or code in self.by_code:
            return self.by_code.get(code)
        message = f"没有编号为 {code} 的项目。"
        notes.add("parent", "project-unknown", message, "请核对编号，或把上级项目排在前面。")
        return None


_EMPTY = ProjectDraft(name="")
