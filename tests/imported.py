"""What every server of the product imports, so that servers begin as copies of one process.

`tests.begun` lets a process begin with this; a server's own start (settings, database, warm-up)
still happens in the copy. tests/web/test_cold_start.py looks at a start from nothing.
"""

import gc
import importlib
import pkgutil

_NAMES = (
    *("uvicorn.main", "uvicorn.loops.auto", "uvicorn.lifespan.on"),
    *("uvicorn.protocols.http.auto", "uvicorn.protocols.websockets.auto"),
    *("pandas", "altair", "sqlalchemy", "streamlit", "pilot.web", "pilot.ui", "pilot.cli"),
)

gc.disable()
for _name in _NAMES:
    importlib.import_module(_name)
for _module in pkgutil.iter_modules(importlib.import_module("pilot.reports").__path__):
    importlib.import_module(f"pilot.reports.{_module.name}")
gc.freeze()
gc.enable()
