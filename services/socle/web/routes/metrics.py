"""``/metrics``: what Prometheus scrapes. Indicators are not here: they need exact, replayable counts."""

from collections.abc import Iterator

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from socle.control.plane import ControlPlane
from socle.journal.store import JournalStore


class _Process(Collector):
    """Figures read from the process's own objects at each scrape."""

    def __init__(self, control: ControlPlane, journal: JournalStore) -> None:
        self._control = control
        self._journal = journal

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("socle_journal_waiting", "Exchanges not yet written", value=self._journal.waiting)
        yield CounterMetricFamily("socle_journal_written", "Exchanges written", value=self._journal.written)
        yield CounterMetricFamily("socle_journal_dropped", "Exchanges lost by the journal", value=self._journal.dropped)
        yield GaugeMetricFamily("socle_workspaces", "Workspaces", value=len(self._control.workspaces()))


def router(control: ControlPlane, journal: JournalStore) -> APIRouter:
    """Made once for each process."""
    api = APIRouter(tags=["metrics"])
    own = CollectorRegistry()
    own.register(_Process(control, journal))

    @api.get("/metrics", response_class=Response)
    def metrics() -> Response:
        """Acts by service, operation and outcome; queues; what was refused or dropped."""
        return Response(generate_latest(REGISTRY) + generate_latest(own), media_type=CONTENT_TYPE_LATEST)

    return api
