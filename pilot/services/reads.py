"""The registry of reads (查询): what may be looked at by whom, checked below the pages.

A page that forgot its guard, or a new route, still shows nothing to who lacks the right.
"""

import functools
import inspect
from collections.abc import Callable
from typing import TypeVar

from pilot.domain.people import MAY, Actor, check_may

READS: dict[str, Callable] = {}
Read = TypeVar("Read", bound=Callable)


def read(action: str) -> Callable[[Read], Read]:
    """Register a read and check the permission of the one Actor it takes before it runs."""
    if action not in MAY:
        raise KeyError(f"no permission row for {action}")

    def register(function: Read) -> Read:
        signature = inspect.signature(function)
        [(place, name)] = [
            (place, name)
            for place, (name, parameter) in enumerate(signature.parameters.items())
            if parameter.annotation is Actor
        ]

        @functools.wraps(function)
        def checked(*args, **options):
            check_may(options[name] if name in options else args[place], action)
            return function(*args, **options)

        checked.action = action
        READS[f"{function.__module__.rpartition('.')[2]}.{function.__name__}"] = checked
        return checked

    return register
