"""Uploads (上传) wait in memory until their page ends: only one's own pages, and not too much."""

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response
from streamlit import runtime

from pilot.config import settings

FOLDER = "/_stcore/upload_file/"
_MB = 1024 * 1024
MOST_WAITING = 60 * _MB  # bytes of one person, in all open pages together
_FRAME = _MB  # what a form puts around a file


def refused_upload(
    connection: HTTPConnection, session_id: int, *, imports: bool
) -> Response | None:
    """Why this upload may not come in, as an answer; None if it may, or if it is no upload.

    Who brings files of imports may send one as large as they may be; nobody else may.
    """
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
    chosen = settings()
    largest = max(chosen.max_upload_mb, chosen.max_import_mb if imports else 0) * _MB
    if int(length) > largest + _FRAME:
        return JSONResponse({"error": "文件太大"}, 413)
    if _waiting(own) + int(length) > max(MOST_WAITING, largest + _FRAME):
        return JSONResponse({"error": "上传总量过大，请刷新页面后再试"}, 413)
    return None


def _waiting(pages: set[str]) -> int:
    kept = runtime.get_instance().uploaded_file_mgr.file_storage
    return sum(len(file.data) for page in pages for file in list(kept.get(page, {}).values()))
