"""What somebody without a session may try: addresses, methods, ways around a path."""

from itertools import product

PAGES = ["/", "/people", "/overview", "/projects?id=1", "/nothing", "/files/1", "/export/x.csv"]
INNER = [
    "/_stcore/metrics",
    "/_stcore/host-config",
    "/_stcore/script-health-check",
    "/_stcore/agent/openapi.json",
    "/_stcore/bidi-components/x",
    "/media/0123456789abcdef.csv",
    "/component/x/index.html",
    "/app/static/x.png",
    "/files/1",
    "/export/projects.csv",
    "/auth/password",
    "/static/../_stcore/metrics",
    "//_stcore/metrics",
    "/%2e%2e/_stcore/metrics",
]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]
_STARTS = ["/static/", "/app/static/", "/media/", "/component/x/", "/auth/", "/i18n/", "/"]
_UPS = ["../", "%2e%2e/", "..%2f", "%252e%252e%252f", "..\\", "....//"]
_GOALS = ["pilot.db", ".streamlit/config.toml", "etc/passwd", "_stcore/metrics"]


def around() -> list[str]:
    """Raw paths that climb out of a folder towards something inside."""
    return [f"{start}{up * 6}{goal}" for start, up, goal in product(_STARTS, _UPS, _GOALS)]
