"""The generator's own books: what was sent for whom, and what it was answered. Counts only, so they add up cheaply."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from sandbox.load.acts import Act
from sandbox.load.histogram import Histogram
from sandbox.load.outcome import Kind, Outcome

KEPT_LOST = 1000
"""Acts without an answer that are named one by one; beyond it only their number is known."""


class Line(NamedTuple):
    """What is counted: acts of one kind of one site that came to the same."""

    act: Act
    finess: str
    kind: Kind
    code: str
    whole: bool
    discharge: bool


class LostAct(NamedTuple):
    """An act whose answer was lost: under which name to look for it."""

    act: Act
    finess: str
    name: str
    """uniqueId, Message-ID, or the extension of the stay; empty where the service keeps no trace of it."""
    reason: str
    flawed: bool
    discharge: bool


@dataclass(slots=True)
class Ledger:
    """Everything that one worker, or all of them together, did; additive."""

    offered: int = 0
    sent: int = 0
    lines: Counter[Line] = field(default_factory=Counter)
    latencies: dict[Act, Histogram] = field(default_factory=lambda: {act: Histogram() for act in Act})
    lateness: Histogram = field(default_factory=Histogram)
    """How long after its moment each act was begun."""
    lost: list[LostAct] = field(default_factory=list)
    bytes_sent: int = 0
    cpu: float = 0.0
    """Processor seconds of the generator while it ran."""

    def enter(self, act: Act, finess: str, outcome: Outcome, latency: float | None, *, discharge: bool = False) -> None:
        """One act that ended; ``latency`` None when it was never sent."""
        self.lines[Line(act, finess, outcome.kind, outcome.code, outcome.whole, discharge)] += 1
        if latency is not None:
            self.latencies[act].add(latency)

    def merge(self, other: "Ledger") -> None:
        """Add what another one tells."""
        self.offered += other.offered
        self.sent += other.sent
        self.lines.update(other.lines)
        for act, histogram in other.latencies.items():
            self.latencies[act].merge(histogram)
        self.lateness.merge(other.lateness)
        self.lost += other.lost[: max(0, KEPT_LOST - len(self.lost))]
        self.bytes_sent += other.bytes_sent
        self.cpu += other.cpu

    def take(self) -> "Ledger":
        """What was entered since the last time."""
        taken = Ledger(
            self.offered,
            self.sent,
            self.lines,
            {act: histogram.take() for act, histogram in self.latencies.items()},
            self.lateness.take(),
            self.lost,
            self.bytes_sent,
            self.cpu,
        )
        self.offered = self.sent = self.bytes_sent = 0
        self.lines, self.lost, self.cpu = Counter(), [], 0.0
        return taken

    def count(self, *kinds: Kind, act: Act | None = None) -> int:
        """Acts that came to one of these."""
        return sum(n for line, n in self.lines.items() if line.kind in kinds and (act is None or line.act is act))

    def done(self, act: Act | None = None) -> int:
        """Acts that ended, whatever they came to."""
        return sum(n for line, n in self.lines.items() if act is None or line.act is act)
