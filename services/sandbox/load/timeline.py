"""The run second by second: what is drawn, and what the screen shows."""

from dataclasses import dataclass, field

from sandbox.load.acts import Act
from sandbox.load.histogram import Histogram
from sandbox.load.ledger import Ledger
from sandbox.load.outcome import Kind

SHORTEST = 0.5
"""Seconds: the last interval may be a moment long, and a rate over it would mean nothing."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One interval; rates are acts per second."""

    at: float
    """Seconds from the start to its end."""
    wanted: float
    """The curve's rate."""
    sent: float
    answered: float
    refused: float
    """By overload."""
    failed: float
    """Without an answer, a connection, or held back."""
    under_way: int
    p50: dict[Act, float]
    """Seconds, of the acts that ended in the interval."""
    p99: dict[Act, float]
    freshness: float | None
    """Seconds, the worst probe seen in the interval."""


@dataclass(slots=True)
class Timeline:
    """Collects what the workers tell into intervals of a second or so."""

    samples: list[Sample] = field(default_factory=list)
    _gathered: Ledger = field(default_factory=Ledger)
    _from: float = 0.0

    def add(self, told: Ledger) -> None:
        self._gathered.merge(told)

    def close(self, at: float, wanted: float, under_way: int, probes: Histogram) -> Sample:
        """End the interval at ``at`` seconds from the start."""
        gathered, length = self._gathered, max(at - self._from, SHORTEST)
        self._gathered, self._from = Ledger(), at
        answered = gathered.count(Kind.ACCEPTED, Kind.RULE, Kind.OVERLOAD)
        sample = Sample(
            at,
            wanted,
            gathered.sent / length,
            answered / length,
            gathered.count(Kind.OVERLOAD) / length,
            gathered.count(Kind.LOST, Kind.UNREACHED, Kind.HELD) / length,
            under_way,
            _percentiles(gathered, 0.5),
            _percentiles(gathered, 0.99),
            probes.maximum if probes.total else None,
        )
        self.samples.append(sample)
        return sample


def _percentiles(ledger: Ledger, share: float) -> dict[Act, float]:
    found = {act: histogram.percentile(share) for act, histogram in ledger.latencies.items()}
    return {act: value for act, value in found.items() if value is not None}
