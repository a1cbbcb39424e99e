"""Acts as Prometheus counts them: every exchange passes through the journal, so it is counted there."""

from functools import lru_cache

from prometheus_client import Counter, Histogram

from socle.exchange import Exchange

_ACTS = Counter("socle_acts_total", "Exchanges by service, operation and outcome", ["service", "operation", "outcome"])
_SECONDS = Histogram(
    "socle_act_seconds",
    "Time from a request's first byte to its answer's last",
    ["service"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
_MOST_OPERATIONS = 200
"""A caller may name operations that do not exist: beyond this many they are counted together."""

_operations: set[str] = set()


def count(exchange: Exchange) -> None:
    """Count one finished exchange."""
    operation = exchange.operation
    if operation not in _operations:
        if len(_operations) >= _MOST_OPERATIONS:
            operation = "other"
        _operations.add(operation)
    _act(exchange.service, operation, exchange.outcome.value).inc()
    _time(exchange.service).observe(exchange.duration_ms / 1000)


@lru_cache(1024)
def _act(service: str, operation: str, outcome: str) -> Counter:
    return _ACTS.labels(service, operation, outcome)


@lru_cache(64)
def _time(service: str) -> Histogram:
    return _SECONDS.labels(service)
