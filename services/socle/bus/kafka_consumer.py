"""A member of a Kafka consumer group that reads on from where its owner says (D4), never from where Kafka says.

aiokafka lets the fetches of a new assignment run before its listener has returned, and swallows what a listener raises.
So the listener here only notes what was assigned; :meth:`KafkaConsumer.fetch` asks the owner for the positions, in the
owner's own task, and reads from a partition only once it was sought.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import aiokafka
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import IllegalStateError, KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError

from socle.bus.kafka_ends import ends_of, lost_by
from socle.bus.kafka_settings import KafkaSettings
from socle.bus.port import Assigned, Record, TopicPartition

_log = logging.getLogger(__name__)

SLICE_SECONDS = 0.2
"""How soon a fetch that waits sees a new assignment."""
RETRY_SECONDS = 0.5
"""Between two attempts to join the group again after the client itself has failed."""
COMMIT_SECONDS = 5.0
"""Positions are told to Kafka this often: for its own tools only, nothing reads them back."""
_NOWHERE = aiokafka.TopicPartition("", 0)


class Connecting(Protocol):
    """The bus, as its consumers need it."""

    settings: KafkaSettings

    async def connection(self, role: str) -> dict[str, Any]: ...


class KafkaConsumer(ConsumerRebalanceListener):
    """See :class:`socle.bus.port.Consumer`."""

    def __init__(self, bus: Connecting, group: str, topics: Sequence[str], assigned: Assigned) -> None:
        self._bus = bus
        self._group = group
        self._topics = tuple(topics)
        self._assigned = assigned
        self._client: aiokafka.AIOKafkaConsumer | None = None
        self._gained: frozenset[TopicPartition] = frozenset()
        """Assigned, but not sought yet."""
        self._assignments = 0
        self._positions: dict[TopicPartition, int] = {}
        """Of the partitions that are read from: the next offset."""
        self._told = time.monotonic()
        self._telling: asyncio.Task[None] | None = None
        self._started = False
        self._not_before = 0.0

    async def start(self) -> None:
        """Join the group; brokers that are away are tried again by :meth:`fetch`."""
        if not self._started:
            self._started = True
            await self._join()

    async def stop(self) -> None:
        self._started = False
        await self._leave()

    async def fetch(self, *, max_records: int, timeout: float) -> dict[TopicPartition, list[Record]]:
        """Raises :class:`OffsetLost`, and whatever the owner raises when he is asked for positions."""
        if not self._started:
            raise RuntimeError("the consumer was not started")
        deadline = time.monotonic() + timeout
        while True:
            left = deadline - time.monotonic()
            found = await self._try(max_records, max(0.0, min(left, SLICE_SECONDS)))
            if found or time.monotonic() >= deadline:
                self._tell()
                return found

    async def _try(self, max_records: int, seconds: float) -> dict[TopicPartition, list[Record]]:
        """What comes within ``seconds``; a client that has failed is replaced by a new one."""
        if self._client is None and (time.monotonic() < self._not_before or not await self._join()):
            await asyncio.sleep(min(seconds, max(0.01, self._not_before - time.monotonic())))
            return {}
        client = self._client
        assert client is not None
        await self._settle(client)
        try:
            return await self._poll(client, max_records, seconds)
        except OffsetOutOfRangeError as error:
            raise await lost_by(client, self._group, error) from error
        except KafkaError as error:
            _log.warning("consumer of %s: joins anew after %s: %s", self._group, type(error).__name__, error)
            self._not_before = time.monotonic() + RETRY_SECONDS
            await self._leave()
            return {}

    async def _poll(
        self, client: aiokafka.AIOKafkaConsumer, max_records: int, seconds: float
    ) -> dict[TopicPartition, list[Record]]:
        fetcher = client._fetcher
        if fetcher is None or fetcher.error_future.done():  # it would give nothing more, and say nothing
            raise KafkaError("the fetching task has ended")
        # asked for even when there is nothing to read: a member that does not ask leaves the group after some minutes
        ready = [aiokafka.TopicPartition(*part) for part in self._positions] or [_NOWHERE]
        assignment = self._assignments
        batch: dict[Any, list[Any]] = {}
        with contextlib.suppress(TimeoutError, NoOffsetForPartitionError):
            # during a rebalance aiokafka waits for its end, whatever time-out it is given
            async with asyncio.timeout(seconds + 0.05):
                batch = await client.getmany(*ready, timeout_ms=round(seconds * 1000), max_records=max_records)
        if assignment != self._assignments:
            # read after a rebalance, from where Kafka thinks this group is: not sought, not ours yet
            return {}
        found = {}
        for (topic, number), messages in batch.items():
            part = TopicPartition(topic, number)
            found[part] = [
                Record(topic, number, each.offset, each.key, each.value, each.headers, each.timestamp)
                for each in messages
            ]
            self._positions[part] = messages[-1].offset + 1
        return found

    async def _settle(self, client: aiokafka.AIOKafkaConsumer) -> None:
        """Take what was assigned, at the positions that its owner keeps."""
        while self._gained:
            gained, assignment = self._gained, self._assignments
            positions = await self._assigned(sorted(gained))
            if assignment != self._assignments:  # another rebalance meanwhile: others may have read on
                continue
            self._gained = frozenset()
            for part in gained:
                offset = positions.get(part, 0)
                client.seek(aiokafka.TopicPartition(*part), offset)
                self._positions[part] = offset

    def on_partitions_revoked(self, revoked: Iterable[Any]) -> None:
        """Called by aiokafka when a rebalance begins."""
        self._assignments += 1
        self._gained = frozenset()
        self._positions.clear()

    def on_partitions_assigned(self, assigned: Iterable[Any]) -> None:
        """Called by aiokafka when a rebalance has ended."""
        self._assignments += 1
        self._positions.clear()
        self._gained = frozenset(TopicPartition(part.topic, part.partition) for part in assigned)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        if partition in self._positions and self._client is not None:
            self._client.seek(aiokafka.TopicPartition(*partition), offset)
            self._positions[partition] = offset

    async def end_offsets(self) -> dict[TopicPartition, int]:
        """As the brokers said with the last fetch of each partition; those never fetched are asked for."""
        if self._client is None:
            return {}
        ends = await ends_of(self._client, list(self._positions))
        return {part: end for part, end in ends.items() if part in self._positions}

    def _tell(self) -> None:
        """Let Kafka's tools see how far this group is: what was handed out, at most."""
        if time.monotonic() - self._told < COMMIT_SECONDS or (self._telling is not None and not self._telling.done()):
            return
        self._told = time.monotonic()
        self._telling = asyncio.create_task(self._commit(), name=f"{self._group}-commit")

    async def _commit(self) -> None:
        offsets = {aiokafka.TopicPartition(*part): offset for part, offset in self._positions.items()}
        if self._client is None or not offsets:
            return
        with contextlib.suppress(KafkaError, IllegalStateError, TimeoutError):
            async with asyncio.timeout(COMMIT_SECONDS):
                await self._client.commit(offsets)

    async def _join(self) -> bool:
        """A new client, subscribed; false when the brokers are away."""
        settings = self._bus.settings
        client = aiokafka.AIOKafkaConsumer(
            **await self._bus.connection(self._group),
            group_id=self._group,
            enable_auto_commit=False,
            # the position is always sought; one that is out of the log must be an error, never a jump
            auto_offset_reset="none",
            session_timeout_ms=round(settings.session_seconds * 1000),
            heartbeat_interval_ms=round(settings.session_seconds * 300),
            rebalance_timeout_ms=30_000,
        )
        try:
            async with asyncio.timeout(settings.request_seconds):
                await client.start()
        except BaseException as error:
            await client.stop()
            if not isinstance(error, KafkaError | OSError | TimeoutError):
                raise
            _log.warning("consumer of %s: Kafka does not answer, it is tried again: %s", self._group, error)
            self._not_before = time.monotonic() + RETRY_SECONDS
            return False
        # not before: it would wait for the whole group
        client.subscribe(self._topics, listener=self)
        self._client = client
        return True

    async def _leave(self) -> None:
        client, self._client = self._client, None
        if self._telling is not None:
            self._telling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._telling
            self._telling = None
        if client is not None:
            await self._farewell(client)
        self.on_partitions_revoked(())

    async def _farewell(self, client: aiokafka.AIOKafkaConsumer) -> None:
        try:
            async with asyncio.timeout(self._bus.settings.request_seconds):
                await client.stop()
        except (KafkaError, TimeoutError) as error:
            _log.warning("consumer of %s: did not leave in order: %s", self._group, error)
