"""Edits of a submission's content (填报修改): fields by name, or worked out from what is saved now.

An edit that depends on the saved content is a function of it, asked inside the transaction that
saves: two quick changes of one list, or two tabs, lose nothing of each other.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pilot.domain.draft_fields import is_blank
from pilot.domain.submission_content import Content, merged

Changes = Mapping[str, Any]
Edit = Changes | Callable[[Content], Changes]
Held = list[dict[str, Any]]


def edited(content: Content, edit: Edit) -> dict[str, Any]:
    """The content after an edit; raises Invalid for more than any form could hold."""
    return merged(content, edit(content) if callable(edit) else edit)


def together(edits: Sequence[Edit]) -> Edit:
    """Several edits as one, each on what the one before left."""

    def all_of(content: Content) -> Changes:
        changes: dict[str, Any] = {}
        for edit in edits:
            each = edit(content) if callable(edit) else edit
            content = merged(content, each)
            changes |= each
        return changes

    return all_of


def numbers(kind: str, found: Sequence[str]) -> Edit:
    """The numbers of one kind; the other kinds stay."""
    return lambda content: {
        "result.numbers": {**content.get("result", {}).get("numbers", {}), kind: list(found)}
    }


def holder_added(organisation_id: int) -> Edit:
    """One more holder at the end; who is one already stays in place."""

    def add(held: Held) -> Held:
        known = any(one["organisation_id"] == organisation_id for one in held)
        return held if known else [*held, {"organisation_id": organisation_id, "share": ""}]

    return _holders(add)


def holder_removed(organisation_id: int) -> Edit:
    """Without this holder."""
    return _holders(lambda held: [one for one in held if one["organisation_id"] != organisation_id])


def holder_raised(organisation_id: int) -> Edit:
    """This holder one place further to the front."""

    def lift(held: Held) -> Held:
        ids = [one["organisation_id"] for one in held]
        at = ids.index(organisation_id) if organisation_id in ids else 0
        if at:
            held[at - 1], held[at] = held[at], held[at - 1]
        return held

    return _holders(lift)


def holder_share(organisation_id: int, share: str) -> Edit:
    """The share of one holder in percent, as typed."""
    return _holders(
        lambda held: [
            {**one, "share": share} if one["organisation_id"] == organisation_id else one
            for one in held
        ]
    )


def organisation_asked(content: Content) -> Changes:
    """One more unit that the registry lacks, still blank."""
    return {"organisations": [*content.get("organisations", ()), {}]}


def organisation_field(place: int, field: str, value: Any) -> Edit:
    """One field of a unit asked for; `place` counts from 1."""
    return lambda content: {
        "organisations": [
            {**one, field: value} if at == place else one
            for at, one in enumerate(content.get("organisations", ()), 1)
        ]
    }


def child_added(content: Content) -> Changes:
    """One more child of the package, still blank."""
    return {"children": [*content.get("children", ()), {}]}


def child_field(place: int, field: str, value: Any) -> Edit:
    """One field of a child; `place` counts from 1."""
    return lambda content: {
        "children": [
            {**one, field: value} if at == place else one
            for at, one in enumerate(content.get("children", ()), 1)
        ]
    }


def child_removed(place: int) -> Edit:
    """Without this child; the ones behind it move up."""
    return lambda content: {
        "children": [one for at, one in enumerate(content.get("children", ()), 1) if at != place]
    }


def child_raised(place: int) -> Edit:
    """This child one place further to the front."""

    def lift(content: Content) -> Changes:
        children = [*content.get("children", ())]
        if 1 < place <= len(children):
            children[place - 2 : place] = [children[place - 1], children[place - 2]]
        return {"children": children}

    return lift


def receiver_added(organisation_id: int) -> Edit:
    """One more receiver of the contract; who is one already stays in place."""

    def add(content: Content) -> Changes:
        known = content.get("receivers", ())
        return {"receivers": [*known, *([organisation_id] if organisation_id not in known else [])]}

    return add


def receiver_removed(organisation_id: int) -> Edit:
    """Without this receiver."""
    return lambda content: {
        "receivers": [one for one in content.get("receivers", ()) if one != organisation_id]
    }


def earlier_result(result_id: int | None, registered: Changes) -> Edit:
    """The registered result that an earlier contract passed on, with what the registry says of it.

    What was typed before a result was chosen stays; what came from another result goes.
    """

    def choose(content: Content) -> Changes:
        typed = content.get("result", {})
        kept = typed if content.get("same_as") is None else {}
        taken = {
            f"result.{name}": value
            for name, value in registered.items()
            if is_blank(kept.get(name))
        }
        return {"same_as": result_id, **taken}

    return choose


def organisation_dropped(place: int) -> Edit:
    """Without a unit asked for: who named it names nobody, and the ones behind it move up."""

    def drop(content: Content) -> Changes:
        kept = [one for at, one in enumerate(content.get("organisations", ()), 1) if at != place]
        holders = [
            {**one, "organisation_id": _moved(one.get("organisation_id"), place)}
            for one in content.get("result", {}).get("holders", ())
        ]
        changes: dict[str, Any] = {
            "organisations": kept,
            "result.holders": [one for one in holders if one["organisation_id"] is not None],
        }
        if received := [_moved(one, place) for one in content.get("receivers", ())]:
            changes["receivers"] = [one for one in received if one is not None]
        for name in ("contract.seller_id", "contract.buyer_id", "transfer.receiver_id"):
            part, _, field = name.partition(".")
            old = content.get(part, {}).get(field)
            if _moved(old, place) != old:
                changes[name] = _moved(old, place)
        return changes

    return drop


def _moved(one: Any, gone: int) -> Any:
    if not isinstance(one, int) or one > -gone:
        return one
    return None if one == -gone else one + 1


def _holders(change: Callable[[Held], Held]) -> Edit:
    return lambda content: {
        "result.holders": change([*content.get("result", {}).get("holders", ())])
    }
