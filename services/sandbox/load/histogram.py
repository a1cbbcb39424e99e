"""Latencies in buckets of less than one percent: small to send between processes, and added without loss."""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import ceil, exp, log

_STEP = log(1.01)
_FLOOR = 1e-5
"""Ten microseconds: below it everything is one bucket."""


def bucket(seconds: float) -> int:
    """The bucket of a duration."""
    return 0 if seconds <= _FLOOR else ceil(log(seconds / _FLOOR) / _STEP)


class Histogram:
    """Counts by bucket; the largest value is kept exactly."""

    __slots__ = ("counts", "maximum")

    def __init__(self, counts: Mapping[int, int] | None = None, maximum: float = 0.0) -> None:
        self.counts = Counter(counts or {})
        self.maximum = maximum

    def add(self, seconds: float) -> None:
        self.counts[bucket(seconds)] += 1
        self.maximum = max(self.maximum, seconds)

    def merge(self, other: "Histogram") -> None:
        """Add everything that another one holds."""
        self.counts.update(other.counts)
        self.maximum = max(self.maximum, other.maximum)

    def take(self) -> "Histogram":
        """What it holds; it is empty afterwards."""
        taken = Histogram(self.counts, self.maximum)
        self.counts, self.maximum = Counter(), 0.0
        return taken

    @property
    def total(self) -> int:
        return self.counts.total()

    def percentile(self, share: float) -> float | None:
        """The upper edge of the bucket in which that share of all values is reached; None when it is empty."""
        wanted, seen = ceil(self.total * share), 0
        for index in sorted(self.counts):
            seen += self.counts[index]
            if seen >= wanted:
                return min(_FLOOR * exp(index * _STEP), self.maximum)
        return None

    @classmethod
    def of(cls, values: Iterable[float]) -> "Histogram":
        made = cls()
        for value in values:
            made.add(value)
        return made
