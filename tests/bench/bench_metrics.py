"""Metrics against a ceiling that decodes the same events and writes the same fact rows in the same batches."""

import asyncio
import gc
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.harness import Run, bench
from bench.nation import Nation
from bench.rows import FactWriter
from bench.tables import empty_database, sql_of
from metrics.batch import Batch, Move
from metrics.catalogue import shipped
from metrics.projector import Projector
from metrics.settings import MetricsSettings
from metrics.tables import live
from metrics.wire.decode import decode
from socle.bus.port import Record, TopicPartition
from socle.events.topics import TOPICS
from socle.store import SqliteStore
from socle.store.connect import Synchronous, open_raw

BATCH = MetricsSettings().batch_max
"""Events in one transaction, on both sides: what the consumer takes when it is behind."""
BATCHES = 2
SITES = 50
SIDES = 2


class Log:
    """Batches of a nation's events, made once for all sides; each side reads them from the start."""

    def __init__(self, seed: int) -> None:
        self._nation = Nation(seed, sites=SITES)
        self._made: deque[list[Record]] = deque()
        self._dropped = 0
        self._read: dict[str, int] = {}

    def next(self, side: str) -> list[list[Record]]:
        """The side's next batches."""
        first = self._read.get(side, 0)
        self._read[side] = first + BATCHES
        while self._dropped + len(self._made) < first + BATCHES:
            self._made.append(self._nation.records(BATCH))
        found = [self._made[number - self._dropped] for number in range(first, first + BATCHES)]
        while len(self._read) == SIDES and self._dropped < min(self._read.values()):
            self._made.popleft()
            self._dropped += 1
        return found


def moves_of(records: Sequence[Record]) -> dict[TopicPartition, Move]:
    """Where the positions stand and go."""
    ends: dict[TopicPartition, Move] = {}
    for record in records:
        part = TopicPartition(record.topic, record.partition)
        ends[part] = Move(ends[part].expected if part in ends else record.offset, record.offset + 1)
    return ends


@bench("metrics: event → facts, indicators, position", bar=0.6)
def facts_and_indicators(run: Run) -> None:
    with tempfile.TemporaryDirectory(prefix="socles-bench-") as name, asyncio.Runner() as runner:
        folder = Path(name)
        for file in ("ours.db", "bare.db"):
            empty_database(folder / file)
        store = SqliteStore(folder / "ours.db", service="metrics")
        runner.run(store.start())
        log = Log(1)
        ours = Ours(runner, store, log)
        run.compare(ours=ours, ceiling=_ceiling(folder / "bare.db", log))
        run.compare(
            name="metrics: the same against counters only (nothing can be explained)",
            ours=ours,
            ceiling=_counters(),
            pairs=5,
        )
        run.note(f"{5 / sum(ours() for _ in range(5)):,.0f} events per second of CPU time, in batches of {BATCH}")
        runner.run(store.stop())


class Ours:
    """The consumer's transaction, as the service runs it."""

    def __init__(self, runner: asyncio.Runner, store: SqliteStore, log: Log) -> None:
        self._runner = runner
        self._store = store
        self._log = log
        self._projector = Projector(live, shipped().definitions, "metrics")
        parts = [TopicPartition(topic, part) for topic, spec in TOPICS.items() for part in range(spec.partitions)]
        runner.run(store.write(lambda uow: self._projector.assign(uow, parts)))

    def __call__(self) -> float:
        batches = self._log.next("ours")
        gc.collect()  # each side pays for its own garbage, and for none of the generator's
        start = time.process_time()
        self._runner.run(self._take(batches))
        return (time.process_time() - start) / (BATCH * BATCHES)

    async def _take(self, batches: Sequence[Sequence[Record]]) -> None:
        for records in batches:
            moves = moves_of(records)
            await self._store.write(
                lambda uow, records=records, moves=moves: self._projector.apply(  # type: ignore[misc]
                    uow, Batch(moves, [decode(record) for record in records])
                )
            )


def _ceiling(file: Path, log: Log) -> Callable[[], float]:
    """Decode, and put the facts where they belong: no look-up, no linkage, no indicator, no position."""
    writer = FactWriter(open_raw(file, Synchronous.NORMAL), sql_of())

    def one() -> float:
        batches = log.next("ceiling")
        gc.collect()  # each side pays for its own garbage, and for none of the generator's
        start = time.process_time()
        for records in batches:
            writer.write([decode(record) for record in records])
        return (time.process_time() - start) / (BATCH * BATCHES)

    return one


def _counters() -> Callable[[], float]:
    """Decode and count by establishment, type and day in memory: no fact, no store."""
    nation = Nation(1, sites=SITES)
    counts: Counter[tuple[str | None, str, int]] = Counter()

    def one() -> float:
        batches = [nation.records(BATCH) for _ in range(BATCHES)]
        gc.collect()  # each side pays for its own garbage, and for none of the generator's
        start = time.process_time()
        for records in batches:
            for event in map(decode, records):
                counts[event.fact.finess_eg, event.type, event.time // 86_400_000] += 1  # type: ignore[union-attr]
        return (time.process_time() - start) / (BATCH * BATCHES)

    return one
