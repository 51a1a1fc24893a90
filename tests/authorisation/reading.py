"""Try every cell of the table of reads; what belongs to another base must not show."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlmodel import Session

from pilot.store import queries_people
from pilot.store.engine import reading
from tests.authorisation.calls import NOW
from tests.authorisation.looks import LOOKS, words
from tests.authorisation.matrix import ACTORS, answer_of, table
from tests.authorisation.world import MISSING, OTHERS, World

_SHOWN = {"hidden": False, "shown": True}


@dataclass(frozen=True, slots=True)
class Seen:
    """One cell of the table of reads and what came of it."""

    read: str
    actor: str
    object: str
    demanded: str
    answer: str
    sentence: str

    @property
    def wrong(self) -> str | None:
        """What is wrong, as a sentence; None if it is as the table says."""
        if self.answer == self.demanded:
            return None
        place = f"{self.read} by {self.actor} on {self.object}"
        return f"{place}: {self.answer} ({self.sentence}), not {self.demanded}"


def looks(engine: Engine, world: World) -> Iterator[Seen]:
    """Every cell; lists are asked once for our objects and once for those of others."""
    with reading(engine) as session:
        for row in table("reads"):
            for actor in ACTORS:
                for object_ in ("own", "others", "missing"):
                    demanded = _demanded(row, actor, object_)
                    if demanded != "-":
                        yield _look(session, world, row["read"], actor, object_, demanded)


def _demanded(row: dict[str, str], actor: str, object_: str) -> str:
    far = object_ == "others" and actor == "province"
    at_object = row["others_for_the_province"] if far else row[object_]
    return row[actor] if row[actor] != "yes" and at_object != "-" else at_object


def _look(
    session: Session, world: World, name: str, actor: str, object_: str, demanded: str
) -> Seen:
    look, found = LOOKS[name], []

    def act() -> None:
        by = "no-such-token" if actor == "anonymous" else world.people[actor]
        who = queries_people.actor(session, by, NOW)
        found.append(words(look.ask(session, who, _id(world, look.key, object_))))

    answer, sentence = answer_of(act)
    if answer == "yes" and demanded in _SHOWN:
        answer = "shown" if OTHERS in found[0] else "hidden"
    return Seen(name, actor, object_, demanded, answer, sentence)


def _id(world: World, key: str | None, object_: str) -> int | None:
    if key is None:
        return None
    places = {"own": world.own, "others": world.others}
    return MISSING if object_ == "missing" else places[object_][key]
