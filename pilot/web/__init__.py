"""The gate (门禁): what stands between the network and the Streamlit application."""

import importlib.util
from typing import Any

import streamlit.config
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from pilot.config import ROOT
from pilot.web import (
    api,
    faults,
    files,
    health,
    imports,
    joining,
    login,
    metrics,
    packs,
    receipts,
)
from pilot.web.chinese import Chinese
from pilot.web.chinese import routes as chinese_routes
from pilot.web.gate import Gate
from pilot.web.headers import Headers
from pilot.web.requests import Requests
from pilot.web.start import lifespan

MAIN = ROOT / "pilot" / "ui" / "main.py"


def asgi_kwargs() -> dict[str, Any]:
    """What `st.App` needs besides the main script: routes, middleware, start-up, error pages."""
    _point_at_settings()
    return {
        "routes": routes(),
        "middleware": [
            Middleware(Requests),
            Middleware(Headers),
            Middleware(Gate),
            Middleware(Chinese),
        ],
        "lifespan": lifespan,
        "on_script_error": faults.shown,
        "exception_handlers": faults.HANDLERS,
    }


def routes() -> list[BaseRoute]:
    """Every route of ours; Streamlit's own come after them."""
    return [
        *health.routes,
        *metrics.routes,
        *login.routes,
        *joining.routes,
        *chinese_routes,
        *files.routes,
        *packs.routes,
        *receipts.routes,
        *api.routes,
        *imports.routes,
        *_exports(),
    ]


def _exports() -> list[BaseRoute]:
    """The download routes of reports (报表导出), under /export/."""
    if importlib.util.find_spec("pilot.web.exports") is None:
        return []
    return list(importlib.import_module("pilot.web.exports").routes)


def _point_at_settings() -> None:
    """Let Streamlit find .streamlit/config.toml beside app.py from any working directory.

    It would look beside the main script, which is kept away from pages/ on purpose.
    """
    if streamlit.config._main_script_path is None:
        streamlit.config._main_script_path = str(ROOT / "app.py")
