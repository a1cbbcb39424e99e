"""A national day rebuilt from Kafka, and whether an event costs the same whatever the number of establishments.

``python tests/bench national-day [--events N] [--establishments N]``. The service in its role of consumer, on one core,
reads the topics from their start into an empty database.
"""

import statistics
import time

from bench.broker import broker
from bench.drained import Side
from bench.fill import fill
from bench.harness import Run, bench
from bench.nation import DAY, ESTABLISHMENTS
from support.kafka_emptied import delete_topics

SIZES = (10, 100, 1_000, 10_000)
"""Establishments."""
RATE = 5_000
"""Events a second, of a cold rebuild on one core (domain/indicators.md §4.3)."""
FLAT = 1.25
"""How much more an event may cost with 10,000 establishments than with ten."""
MEMORY_MB = 512
_PART = 16
"""The curve is drawn with as many events as this part of the day."""


@bench("national-day: cost per event by establishments", asked_only=True)
def curve(run: Run) -> None:
    events = (run.events or DAY) // _PART
    costs = {}
    with broker() as bootstrap:
        for sites in SIZES:
            delete_topics(bootstrap)
            fill(bootstrap, events, sites)
            runs = [Side("ours", bootstrap, events).drain() for _ in range(min(3, run.pairs))]
            costs[sites] = statistics.median(each.us for each in runs)
            peak = max(each.peak_mb for each in runs)
            run.note(
                f"{sites:6,} establishments: {costs[sites]:5.1f} µs CPU per event of {events:,}; peak {peak:.0f} MiB"
            )
    run.at_most("national-day: cost with 10,000 ÷ with ten", costs[SIZES[-1]] / costs[SIZES[0]], FLAT, "times")


@bench("national-day: the whole day rebuilt", asked_only=True)
def day(run: Run) -> None:
    events, sites = run.events or DAY, run.establishments or ESTABLISHMENTS
    with broker() as bootstrap:
        begun = time.perf_counter()
        fill(bootstrap, events, sites)
        run.note(f"{events:,} events of {sites:,} establishments put into Kafka in {time.perf_counter() - begun:.0f} s")
        done = Side("ours", bootstrap, events).drain()
    run.at_most("national-day: time", done.wall / 60, events / RATE / 60, "min")
    run.at_most("national-day: peak memory", done.peak_mb, MEMORY_MB, "MiB")
    run.note(
        f"{events / done.wall:,.0f} events a second, {done.us:.1f} µs CPU each; database {done.database_mb:,.0f} MiB"
    )
    parts = [done.us_between(tenth / 10, (tenth + 1) / 10) for tenth in range(10)]
    run.note("µs CPU per event, tenth by tenth of the day: " + " ".join(f"{part:.0f}" for part in parts))
