"""Submissions of the demonstration (填报): one in every state, each walked there by its people."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from pilot.domain.vocabulary import FileKind
from pilot.seed.papers import page
from pilot.seed.player import Player, Step, day, rows
from pilot.services import attachments, lookalikes, submission_files, submissions
from pilot.services import submission_reviews as reviews
from pilot.services.accounts import set_organisation

_AUTHOR, _ONE, _OTHER = "researcher", "reviewer", "reviewer2"
_UNITS = {_AUTHOR: "u1", _OTHER: "u2"}
_RESEMBLED = "CG-2024-0089"  # what the waiting one looks like
_KNOWN = "CG-2026-0009"  # what the joined one is
_SUMMARY = "示例简介：微通道硝化的温度控制，热点温升由三十度降到五度以内，连续运行七百小时。"

Row = dict[str, str]


def steps(player: Player) -> Iterator[Step]:
    """The units of the people, then every submission's way; the caller sorts by day."""
    for login, unit in _UNITS.items():
        yield Step(
            date(2024, 1, 8),
            lambda _at, login=login, unit=unit: player.do(
                "admin", set_organisation, player.people[login], player.find("organisation", unit)
            ),
        )
    for row in rows("submissions.csv"):
        yield Step(day(row["begun"]), lambda _at, row=row: _begin(player, row))
        if row["sent"]:
            yield Step(day(row["sent"]), lambda _at, row=row: _send(player, row))
        yield from _STORIES[row["story"]](player, row)


def _begin(player: Player, row: Row) -> None:
    player.remember("submission", row["key"], player.do(_AUTHOR, submissions.start))
    number = player.find("submission", row["key"])
    player.write(_AUTHOR, number, _content(player, row))
    if row["contract_no"]:
        paper = page("contract", row["key"])
        name = "示例技术合同.pdf"
        file = attachments.keep(player.folder, paper, shown_name=name, limit_bytes=1_000_000)
        player.do(_AUTHOR, submission_files.attach, number, FileKind.CONTRACT, file=file)


def _content(player: Player, row: Row) -> dict[str, Any]:
    """The fields of the form that the line fills in; a blank cell is still to be written."""
    holders = [
        {"organisation_id": player.find("organisation", key), "share": share}
        for key, _, share in (part.partition(":") for part in row["holders"].split("|"))
    ]
    fields = {"result.non_secret": True, "result.holders": holders}
    fields |= {f"result.{name}": row[name] for name in ("title", "kind", "field", "summary")}
    if row["readiness"]:
        fields |= {
            "result.readiness_scheme": "GB/T 37264",
            "result.readiness_version": "2018",
            "result.readiness_level": int(row["readiness"]),
        }
    if row["sent"] and not row["contract_no"]:
        fields["has_transfer"] = False
    return fields | (_sale(player, row) if row["contract_no"] else {})


def _sale(player: Player, row: Row) -> dict[str, Any]:
    buyer = player.find("organisation", row["receiver"])
    contract = {
        "no": row["contract_no"],
        "type": row["contract_type"],
        "signed_on": row["signed_on"],
        "seller_id": player.find("organisation", row["holders"]),
        "buyer_id": buyer,
        "amount": row["amount"],
        "registration_no": row["registration_no"],
        "registered_on": row["registered_on"] or None,
        "ip_clause": "后续改进成果归改进方所有，双方可免费使用。",
    }
    transfer = {"mode": row["mode"], "receiver_id": buyer, "implement_area": row["area"]}
    return {
        "has_transfer": True,
        **{f"contract.{name}": value for name, value in contract.items()},
        **{f"transfer.{name}": value for name, value in transfer.items()},
    }


def _send(player: Player, row: Row) -> None:
    number = player.find("submission", row["key"])
    if row["story"] == "wait":
        player.do(
            _AUTHOR, lookalikes.distinguish, number, "result", player.find("result", _RESEMBLED),
            reason="原料和菌种都不同：本项用秸秆糖液，已登记的一项用玉米淀粉。",
        )  # fmt: skip
    player.do(_AUTHOR, submissions.submit, number)


def _judged(
    player: Player, row: Row, who: str, verb: Callable, *, on: str = "ended", about: str = ""
) -> Step:
    """A reviewer takes the submission up and decides."""

    def decide(_at: datetime) -> None:
        number = player.find("submission", row["key"])
        known = (player.find("result", about),) if about else ()
        player.do(who, reviews.claim, number)
        player.do(who, verb, number, *known, reason=row["reason"])

    return Step(day(row[on]), decide)


def _accepted(player: Player, row: Row) -> Iterator[Step]:
    yield _judged(player, row, _ONE, reviews.accept, on="judged")
    yield _judged(player, row, _OTHER, reviews.accept)


def _verified(player: Player, row: Row) -> Iterator[Step]:
    yield _judged(player, row, _ONE, reviews.accept, on="judged")


def _refused(player: Player, row: Row) -> Iterator[Step]:
    yield _judged(player, row, _ONE, reviews.refuse)


def _joined(player: Player, row: Row) -> Iterator[Step]:
    yield _judged(player, row, _ONE, reviews.join, about=_KNOWN)


def _withdrawn(player: Player, row: Row) -> Iterator[Step]:
    def withdraw(_at: datetime) -> None:
        number = player.find("submission", row["key"])
        player.do(_AUTHOR, submissions.withdraw, number, reason=row["reason"])

    yield Step(day(row["ended"]), withdraw)


def _claimed(player: Player, row: Row) -> Iterator[Step]:
    yield Step(
        day(row["judged"]),
        lambda _at: player.do(_ONE, reviews.claim, player.find("submission", row["key"])),
    )


def _returned(player: Player, row: Row) -> Iterator[Step]:
    """Returned, corrected, and returned again."""
    said = ("请写明温度控制到什么程度、连续运行多久。", "请说明五级的依据，并上传试验报告。")

    def send_back(text: str, field: str) -> None:
        number = player.find("submission", row["key"])
        player.do(_ONE, reviews.claim, number)
        player.do(_ONE, submissions.comment, number, text, field=field)
        player.do(_ONE, reviews.send_back, number, reason="请按意见补正")

    def correct(_at: datetime) -> None:
        number = player.find("submission", row["key"])
        player.write(_AUTHOR, number, {"result.summary": _SUMMARY})
        player.do(_AUTHOR, submissions.comment, number, "已补充温度数据和运行时间。")
        player.do(_AUTHOR, submissions.submit, number)

    yield Step(day(row["judged"]), lambda _at: send_back(said[0], "result.summary"))
    yield Step(date(2026, 10, 20), correct)
    yield Step(day(row["ended"]), lambda _at: send_back(said[1], "result.readiness_level"))


def _left(_player: Player, _row: Row) -> Iterator[Step]:
    """Nobody has done more about it."""
    return iter(())


_STORIES: dict[str, Callable[[Player, Row], Iterator[Step]]] = {
    "accept": _accepted,
    "verify": _verified,
    "refuse": _refused,
    "join": _joined,
    "withdraw": _withdrawn,
    "claim": _claimed,
    "return": _returned,
    "wait": _left,
    "draft": _left,
}
