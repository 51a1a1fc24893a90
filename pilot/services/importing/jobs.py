"""A batch in the hands of a worker: its row, its file and who acts, as they were then."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from pilot.domain.importing import BatchState
from pilot.domain.people import Actor
from pilot.store import queries_people
from pilot.store.models import Attachment, ImportBatch

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Job:
    """A batch that this worker holds, in whose name it works, and the time."""

    batch: ImportBatch
    file: Attachment
    actor: Actor
    clock: Clock


def job_of(session: Session, batch_id: int, clock: Clock) -> Job:
    """The batch as it stands; who asked for it to be taken back acts then."""
    batch = session.get(ImportBatch, batch_id)
    who = batch.by_id
    if batch.state is BatchState.BACKING:
        who = batch.undo_asked_by_id or who
    actor = queries_people.actor(session, who, clock())
    return Job(batch, session.get(Attachment, batch.attachment_id), actor, clock)
