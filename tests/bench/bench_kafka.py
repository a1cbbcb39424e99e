"""Metrics from a real Kafka: the service in its role of consumer against bare aiokafka, FastStream and Quix Streams.

One run, one core: each side is a process of its own on one core, the broker has the others. Each batch drains the same
topics, filled beforehand, from their start into an empty database; its figure is CPU time of that process, with all
threads, from when it is ready to connect until the last event is committed.
"""

from bench.broker import broker
from bench.drained import Side
from bench.fill import fill
from bench.harness import Run, bench
from bench.quix import NoQuix, interpreter

EVENTS = 48_000
"""A dozen transactions of the service; a quarter of an hour of the nation's peak, or eleven minutes of a mean day."""
SITES = 1_000
OTHERS_PAIRS = 9
"""For ratios without a bar."""


@bench("kafka: metrics from Kafka / aiokafka, decode, same fact rows", bar=0.6)
def metrics_from_kafka(run: Run) -> None:
    """The bar of the issue: 0.6."""
    events = EVENTS if run.pairs > 1 else EVENTS // 12
    with broker() as bootstrap:
        fill(bootstrap, events, SITES)
        ours, bare = Side("ours", bootstrap, events), Side("bare", bootstrap, events)
        run.compare(ours=ours, ceiling=bare)
        run.note(f"ours, exactly once: {ours.said()}")
        run.note(f"ceiling, no position kept: {bare.said()}")
        others = {"faststream": "FastStream", "quix": "Quix Streams"}
        try:
            interpreter()
        except NoQuix as reason:
            del others["quix"]
            run.note(f"SKIPPED: Quix Streams could not be installed, so nothing is compared with it: {reason}")
        for side, name in others.items():
            for word, what in (("", "the same counting"), ("-counts", "facts and daily counts only")):
                their = Side(side + word, bootstrap, events)
                pairs = min(run.pairs, OTHERS_PAIRS)
                run.compare(name=f"kafka: metrics / {name}, {what}", ours=ours, ceiling=their, pairs=pairs)
                guarantee = "at least once" if word else "at least once, what comes twice is refused"
                run.note(f"{name}, {what}, {guarantee}: {their.said()}")
