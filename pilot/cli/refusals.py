"""Refusals at the command line: a sentence on standard error and status 1, never a traceback."""

import contextlib
from collections.abc import Iterator

import typer

from pilot.domain.errors import PilotError


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """Print a refusal as its sentence and leave with status 1."""
    try:
        yield
    except PilotError as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(1) from None
