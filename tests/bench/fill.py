"""Fills Kafka's topics with a nation's events, as the relays would have: key, headers, sequence, partition.

Several processes make and send them, each the events of its own partitions, in large batches.
"""

import asyncio
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder

from bench.nation import Nation
from socle.bus.kafka import KafkaBus
from socle.bus.kafka_settings import KafkaSettings
from socle.bus.port import Record

WORKERS = 2
_BATCH_BYTES = 150_000
"""What a pass of the relay puts into one partition when it is busy."""
_CHUNK = 20_000
_UNDER_WAY = 24
"""Batches of one worker that wait for their acknowledgement."""

_Log = tuple[str, int]


def fill(bootstrap: str, events: int, sites: int, *, seed: int = 1) -> int:
    """Make the topics and send ``events`` events of a nation of ``sites`` establishments; gives how many there are.

    They all happen today: what comes after its day was final is counted apart, and costs more.
    """
    asyncio.run(_topics(bootstrap))
    morning = int(datetime.now(UTC).replace(hour=0, minute=0, second=0).timestamp())
    nations = [
        {"seed": seed, "sites": sites, "worker": worker, "workers": WORKERS, "day": events, "morning": morning}
        for worker in range(WORKERS)
    ]
    shares = [round(Nation(**nation).share * events) for nation in nations]
    shares[-1] = events - sum(shares[:-1])
    with ProcessPoolExecutor(WORKERS, multiprocessing.get_context("spawn")) as pool:
        sent = pool.map(_work, [bootstrap] * WORKERS, nations, shares)
        return sum(sent)


async def _topics(bootstrap: str) -> None:
    bus = KafkaBus(KafkaSettings(bootstrap=bootstrap))
    await bus.start()
    await bus.stop()


def _work(bootstrap: str, nation: dict[str, Any], events: int) -> int:
    return asyncio.run(_send(bootstrap, Nation(**nation), events)) if events else 0


async def _send(bootstrap: str, nation: Nation, events: int) -> int:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks=1, max_batch_size=_BATCH_BYTES) as producer:
        under_way: set[asyncio.Future[Any]] = set()
        for (topic, partition), batch in _batches(producer, nation, events):
            under_way.add(await producer.send_batch(batch, topic, partition=partition))
            if len(under_way) >= _UNDER_WAY:
                done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                for each in done:
                    each.result()
        for each in under_way:
            await each
    return events


def _batches(producer: AIOKafkaProducer, nation: Nation, events: int) -> Iterator[tuple[_Log, BatchBuilder]]:
    """Full batches as they come, then what is left."""
    open_batches: dict[_Log, BatchBuilder] = {}
    for made in range(0, events, _CHUNK):
        for record in nation.records(min(_CHUNK, events - made)):
            log = (record.topic, record.partition)
            if log not in open_batches:
                open_batches[log] = producer.create_batch()
            if not _put(open_batches[log], record):
                yield log, open_batches.pop(log)
                open_batches[log] = producer.create_batch()
                _put(open_batches[log], record)
    yield from open_batches.items()


def _put(batch: BatchBuilder, record: Record) -> bool:
    return batch.append(timestamp=None, key=record.key, value=record.value, headers=list(record.headers)) is not None
