"""Changed since reported: exactly what was changed, field by field, with who, when and why."""

import random
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

import pytest

from pilot.domain import report_template_files
from pilot.domain.draft_fields import described
from pilot.domain.drafts import ProjectDraft
from pilot.domain.moment import moment
from pilot.domain.people import Role
from pilot.domain.report_periods import period
from pilot.domain.vocabulary import Gate
from pilot.reports import pack_changes, packs
from pilot.reports.pack_check import check
from pilot.reports.pack_diff import ChangeKind
from pilot.reports.report_content import headings
from pilot.reports.report_files import members
from pilot.services import lifecycle, projects, report_templates
from pilot.services import packs as freezing
from pilot.services.command import perform
from pilot.store import queries_packs
from pilot.store.engine import reading, writing
from pilot.store.models import Project
from tests import factories
from tests.factories import clock

JUNE = period("2026-06")
FIELDS = {"name": "项目名称", "budget": "预算（万元）", "industry": "国民经济行业代码"}


@dataclass
class Model:
    """What the changes should be: the values at the freeze and now, per project."""

    before: dict
    now: dict

    def changes(self):
        """Per unit: the fields that differ."""
        found = {}
        for unit, values in self.now.items():
            old = self.before.get(unit)
            if old is None:
                found[unit] = "added"
            elif fields := {FIELDS[name] for name in FIELDS if old[name] != values[name]}:
                found[unit] = fields
        return found | {unit: "dropped" for unit in self.before if unit not in self.now}


def officer_of(session, people):
    return factories.actor(session, people.base, Role.OFFICER, login="officer", name="示例上报")


def freeze(session, officer, folder, code):
    return freezing.freeze(
        session, code, JUNE, by=officer, at=clock(session), folder=folder, build=packs.build
    )


def changes(session, officer, pack, folder):
    return pack_changes.changed_since(session, officer, pack.id, folder, clock(session))


def values(row):
    return {name: getattr(row, name) for name in FIELDS}


def change_one(session, people, chance, model):
    """One random act: a new project, one voided, or one edited."""
    act = chance.choice(["new", "void", "edit", "edit", "edit"])
    if act == "new" or not model.now:
        row = factories.project(session, people, name=f"示例新增 {chance.random()}")
        model.now[f"project:{row.id}"] = values(row)
        return
    unit = chance.choice(sorted(model.now))
    row = session.get(Project, int(unit.partition(":")[2]))
    if act == "void":
        for who, verb in ((people.manager, lifecycle.ask_void), (people.decider, lifecycle.void)):
            verb(session, row.id, by=who, at=clock(session), reason="示例误登")
        del model.now[unit]
        return
    draft = {one: getattr(row, one) for one in described(ProjectDraft) if hasattr(row, one)}
    name = chance.choice(sorted(FIELDS))
    draft[name] = {
        "name": f"示例改名 {chance.randrange(3)}",
        "budget": Decimal(chance.randrange(300)) / 100,
        "industry": chance.choice(["2614", "2661"]),
    }[name]
    projects.edit(
        session, row.id, ProjectDraft(**draft), by=people.manager, at=clock(session), reason="示例"
    )
    model.now[unit] = {one: draft[one] for one in FIELDS}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_fifty_changes_the_pack_is_the_same_and_the_list_is_exactly_those(
    session, folder, seed
):
    people, chance = factories.team(session), random.Random(seed)
    officer = officer_of(session, people)
    rows = [factories.project(session, people, name=f"示例 {number}") for number in range(8)]
    known = {f"project:{row.id}": values(row) for row in rows}
    pack = freeze(session, officer, folder, "R2")
    before = packs.frozen(session, officer, pack.id, folder)[1]
    assert changes(session, officer, pack, folder) == []

    model = Model(known, dict(known))
    for _ in range(50):
        change_one(session, people, chance, model)

    assert packs.frozen(session, officer, pack.id, folder)[1] == before
    found = {
        one.unit: {field.column for field in one.fields}
        if one.kind is ChangeKind.ALTERED
        else one.kind.value
        for one in changes(session, officer, pack, folder)
    }
    assert found == model.changes()
    view = moment(clock(session), year=2026)
    counts = pack_changes.counts(session, people.base.id, [pack.id], folder, view)
    assert counts == {pack.id: len(found)}


