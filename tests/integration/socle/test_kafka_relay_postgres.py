"""From PostgreSQL to Kafka: the database crashes just after events were published."""

import asyncio
from functools import partial
from pathlib import Path

import psycopg
import pytest

from socle.bus import log, published
from socle.bus.kafka_publication import KafkaPublication
from socle.bus.lead_postgres import SessionLead
from socle.bus.relay import Relay
from support import shelf
from support.bus_wire import KEYS, Reader, Wire, names
from support.kafka import Broker
from support.kafka_wired import drained, open_bus, sequences_of, without_repetitions
from support.postgres import PostgresServer, fresh_database
from support.postgres_store import opened, prepared

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.drill, pytest.mark.timeout(180)]


async def test_heads_that_a_crash_put_back_are_moved_again_though_nothing_else_comes(
    tmp_path: Path, postgres_server: PostgresServer, kafka_broker: Broker
) -> None:
    told: list[str] = []
    with fresh_database(postgres_server.url()) as url:
        address = await asyncio.to_thread(prepared, url)
        with psycopg.connect(url, autocommit=True) as admin:  # COMMITs that nobody waits for stay in memory for long
            admin.execute("ALTER SYSTEM SET wal_writer_delay = 10000")
            admin.execute("SELECT pg_reload_conf()")
        bus = await open_bus(kafka_broker)
        async with opened(address, tmp_path) as store:
            relay = Relay(store, SessionLead(store), KafkaPublication(store, bus))
            await relay.start()
            reader = await Reader(Wire(store, bus)).start()

            async def all_published() -> None:
                async with asyncio.timeout(60):
                    while True:
                        try:
                            if await store.read(published.heads) == await store.read(log.offsets):
                                return
                        except Exception:  # not yet up again
                            await asyncio.sleep(0.1)
                        await asyncio.sleep(0.02)

            for name in names(3):
                await store.write(partial(shelf.put_and_tell, name=name, key=KEYS[0]))
                told.append(name)
                await drained(reader, set(told))
                await all_published()
                await asyncio.to_thread(postgres_server.restart, crash=True)
                await all_published()
            await drained(reader, set(told))
            while await reader.fetch(timeout=1.0):
                pass
            assert len(reader.records) > len(told), "no crash undid anything"
            without_repetitions(sequences_of(reader.records))
            assert list(dict.fromkeys(reader.subjects)) == told
            await reader.stop()
            await relay.stop()
        await bus.stop()
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute("ALTER SYSTEM RESET wal_writer_delay")
