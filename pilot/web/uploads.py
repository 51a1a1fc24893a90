"""Uploads (上传) wait in memory until their page ends: only one's own pages, and not too much."""

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response
from streamlit import runtime

FOLDER = "/_stcore/upload_file/"
MOST_WAITING = 60 * 1024 * 1024  # bytes of one person, in all open pages together


def refused_upload(connection: HTTPConnection, session_id: int) -> Response | None:
    """Why this upload may not come in, as an answer; None if it may, or if it is no upload."""
    path = connection.scope["path"]
    if not path.startswith(FOLDER) or not runtime.exists():
        return None
    owner = {"session": str(session_id)}
    pages = runtime.get_instance()._session_mgr.list_active_sessions()
    own = {page.session.id for page in pages if page.session.matches_user_info(owner)}
    if path.removeprefix(FOLDER).split("/")[0] not in own:
        return JSONResponse({"error": "不能上传到别人的页面"}, 403)
    if connection.scope["method"] != "PUT":
        return None
    length = connection.headers.get("content-length", "")
    if not length.isdecimal():
        return JSONResponse({"error": "上传须说明大小"}, 411)
    if _waiting(own) + int(length) > MOST_WAITING:
        return JSONResponse({"error": "上传总量过大，请刷新页面后再试"}, 413)
    return None


def _waiting(pages: set[str]) -> int:
    kept = runtime.get_instance().uploaded_file_mgr.file_storage
    return sum(len(file.data) for page in pages for file in list(kept.get(page, {}).values()))
