"""Consumers freeze, stand where the log is not, have owners that fail, or no broker: they never skip, and come back."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest

from socle.bus.kafka import KafkaBus
from socle.bus.kafka_consumer import KafkaConsumer
from socle.bus.kafka_ends import OffsetLost
from socle.bus.kafka_settings import KafkaSettings
from socle.bus.port import Record, TopicPartition
from socle.store import SqliteStore
from socle.store.migrate import upgrade
from support import shelf
from support.bus_wire import TOPIC, Reader, Wire, names
from support.kafka import Broker
from support.kafka_wired import drained, kafka_relay, open_bus

pytestmark = [pytest.mark.kafka, pytest.mark.drill, pytest.mark.timeout(300)]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    await asyncio.to_thread(upgrade, tmp_path / "shelf.db", shelf.MIGRATIONS, shelf.METADATA)
    store = SqliteStore(tmp_path / "shelf.db", service="shelf")
    await store.start()
    yield store
    await store.stop()


async def test_a_position_that_the_log_does_not_hold_is_a_loud_error(store: SqliteStore, kafka_broker: Broker) -> None:
    bus = await open_bus(kafka_broker)
    relay = kafka_relay(store, bus)
    await relay.start()
    wire = Wire(store, bus)
    await wire.tell(*names(20))
    part = TopicPartition(TOPIC, 0)
    reader = await Reader(wire, positions={part: 1_000}).start()
    for _ in range(2):  # it stays one until the owner decides
        with pytest.raises(OffsetLost, match=r"reads socles\.insi\.v1\[0\] at 1000, the log holds 0 to \d+"):
            await _fetch_on(reader)
    assert reader.consumer is not None
    reader.positions[part] = 0
    reader.consumer.seek(part, 0)
    await drained(reader, set(names(20)))
    await reader.stop()
    await relay.stop()
    await bus.stop()


async def _fetch_on(reader: Reader) -> None:
    async with asyncio.timeout(20):
        while True:
            await reader.fetch()


async def test_an_owner_that_fails_to_give_positions_is_asked_again(store: SqliteStore, kafka_broker: Broker) -> None:
    bus = await open_bus(kafka_broker)
    relay = kafka_relay(store, bus)
    await relay.start()
    await Wire(store, bus).tell(*names(10))
    failures = 2

    async def assigned(parts: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        nonlocal failures
        if failures:
            failures -= 1
            raise ConnectionError("the owner's database is away")
        return {}

    consumer = bus.consumer("readers", [TOPIC], assigned)
    await consumer.start()
    seen, refused = 0, 0
    async with asyncio.timeout(20):
        while seen < 10:
            try:
                seen += sum(map(len, (await consumer.fetch(max_records=100, timeout=0.2)).values()))
            except ConnectionError:
                refused += 1
    assert (seen, refused) == (10, 2)
    await consumer.stop()
    await relay.stop()
    await bus.stop()


class _Frozen(threading.Thread):
    """A member of the group in a loop of its own, which can be made to stand still as a stopped process does."""

    def __init__(self, bootstrap: str, positions: dict[TopicPartition, int]) -> None:
        super().__init__(daemon=True)
        self.bootstrap = bootstrap
        self.positions = positions
        self.freeze_seconds = 0.0
        self.ending = False
        self.batches: list[tuple[float, list[Record]]] = []
        self.owns: frozenset[TopicPartition] = frozenset()

    def run(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        bus = KafkaBus(KafkaSettings(bootstrap=self.bootstrap, session_seconds=6))
        consumer = bus.consumer("readers", [TOPIC], self._assigned)
        await consumer.start()
        while not self.ending:
            if self.freeze_seconds:
                seconds, self.freeze_seconds = self.freeze_seconds, 0.0
                time.sleep(seconds)
            found = await consumer.fetch(max_records=500, timeout=0.1)
            records = [record for each in found.values() for record in each]
            if records:
                self.batches.append((time.monotonic(), records))
        await consumer.stop()

    async def _assigned(self, parts: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        self.owns = frozenset(parts)
        return {part: self.positions.get(part, 0) for part in self.owns}


async def test_a_member_frozen_beyond_its_session_loses_its_partitions_and_comes_back(
    store: SqliteStore, kafka_broker: Broker
) -> None:
    bus = await open_bus(kafka_broker, session_seconds=6)
    relay = kafka_relay(store, bus)
    await relay.start()
    wire = Wire(store, bus)
    shared: dict[TopicPartition, int] = {}
    frozen = _Frozen(kafka_broker.bootstrap, shared)
    frozen.start()
    reader = await Reader(wire, positions=shared).start()
    async with asyncio.timeout(60):
        while not (0 < len(frozen.owns) < 12 and len(reader.assignments) and len(reader.assignments[-1]) < 12):
            await reader.fetch()
    frozen.freeze_seconds = 20
    await asyncio.sleep(0.3)
    began = time.monotonic()
    await wire.tell(*names(100))
    await drained(reader, set(names(100)))
    assert time.monotonic() - began < 19, "its partitions must be read by the other member before it wakes up"
    assert len(reader.assignments[-1]) == 12
    async with asyncio.timeout(60):
        while len(reader.assignments[-1]) == 12:
            await reader.fetch()
    woken = len(frozen.batches)
    await wire.tell(*names(100, "later"))
    later = set(names(100, "later"))

    def came() -> set[str]:
        theirs = {dict(r.headers)["ce_subject"].decode() for _, batch in frozen.batches[woken:] for r in batch}
        return set(reader.subjects) | theirs

    async with asyncio.timeout(60):
        while not later <= came():
            await reader.fetch()
    assert len(frozen.batches) > woken, "it takes part again"
    frozen.ending = True
    await asyncio.to_thread(frozen.join, 20)
    await reader.stop()
    await relay.stop()
    await bus.stop()


async def test_a_consumer_waits_for_a_broker_that_is_away_when_it_starts(mortal_broker: Broker) -> None:
    bus = await open_bus(mortal_broker)
    await asyncio.to_thread(mortal_broker.kill)
    consumer = bus.consumer("readers", [TOPIC], _from_the_start)
    assert isinstance(consumer, KafkaConsumer)
    await consumer.start()
    assert await consumer.fetch(max_records=1, timeout=0.5) == {}
    assert await consumer.end_offsets() == {}
    with pytest.raises(OSError, match="Kafka at"):
        await bus.ends([TOPIC])
    await asyncio.to_thread(mortal_broker.again)
    async with asyncio.timeout(60):
        while len(await consumer.end_offsets()) < 12:
            await consumer.fetch(max_records=1, timeout=0.5)
    assert len(await bus.ends([TOPIC])) == 12
    await consumer.stop()
    await bus.stop()


async def _from_the_start(parts: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
    return {}
