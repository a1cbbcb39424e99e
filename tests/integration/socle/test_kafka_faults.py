"""Kafka's broker is killed, its consumers freeze, its relays die: nothing is lost, nothing comes out of order."""

import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from socle.bus import published
from socle.bus.kafka import KafkaBus
from socle.bus.kafka_consumer import KafkaConsumer
from socle.bus.kafka_ends import OffsetLost
from socle.bus.kafka_publication import KafkaPublication
from socle.bus.kafka_settings import KafkaSettings
from socle.bus.lead_sqlite import FileLead
from socle.bus.port import Record, TopicPartition
from socle.bus.relay import Relay
from socle.store import SqliteStore
from socle.store.migrate import upgrade
from support import shelf
from support.bus_suite import KEYS, TOPIC, Reader, Wire, names
from support.kafka import Broker

pytestmark = [pytest.mark.kafka, pytest.mark.drill, pytest.mark.timeout(120)]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    await asyncio.to_thread(upgrade, tmp_path / "shelf.db", shelf.MIGRATIONS, shelf.METADATA)
    store = SqliteStore(tmp_path / "shelf.db", service="shelf")
    await store.start()
    yield store
    await store.stop()


async def _bus(broker: Broker, **settings: object) -> KafkaBus:
    bus = KafkaBus(KafkaSettings(bootstrap=broker.bootstrap, **settings))
    await bus.start()
    return bus


def _relay(store: SqliteStore, bus: KafkaBus) -> Relay:
    return Relay(store, FileLead(store), KafkaPublication(store, bus))


def _sequences(records: Iterable[Record]) -> dict[tuple[bytes, int], list[int]]:
    """(source, partition) → the sequences in the order of the log."""
    found = defaultdict(list)
    for record in sorted(records, key=lambda record: (record.partition, record.offset)):
        headers = dict(record.headers)
        found[headers["ce_source"], record.partition].append(int(headers["ce_sequence"]))
    return found


def _without_repetitions(sequences: Mapping[object, Sequence[int]]) -> None:
    """What a high-water mark lets through must be 0, 1, 2 …: nothing missing, nothing late."""
    for given in sequences.values():
        high = -1
        for number in given:
            assert number <= high + 1, f"{number} came after {high}: {high + 1} is missing"
            high = max(high, number)


async def _drained(reader: Reader, subjects: set[str]) -> None:
    """Read until every one of ``subjects`` has come."""
    async with asyncio.timeout(60):
        while not subjects <= set(reader.subjects):
            await reader.fetch()


async def test_publishing_while_the_broker_is_killed_and_comes_back_loses_nothing(
    store: SqliteStore, mortal_broker: Broker
) -> None:
    bus = await _bus(mortal_broker)
    relay = _relay(store, bus)
    await relay.start()
    wire = Wire(store, bus)
    reader = await Reader(wire).start()
    told: list[str] = []

    async def tell_on() -> None:
        for name in names(100_000):
            await store.write(partial(shelf.put_and_tell, name=name, key=KEYS[len(told) % len(KEYS)]))
            told.append(name)
            await asyncio.sleep(0.001)

    telling = asyncio.create_task(tell_on())
    await reader.take(300)
    await asyncio.to_thread(mortal_broker.kill)
    away = asyncio.get_running_loop().time()
    assert await reader.fetch(timeout=1.0) >= 0
    while asyncio.get_running_loop().time() - away < 2:
        before = time.process_time()
        await reader.fetch(timeout=1.0)
        assert time.process_time() - before < 0.9, "a fetch without a broker must not spin"
    accepted_without_broker = len(told)
    await asyncio.to_thread(mortal_broker.again)
    await asyncio.sleep(1)
    telling.cancel()
    with suppress(asyncio.CancelledError):
        await telling
    await _drained(reader, set(told))
    assert len(told) > accepted_without_broker
    _without_repetitions(_sequences(reader.records))
    assert len({record.headers[1] for record in reader.records}) == len(set(reader.subjects))
    await reader.stop()
    await relay.stop()
    await bus.stop()


