"""Arrivals follow the curve, whatever their spacing and the number of workers."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.load.curve import Curve, Point, arrivals

RAMP = Curve([Point(0, 0), Point(10, 100), Point(10, 20), Point(20, 20)])


def test_total_is_the_area_under_the_line() -> None:
    assert RAMP.total == pytest.approx(500 + 200)
    assert RAMP.duration == 20
    assert RAMP.peak == 100


def test_rate_stands_on_the_line_and_steps() -> None:
    assert RAMP.rate(5) == pytest.approx(50)
    assert RAMP.rate(9.999) == pytest.approx(99.99)
    assert RAMP.rate(10) == 20
    assert RAMP.rate(20) == 0


@given(st.lists(st.tuples(st.floats(0.1, 50), st.floats(0, 1000)), min_size=1, max_size=6), st.floats(0.001, 0.999))
def test_when_is_the_inverse_of_the_integral(steps: list[tuple[float, float]], share: float) -> None:
    points, at = [Point(0, 5.0)], 0.0
    for length, rate in steps:
        at += length
        points.append(Point(at, rate))
    curve = Curve(points)
    moment = curve.when(curve.total * share)
    before = [Point(p.at, p.rate) for p in points if p.at < moment] + [Point(moment, curve.rate(moment - 1e-9))]

    assert Curve(before).total == pytest.approx(curve.total * share, rel=1e-3, abs=1e-2)


@pytest.mark.parametrize("spacing", ["poisson", "uniform"])
@pytest.mark.parametrize("workers", [1, 3])
def test_workers_together_give_the_curve(spacing: str, workers: int) -> None:
    curve = Curve([Point(0, 200), Point(50, 200), Point(50, 600), Point(60, 600)])
    found = sorted(
        moment
        for worker in range(workers)
        for moment in arrivals(curve, spacing=spacing, seed="s", worker=worker, workers=workers)
    )
    early, late = [m for m in found if m < 50], [m for m in found if m >= 50]

    assert len(early) == pytest.approx(10_000, rel=0.04)
    assert len(late) == pytest.approx(6_000, rel=0.05)
    assert found[0] >= 0
    assert found[-1] <= 60


def test_even_arrivals_are_even_and_exact_in_number() -> None:
    found = list(arrivals(Curve([Point(0, 50), Point(4, 50)]), spacing="uniform", seed="any"))

    assert len(found) == 200
    assert {round(b - a, 6) for a, b in pairwise(found)} == {0.02}


def test_poisson_arrivals_are_independent_and_repeat_with_their_seed() -> None:
    curve = Curve([Point(0, 1000), Point(20, 1000)])
    found, again, other = (list(arrivals(curve, spacing="poisson", seed=seed)) for seed in ("a", "a", "b"))
    gaps = [b - a for a, b in pairwise(found)]
    mean = sum(gaps) / len(gaps)
    variance = sum((gap - mean) ** 2 for gap in gaps) / len(gaps)

    assert found == again
    assert found != other
    assert variance == pytest.approx(mean**2, rel=0.1)  # as exponential gaps have it


@pytest.mark.parametrize(
    "points",
    [
        [Point(0, 1)],
        [Point(1, 1), Point(2, 1)],
        [Point(0, 1), Point(5, 1), Point(4, 1)],
        [Point(0, 1), Point(0, 1)],
        [Point(0, 0), Point(5, 0)],
        [Point(0, 1), Point(5, -1)],
    ],
)
def test_what_is_no_curve_is_refused(points: list[Point]) -> None:
    with pytest.raises(ValueError, match=r"curve|rates"):
        Curve(points)
