"""Metrics against a ceiling that decodes the same events and writes the same fact rows in the same batches."""

import asyncio
import gc
import random
import sqlite3
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.harness import Run, bench
from metrics.batch import Batch, Move
from metrics.catalogue import shipped
from metrics.domain.facts import Call, Document, Message, Stay
from metrics.projector import Projector
from metrics.settings import MetricsSettings
from metrics.statements import Statements, rows_of, statements_of
from metrics.store import MIGRATIONS
from metrics.tables import live, metadata
from metrics.wire.decode import Incoming, decode
from socle.bus.partition import partition_for
from socle.bus.port import Record, TopicPartition
from socle.events import TYPE_PREFIX, EventContext, encode_data, headers_of
from socle.store import SqliteStore
from socle.store.connect import Synchronous, open_raw
from socle.store.hot import Hot
from socle.store.migrate import upgrade
from support.metrics_lab import Event, call, document, message, stay

BATCH = MetricsSettings().batch_max
"""Events in one transaction, on both sides: what the consumer takes when it is behind."""
BATCHES = 2
SITES = 50
SIDES = 2
SCOPE = ("default", 1)
START = datetime(2026, 3, 2, 7, tzinfo=UTC)

_MIX = {"11502-2": 40, "57833-6": 25, "11490-0": 14, "18748-4": 9, "34112-3": 12}
"""Types of documents, in percent (domain/indicators.md §4.1)."""


class Nation:
    """Events in the proportions of §4.3: 32 documents' events, 23 of mails, 15 calls, 2 of stays in a hundred or so."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._number = 0
        self._offsets: Counter[TopicPartition] = Counter()
        self._ready: list[Record] = []

    def records(self, count: int) -> list[Record]:
        """The next events of the log, each with its place in its partition."""
        while len(self._ready) < count:
            self._ready += [self._record(event) for event in self._act()]
        found, self._ready = self._ready[:count], self._ready[count:]
        return found

    def _act(self) -> list[Event]:
        self._number += 1
        number, dice = f"{self._number:08d}", self._dice
        at = START + timedelta(seconds=self._number % 80_000)
        site = f"0100{dice.randrange(SITES):05d}"
        draw = dice.random()
        common: dict[str, Any] = {"finess_eg": site, "exchange_id": f"exchange-{number}"}
        if draw < 0.37:
            kind = dice.choices(list(_MIX), list(_MIX.values()))[0]
            last = dice.choices(["registered", "rejected"], [97, 3])[0]
            return [
                document(number, kind=each, at=at, type_code=kind, stay_id=self._stay(kind), **common)
                for each in ("submitted", last)
            ]
        if draw < 0.58:
            return [
                message(number, at=at, **common),
                message(number, kind="delivered", revision=2, at=at, accepted_at=at, **common),
            ]
        if draw < 0.96:
            return [call(number, dice.choices(["00", "01", "02"], [90, 8, 2])[0], at, **common)]
        return [stay(number, discharged=at, **common)]

    def _stay(self, kind: str) -> str | None:
        """A third of the documents name their stay (§6.4)."""
        return f"1.2.3^{self._dice.randrange(1, self._number + 1):08d}" if self._dice.random() < 0.33 else None

    def _record(self, event: Event) -> Record:
        subject, at, data = event
        part = TopicPartition(data.TOPIC, partition_for(data.partition_key, 12))
        offset = self._offsets[part]
        self._offsets[part] += 1
        context = EventContext(
            id=f"0199e0c2-{offset:012d}-{part.partition}-{part.topic}",
            source="/socles/bench/default",
            type=TYPE_PREFIX + data.TYPE,
            time=at,
            subject=subject,
            recordedtime=at,
            sequence=offset,
            partitionkey=data.partition_key,
        )
        return Record(*part, offset, data.partition_key.encode(), encode_data(data), headers_of(context), 0)


class Log:
    """Batches of a nation's events, made once for all sides; each side reads them from the start."""

    def __init__(self, seed: int) -> None:
        self._nation = Nation(seed)
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
            upgrade(folder / file, MIGRATIONS, metadata)
        store = SqliteStore(folder / "ours.db", service="metrics")
        runner.run(store.start())
        log = Log(1)
        ours = Ours(runner, store, log)
        ceiling = _ceiling(open_raw(folder / "bare.db", Synchronous.NORMAL), statements_of(live), log)
        run.compare(ours=ours, ceiling=ceiling)
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
        parts = [
            TopicPartition(f"socles.{topic}.v1", p) for topic in ("insi", "dmp", "mss", "stays") for p in range(12)
        ]
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


def _ceiling(raw: sqlite3.Connection, sql: Statements, log: Log) -> Callable[[], float]:
    """Decode, and put the facts where they belong: no look-up, no linkage, no indicator, no position."""

    def one() -> float:
        batches = log.next("ceiling")
        gc.collect()  # each side pays for its own garbage, and for none of the generator's
        start = time.process_time()
        for records in batches:
            events = [decode(record) for record in records]
            raw.execute("BEGIN IMMEDIATE")
            for statement, rows in _rows(sql, events):
                names = statement.names
                raw.executemany(statement.sql, [[row[name] for name in names] for row in rows])
            raw.execute("COMMIT")
        return (time.process_time() - start) / (BATCH * BATCHES)

    return one


def _rows(sql: Statements, events: Sequence[Incoming]) -> list[tuple[Hot, list[dict[str, Any]]]]:
    kinds: dict[type, list[Any]] = {Call: [], Document: [], Message: [], Stay: []}
    carried, history = [], []
    for event in events:
        kinds[type(event.fact)].append(event.fact)
        carried += event.docs
        if not isinstance(event.fact, Call):
            history.append(event)
    return [
        (sql.put_calls, rows_of(SCOPE, kinds[Call])),
        (sql.put_documents, rows_of(SCOPE, kinds[Document])),
        (sql.put_messages, rows_of(SCOPE, kinds[Message])),
        (sql.put_carried, rows_of(SCOPE, carried)),
        (sql.put_stays, rows_of(SCOPE, kinds[Stay])),
        (
            sql.put_history,
            [
                {
                    "workspace": "default",
                    "epoch": 1,
                    "thing": type(event.fact).__name__.lower(),
                    "thing_id": event.fact[0],  # type: ignore[index]
                    "document_id": getattr(event.fact, "document_id", None),
                    "revision": event.revision,
                    "event_id": event.event_id,
                    "type": event.type,
                    "time": event.time,
                    "exchange_id": event.exchange_id,
                    "topic": event.topic,
                    "partition": event.partition,
                    "log_offset": event.offset,
                }
                for event in history
            ],
        ),
    ]


def _counters() -> Callable[[], float]:
    """Decode and count by establishment, type and day in memory: no fact, no store."""
    nation = Nation(1)
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
