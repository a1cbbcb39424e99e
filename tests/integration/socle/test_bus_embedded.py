"""The bus's promises on the embedded log; its relay; its groups."""

import asyncio
import random
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, update

from socle.bus.embedded import EmbeddedBus, TopicTaken
from socle.bus.port import TopicPartition
from socle.bus.wiring import make_relay
from socle.process_lock import ProcessLock
from socle.store import SqliteStore
from socle.store.migrate import upgrade
from support import shelf
from support.bus_suite import BusSuite
from support.bus_wire import KEYS, Reader, Wire, names


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    await asyncio.to_thread(upgrade, tmp_path / "shelf.db", shelf.MIGRATIONS, shelf.METADATA)
    store = SqliteStore(tmp_path / "shelf.db", service="shelf")
    await store.start()
    yield store
    await store.stop()


async def _wired(store: SqliteStore, bus: EmbeddedBus) -> AsyncIterator[Wire]:
    relay = make_relay(store, bus)
    await relay.start()
    yield Wire(store, bus)
    await relay.stop()


class TestEmbeddedBus(BusSuite):
    """The common suite."""

    @pytest.fixture
    async def wire(self, store: SqliteStore) -> AsyncIterator[Wire]:
        async for wire in _wired(store, EmbeddedBus()):
            yield wire


@pytest.mark.parametrize("seed", [1, 2, 3])
class TestInterleavedBus(BusSuite):
    """The common suite, with partitions mixed and batches cut at random."""

    @pytest.fixture
    async def wire(self, store: SqliteStore, seed: int) -> AsyncIterator[Wire]:
        async for wire in _wired(store, EmbeddedBus(interleave=random.Random(seed))):
            yield wire


async def _log(store: SqliteStore) -> list[tuple[object, ...]]:
    """The whole log as it is on disk."""
    outbox = shelf.COMMON.outbox.c
    statement = select(outbox.topic, outbox.partition, outbox.log_offset, outbox.source, outbox.sequence, outbox.id)
    return await store.read(
        lambda connection: [
            tuple(row) for row in connection.execute(statement.order_by(*statement.selected_columns[:3]))
        ]
    )


async def test_interleaving_gives_other_orders_and_the_seed_repeats_them(store: SqliteStore) -> None:
    async for wire in _wired(store, EmbeddedBus()):
        await wire.tell(*names(100))
    orders = []
    for seed in (1, 1, 2):
        bus = EmbeddedBus(interleave=random.Random(seed))
        async for wire in _wired(store, bus):
            reader = await Reader(wire).start()
            await reader.take(100)
            orders.append(reader.subjects)
            await reader.stop()
    assert orders[0] == orders[1]
    assert orders[0] != orders[2]


async def test_a_relay_that_starts_over_repeats_the_same_list(store: SqliteStore) -> None:
    """All that a relay leaves is taken away, as if it had been killed before its first commit; twice."""
    await asyncio.gather(
        *(
            store.write(partial(shelf.put_and_tell, name=name, key=KEYS[n % 9], workspace=f"ws{n % 2}"))
            for n, name in enumerate(names(300))
        )
    )
    logs = []
    for _ in range(2):
        relay = make_relay(store, EmbeddedBus())
        await relay.start()
        await relay.stop()
        logs.append(await _log(store))
        await store.write(
            lambda uow: uow.execute(update(shelf.COMMON.outbox).values(sequence=None, log_offset=None)).rowcount
        )
        await store.write(lambda uow: uow.execute(shelf.COMMON.relay_head.delete()).rowcount)
    assert len(logs[0]) == 300
    assert logs[0] == logs[1]


async def test_numbers_once_given_never_change(store: SqliteStore) -> None:
    bus = EmbeddedBus()
    async for wire in _wired(store, bus):
        await wire.tell(*names(40))
    before = await _log(store)
    async for wire in _wired(store, EmbeddedBus()):
        await wire.tell(*names(40, "later"))
    after = await _log(store)
    assert set(before) < set(after)
    assert len(after) == 80