async def test_a_relay_that_dies_between_publishing_and_its_head_repeats_the_same_numbers(
    store: SqliteStore, kafka_broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = await _bus(kafka_broker)
    wire = Wire(store, bus)
    reader = await Reader(wire).start()

    with monkeypatch.context() as patch:
        patch.setattr(published, "move", _dies)
        relay = _relay(store, bus)
        await relay.start()
        await wire.tell(*names(60))
        await _drained(reader, set(names(60)))
        await relay.stop()
    assert await store.read(published.heads) == {}

    second = _relay(store, bus)
    await second.start()
    await wire.tell(*names(40, "later"))
    await _drained(reader, {*names(60), *names(40, "later")})
    await second.stop()
    assert len(reader.records) > 100
    _without_repetitions(_sequences(reader.records))
    by_id = defaultdict(set)
    for record in reader.records:
        headers = dict(record.headers)
        by_id[headers["ce_id"]].add((headers["ce_sequence"], record.partition, record.value))
    assert len(by_id) == 100
    assert all(len(each) == 1 for each in by_id.values())
    heads = await store.read(published.heads)
    assert sum(heads.values()) == 100
    await reader.stop()
    await bus.stop()


def _dies(*arguments: object) -> None:
    raise OSError("as if the process had been killed here")


async def test_a_second_relay_publishes_when_the_first_one_ends(tmp_path: Path, kafka_broker: Broker) -> None:
    await asyncio.to_thread(upgrade, tmp_path / "shelf.db", shelf.MIGRATIONS, shelf.METADATA)
    stores = [SqliteStore(tmp_path / "shelf.db", service="shelf") for _ in range(2)]
    bus = await _bus(kafka_broker)
    relays = [_relay(store, bus) for store in stores]
    for store, relay in zip(stores, relays, strict=True):
        await store.start()
        await relay.start()
    assert [relay.leading for relay in relays] == [True, False]
    reader = await Reader(Wire(stores[1], bus)).start()
    for n, name in enumerate(names(100)):
        await stores[n % 2].write(partial(shelf.put_and_tell, name=name))
    await _drained(reader, set(names(100)))
    await relays[0].stop()
    await stores[0].stop()
    await stores[1].write(partial(shelf.put_and_tell, name="after"))
    await _drained(reader, {"after"})
    assert relays[1].leading
    assert sorted(reader.subjects) == sorted([*names(100), "after"])
    assert _sequences(reader.records)[b"/socles/shelf/default", reader.records[0].partition] == list(range(101))
    await reader.stop()
    await relays[1].stop()
    await stores[1].stop()
    await bus.stop()


async def test_a_position_that_the_log_does_not_hold_is_a_loud_error(store: SqliteStore, kafka_broker: Broker) -> None:
    bus = await _bus(kafka_broker)
    relay = _relay(store, bus)
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
    await _drained(reader, set(names(20)))
    await reader.stop()
    await relay.stop()
    await bus.stop()


async def _fetch_on(reader: Reader) -> None:
    async with asyncio.timeout(20):
        while True:
            await reader.fetch()


async def test_an_owner_that_fails_to_give_positions_is_asked_again(store: SqliteStore, kafka_broker: Broker) -> None:
    bus = await _bus(kafka_broker)
    relay = _relay(store, bus)
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
    bus = await _bus(kafka_broker, session_seconds=6)
    relay = _relay(store, bus)
    await relay.start()
    wire = Wire(store, bus)
    shared: dict[TopicPartition, int] = {}
    frozen = _Frozen(kafka_broker.bootstrap, shared)
    frozen.start()
    reader = await Reader(wire, positions=shared).start()
    async with asyncio.timeout(30):
        while not (0 < len(frozen.owns) < 12 and len(reader.assignments) and len(reader.assignments[-1]) < 12):
            await reader.fetch()
    frozen.freeze_seconds = 14
    await asyncio.sleep(0.3)
    began = time.monotonic()
    await wire.tell(*names(100))
    await _drained(reader, set(names(100)))
    assert time.monotonic() - began < 13, "its partitions must be read by the other member before it wakes up"
    assert len(reader.assignments[-1]) == 12
    async with asyncio.timeout(40):
        while len(reader.assignments[-1]) == 12:
            await reader.fetch()
    woken = len(frozen.batches)
    await wire.tell(*names(100, "later"))
    later = set(names(100, "later"))

    def came() -> set[str]:
        theirs = {dict(r.headers)["ce_subject"].decode() for _, batch in frozen.batches[woken:] for r in batch}
        return set(reader.subjects) | theirs

    async with asyncio.timeout(30):
        while not later <= came():
            await reader.fetch()
    assert len(frozen.batches) > woken, "it takes part again"
    frozen.ending = True
    await asyncio.to_thread(frozen.join, 20)
    await reader.stop()
    await relay.stop()
    await bus.stop()


async def test_a_consumer_waits_for_a_broker_that_is_away_when_it_starts(mortal_broker: Broker) -> None:
    bus = await _bus(mortal_broker)
    await asyncio.to_thread(mortal_broker.kill)
    consumer = bus.consumer("readers", [TOPIC], _from_the_start)
    assert isinstance(consumer, KafkaConsumer)
    await consumer.start()
    assert await consumer.fetch(max_records=1, timeout=0.5) == {}
    assert await consumer.end_offsets() == {}
    with pytest.raises(OSError, match="Kafka at"):
        await bus.ends([TOPIC])
    await asyncio.to_thread(mortal_broker.again)
    async with asyncio.timeout(40):
        while len(await consumer.end_offsets()) < 12:
            await consumer.fetch(max_records=1, timeout=0.5)
    assert len(await bus.ends([TOPIC])) == 12
    await consumer.stop()
    await bus.stop()


async def _from_the_start(parts: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
    return {}
