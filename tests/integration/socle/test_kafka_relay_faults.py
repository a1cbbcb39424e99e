"""Kafka's broker is killed, relays die: nothing is lost, nothing comes out of order."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from socle.bus import published
from socle.store import SqliteStore
from socle.store.migrate import upgrade
from support import shelf
from support.bus_wire import KEYS, Reader, Wire, names
from support.kafka import Broker
from support.kafka_wired import drained, kafka_relay, open_bus, sequences_of, without_repetitions

pytestmark = [pytest.mark.kafka, pytest.mark.drill, pytest.mark.timeout(300)]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    await asyncio.to_thread(upgrade, tmp_path / "shelf.db", shelf.MIGRATIONS, shelf.METADATA)
    store = SqliteStore(tmp_path / "shelf.db", service="shelf")
    await store.start()
    yield store
    await store.stop()


async def test_publishing_while_the_broker_is_killed_and_comes_back_loses_nothing(
    store: SqliteStore, mortal_broker: Broker
) -> None:
    bus = await open_bus(mortal_broker)
    relay = kafka_relay(store, bus)
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
    await drained(reader, set(told))
    assert len(told) > accepted_without_broker
    without_repetitions(sequences_of(reader.records))
    assert len({record.headers[1] for record in reader.records}) == len(set(reader.subjects))
    await reader.stop()
    await relay.stop()
    await bus.stop()


async def test_a_relay_that_dies_between_publishing_and_its_head_repeats_the_same_numbers(
    store: SqliteStore, kafka_broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = await open_bus(kafka_broker)
    wire = Wire(store, bus)
    reader = await Reader(wire).start()

    with monkeypatch.context() as patch:
        patch.setattr(published, "move", _dies)
        relay = kafka_relay(store, bus)
        await relay.start()
        await wire.tell(*names(60))
        await drained(reader, set(names(60)))
        await relay.stop()
    assert await store.read(published.heads) == {}

    second = kafka_relay(store, bus)
    await second.start()
    await wire.tell(*names(40, "later"))
    await drained(reader, {*names(60), *names(40, "later")})
    await second.stop()
    assert len(reader.records) > 100
    without_repetitions(sequences_of(reader.records))
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
    bus = await open_bus(kafka_broker)
    relays = [kafka_relay(store, bus) for store in stores]
    for store, relay in zip(stores, relays, strict=True):
        await store.start()
        await relay.start()
    assert [relay.leading for relay in relays] == [True, False]
    reader = await Reader(Wire(stores[1], bus)).start()
    for n, name in enumerate(names(100)):
        await stores[n % 2].write(partial(shelf.put_and_tell, name=name))
    await drained(reader, set(names(100)))
    await relays[0].stop()
    await stores[0].stop()
    await stores[1].write(partial(shelf.put_and_tell, name="after"))
    await drained(reader, {"after"})
    assert relays[1].leading
    assert sorted(reader.subjects) == sorted([*names(100), "after"])
    assert sequences_of(reader.records)[b"/socles/shelf/default", reader.records[0].partition] == list(range(101))
    await reader.stop()
    await relays[1].stop()
    await stores[1].stop()
    await bus.stop()
