"""Publishing records on Kafka in batches: idempotent, acknowledged by all replicas in sync, one batch after another.

Within a partition the next batch leaves only when the one before it is acknowledged. A broker that does not know the
producer takes any sequence of batches: had a second batch passed where the first failed, its events would be taken for
repetitions when they come again.
"""

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from socle.bus.kafka_settings import Compression, KafkaSettings
from socle.bus.port import Record, TopicPartition

_log = logging.getLogger(__name__)

BATCH_BYTES = 512 * 1024
"""Below what brokers take by default (1 MB), above what a partition gets in one pass."""
STOP_SECONDS = 2.0


class KafkaPublisher:
    """One producer; once it has failed it is of no more use."""

    def __init__(self, settings: KafkaSettings, connection: Mapping[str, Any]) -> None:
        compression = settings.compression
        self._seconds = settings.request_seconds
        self._producer = AIOKafkaProducer(
            **connection,
            enable_idempotence=True,
            acks="all",
            max_batch_size=BATCH_BYTES,
            compression_type=None if compression is Compression.NONE else compression.value,
        )

    async def start(self) -> None:
        """Raises ``KafkaError`` or ``TimeoutError`` when the brokers do not answer."""
        async with asyncio.timeout(self._seconds):
            await self._producer.start()

    async def publish(self, records: Mapping[TopicPartition, Sequence[Record]]) -> None:
        """Returns when all replicas in sync have all records. While the brokers are away it waits for them.

        Raises ``KafkaError``: then some records may be there, and none after one of the same partition that is not.
        """
        builders = {log: self._batches(each) for log, each in records.items() if each}
        while builders:
            sent = [
                await self._producer.send_batch(batches[0], log.topic, partition=log.partition)
                for log, batches in builders.items()
            ]
            done = await asyncio.gather(*sent, return_exceptions=True)
            for result in done:
                if isinstance(result, BaseException):
                    raise result
            builders = {log: batches[1:] for log, batches in builders.items() if len(batches) > 1}

    def _batches(self, records: Sequence[Record]) -> list[Any]:
        batches = []
        batch: Any = None
        for record in records:
            parts = {
                "key": record.key,
                "value": record.value,
                "timestamp": record.timestamp_ms,
                "headers": list(record.headers),
            }
            if batch is None or batch.append(**parts) is None:
                batch = self._producer.create_batch()
                batch.append(**parts)  # the first one is never too large for a batch
                batches.append(batch)
        return batches

    async def stop(self) -> None:
        """Send nothing more from now on; what is on its way may still arrive. May be called again when interrupted."""
        producer = self._producer
        sender = producer._sender
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await sender.close()
        except TimeoutError:
            _log.warning("the Kafka producer did not end in time")
        # else stop() would wait until all that was not sent is sent
        producer._message_accumulator.fail_all(KafkaError("the producer was stopped"))
        with contextlib.suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await producer.stop()
                await producer.client.close()  # what stop() does not do a second time
