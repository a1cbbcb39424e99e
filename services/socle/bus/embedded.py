"""The embedded bus (D3): the outboxes of the services in this process are the logs.

It is no totally ordered queue: as on Kafka, only the order within a partition holds. With ``interleave`` a seeded
generator mixes the partitions and cuts the batches at random, so that tests meet the orders Kafka would give.
"""

import asyncio
import random
import time
from collections.abc import Iterable, Mapping, Sequence

from socle.bus import log
from socle.bus.groups import Group
from socle.bus.port import Assigned, Record, TopicPartition
from socle.events.topics import TOPICS
from socle.store.port import Store

SESSION_SECONDS = 30.0
"""A member that has not fetched for this long loses its partitions to the others of its group."""


class TopicTaken(RuntimeError):
    """Two services emit to the same topic: their outboxes would give the same offsets twice."""


class EmbeddedBus:
    """See :class:`socle.bus.port.Bus`. Belongs to one event loop."""

    def __init__(self, *, interleave: random.Random | None = None, session: float = SESSION_SECONDS) -> None:
        self._interleave = interleave
        self._session = session
        self._owners: dict[str, str] = {}
        self._stores: dict[str, Store] = {}
        self._ends: dict[TopicPartition, int] = {}
        self._groups: dict[str, Group] = {}
        self._news: set[asyncio.Event] = set()

    @property
    def keeps_hours(self) -> None:
        return None

    async def start(self) -> None:
        """The logs are told by their relays: there is nobody to reach."""

    async def stop(self) -> None:
        """Consumers end on their own."""

    def claim(self, service: str, topic: str) -> None:
        """A topic belongs to the first service that emits to it; another one gets :class:`TopicTaken`. Thread-safe."""
        owner = self._owners.setdefault(topic, service)
        if owner != service:
            raise TopicTaken(f"{service} emits to {topic}, whose log is the outbox of {owner}")

    def grown(self, service: str, store: Store, ends: Mapping[TopicPartition, int]) -> None:
        """The logs that lie in the outbox of ``service`` now end there; wakes up whoever waits for their records."""
        for part, end in ends.items():
            self.claim(service, part.topic)
            self._stores[part.topic] = store
            self._ends[part] = end
        if ends:
            self._wake()

    def consumer(self, group: str, topics: Sequence[str], assigned: Assigned) -> "EmbeddedConsumer":
        if group not in self._groups:
            self._groups[group] = Group(self._wake, self._session)
        logs = [TopicPartition(topic, part) for topic in topics for part in range(TOPICS[topic].partitions)]
        return EmbeddedConsumer(self, self._groups[group], logs, assigned)

    async def ends(self, topics: Sequence[str]) -> dict[TopicPartition, int]:
        logs = [TopicPartition(topic, part) for topic in topics for part in range(TOPICS[topic].partitions)]
        return {part: self.end(part) for part in logs}

    def end(self, part: TopicPartition) -> int:
        """The offset the next event of the log will get."""
        return self._ends.get(part, 0)

    def subscribe(self) -> asyncio.Event:
        """An event set whenever a log grows or a group changes."""
        news = asyncio.Event()
        self._news.add(news)
        return news

    def unsubscribe(self, news: asyncio.Event) -> None:
        self._news.discard(news)

    async def read(self, positions: Mapping[TopicPartition, int], count: int) -> dict[TopicPartition, list[Record]]:
        """At most ``count`` records from the given positions on, fairly from all logs that have some."""
        by_store: dict[Store, list[tuple[TopicPartition, int, int]]] = {}
        for part, position, share in self._shares(positions, count):
            by_store.setdefault(self._stores[part.topic], []).append((part, position, share))
        found: dict[TopicPartition, list[Record]] = {}
        for store, wanted in by_store.items():
            found |= await store.read(lambda connection, wanted=wanted: log.read(connection, wanted))  # type: ignore[misc]
        if self._interleave is not None:
            order = list(found)
            self._interleave.shuffle(order)
            found = {part: found[part] for part in order}
        return found

    def _shares(self, positions: Mapping[TopicPartition, int], count: int) -> list[tuple[TopicPartition, int, int]]:
        """(log, first offset, how many) for each log that has something new."""
        new = [(part, at, self.end(part) - at) for part, at in positions.items() if self.end(part) > at]
        dice = self._interleave
        if dice is not None:
            dice.shuffle(new)
            new = new[: dice.randint(1, len(new))] if new else new
            return [(part, at, dice.randint(1, min(lag, max(1, count // len(new))))) for part, at, lag in new][:count]
        # the smallest lags first: what they do not use of their share goes to the larger ones
        new.sort(key=lambda item: item[2])
        shares = []
        for index, (part, at, lag) in enumerate(new):
            share = min(lag, count // (len(new) - index))
            if share:
                shares.append((part, at, share))
                count -= share
        return shares

    def _wake(self) -> None:
        for news in self._news:
            news.set()


class EmbeddedConsumer:
    """See :class:`socle.bus.port.Consumer`."""

    def __init__(self, bus: EmbeddedBus, group: Group, logs: Iterable[TopicPartition], assigned: Assigned) -> None:
        self._bus = bus
        self._group = group
        self._logs = tuple(logs)
        self._assigned = assigned
        self._member: int | None = None
        self._mine: dict[TopicPartition, int] = {}
        self._positions: dict[TopicPartition, int] = {}
        self._news = asyncio.Event()

    async def start(self) -> None:
        if self._member is None:
            self._news = self._bus.subscribe()
            self._member = self._group.join(self._logs, time.monotonic())
            await self._rebalance()

    async def stop(self) -> None:
        if self._member is not None:
            self._bus.unsubscribe(self._news)
            self._group.leave(self._member)
            self._member = None
            self._mine = {}
            self._positions = {}

    async def fetch(self, *, max_records: int, timeout: float) -> dict[TopicPartition, list[Record]]:
        deadline = time.monotonic() + timeout
        while True:
            self._news.clear()
            await self._rebalance()
            found = await self._bus.read(self._positions, max_records)
            if found:
                for part, records in found.items():
                    self._positions[part] = records[-1].offset + 1
                return found
            try:
                async with asyncio.timeout(deadline - time.monotonic()):
                    await self._news.wait()
            except TimeoutError:
                return {}

    def seek(self, partition: TopicPartition, offset: int) -> None:
        if partition in self._positions:
            self._positions[partition] = offset

    async def end_offsets(self) -> dict[TopicPartition, int]:
        return {part: self._bus.end(part) for part in self._positions}

    async def _rebalance(self) -> None:
        """Let go of what went to another member; take what came, at the position its owner keeps."""
        if self._member is None:
            raise RuntimeError("the consumer was not started")
        mine = self._group.poll(self._member, time.monotonic())
        if mine == self._mine:
            return
        kept = mine.items() & self._mine.items()
        self._mine = mine
        self._positions = {part: self._positions[part] for part, _ in kept}
        gained = mine.keys() - self._positions.keys()
        if gained:
            positions = await self._assigned(sorted(gained))
            self._positions |= {part: positions.get(part, 0) for part in gained}
