"""`python -m pilot.cli`: the same as `pilot`."""

from pilot.cli import app

app()
