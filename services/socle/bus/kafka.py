"""The bus on Kafka (D3): topics checked at the start, consumers that are members of Kafka's groups."""

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Any

import aiokafka
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from socle.bus.kafka_consumer import KafkaConsumer
from socle.bus.kafka_settings import KafkaSettings
from socle.bus.kafka_topics import ensure_topics
from socle.bus.port import Assigned, TopicPartition
from socle.events.topics import TOPICS

_log = logging.getLogger(__name__)

RETRY_SECONDS = 1.0


class KafkaUnreachable(RuntimeError):
    """The brokers did not answer within the time a starting process gives them."""


class KafkaBus:
    """See :class:`socle.bus.port.Bus`. Belongs to one event loop."""

    def __init__(self, settings: KafkaSettings) -> None:
        if not settings.servers:
            raise ValueError("SOCLES_KAFKA_BOOTSTRAP names no broker")
        self.settings = settings
        self._asker: aiokafka.AIOKafkaConsumer | None = None
        self._asking = asyncio.Lock()

    @property
    def keeps_hours(self) -> float:
        return self.settings.keep_published_hours

    async def start(self) -> None:
        """Wait for the brokers, then for the topics.

        Raises :class:`socle.bus.kafka_topics.TopicMismatch`, :class:`KafkaUnreachable`, or ``OSError`` when a
        certificate's file cannot be read.
        """
        connection = await self.connection("admin")
        deadline = time.monotonic() + self.settings.start_seconds
        while True:
            try:
                await self._check(connection)
            except (KafkaError, OSError, TimeoutError) as error:
                where, left = self.settings.bootstrap, deadline - time.monotonic()
                if left <= 0:
                    raise KafkaUnreachable(
                        f"Kafka at {where} did not answer for {self.settings.start_seconds:g} s: {error} "
                        "(SOCLES_KAFKA_BOOTSTRAP, SOCLES_KAFKA_START_SECONDS)"
                    ) from error
                _log.warning("waiting for Kafka at %s, %.0f s more: %s", where, left, error)
                await asyncio.sleep(min(RETRY_SECONDS, left))
            else:
                return

    async def _check(self, connection: dict[str, Any]) -> None:
        admin = AIOKafkaAdminClient(**connection)
        try:
            await admin.start()
            async with asyncio.timeout(self.settings.request_seconds):
                await ensure_topics(admin, self.settings)
        finally:
            await admin.close()

    async def stop(self) -> None:
        """Consumers and relays end on their own."""
        if self._asker is not None:
            await self._asker.stop()
            self._asker = None

    def claim(self, service: str, topic: str) -> None:
        """Any service may emit to any topic: sequences are per source, offsets are Kafka's."""

    def consumer(self, group: str, topics: Sequence[str], assigned: Assigned) -> KafkaConsumer:
        return KafkaConsumer(self, group, topics, assigned)

    async def ends(self, topics: Sequence[str]) -> dict[TopicPartition, int]:
        logs = [TopicPartition(topic, number) for topic in topics for number in range(TOPICS[topic].partitions)]
        async with self._asking:
            try:
                async with asyncio.timeout(self.settings.request_seconds):
                    found = await (await self._client()).end_offsets([aiokafka.TopicPartition(*log) for log in logs])
            except KafkaError as error:
                raise ConnectionError(f"Kafka at {self.settings.bootstrap}: {error}") from error
        return {TopicPartition(part.topic, part.partition): end for part, end in found.items()}

    async def _client(self) -> aiokafka.AIOKafkaConsumer:
        """A consumer that reads nothing and is in no group: it knows how to ask."""
        if self._asker is None:
            asker = aiokafka.AIOKafkaConsumer(**await self.connection("ends"))
            try:
                await asker.start()
            except BaseException:
                await asker.stop()
                raise
            self._asker = asker
        return self._asker

    async def connection(self, role: str) -> dict[str, Any]:
        """Arguments for one of aiokafka's clients."""
        return await asyncio.to_thread(self.settings.connection, role)
