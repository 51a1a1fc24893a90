"""Projects of the demonstration: every stage, gate, end and warning occurs."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from pilot.domain.vocabulary import (
    Gate,
    LandingLevel,
    Stage,
)
from pilot.seed.gates import GateScript
from pilot.seed.player import Player, Step, day, in_order, rows
from pilot.services import landing, lifecycle, projects
from pilot.services.projects import ProjectDraft

_NOTES = (
    "完成阶段小结，按计划推进",
    "设备到货并完成安装",
    "与实施企业对接落地条件",
    "补充检测数据",
)


def steps(player: Player) -> Iterator[Step]:
    """The life of every project, one story after another; the caller sorts by day."""
    for number, row in enumerate(rows("projects.csv")):
        yield from in_order(sorted(_life(player, row, number), key=lambda step: step.on))


def _life(player: Player, row: dict[str, str], number: int) -> Iterator[Step]:
    registered = day(row["registered"])
    yield Step(registered, lambda _at: _register(player, row))
    if row["plan_gate"]:
        yield Step(
            registered,
            lambda _at: player.do(
                "manager",
                projects.plan_gate,
                player.find("project", row["code"]),
                Gate(row["plan_gate"]),
                day(row["plan_on"]),
            ),
        )
    script = GateScript(player, row)
    yield from script.steps()
    yield from _plant(player, row)
    yield from _end(player, row)
    if row["special"] != "quiet":
        yield from _notes(player, row, number)


def _register(player: Player, row: dict[str, str]) -> None:
    draft = ProjectDraft(
        name=row["name"],
        holder_id=player.find("organisation", row["holder"]),
        pilot_org_id=player.find("organisation", row["pilot_org"]),
        manager_id=player.find("person", row["manager"]),
        field=row["field"],
        industry=row["industry"],
        industry_edition="GB/T 4754-2017",
        area=row["area"],
        in_base=row["in_base"] == "1",
        owner_consent=True,
        key_hazards=row["key_hazards"] == "1",
        hazard_process=row["hazard_process"] or None,
        reaction_grade=int(row["reaction_grade"]) if row["reaction_grade"] else None,
        targets="收率、纯度和单位成本达到中试方案的目标值",
        budget=Decimal(row["budget"]),
        readiness_scheme="GB/T 37264",
        readiness_version="2018",
        readiness_level=int(row["readiness"]),
        sites=(row["sites"],),
    )
    done = player.do(
        "manager",
        projects.register,
        draft,
        on=day(row["registered"]),
        code=row["code"],
        stage=Stage(row["entry_stage"]),
    )
    player.remember("project", row["code"], done)


def _plant(player: Player, row: dict[str, str]) -> Iterator[Step]:
    levels = [(level, day(row[level.value.lower()])) for level in LandingLevel]
    reached = [(level, on) for level, on in levels if on]
    if not reached:
        return
    code = row["code"]

    def found(_at: datetime) -> None:
        draft = landing.LandingDraft(
            entity_id=player.find("organisation", row["plant"]),
            site_area=row["plant_area"],
            investment_code=row["investment_code"],
            investment=Decimal(row["investment"]),
            product=row["name"].removesuffix("中试项目"),
        )
        done = player.do("manager", landing.add_landing, player.find("project", code), draft)
        player.remember("landing", code, done)

    yield Step(reached[0][1], found)
    for level, on in reached:
        yield from _reach(player, row, level, on)


def _reach(player: Player, row: dict[str, str], level: LandingLevel, on: date) -> Iterator[Step]:
    key = f"{row['code']} {level.value}"

    def enter(_at: datetime) -> None:
        plant = player.find("landing", row["code"])
        proof = f"{level.label.split()[1]}证明材料（演示）"
        done = player.do("manager", landing.reach, plant, level, on=on, proof=proof)
        player.remember("step", key, done)

    def verify(_at: datetime) -> None:
        player.do("reviewer", landing.verify_step, player.find("step", key))

    yield Step(on + timedelta(days=1), enter)
    if row["unverified"] != level.value.lower():
        yield Step(on + timedelta(days=3), verify)


def _end(player: Player, row: dict[str, str]) -> Iterator[Step]:
    code, finish = row["code"], row["finish"]
    on = day(row["landed"])
    if on:
        yield Step(
            on,
            lambda _at: player.do("manager", lifecycle.land, player.find("project", code), on=on),
        )
    if not finish:
        return

    def end(_at: datetime) -> None:
        project, reason = player.find("project", code), row["finish_reason"]
        if finish == "void":
            player.do("manager", lifecycle.ask_void, project, reason=reason)
            player.do("manager2", lifecycle.void, project, reason=reason)
        elif finish == "merge":
            into = player.find("project", "ZS-2024-001")
            player.do("manager", lifecycle.merge, project, into, reason=reason)
        else:
            player.do("manager", lifecycle.move, project, finish, reason=reason)

    yield Step(day(row["finish_on"]), end)


def _notes(player: Player, row: dict[str, str], number: int) -> Iterator[Step]:
    """An update about every ten weeks, up to this autumn or the project's end."""
    start = day(row["registered"]) + timedelta(days=20 + number)
    stop = min(filter(None, (day(row["finish_on"]), date(2026, 11, 10))))
    for turn in range(40):
        on = start + timedelta(days=70 * turn)
        if on >= stop:
            return

        def tell(_at: datetime, on: date = on, turn: int = turn) -> None:
            text = _NOTES[(turn + number) % len(_NOTES)]
            player.do("manager", projects.note, player.find("project", row["code"]), text, on=on)

        yield Step(on, tell)
