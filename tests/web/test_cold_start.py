"""What a server loads before it answers, and that it does not look for garbage among it."""

import subprocess
import sys

from pilot.config import ROOT

_START = """
import gc, sys
looked = []
gc.callbacks.append(lambda phase, about: about["generation"] and looked.append(phase))
import app
from pilot.web.start import warm_up
warm_up()
print(len(looked), gc.isenabled(), gc.get_freeze_count() > 100_000)
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""
_LATER = {"openpyxl", "polars", "matplotlib", "typer", "duckdb"}
_AT_ONCE = {"pandas", "altair", "pyarrow", "sqlalchemy", "streamlit", "pilot"}


def test_a_start_loads_what_pages_need_and_leaves_the_rest_for_later():
    command = [sys.executable, "-c", _START]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    collected, modules = told.stdout.strip().splitlines()[-2:]

    assert set(modules.split()) >= _AT_ONCE
    assert not set(modules.split()) & _LATER
    looked, enabled, frozen = collected.split()
    assert (enabled, frozen) == ("True", "True")
    assert looked == "0"
