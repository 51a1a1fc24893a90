"""Health checks (健康检查): alive, and ready to serve."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pilot.config import settings
from pilot.services import status
from pilot.services.working import WORK
from pilot.store.engine import shared


async def alive(_request: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"})


async def ready(_request: Request) -> Response:
    """The database answers, is of this version and takes writes; otherwise 503 and one word.

    A server that is about to stop says so too, so that nobody new is sent to it.
    """
    unfit = "stopping" if WORK.stopping else await run_in_threadpool(_unfit)
    if unfit is None:
        return JSONResponse({"status": "ok"})
    return JSONResponse({"status": "unavailable", "reason": unfit}, 503)


def _unfit() -> str | None:
    return status.unfit(shared(settings().url))


routes = [Route("/healthz", alive), Route("/readyz", ready)]
