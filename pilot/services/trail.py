"""The journal as a file (日志全文): one JSON object a line, for whoever checks it without us."""

import json
from typing import TextIO

from sqlmodel import Session

from pilot.domain.people import Actor
from pilot.services.reads import read
from pilot.store import journal_reading


@read("report.export")
def write(session: Session, actor: Actor, file: TextIO) -> int:
    """Write every entry of the actor's base in order; returns how many.

    Fields stand in the order in which they are hashed (docs/verify_trail.py recomputes the chain).
    """
    number = 0
    for links in journal_reading.links(session, actor.base_id):
        for link in links:
            entry = link._asdict() | {"clock_went_back": bool(link.clock_went_back)}
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            number += 1
    return number
