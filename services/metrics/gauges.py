"""How the pipeline is doing: rates, freshness, lag. Figures of operation, never of indicators."""

import time
from collections import deque
from collections.abc import Iterable

from prometheus_client import Counter, Gauge, Histogram

from metrics.batch import Applied, Batch

_EVENTS = Counter("socles_metrics_events_total", "Events taken from the bus", ["type"])
_REPEATED = Counter("socles_metrics_duplicates_total", "Events seen before, by source and sequence")
_STALE = Counter("socles_metrics_stale_total", "Events that told nothing newer than the fact known")
_POISON = Counter("socles_metrics_poison_total", "Events set aside because they could not be read or applied")
_LATE = Counter("socles_metrics_late_total", "Changes to days that were final")
_LAG = Gauge("socles_metrics_lag", "Events on the bus that are not yet in the indicators")
_FRESHNESS = Histogram(
    "socles_metrics_freshness_seconds",
    "From the commit of a batch's oldest event to the commit of its indicators",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30, 300),
)
ACTS = frozenset({"insi.call.completed.v1", "dmp.document.submitted.v1", "mss.message.accepted.v1"})
"""What a health professional's software does; further events tell what came of it."""
_RATE_SECONDS = 10
_KEPT = 2000


class Gauges:
    """Kept in memory: what was before the start of the process does not matter here."""

    def __init__(self) -> None:
        self._acts: deque[tuple[float, str, int]] = deque()
        self._freshness: deque[int] = deque(maxlen=_KEPT)
        self.poison = 0
        self.repeated = 0
        self.lag = 0

    def took(self, batch: Batch, applied: Applied, committed_ms: int) -> int:
        """A batch was committed; gives the freshness of its oldest event, in milliseconds."""
        types: dict[str, int] = {}
        acts: dict[str, int] = {}
        oldest = 0
        for event in batch.events:
            types[event.type] = types.get(event.type, 0) + 1
            if event.type in ACTS:
                acts[event.workspace] = acts.get(event.workspace, 0) + 1
            if event.recorded is not None:
                age = max(0, committed_ms - event.recorded)
                oldest = max(oldest, age)
                self._freshness.append(age)
        for name, count in types.items():
            _EVENTS.labels(name).inc(count)
        _FRESHNESS.observe(oldest / 1000)
        now = time.monotonic()
        self._acts.extend((now, workspace, count) for workspace, count in acts.items())
        self._forget(now)
        _REPEATED.inc(applied.repeated)
        _STALE.inc(applied.stale)
        _LATE.inc(applied.late)
        _POISON.inc(len(batch.poison))
        self.poison += len(batch.poison)
        self.repeated += applied.repeated
        return oldest

    def lags(self, lags: Iterable[int]) -> None:
        """How far behind each partition is."""
        self.lag = sum(lags)
        _LAG.set(self.lag)

    def acts_per_second(self, workspace: str) -> float:
        """Over the last ten seconds."""
        self._forget(time.monotonic())
        return sum(count for _, name, count in self._acts if name == workspace) / _RATE_SECONDS

    def freshness(self) -> dict[str, int | None]:
        """Median and 99th percentile of the last events, in milliseconds."""
        ordered = sorted(self._freshness)
        if not ordered:
            return {"p50Ms": None, "p99Ms": None}
        return {"p50Ms": ordered[len(ordered) // 2], "p99Ms": ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]}

    def _forget(self, now: float) -> None:
        while self._acts and self._acts[0][0] < now - _RATE_SECONDS:
            self._acts.popleft()
