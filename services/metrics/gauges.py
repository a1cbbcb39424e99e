"""What Prometheus sees of the pipeline. Figures of operation, of this process; never indicators."""

from collections import Counter as Tally
from collections.abc import Iterator, Mapping

from prometheus_client import REGISTRY, Counter, Gauge
from prometheus_client.metrics_core import HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from metrics.batch import Applied, Batch
from metrics.domain.linkage import LinkedBy
from socle.bus.port import TopicPartition

_EVENTS = Counter("socles_metrics_events_total", "Events taken from the bus", ["type"])
_BATCHES = Counter("socles_metrics_batches_total", "Batches by what became of them", ["outcome"])
_MISSING = Counter("socles_metrics_missing_total", "Events whose sequence was passed over: lost on the way")
_REPEATED = Counter("socles_metrics_duplicates_total", "Events seen before, by source and sequence")
_STALE = Counter("socles_metrics_stale_total", "Events that told nothing newer than the fact known")
_POISON = Counter("socles_metrics_poison_total", "Events set aside because they could not be read or applied")
_LATE = Counter("socles_metrics_late_total", "Changes to days that were final")
_LOST = Counter("socles_metrics_positions_lost_total", "Positions that another consumer had moved: batches refused")
_LINKED = Counter("socles_metrics_evidence_total", "Documents and mails for stays, by how their stay was found", ["by"])
_ORPHANS = Counter("socles_metrics_orphans_total", "Documents and mails without a stay when they came")
_AMBIGUOUS = Counter("socles_metrics_ambiguous_total", "Documents and mails with several possible stays when they came")
_LAG = Gauge("socles_metrics_lag", "Events on this consumer's partitions that are not yet in the indicators")
_PART_LAG = Gauge("socles_metrics_partition_lag", "The same by partition", ["topic", "partition"])

_BOUNDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30, 300)


class _Freshness(Collector):
    """A histogram that takes many events at once."""

    def __init__(self) -> None:
        self._counts = [0] * (len(_BOUNDS) + 1)
        self._sum = 0.0

    def add(self, ages_ms: Mapping[int, int]) -> None:
        for age, count in ages_ms.items():
            seconds = age / 1000
            place = next((at for at, bound in enumerate(_BOUNDS) if seconds <= bound), len(_BOUNDS))
            self._counts[place] += count
            self._sum += seconds * count

    def collect(self) -> Iterator[Metric]:
        buckets, total = [], 0
        for bound, count in zip((*map(str, map(float, _BOUNDS)), "+Inf"), self._counts, strict=True):
            total += count
            buckets.append((bound, float(total)))
        yield HistogramMetricFamily(
            "socles_metrics_freshness_seconds",
            "From the commit of an event to the commit of its indicators",
            buckets=buckets,
            sum_value=self._sum,
        )


_FRESHNESS = _Freshness()
REGISTRY.register(_FRESHNESS)


class Gauges:
    """Told by the consumer what it does."""

    def __init__(self) -> None:
        self._shown: set[TopicPartition] = set()

    def took(self, batch: Batch, applied: Applied, ages_ms: Mapping[int, int]) -> None:
        """A batch was committed; ``ages_ms``: milliseconds from an event's commit → how many events."""
        _BATCHES.labels("committed").inc()
        for name, count in Tally(event.type for event in batch.events).items():
            _EVENTS.labels(name).inc(count)
        _FRESHNESS.add(ages_ms)
        _REPEATED.inc(applied.repeated)
        _MISSING.inc(applied.missing)
        _STALE.inc(applied.stale)
        _LATE.inc(applied.late)
        _POISON.inc(applied.poison)
        for by, count in applied.linked.items():
            _LINKED.labels(by.value).inc(count)
        _ORPHANS.inc(applied.linked[LinkedBy.ORPHAN])
        _AMBIGUOUS.inc(applied.linked[LinkedBy.AMBIGUOUS])

    def refused(self, outcome: str, positions: int = 0) -> None:
        """A batch was not committed: ``refused``, ``held``, ``failed``."""
        _BATCHES.labels(outcome).inc()
        _LOST.inc(positions)

    def lags(self, lags: Mapping[TopicPartition, int]) -> None:
        """How far behind each partition of this consumer is."""
        for part in self._shown - lags.keys():
            _PART_LAG.remove(*map(str, part))
        for part, lag in lags.items():
            _PART_LAG.labels(*map(str, part)).set(lag)
        self._shown = set(lags)
        _LAG.set(sum(lags.values()))
