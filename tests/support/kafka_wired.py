"""A bus and a relay on a real broker, and what their records say of order."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from socle.bus.kafka import KafkaBus
from socle.bus.kafka_publication import KafkaPublication
from socle.bus.kafka_settings import KafkaSettings
from socle.bus.lead_sqlite import FileLead
from socle.bus.port import Record
from socle.bus.relay import Relay
from socle.store import SqliteStore
from support.bus_wire import Reader
from support.kafka import Broker


async def open_bus(broker: Broker, **settings: object) -> KafkaBus:
    bus = KafkaBus(KafkaSettings(bootstrap=broker.bootstrap, **settings))
    await bus.start()
    return bus


def kafka_relay(store: SqliteStore, bus: KafkaBus) -> Relay:
    return Relay(store, FileLead(store), KafkaPublication(store, bus))


def sequences_of(records: Iterable[Record]) -> dict[tuple[bytes, int], list[int]]:
    """(source, partition) → the sequences in the order of the log."""
    found = defaultdict(list)
    for record in sorted(records, key=lambda record: (record.partition, record.offset)):
        headers = dict(record.headers)
        found[headers["ce_source"], record.partition].append(int(headers["ce_sequence"]))
    return found


def without_repetitions(sequences: Mapping[object, Sequence[int]]) -> None:
    """What a high-water mark lets through must be 0, 1, 2 …: nothing missing, nothing late."""
    for given in sequences.values():
        high = -1
        for number in given:
            assert number <= high + 1, f"{number} came after {high}: {high + 1} is missing"
            high = max(high, number)


async def drained(reader: Reader, subjects: set[str]) -> None:
    """Read until every one of ``subjects`` has come."""
    async with asyncio.timeout(60):
        while not subjects <= set(reader.subjects):
            await reader.fetch()
