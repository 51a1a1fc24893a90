"""Health checks (健康检查): alive, and ready to serve."""

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pilot.config import settings
from pilot.domain.errors import PilotError
from pilot.store.engine import reading, shared


async def alive(_request: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"})


async def ready(_request: Request) -> Response:
    """The database answers too; 503 without a reason otherwise."""
    good = await run_in_threadpool(_database_answers)
    return JSONResponse({"status": "ok" if good else "unavailable"}, 200 if good else 503)


def _database_answers() -> bool:
    try:
        with reading(shared(settings().url)) as session:
            session.connection().exec_driver_sql("SELECT count(*) FROM base")
    except (PilotError, SQLAlchemyError):
        return False
    return True


routes = [Route("/healthz", alive), Route("/readyz", ready)]
