"""The bus's promises on a real Apache Kafka, over an outbox in SQLite."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from socle.bus.kafka import KafkaBus
from socle.bus.kafka_settings import KafkaSettings
from socle.bus.wiring import make_relay
from socle.settings import GroundSettings
from socle.store import SqliteStore
from socle.store.migrate import upgrade
from support import shelf
from support.bus_suite import BusSuite, Wire
from support.kafka import Broker

pytestmark = pytest.mark.kafka


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    await asyncio.to_thread(upgrade, tmp_path / "shelf.db", shelf.MIGRATIONS, shelf.METADATA)
    store = SqliteStore(tmp_path / "shelf.db", service="shelf")
    await store.start()
    yield store
    await store.stop()


class TestKafkaBus(BusSuite):
    """The common suite."""

    @pytest.fixture
    async def wire(self, store: SqliteStore, kafka_broker: Broker) -> AsyncIterator[Wire]:
        bus = KafkaBus(KafkaSettings(bootstrap=kafka_broker.bootstrap))
        await bus.start()
        relay = make_relay(GroundSettings(), store, bus)
        await relay.start()
        yield Wire(store, bus)
        await relay.stop()
        await bus.stop()
