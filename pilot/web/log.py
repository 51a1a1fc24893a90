"""The server's log: one JSON object a line, so that no text can forge a line of its own."""

import json
import logging
from datetime import UTC, datetime

from pilot.services import trace


class JsonLines(logging.Formatter):
    """Time, level, logger, request, message, its fields, and the traceback of an error."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request := trace.request_id():
            line["request"] = request
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def set_up() -> None:
    """Send what the product and its server log to standard error, one object a line.

    Requests themselves are not logged: their paths hold the session ids of uploads. Streamlit's
    own report of an error in a page is left out too: `faults.shown` logs it with its number.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    for name in ("pilot", "uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.INFO)
    for name in ("uvicorn.access", "streamlit.error_util"):
        logging.getLogger(name).disabled = True
