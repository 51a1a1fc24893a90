"""Metrics (运行指标) in the OpenMetrics format, for an administrator or a scraper with a token."""

import hmac
from collections.abc import Iterator
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route

from pilot.config import settings
from pilot.services import status, telemetry
from pilot.services.working import WORK
from pilot.store.engine import shared

PATH = "/metrics"
ProcessCollector(registry=telemetry.REGISTRY)


def is_scraper(connection: HTTPConnection) -> bool:
    """Whether this asks for the metrics with the token of `PILOT_METRICS_TOKEN`."""
    token = settings().metrics_token.get_secret_value()
    if connection.scope["type"] != "http" or connection.scope["path"] != PATH or not token:
        return False
    given = connection.headers.get("authorization", "")
    return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


async def metrics(_request: Request) -> Response:
    """Everything counted in this process, and the state of the installation now."""
    return Response(await run_in_threadpool(_written), media_type=CONTENT_TYPE_LATEST)


def _written() -> bytes:
    now = datetime.now(UTC)
    state = CollectorRegistry()
    state.register(_State(status.figures(shared(settings().url), now)))
    end = b"# EOF\n"
    return generate_latest(telemetry.REGISTRY).removesuffix(end) + generate_latest(state)


class _State:
    """What the database says at this moment."""

    def __init__(self, figures: status.Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        """One family of gauges after the other."""
        figures = self._figures
        yield GaugeMetricFamily("pilot_sessions", "Open sign-ins", figures.sessions)
        yield GaugeMetricFamily("pilot_actions_running", "Actions under way here", WORK.running)
        sequences = GaugeMetricFamily("pilot_journal_sequence", "Last entry", labels=["base"])
        for base, sequence in figures.journal.items():
            sequences.add_metric([base], sequence)
        yield sequences
        age = figures.backup.age.total_seconds()
        yield GaugeMetricFamily("pilot_backup_age_seconds", "Since the last good backup", age)
        overdue = int(figures.backup.overdue)
        yield GaugeMetricFamily("pilot_backup_overdue", "1 if older than 26 hours", overdue)
        late = GaugeMetricFamily("pilot_job_last_ok_seconds", "When it went well", labels=["job"])
        for job in figures.jobs:
            if job.last_ok:
                late.add_metric([job.name], job.last_ok.timestamp())
        yield late


routes = [Route(PATH, metrics)]
