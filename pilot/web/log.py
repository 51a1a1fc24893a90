"""The server's log: one JSON object a line, so that no text can forge a line of its own."""

import json
import logging
import re
from datetime import UTC, datetime

from streamlit import logger as streamlit_log

from pilot.services import trace

# The ids of Streamlit's pages, which name the uploads and say whose page is meant.
_PAGE_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class JsonLines(logging.Formatter):
    """Time, level, logger, request, message without the ids of pages, fields, the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _PAGE_ID.sub("…", record.getMessage()),
        }
        if request := trace.request_id():
            line["request"] = request
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def set_up() -> None:
    """Send what the product, its server and Streamlit log to standard error, one object a line.

    Requests themselves are not logged: their paths hold the session ids of uploads. Streamlit's
    own report of an error in a page is left out too: `faults.shown` logs it with its number.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    for name in ("pilot", "uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.INFO)

    def ours(logger: logging.Logger) -> None:
        logger.handlers = [handler]

    streamlit_log.setup_formatter = ours  # for those, too, that Streamlit makes later
    streamlit_log.update_formatter()
    for name in ("uvicorn.access", "streamlit.error_util"):
        logging.getLogger(name).disabled = True
