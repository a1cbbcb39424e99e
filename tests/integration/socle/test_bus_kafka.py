"""The bus's promises on a real Apache Kafka, over an outbox in SQLite."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from socle.bus.kafka import KafkaBus
from socle.bus.kafka_settings import KafkaSettings
from socle.bus.partition import partition_for
from socle.bus.port import TopicPartition
from socle.bus.wiring import make_relay
from socle.store import SqliteStore
from socle.store.migrate import upgrade
from support import shelf
from support.bus_suite import BusSuite
from support.bus_wire import KEYS, TOPIC, Wire, names
from support.kafka import Broker

pytestmark = pytest.mark.kafka


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    await asyncio.to_thread(upgrade, tmp_path / "shelf.db", shelf.MIGRATIONS, shelf.METADATA)
    store = SqliteStore(tmp_path / "shelf.db", service="shelf")
    await store.start()
    yield store
    await store.stop()


@pytest.fixture
async def wire(store: SqliteStore, kafka_broker: Broker) -> AsyncIterator[Wire]:
    bus = KafkaBus(KafkaSettings(bootstrap=kafka_broker.bootstrap))
    await bus.start()
    relay = make_relay(store, bus)
    await relay.start()
    yield Wire(store, bus)
    await relay.stop()
    await bus.stop()


class TestKafkaBus(BusSuite):
    """The common suite."""


async def _in_the_log(wire: Wire, count: int) -> dict[TopicPartition, int]:
    async with asyncio.timeout(20):
        while True:
            ends = await wire.bus.ends([TOPIC])
            if sum(ends.values()) >= count:
                return ends
            await asyncio.sleep(0.05)


async def test_kafkas_own_console_consumer_reads_the_cloudevents_headers(wire: Wire, kafka_broker: Broker) -> None:
    event_id = await wire.store.write(partial(shelf.put_and_tell, name="lid 1", key=KEYS[0]))
    await _in_the_log(wire, 1)
    arguments = {
        "bootstrap-server": kafka_broker.bootstrap,
        "topic": TOPIC,
        "max-messages": "1",
        "timeout-ms": "20000",
    }
    told = await asyncio.to_thread(
        kafka_broker.tool,
        "org.apache.kafka.tools.consumer.ConsoleConsumer",
        *(part for name, value in arguments.items() for part in (f"--{name}", value)),
        "--from-beginning",
        *(part for name in ("headers", "key", "partition") for part in ("--property", f"print.{name}=true")),
    )
    for header in (
        "ce_specversion:1.0",
        f"ce_id:{event_id}",
        "ce_source:/socles/shelf/default",
        "ce_type:fr.socles.insi.call.completed.v1",
        "ce_time:2026-03-02T08:30:00+00:00",
        "ce_subject:lid 1",
        "ce_sequence:0",
        f"ce_partitionkey:{KEYS[0]}",
        "content-type:application/json",
    ):
        assert header in told
    assert f"Partition:{partition_for(KEYS[0], 12)}" in told
    assert '"operation":"rechercherInsAvecTraitsIdentite"' in told


async def test_events_lie_where_kafkas_default_partitioner_would_put_them(wire: Wire, kafka_broker: Broker) -> None:
    keys = [f"{n:09d}" for n in range(1, 201)]
    await wire.tell(*names(200), keys=keys)
    ours = await _in_the_log(wire, 200)
    producer = AIOKafkaProducer(bootstrap_servers=kafka_broker.bootstrap)
    await producer.start()
    theirs = [(await (await producer.send(TOPIC, b"{}", key=key.encode()))).partition for key in keys]
    await producer.stop()
    assert theirs == [partition_for(key, 12) for key in keys]
    assert {part.partition: end for part, end in ours.items() if end} == {p: theirs.count(p) for p in set(theirs)}