def test_a_pack_that_is_too_large_or_lost_is_not_counted(session, folder, monkeypatch, tmp_path):
    people = factories.team(session)
    officer = officer_of(session, people)
    factories.project(session, people)
    pack = freeze(session, officer, folder, "R2")
    asked = people.base.id, [pack.id]
    view = moment(clock(session), year=2026)

    assert pack_changes.counts(session, *asked, folder, view) == {pack.id: 0}
    assert pack_changes.counts(session, *asked, tmp_path / "empty", view) == {pack.id: None}
    monkeypatch.setattr(pack_changes, "MOST_ROWS", 0)
    assert pack_changes.counts(session, *asked, folder, view) == {pack.id: None}


def test_a_change_tells_before_and_now_who_when_and_why(engine, folder):
    with writing(engine) as session:
        people = factories.team(session)
        officer = officer_of(session, people)
        row = factories.project(session, people, name="示例甲")
        pack_id, at = freeze(session, officer, folder, "R2").id, clock(session)
        project_id = row.id
    draft = ProjectDraft(name="示例乙")
    perform(
        engine, projects.edit, project_id, draft, by=people.manager.id, now=at, reason="名称写错"
    )
    with reading(engine) as session:
        [change] = pack_changes.changed_since(session, officer, pack_id, folder, at)

    assert (change.kind, change.name) == (ChangeKind.ALTERED, "ZS-2026-001 示例甲")
    [name, *_rest] = change.fields
    assert (name.column, name.before, name.now) == ("项目名称", "示例甲", "示例乙")
    [cause] = change.causes
    assert (cause.who, cause.what, cause.reason) == ("示例经理甲", "修改项目", "名称写错")


def test_a_late_unit_shows_on_the_number_and_in_the_correction_note(session, folder):
    people = factories.team(session)
    officer = officer_of(session, people)
    pack = freezing.freeze(
        session, "R1", period("2026-02"), by=officer, at=clock(session), folder=folder,
        build=packs.build,
    )  # fmt: skip
    factories.before_gate(session, people, Gate.G2, name="示例补报")

    found = changes(session, officer, pack, folder)
    assert {one.unit for one in found} == {"goal:M1:city"}
    cells = {one.column: (one.before, one.now) for one in found[0].fields}
    assert cells["累计（项）"] == (0, 1)
    rows = note_of(session, officer, folder)
    counted = [
        row for row in rows if row["原报表 / 代码"] == "R1" and row["变动 / 列"] == "累计（项）"
    ]
    assert [(row["变动 / 冻结时"], row["变动 / 现在"], row["变动 / 增减"]) for row in counted] == [
        ("0", "1", 1)
    ]
    late = [row for row in rows if row["变动 / 类别"] == "补报"]
    assert [(row["变动 / 单元"], row["变动 / 增减"]) for row in late] == [
        ("ZS-2026-001 示例补报", 1),
        ("ZS-2026-001 示例补报", 1),
    ]


def note_of(session, officer, folder, at=None):
    """The rows of the correction note of June, by the headings of its template."""
    found = packs.preview(session, officer, "R8", JUNE, at or clock(session), folder).content
    names = headings(found.template)
    return [dict(zip(names, row, strict=True)) for row in found.rows]


