"""Percentiles within one percent, exact maxima, and sums that lose nothing."""

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.load.histogram import Histogram

values = st.lists(st.floats(2e-5, 100), min_size=1, max_size=300)


@given(values, st.sampled_from([0.5, 0.9, 0.99, 0.999]))
def test_a_percentile_is_within_one_percent(found: list[float], share: float) -> None:
    exact = sorted(found)[ceil(len(found) * share) - 1]

    assert exact * 0.999 <= (Histogram.of(found).percentile(share) or 0) <= exact * 1.0101


@given(values, values)
def test_merging_is_as_having_seen_all(some: list[float], others: list[float]) -> None:
    together = Histogram.of(some)
    together.merge(Histogram.of(others))
    whole = Histogram.of([*some, *others])

    assert together.counts == whole.counts
    assert together.maximum == whole.maximum == max(*some, *others)


def test_taking_leaves_nothing() -> None:
    histogram = Histogram.of([0.1, 0.2])
    taken = histogram.take()

    assert (taken.total, taken.maximum) == (2, 0.2)
    assert (histogram.total, histogram.maximum) == (0, 0)


def test_nothing_measured_has_no_percentile() -> None:
    assert Histogram().percentile(0.99) is None


def test_the_shortest_are_one_bucket() -> None:
    assert Histogram.of([0.0, 1e-6, 9e-6]).percentile(1) == pytest.approx(9e-6)
