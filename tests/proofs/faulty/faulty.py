"""The product with faults that many researchers at once must show: never served to anybody else.

Keys are not once-only, and every third save of a form is said to be done and is not.
"""

import itertools

from app import app
from pilot.store import journal, queries_submissions

__all__ = ["app"]

_save, _count = queries_submissions.save_content, itertools.count(1)


def _some(*args: object) -> bool:
    return True if next(_count) % 3 == 0 else _save(*args)


queries_submissions.save_content = _some
journal.with_key = lambda *_: None
