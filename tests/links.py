"""Entries of the journal as the links that are hashed."""

from pilot.domain.chain import Link
from pilot.store.journal import plain
from pilot.store.models import JournalEntry


def of(entry: JournalEntry) -> Link:
    """The entry as it is hashed."""
    return Link(*(plain(getattr(entry, name)) for name in Link._fields))
