"""The relay from a full outbox to a real Kafka, against a bare producer that has the same records in memory."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.broker import broker, only_on, others
from bench.drained import Side
from bench.harness import Run, bench
from support.kafka_emptied import delete_topics
from support.postgres import NoPostgres, private_server

EVENTS = 20_000
PAIRS = 9
"""There is no bar: the relay's work is what the bare producer leaves out."""


@contextmanager
def database() -> Iterator[str]:
    """A PostgreSQL to make databases in: the one that is named, or a private one away from the measured core."""
    named = os.environ.get("SOCLES_TEST_DATABASE_URL")
    if named:
        yield named
        return
    with private_server() as server:
        assert server._process is not None
        only_on(others(), server._process.pid)
        yield server.url()


def _empty(side: Side, bootstrap: str) -> Callable[[], float]:
    """The outbox is new each time, and so are the topics."""

    def one() -> float:
        delete_topics(bootstrap)
        return side()

    return one


@bench("relay: full outbox → Kafka / bare aiokafka producer, same records")
def relay(run: Run) -> None:
    events, pairs = (EVENTS if run.pairs > 1 else EVENTS // 10), min(run.pairs, PAIRS)
    with broker() as bootstrap:
        bare = Side("bare", bootstrap, events, program="relaying.py")
        ours = Side("relay", bootstrap, events, program="relaying.py")
        run.compare(
            name="relay: SQLite → Kafka / bare producer",
            ours=_empty(ours, bootstrap),
            ceiling=_empty(bare, bootstrap),
            pairs=pairs,
        )
        run.note(f"SQLite: {ours.said()}")
        try:
            with database() as server:
                on_postgres = Side("relay", bootstrap, events, program="relaying.py", postgres=server)
                run.compare(
                    name="relay: PostgreSQL → Kafka / bare producer",
                    ours=_empty(on_postgres, bootstrap),
                    ceiling=_empty(bare, bootstrap),
                    pairs=pairs,
                )
                run.note(f"PostgreSQL, without the server's own time: {on_postgres.said()}")
        except NoPostgres as absent:
            run.note(f"SKIPPED: {absent}")
        run.note(f"bare: {bare.said()}")
