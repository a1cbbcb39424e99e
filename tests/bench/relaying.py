"""One process that carries a day's committed acts to Kafka, and says what that took.

``python tests/bench/relaying.py SIDE BOOTSTRAP EVENTS FOLDER``. ``relay``: the relay of a service, from an outbox that
is full when it starts, on SQLite or on the PostgreSQL of ``SOCLES_DATABASE_URL``. ``bare``: an idempotent aiokafka
producer that has the same records in memory and sends them in batches as large.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent.parent / "services")]

from aiokafka import AIOKafkaProducer  # noqa: E402
from aiokafka.producer.message_accumulator import BatchBuilder  # noqa: E402

from bench.meter import Meter, pin  # noqa: E402
from bench.nation import sites_of  # noqa: E402
from socle.bus import published  # noqa: E402
from socle.bus.kafka import KafkaBus  # noqa: E402
from socle.bus.kafka_producer import BATCH_BYTES  # noqa: E402
from socle.bus.kafka_settings import KafkaSettings  # noqa: E402
from socle.bus.partition import partition_for  # noqa: E402
from socle.bus.port import Record  # noqa: E402
from socle.bus.wiring import make_relay  # noqa: E402
from socle.events import TYPE_PREFIX, EventContext, encode_data, headers_of  # noqa: E402
from socle.events.topics import PARTITIONS  # noqa: E402
from socle.serve import run  # noqa: E402
from socle.settings import GroundSettings  # noqa: E402
from socle.store.port import UnitOfWork  # noqa: E402
from socle.store.wiring import make_store, prepare  # noqa: E402
from support import shelf  # noqa: E402

KEYS = [site.eg.decode() for site in sites_of(100)]
_PER_ACT = 100
_POLL_SECONDS = 0.02


def _acts(uow: UnitOfWork, numbers: Iterable[int]) -> None:
    for number in numbers:
        shelf.put_and_tell(uow, f"thing {number}", KEYS[number % len(KEYS)])


async def relay(bootstrap: str, events: int, folder: Path) -> None:
    """From the start of the relay to the last stored head."""
    settings = GroundSettings(data_dir=folder)
    bus = KafkaBus(KafkaSettings(bootstrap=bootstrap))
    await bus.start()
    await asyncio.to_thread(prepare, settings, "shelf", shelf.METADATA, shelf.MIGRATIONS)
    store = make_store(settings, "shelf", bus.claim)
    await store.start()
    for first in range(0, events, _PER_ACT):
        await store.write(partial(_acts, numbers=range(first, min(events, first + _PER_ACT))))
    carrier = make_relay(store, bus)
    meter = Meter()
    await carrier.start()
    done = 0
    while done < events:
        await asyncio.sleep(_POLL_SECONDS)
        done = sum((await store.read(published.heads)).values())
    meter.tell(done)
    await carrier.stop()
    await store.stop()


async def bare(bootstrap: str, events: int, folder: Path) -> None:
    """No database, no numbers to give: only sending, in batches that are all under way at once."""
    await KafkaBus(KafkaSettings(bootstrap=bootstrap)).start()
    records = [_record(number) for number in range(events)]
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, enable_idempotence=True, acks="all", max_batch_size=BATCH_BYTES
    )
    meter = Meter()
    await producer.start()
    batches: dict[int, BatchBuilder] = {}
    sent = []
    for record in records:
        batch = batches.get(record.partition)
        if batch is None or not _put(batch, record):
            if batch is not None:
                sent.append(await producer.send_batch(batch, record.topic, partition=record.partition))
            batches[record.partition] = batch = producer.create_batch()
            _put(batch, record)
    for part, batch in batches.items():
        sent.append(await producer.send_batch(batch, records[0].topic, partition=part))
    await asyncio.gather(*sent)
    meter.tell(events)
    await producer.stop()


def _put(batch: BatchBuilder, record: Record) -> bool:
    return batch.append(timestamp=None, key=record.key, value=record.value, headers=list(record.headers)) is not None


def _record(number: int) -> Record:
    key = KEYS[number % len(KEYS)]
    data = shelf.event(key)
    context = EventContext(
        id=f"019c0001-4b80-7000-8000-{number:012d}",
        source="/socles/shelf/default",
        type=TYPE_PREFIX + data.TYPE,
        time=shelf.AT,
        subject=f"thing {number}",
        recordedtime=shelf.AT,
        sequence=number,
        partitionkey=key,
    )
    part = partition_for(key, PARTITIONS)
    return Record(data.TOPIC, part, number, key.encode(), encode_data(data), headers_of(context), 0)


SIDES: dict[str, Callable[[str, int, Path], Coroutine[Any, Any, None]]] = {"relay": relay, "bare": bare}


if __name__ == "__main__":
    pin()
    side, server, count, place = sys.argv[1:]
    os.environ.pop("SOCLES_KAFKA_BOOTSTRAP", None)
    run(SIDES[side](server, int(count), Path(place)))
