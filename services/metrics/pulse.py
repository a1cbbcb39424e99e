"""How lively things are: acts per second and freshness, from what batches tell. Kept in memory, shown and forgotten."""

import time
from collections import Counter, deque
from collections.abc import Mapping

from metrics.told import Told

_RATE_SECONDS = 10
_KEPT = 2000
"""Events that freshness is told of, at least, when there were as many."""


class Pulse:
    """What a process heard of batches committed by any process; belongs to one event loop."""

    def __init__(self) -> None:
        self._acts: deque[tuple[float, str, int]] = deque()
        self._ages: deque[Mapping[int, int]] = deque()
        self._aged = 0

    def hear(self, told: Told, now_ms: int) -> None:
        """A batch was committed, and its indicators can be read as of now."""
        now = time.monotonic()
        self._acts.extend((now, workspace, count) for workspace, count in told.acts.items())
        self._forget(now)
        since = max(0, now_ms - told.at)
        if told.ages:
            self._ages.append({age + since: count for age, count in told.ages.items()})
            self._aged += sum(told.ages.values())
            while self._aged - (oldest := sum(self._ages[0].values())) >= _KEPT:
                self._ages.popleft()
                self._aged -= oldest

    def acts_per_second(self, workspace: str) -> float:
        """Over the last ten seconds."""
        self._forget(time.monotonic())
        return sum(count for _, name, count in self._acts if name == workspace) / _RATE_SECONDS

    def freshness(self) -> dict[str, int | None]:
        """Median and 99th percentile of the last events, in milliseconds."""
        together: Counter[int] = Counter()
        for ages in self._ages:
            together.update(ages)
        return {"p50Ms": _quantile(together, 50), "p99Ms": _quantile(together, 99)}

    def _forget(self, now: float) -> None:
        while self._acts and self._acts[0][0] < now - _RATE_SECONDS:
            self._acts.popleft()


def _quantile(ages: Mapping[int, int], percent: int) -> int | None:
    rank = sum(ages.values()) * percent // 100
    for age in sorted(ages):
        rank -= ages[age]
        if rank < 0:
            return age
    return max(ages, default=None)
