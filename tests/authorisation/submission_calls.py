"""A valid call of every verb about submissions (填报), and of the saving that is no verb."""

from typing import Any

from pilot.domain.vocabulary import FileKind
from tests import factories_submissions as made
from tests.authorisation.calls import WHY, Call
from tests.authorisation.world import World

_FILE = made.file(900_001, "示例.pdf")


def _on(key: str, *rest: Any, **options: Any) -> Call:
    return Call(key, lambda row_id, _world: ((row_id, *rest), options))


def _about(key: str, name: str, **options: Any) -> Call:
    """The object comes second; the first is our own `name`."""
    return Call(key, lambda row_id, world: ((world.own[name], row_id), options))


def _other(key: str, table: str) -> Call:
    return Call(key, lambda row_id, world: ((world.own["sent"], table, row_id), WHY))


def _detached(row_id: int | None, world: World) -> tuple[tuple, dict]:
    return (row_id, world.own["draft_link"]), {}


CALLS: dict[str, Call] = {
    "submissions.start": Call(None, lambda _id, _world: ((), {})),
    "submissions.start:copy": Call("sent", lambda i, _world: ((), {"copy_of": i})),
    "submissions.start:stranger": Call("waiting", lambda i, _world: ((), {"copy_of": i})),
    "submissions.save": _on("draft", {"result.title": "示例改写"}),
    "submissions.save:stranger": _on("unsent", {"result.title": "示例改写"}),
    "submissions.submit": _on("draft"),
    "submissions.submit:stranger": _on("unsent"),
    "submissions.withdraw": _on("sent", **WHY),
    "submissions.withdraw:draft": _on("draft"),
    "submissions.withdraw:stranger": _on("waiting", **WHY),
    "submissions.ask_change": _on("accepted"),
    "submissions.ask_change:stranger": _on("waiting"),
    "submissions.comment": _on("sent", "示例意见"),
    "submissions.comment:stranger": _on("waiting", "示例意见"),
    "submissions.comment:draft": _on("unsent", "示例意见"),
    "submission_files.attach": _on("draft", FileKind.OTHER, file=_FILE),
    "submission_files.attach:stranger": _on("unsent", FileKind.OTHER, file=_FILE),
    "submission_files.detach": Call("draft", _detached),
    "submission_files.detach:stranger": Call("unsent", _detached),
    "submission_files.detach:file": _about("draft_link", "draft"),
    "lookalikes.distinguish": Call("sent", lambda i, w: ((i, "result", w.own["result"]), WHY)),
    "lookalikes.distinguish:stranger": Call(
        "waiting", lambda i, w: ((i, "result", w.own["result"]), WHY)
    ),
    "lookalikes.distinguish:result": _other("result", "result"),
    "lookalikes.distinguish:submission": _other("waiting", "submission"),
    "lookalikes.distinguish:draft": _other("unsent", "submission"),
    "submission_reviews.claim": _on("waiting"),
    "submission_reviews.claim:draft": _on("unsent"),
    "submission_reviews.claim:taken": _on("taken"),
    "submission_reviews.claim:verified": _on("half"),
    "submission_reviews.claim:home": _on("home"),
    "submission_reviews.release": _on("held"),
    "submission_reviews.release:taken": _on("taken"),
    "submission_reviews.accept": _on("held"),
    "submission_reviews.accept:second": _on("joint"),
    "submission_reviews.accept:taken": _on("taken"),
    "submission_reviews.send_back": _on("held", **WHY),
    "submission_reviews.send_back:taken": _on("taken", **WHY),
    "submission_reviews.refuse": _on("held", **WHY),
    "submission_reviews.refuse:taken": _on("taken", **WHY),
    "submission_reviews.join": Call("held", lambda i, w: ((i, w.own["result"]), WHY)),
    "submission_reviews.join:result": _about("result", "held", **WHY),
    "submission_reviews.save_policy": Call(None, lambda _id, _world: (("50", False), WHY)),
    "notices.read_all": Call(None, lambda _id, _world: ((), {})),
}
