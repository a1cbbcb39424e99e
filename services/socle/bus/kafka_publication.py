"""Publishing sequenced events on Kafka, and remembering in the service's database how far it has come.

The steps of one round:

1. take what passes have handed over; of logs with a gap (memory was full, or a former leader's rest): read it back;
2. publish all of it, each log in offset order;
3. when all is acknowledged, store the heads.

Whatever fails: the producer is dropped, memory is emptied, and the next round begins at the stored heads. It then
repeats the same events with the same ``ce_sequence``, which consumers skip by their high-water marks.
"""

import asyncio
import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import Coroutine, Mapping, Sequence
from functools import partial

from prometheus_client import Counter, Gauge, Histogram

from socle.bus import log, published
from socle.bus.kafka import KafkaBus
from socle.bus.kafka_producer import KafkaPublisher
from socle.bus.log import Pass
from socle.bus.port import Record, TopicPartition
from socle.store.port import Store, StoreClosed

_log = logging.getLogger(__name__)
_PUBLISHED = Counter("socle_relay_published_total", "Events acknowledged by Kafka", ["service", "topic"])
_BACKLOG = Gauge("socle_relay_backlog", "Events sequenced and not yet acknowledged by Kafka", ["service"])
_LATENCY = Histogram(
    "socle_relay_publish_seconds",
    "From the commit of a round's oldest event to Kafka's acknowledgement",
    ["service"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
)

MEMORY_EVENTS = 20_000
"""Events kept for the next round at most, some 30 MB; what is beyond is read back when its turn comes."""
READ_EVENTS = 4_000
RETRY_SECONDS = 0.5
SLOW_SECONDS = 30.0
"""After which a round that is not acknowledged is told of, again and again."""
FLUSH_SECONDS = 5.0
"""How long a process that ends waits for its last events to be acknowledged; the next one publishes the rest."""
PRUNE_SECONDS = 60.0
PRUNE_EVENTS = 1_000

Records = Mapping[TopicPartition, Sequence[Record]]


class KafkaPublication:
    """See :class:`socle.bus.relaying.Publication`."""

    whole = True

    def __init__(self, store: Store, bus: KafkaBus) -> None:
        self._store = store
        self._bus = bus
        self._publisher: KafkaPublisher | None = None
        self._task: asyncio.Task[None] | None = None
        self._ends: dict[TopicPartition, int] = {}
        """Up to where the logs are sequenced."""
        self._next: dict[TopicPartition, int] = {}
        """The first offset that was not taken into memory."""
        self._published: dict[TopicPartition, int] = {}
        self._memory: defaultdict[TopicPartition, list[Record]] = defaultdict(list)
        self._held = 0
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._pruned = time.monotonic()

    async def lead(self, ends: Mapping[TopicPartition, int]) -> None:
        self._ends = dict(ends)
        await self._begin_at_heads()
        self._news.set()
        self._idle.clear()
        self._task = asyncio.create_task(self._run(), name=f"{self._store.service}-publication")

    async def follow(self, ends: Mapping[TopicPartition, int]) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await self._drop()
            _BACKLOG.labels(self._store.service).set(0)

    def hand_over(self, done: Pass) -> None:
        for record in done.records:
            part = TopicPartition(record.topic, record.partition)
            if self._held < MEMORY_EVENTS and self._next.get(part, 0) == record.offset:
                self._memory[part].append(record)
                self._next[part] = record.offset + 1
                self._held += 1
        self._ends.update(done.heads)
        if done.heads:
            self._idle.clear()
            self._news.set()

    async def flush(self) -> None:
        if self._task is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_SECONDS):
                    await self._idle.wait()

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PRUNE_SECONDS):
                    await self._news.wait()
            self._news.clear()
            try:
                while records := await self._take():
                    await self._round(records)
                    await self._prune()
                self._idle.set()
                await self._prune()
            except StoreClosed:
                return
            except Exception as error:
                _log.warning(
                    "events of %s: published again from the stored heads after %s: %s",
                    self._store.service,
                    type(error).__name__,
                    error,
                )
                await self._drop()
                await asyncio.sleep(RETRY_SECONDS)
                self._memory.clear()
                self._held = 0
                self._next = dict(self._published)
                self._news.set()

    async def _begin_at_heads(self) -> None:
        self._published = await self._store.read(published.heads)
        self._next = dict(self._published)
        self._memory.clear()
        self._held = 0

    async def _take(self) -> Records:
        """What goes next, out of memory first."""
        self._count_backlog()
        if self._memory:
            records, self._memory, self._held = self._memory, defaultdict(list), 0
            return records
        behind = [part for part, end in self._ends.items() if self._next.get(part, 0) < end]
        if not behind:
            return {}
        share = max(1, READ_EVENTS // len(behind))
        wanted = [
            (part, self._next.get(part, 0), min(share, self._ends[part] - self._next.get(part, 0))) for part in behind
        ]
        read = await self._store.read(lambda connection: log.read(connection, wanted))
        for part, start, _ in wanted:
            # on the embedded bus, before, events of dead scopes may have been removed; never the last of a log
            if part not in read:
                raise RuntimeError(f"{part.topic}[{part.partition}]: event {start} is no longer in the outbox")
            self._next[part] = read[part][-1].offset + 1
        return read

    async def _round(self, records: Records) -> None:
        if self._publisher is None:
            self._publisher = KafkaPublisher(self._bus.settings, await self._bus.connection(self._store.service))
            await self._publisher.start()
        await self._acknowledged(self._publisher.publish(records), sum(map(len, records.values())))
        ends = {part: each[-1].offset + 1 for part, each in records.items()}
        await self._store.write_first(lambda uow: published.move(uow, ends))
        self._published.update(ends)
        self._measure(records)

    async def _acknowledged(self, publishing: Coroutine[None, None, None], count: int) -> None:
        """Wait for it, and say so when it takes long: an idempotent producer tries for ever."""
        task = asyncio.create_task(publishing)
        try:
            while not (await asyncio.wait({task}, timeout=SLOW_SECONDS))[0]:
                _log.warning(
                    "relay of %s: Kafka still does not acknowledge %d events (are all topics and replicas there?)",
                    self._store.service,
                    count,
                )
            task.result()
        finally:
            task.cancel()
            await asyncio.wait({task})

    def _measure(self, records: Records) -> None:
        service = self._store.service
        for part, each in records.items():
            _PUBLISHED.labels(service, part.topic).inc(len(each))
        oldest = min(each[0].timestamp_ms for each in records.values())
        _LATENCY.labels(service).observe(max(0.0, time.time() - oldest / 1000))
        self._count_backlog()

    def _count_backlog(self) -> None:
        backlog = sum(self._ends.values()) - sum(self._published.get(part, 0) for part in self._ends)
        _BACKLOG.labels(self._store.service).set(backlog)

    async def _drop(self) -> None:
        if self._publisher is not None:
            await self._publisher.stop()
            self._publisher = None  # only now: who is interrupted here must begin again

    async def _prune(self) -> None:
        """Let go of events that Kafka has had for long enough, a few at a time."""
        if time.monotonic() - self._pruned < PRUNE_SECONDS:
            return
        self._pruned = time.monotonic()
        before = round((time.time() - self._bus.settings.keep_published_hours * 3600) * 1_000_000)
        for part, head in self._published.items():
            prune = partial(published.prune, log=part, head=head, before=before, count=PRUNE_EVENTS)
            more = True
            while more:
                more = await self._store.write_first(prune) == PRUNE_EVENTS
