"""A bus under test: a started shelf store and its relay, and readers of what comes."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from socle.bus.port import Bus, Consumer, Record, TopicPartition
from socle.events import InsiCallCompleted
from socle.events.topics import TOPICS
from socle.store import Store
from support import shelf

TOPIC = InsiCallCompleted.TOPIC
KEYS = [f"{n:09d}" for n in range(1, 21)]


@dataclass
class Wire:
    """A store whose events reach a bus."""

    store: Store
    bus: Bus

    async def tell(self, *names: str, keys: Sequence[str] = KEYS) -> None:
        """One act with one event for each name, keys in turn, in this order."""
        for n, name in enumerate(names):
            await self.store.write(partial(shelf.put_and_tell, name=name, key=keys[n % len(keys)]))


@dataclass
class Reader:
    """A consumer that keeps its position as metrics do: it alone knows where it stands."""

    wire: Wire
    group: str = "readers"
    positions: dict[TopicPartition, int] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    assignments: list[frozenset[TopicPartition]] = field(default_factory=list)
    consumer: Consumer | None = None

    async def start(self) -> "Reader":
        self.consumer = self.wire.bus.consumer(self.group, [TOPIC], self._assigned)
        await self.consumer.start()
        return self

    async def _assigned(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        self.assignments.append(frozenset(partitions))
        return {part: self.positions.get(part, 0) for part in self.assignments[-1]}

    async def fetch(self, *, max_records: int = 500, timeout: float = 0.2) -> int:
        """Take one batch; gives how many records came."""
        assert self.consumer is not None
        batch = await self.consumer.fetch(max_records=max_records, timeout=timeout)
        for part, records in batch.items():
            for record in records:
                assert (record.topic, record.partition) == part
                assert record.offset >= self.positions.get(part, 0)
                self.positions[part] = record.offset + 1
                self.records.append(record)
        return sum(map(len, batch.values()))

    async def take(self, count: int) -> None:
        """Fetch until ``count`` records in all have come."""
        async with asyncio.timeout(40):
            while len(self.records) < count:
                await self.fetch()

    async def stop(self) -> None:
        assert self.consumer is not None
        await self.consumer.stop()

    @property
    def subjects(self) -> list[str]:
        return [dict(record.headers)["ce_subject"].decode() for record in self.records]


async def settled(*members: Reader) -> None:
    """Let the members of a group come to an agreement: each has some partitions, each partition has one reader."""
    async with asyncio.timeout(20):
        while True:
            owned: list[set[TopicPartition]] = []
            for member in members:
                await member.fetch(timeout=0.01)
                assert member.consumer is not None
                owned.append(set(await member.consumer.end_offsets()))
            if all(owned) and len(set().union(*owned)) == sum(map(len, owned)) == TOPICS[TOPIC].partitions:
                return


def names(count: int, prefix: str = "thing") -> list[str]:
    return [f"{prefix} {n:04d}" for n in range(count)]
