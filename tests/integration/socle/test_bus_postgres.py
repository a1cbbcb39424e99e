"""The bus's promises where the outbox lies in PostgreSQL: it is the log itself, or the relay carries it to Kafka."""

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from socle.bus.embedded import EmbeddedBus
from socle.bus.kafka import KafkaBus
from socle.bus.kafka_settings import KafkaSettings
from socle.bus.port import Bus
from socle.bus.wiring import make_relay
from socle.store import Store
from support.bus_suite import BusSuite
from support.bus_wire import Wire
from support.kafka import Broker
from support.shelf_stores import prepare_shelf, started

pytestmark = pytest.mark.postgres


@pytest.fixture
async def store(tmp_path: Path, postgres_url: str) -> AsyncIterator[Store]:
    async with started(await prepare_shelf(tmp_path, postgres_url)) as store:
        yield store


async def _wired(store: Store, bus: Bus) -> AsyncIterator[Wire]:
    await bus.start()
    relay = make_relay(store, bus)
    await relay.start()
    yield Wire(store, bus)
    await relay.stop()
    await bus.stop()


class TestEmbeddedBus(BusSuite):
    """The common suite, the outbox being the log."""

    @pytest.fixture
    async def wire(self, store: Store) -> AsyncIterator[Wire]:
        async for wire in _wired(store, EmbeddedBus(interleave=random.Random(1))):
            yield wire


@pytest.mark.kafka
class TestKafkaBus(BusSuite):
    """The common suite on both real components."""

    @pytest.fixture
    async def wire(self, store: Store, kafka_broker: Broker) -> AsyncIterator[Wire]:
        async for wire in _wired(store, KafkaBus(KafkaSettings(bootstrap=kafka_broker.bootstrap))):
            yield wire
