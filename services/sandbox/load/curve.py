"""Offered rate over time: straight lines between points, and their integral, from which arrivals are drawn."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from math import sqrt
from random import Random
from typing import NamedTuple


class Point(NamedTuple):
    """``rate`` at ``at`` seconds; two points at the same moment make a step."""

    at: float
    rate: float


class Curve:
    """Acts per second over time, zero before the first and after the last point.

    Raises ``ValueError`` unless there are two points, in order of time from zero, with no negative and some positive
    rate.
    """

    def __init__(self, points: Sequence[Point]) -> None:
        if len(points) < 2 or points[0].at != 0:
            raise ValueError("a curve has at least two points, the first at 0 s")
        if any(after.at < before.at for before, after in pairwise(points)) or points[-1].at <= 0:
            raise ValueError("the points of a curve stand in order of time")
        if min(point.rate for point in points) < 0 or max(point.rate for point in points) <= 0:
            raise ValueError("rates are positive, and not all are zero")
        self.points = tuple(points)
        areas = ((b.at - a.at) * (a.rate + b.rate) / 2 for a, b in pairwise(points))
        self._areas = [0.0, *accumulate(areas)]

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.points[-1].at

    @property
    def total(self) -> float:
        """Expected arrivals."""
        return self._areas[-1]

    @property
    def peak(self) -> float:
        return max(point.rate for point in self.points)

    def rate(self, at: float) -> float:
        """The rate at a moment."""
        for a, b in pairwise(self.points):
            if a.at <= at < b.at:
                return a.rate + (b.rate - a.rate) * (at - a.at) / (b.at - a.at)
        return 0.0

    def when(self, arrivals: float) -> float:
        """The moment at which so many arrivals are expected to have come: the inverse of the integral."""
        segment = min(max(bisect_right(self._areas, arrivals) - 1, 0), len(self.points) - 2)
        a, b = self.points[segment], self.points[segment + 1]
        missing, length = arrivals - self._areas[segment], b.at - a.at
        if missing <= 0 or not length:
            return a.at
        slope = (b.rate - a.rate) / length
        # of a·x + slope·x²/2 = missing, in the form that loses nothing when the slope is small
        square = a.rate**2 + 2 * slope * missing
        return min(a.at + 2 * missing / (a.rate + sqrt(max(square, 0.0))), b.at)

    def scaled(self, rate: float, time: float = 1.0) -> "Curve":
        """All rates and all times multiplied."""
        return Curve([Point(point.at * time, point.rate * rate) for point in self.points])


def arrivals(curve: Curve, *, spacing: str, seed: str, worker: int = 0, workers: int = 1) -> Iterator[float]:
    """Moments of one worker's acts, in order. ``poisson``: independent, as of many senders; ``uniform``: even.

    Together the workers give the curve: a Poisson process is the sum of its thinned parts, and even arrivals are dealt.
    """
    dice = Random(f"{seed}/arrivals/{worker}")  # noqa: S311 - to be repeated
    reached = (worker + 0.5) if spacing == "uniform" else dice.expovariate(1) * workers
    while reached < curve.total:
        yield curve.when(reached)
        reached += workers if spacing == "uniform" else dice.expovariate(1) * workers
