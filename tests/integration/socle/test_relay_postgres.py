"""Relays of replicas on one PostgreSQL: one leads, what commits late is not lost, who stands still is replaced."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from socle.bus.embedded import EmbeddedBus
from socle.bus.embedded_publication import EmbeddedPublication
from socle.bus.lead_postgres import SessionLead
from socle.bus.relay import Relay
from socle.bus.relaying import LeadLost
from socle.events.codec import encode_data
from socle.store import Store
from socle.store.postgres import PostgresStore
from support import shelf
from support.bus_wire import KEYS, Reader, Wire, names
from support.postgres import PostgresServer, fresh_database
from support.shelf_stores import MakeStore, prepare_shelf, started

pytestmark = pytest.mark.postgres


@pytest.fixture
async def make(tmp_path: Path, postgres_url: str) -> MakeStore:
    return await prepare_shelf(tmp_path, postgres_url)


@pytest.fixture
async def stores(make: MakeStore) -> AsyncIterator[list[Store]]:
    """Those of two replicas."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(started(make)) for _ in range(2)]


def _lead(store: Store, **settings: float) -> SessionLead:
    assert isinstance(store, PostgresStore)
    return SessionLead(store, **settings)


class Replica:
    """A store's relay, with a bus of its own and a reader on it."""

    def __init__(self, store: Store) -> None:
        self.bus = EmbeddedBus()
        self.store = store
        self.lead = _lead(store)
        self.relay = Relay(store, self.lead, EmbeddedPublication(store, self.bus))

    async def start(self) -> "Replica":
        await self.relay.start()
        self.reader = await Reader(Wire(self.store, self.bus)).start()
        return self

    async def stop(self) -> None:
        await self.reader.stop()
        await self.relay.stop()

    async def die(self) -> None:
        """As a killed process: its connection breaks, nothing is handed over."""
        assert self.relay._task is not None
        self.relay._task.cancel()
        await asyncio.to_thread(self.lead._session.close)


async def _log(store: Store) -> list[tuple[str, int, int, str]]:
    """(topic, partition, offset, subject) in order; every event must have its numbers."""
    outbox = shelf.COMMON.outbox.c
    statement = select(outbox.topic, outbox.partition, outbox.log_offset, outbox.subject, outbox.sequence)
    rows = await store.read(
        lambda connection: list(connection.execute(statement.order_by(*statement.selected_columns)))
    )
    places, sequences = defaultdict(list), defaultdict(list)
    for topic, part, offset, _, number in rows:
        places[topic, part].append(offset)
        sequences[topic, part].append(number)
    assert all(given == list(range(len(given))) for given in (*places.values(), *sequences.values()))
    return [tuple(row[:4]) for row in rows]


async def test_one_transaction_held_open_for_five_seconds_loses_nothing_and_keeps_the_order(
    stores: list[Store], postgres_url: str
) -> None:
    replicas = [await Replica(store).start() for store in stores]
    held = await psycopg.AsyncConnection.connect(postgres_url, options="-c search_path=shelf")
    await held.execute(
        "INSERT INTO outbox (id, source, type, topic, partition, key, subject, time, recorded, data, epoch) "
        "VALUES ('held', '/socles/shelf/default', 'fr.socles.insi.call.completed.v1', 'socles.insi.v1', 0, "
        "'010000016', 'held', '2026-03-02T08:30:00+00:00', 1772440200000000, %s, 1)",
        (encode_data(shelf.event("010000016")),),
    )
    began, count = time.monotonic(), 0
    while time.monotonic() - began < 5:
        await stores[count % 2].write(
            partial(shelf.put_and_tell, name=f"thing {count:04d}", key=KEYS[count % len(KEYS)])
        )
        count += 1
        await asyncio.sleep(0.02)
    assert await replicas[0].reader.fetch(timeout=0.01) == 0, "what may come before must be waited for"
    await held.commit()
    await held.close()
    for replica in replicas:
        await replica.reader.take(count + 1)
        assert sorted(replica.reader.subjects) == sorted(["held", *names(count)])
    log = await _log(stores[0])
    assert len(log) == count + 1
    assert log[0] == ("socles.insi.v1", 0, 0, "held"), "it had the first position, so it is the first of its partition"
    by_partition = defaultdict(list)
    for _, part, _, subject in log[1:]:
        by_partition[part].append(subject)
    assert all(subjects == sorted(subjects) for subjects in by_partition.values())
    for replica in replicas:
        await replica.stop()


async def test_when_the_leader_dies_another_leads_within_seconds(stores: list[Store]) -> None:
    first, second = [await Replica(store).start() for store in stores]
    assert [first.relay.leading, second.relay.leading] == [True, False]
    for name in names(40):
        await stores[0].write(partial(shelf.put_and_tell, name=name))
    await second.reader.take(40)
    await first.die()
    began = time.monotonic()
    await stores[0].write(partial(shelf.put_and_tell, name="after"))
    await second.reader.take(41)
    assert time.monotonic() - began < 15
    assert second.relay.leading
    assert second.reader.subjects[-1] == "after"
    assert len(await _log(stores[1])) == 41
    await second.stop()


async def test_commits_of_another_replica_are_seen_soon(stores: list[Store]) -> None:
    first, second = [await Replica(store).start() for store in stores]
    delays = []
    for name in names(20):
        began = time.monotonic()
        await stores[1].write(partial(shelf.put_and_tell, name=name))
        await first.reader.take(len(delays) + 1)
        delays.append(time.monotonic() - began)
    assert sorted(delays)[10] < 0.5
    await first.stop()
    await second.stop()


async def test_a_leader_that_stands_still_is_expelled_and_cannot_number_any_more(stores: list[Store]) -> None:
    still, next_one = _lead(stores[0], idle_seconds=1), _lead(stores[1], idle_seconds=1)
    assert await still.take()
    assert not await next_one.take()
    await stores[0].write(partial(shelf.put_and_tell, name="before"))
    assert len((await still.sequence(10, whole=True)).records) == 1
    await stores[0].write(partial(shelf.put_and_tell, name="meanwhile"))
    async with asyncio.timeout(30):
        while not await next_one.take():
            await asyncio.sleep(0.1)
    done = await next_one.sequence(10, whole=True)
    assert [dict(record.headers)["ce_sequence"] for record in done.records] == [b"1"]
    await stores[0].write(partial(shelf.put_and_tell, name="later"))
    assert still.held, "it does not know yet"
    with pytest.raises(LeadLost):
        await still.sequence(10, whole=True)
    assert not still.held
    done = await next_one.sequence(10, whole=True)
    assert [dict(record.headers)["ce_sequence"] for record in done.records] == [b"2"]
    await still.give_up()
    await next_one.give_up()


async def test_the_relay_goes_on_when_postgresql_was_restarted(tmp_path: Path, postgres_server: PostgresServer) -> None:
    database = fresh_database(postgres_server.url())
    url = await asyncio.to_thread(database.__enter__)
    make = await prepare_shelf(tmp_path, url)
    async with started(make) as store:
        replica = await Replica(store).start()
        await store.write(partial(shelf.put_and_tell, name="before"))
        await replica.reader.take(1)
        await asyncio.to_thread(postgres_server.restart, crash=True)
        async with asyncio.timeout(20):
            while True:
                try:
                    await store.write(partial(shelf.put_and_tell, name="after"))
                    break
                except Exception:
                    await asyncio.sleep(0.1)
        await replica.reader.take(2)
        assert replica.reader.subjects == ["before", "after"]
        assert replica.relay.leading
        await replica.stop()
    await asyncio.to_thread(database.__exit__, None, None, None)