async def test_two_relays_on_one_file_one_leads_and_the_numbers_are_right(tmp_path: Path) -> None:
    """As two processes: each with its own store, bus and relay. Both buses show every event."""
    await asyncio.to_thread(upgrade, tmp_path / "shelf.db", shelf.MIGRATIONS, shelf.METADATA)
    stores = [SqliteStore(tmp_path / "shelf.db", service="shelf") for _ in range(2)]
    buses = [EmbeddedBus(), EmbeddedBus()]
    relays = [make_relay(store, bus) for store, bus in zip(stores, buses, strict=True)]
    for store, relay in zip(stores, relays, strict=True):
        await store.start()
        await relay.start()
    assert [relay.leading for relay in relays] == [True, False]
    readers = [await Reader(Wire(store, bus)).start() for store, bus in zip(stores, buses, strict=True)]
    await asyncio.gather(
        *(stores[n % 2].write(partial(shelf.put_and_tell, name=name)) for n, name in enumerate(names(100)))
    )
    for reader in readers:
        await reader.take(100)
        assert sorted(reader.subjects) == names(100)
    log = await _log(stores[0])
    assert [row[2] for row in log] == list(range(100))

    await readers[0].stop()
    await relays[0].stop()
    await stores[0].stop()
    await stores[1].write(partial(shelf.put_and_tell, name="after"))
    await readers[1].take(101)
    assert relays[1].leading
    await readers[1].stop()
    await relays[1].stop()
    await stores[1].stop()


async def test_two_passes_at_once_give_each_number_once(store: SqliteStore) -> None:
    """Even if the lock failed: a pass is one transaction over state that it reads anew."""
    from socle.bus import log

    await asyncio.gather(*(store.write(partial(shelf.put_and_tell, name=name)) for name in names(50)))
    other = SqliteStore(store.path, service="shelf")
    await other.start()
    await asyncio.gather(*((store, other)[n % 2].write(lambda uow: log.sequence(uow, 7)) for n in range(10)))
    assert [row[2] for row in await _log(store)] == list(range(50))
    assert [row[4] for row in await _log(store)] == list(range(50))
    await other.stop()


async def test_stopping_flushes_what_was_committed(store: SqliteStore) -> None:
    relay = make_relay(store, EmbeddedBus())
    await relay.start()
    writes = [asyncio.create_task(store.write(partial(shelf.put_and_tell, name=name))) for name in names(100)]
    await asyncio.gather(*writes)
    await relay.stop()
    assert all(row[2] is not None for row in await _log(store))


async def test_the_lock_is_free_again_when_its_holder_lets_go(tmp_path: Path) -> None:
    one, two = ProcessLock(tmp_path / "x.relay"), ProcessLock(tmp_path / "x.relay")
    assert await asyncio.to_thread(one.acquire)
    assert await asyncio.to_thread(one.acquire)
    assert not await asyncio.to_thread(two.acquire)
    await asyncio.to_thread(one.release)
    assert not one.held
    assert await asyncio.to_thread(two.acquire)
    await asyncio.to_thread(two.release)


async def test_a_topic_has_one_log(tmp_path: Path) -> None:
    bus = EmbeddedBus()
    stores = []
    for service in ("one", "two"):
        path = tmp_path / f"{service}.db"
        await asyncio.to_thread(upgrade, path, shelf.MIGRATIONS, shelf.METADATA)
        store = SqliteStore(path, service=service, claim=bus.claim)
        await store.start()
        stores.append(store)
    await stores[0].write(partial(shelf.put_and_tell, name="a"))
    with pytest.raises(TopicTaken, match=r"two emits to socles.insi.v1, whose log is the outbox of one"):
        await stores[1].write(partial(shelf.put_and_tell, name="a"))
    for store in stores:
        await store.stop()


async def test_a_silent_member_loses_its_partitions_and_learns_its_position_anew(store: SqliteStore) -> None:
    async for wire in _wired(store, EmbeddedBus(session=0.05)):
        shared: dict[TopicPartition, int] = {}
        one = await Reader(wire, positions=shared).start()
        two = await Reader(wire, positions=shared).start()
        await wire.tell(*names(50))
        await asyncio.sleep(0.1)
        async with asyncio.timeout(10):
            while len(two.records) < 50:
                await two.fetch(timeout=0.01)
        assert await one.fetch(timeout=0.01) == 0
        await two.stop()
        await wire.tell(*names(50, "later"))
        async with asyncio.timeout(10):
            while len(one.records) < 50:
                await one.fetch(timeout=0.01)
        assert sorted(one.subjects) == names(50, "later")
        await one.stop()