def test_the_note_lists_units_cells_sums_and_versions_then_and_now(engine, folder):
    with writing(engine) as session:
        people = factories.team(session)
        officer = officer_of(session, people)
        kept = factories.project(session, people, name="示例甲", budget=Decimal("1.50")).id
        gone = factories.project(session, people, name="示例乙", budget=Decimal("2.00")).id
        freeze(session, officer, folder, "R2")
        freeze(session, officer, folder, "R6")
        assert note_of(session, officer, folder) == []
        new = factories.project(session, people, name="示例丙", budget=Decimal("3.00")).code
        for who, verb in ((people.manager, lifecycle.ask_void), (people.decider, lifecycle.void)):
            verb(session, gone, by=who, at=clock(session), reason="示例误登")
        at = clock(session)
    draft = ProjectDraft(name="示例甲", budget=Decimal("9.50"))
    perform(engine, projects.edit, kept, draft, by=people.manager.id, now=at, reason="金额写错")
    at += timedelta(minutes=1)
    with reading(engine) as session:
        rows = [
            one for one in note_of(session, officer, folder, at) if one["原报表 / 代码"] == "R2"
        ]
        shown = pack_changes.changed_since(
            session, officer, packs.kept(session, officer, "R2")[0][0].id, folder, at
        )

    told = {(one["变动 / 类别"], one["变动 / 单元"], one["变动 / 列"]) for one in rows}
    assert {(change.kind.label, change.name, one.column) for change in shown
            for one in change.fields} <= told  # fmt: skip
    assert ("新增", f"{new} 示例丙", "项目编号") in told
    assert ("减少", "ZS-2026-002 示例乙", "项目编号") in told
    [money] = [one for one in rows if one["变动 / 冻结时"] == "1.50"]
    assert (money["变动 / 现在"], money["变动 / 增减"]) == ("9.50", Decimal("8.00"))
    assert (money["依据 / 何人"], money["依据 / 事项"]) == ("示例经理甲", "修改项目")
    assert money["依据 / 原因"] == "金额写错"
    [total] = [one for one in rows if one["变动 / 类别"] == "合计"]
    assert (total["变动 / 冻结时"], total["变动 / 现在"]) == ("3.50", "12.50")
    versions = {one["变动 / 单元"]: one for one in rows if one["变动 / 类别"] == "版本"}
    assert set(versions) == {"口径版本", "模板版本"}
    assert (
        versions["模板版本"]["变动 / 冻结时"] == versions["模板版本"]["变动 / 现在"] == "R2 第 1 版"
    )
    assert "M1 第 1 版" in versions["口径版本"]["变动 / 冻结时"]


def test_the_note_says_which_pack_it_cannot_read(session, folder, tmp_path):
    people = factories.team(session)
    officer = officer_of(session, people)
    factories.project(session, people)
    freeze(session, officer, folder, "R2")

    [row] = note_of(session, officer, tmp_path / "empty")
    assert (row["变动 / 类别"], row["原报表 / 代码"]) == ("无法比较", "R2")
    assert "缺失或已损坏" in row["变动 / 单元"]


def test_a_frozen_note_is_whole_in_every_form(session, folder):
    people = factories.team(session)
    officer = officer_of(session, people)
    freeze(session, officer, folder, "R2")
    factories.project(session, people, name="示例丁")
    pack = freeze(session, officer, folder, "R8")

    content = packs.frozen(session, officer, pack.id, folder)[1]
    assert check(content).differences == ()
    files = members(content)
    for name in ("R8.csv", "print.html", "index.html"):
        assert "ZS-2026-001 示例丁" in files[name].decode("utf-8-sig")
    assert changes(session, officer, pack, folder) == []


def test_a_base_with_the_note_of_counts_gets_the_note_of_units(session):
    people = factories.team(session)
    [row] = [one for one in queries_packs.in_use(session, people.base.id) if one.code == "R8"]
    old = report_template_files.read(row.body)
    row.body = report_template_files.write(replace(old, note="旧的说明"))
    session.flush()

    assert report_templates.deliver(session, people.base, clock(session)) == 1
    now = freezing.template_in_use(session, people.base.id, "R8")
    assert (now.version, report_template_files.read(now.body)) == (2, old)
