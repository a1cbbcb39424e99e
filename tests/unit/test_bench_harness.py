"""The figures the benches print: intervals that hold what they promise, CPU time that is CPU time."""

import os
import random
import statistics
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.harness import Run, cpu_seconds, median_interval

RATIOS = st.lists(st.floats(0.01, 100), min_size=1, max_size=80)


@given(RATIOS)
def test_the_interval_encloses_the_median_and_lies_among_the_values(values: list[float]) -> None:
    median, low, high = median_interval(values)
    assert median == statistics.median(values)
    assert min(values) <= low <= median <= high <= max(values)


def test_thirty_one_pairs_use_the_tenth_value_from_each_end() -> None:
    """Binomial(31, ½): P(at most 9 below the median) is 0.0147, at most 10 already 0.0354."""
    assert median_interval([float(n) for n in range(1, 32)]) == (16.0, 10.0, 22.0)


def test_the_true_median_is_missed_by_few_intervals() -> None:
    dice = random.Random(1)
    missed = 0
    for _ in range(1000):
        _, low, high = median_interval([dice.lognormvariate(0, 0.5) for _ in range(31)])
        missed += not low <= 1.0 <= high
    assert 5 <= missed <= 60


@pytest.mark.parametrize(("ours", "met"), [(0.4, True), (0.51, False)])
def test_a_bar_is_met_when_the_whole_interval_meets_it(ours: float, met: bool) -> None:
    run = Run("bench", bar=0.5, pairs=11)
    row = run.compare(ours=lambda: ours, ceiling=lambda: 0.25)
    assert row.ratio == pytest.approx(0.25 / ours)
    assert row.met is met


def test_sleeping_costs_no_cpu_and_counting_does() -> None:
    start = cpu_seconds(os.getpid())
    time.sleep(0.2)
    slept = cpu_seconds(os.getpid()) - start
    until = time.process_time() + 0.1
    while time.process_time() < until:
        pass
    counted = cpu_seconds(os.getpid()) - start - slept
    assert slept < 0.1 <= counted + 0.001
