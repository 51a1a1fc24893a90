"""Receipts to print (回执): plain HTML without scripts, for those who may see the submission."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from pilot.config import settings
from pilot.domain.errors import NotAllowed
from pilot.domain.people import Actor
from pilot.reports import receipts
from pilot.reports.receipts import Receipt
from pilot.store.engine import reading, shared
from pilot.web.headers import DOOR_POLICY
from pilot.web.visitors import visitor_of

_ASSETS = Path(__file__).parent / "assets"
_PAGES = Environment(loader=FileSystemLoader(_ASSETS), autoescape=True)


async def receipt(request: Request) -> Response:
    """The receipt of one submission."""
    who = await visitor_of(request)
    if who is None:
        raise NotAllowed("登录已失效，请重新登录。")
    found = await run_in_threadpool(_read, who.actor, request.path_params["submission_id"])
    html = _PAGES.get_template("receipt.html").render(
        one=found, id=request.path_params["submission_id"], demo=settings().demo
    )
    return HTMLResponse(html, headers={"content-security-policy": DOOR_POLICY})


async def style(_request: Request) -> Response:
    """Its style sheet, for the screen and for A4."""
    return FileResponse(_ASSETS / "receipt.css", media_type="text/css")


def _read(actor: Actor, submission_id: int) -> Receipt:
    with reading(shared(settings().url)) as session:
        return receipts.receipt(session, actor, submission_id)


routes = [
    Route("/receipt/style.css", style),
    Route("/receipt/{submission_id:int}", receipt),
]
