"""Acts as Prometheus counts them: every exchange passes through the journal, so it is counted there."""

import threading
import time
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from prometheus_client import REGISTRY
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import INF, floatToGoString

from socle.exchange import Exchange

_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, INF)
"""Seconds, each included."""
_MOST_OPERATIONS = 200
"""A caller may name operations that do not exist: beyond this many they are counted together."""


@dataclass(slots=True)
class _Ended:
    """Acts of one service and operation with one outcome."""

    count: int = 0
    since: float = field(default_factory=time.time)


@dataclass(slots=True)
class _Took:
    """How long the acts of one service took."""

    counts: list[int] = field(default_factory=lambda: [0] * len(_BOUNDS))
    """By the first of the bounds that is not exceeded."""
    seconds: float = 0.0
    since: float = field(default_factory=time.time)


class Acts(Collector):
    """Plain numbers, given their form when Prometheus asks: its own counters take five times as long, at each act."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ended: dict[tuple[str, str, str], _Ended] = {}
        self._took: dict[str, _Took] = {}
        self._operations: set[str] = set()

    def count(self, exchange: Exchange) -> None:
        """Count one finished exchange. Any thread."""
        seconds = exchange.duration_ms / 1000
        with self._lock:
            operation = exchange.operation
            if operation not in self._operations:
                if len(self._operations) >= _MOST_OPERATIONS:
                    operation = "other"
                self._operations.add(operation)
            key = (exchange.service, operation, exchange.outcome)
            ended = self._ended.get(key)
            if ended is None:
                ended = self._ended[key] = _Ended()
                self._took.setdefault(exchange.service, _Took())
            ended.count += 1
            took = self._took[exchange.service]
            took.counts[bisect_left(_BOUNDS, seconds)] += 1
            took.seconds += seconds

    def collect(self) -> Iterator[Metric]:
        """As ``prometheus_client.Counter`` and ``Histogram`` would tell them."""
        acts = CounterMetricFamily(
            "socle_acts", "Exchanges by service, operation and outcome", labels=["service", "operation", "outcome"]
        )
        time_taken = HistogramMetricFamily(
            "socle_act_seconds", "Time from a request's first byte to its answer's last", labels=["service"]
        )
        with self._lock:
            for key, ended in self._ended.items():
                acts.add_metric(key, ended.count, ended.since)
            for service, took in self._took.items():
                bounds = zip(map(floatToGoString, _BOUNDS), accumulate(took.counts), strict=True)
                time_taken.add_metric([service], [*bounds], took.seconds)
                time_taken.add_sample("socle_act_seconds_created", {"service": service}, took.since)
        yield acts
        yield time_taken


_ACTS = Acts()
REGISTRY.register(_ACTS)
count = _ACTS.count
