"""The event bus port (D3): the same shape over the embedded log and over Kafka."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import NamedTuple, Protocol


class TopicPartition(NamedTuple):
    """One ordered log."""

    topic: str
    partition: int


class Record(NamedTuple):
    """One event as a consumer gets it: CloudEvents 1.0 binary mode (headers ``ce_*``, value = data as JSON)."""

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    timestamp_ms: int


Assigned = Callable[[Iterable[TopicPartition]], Awaitable[dict[TopicPartition, int]]]
"""Called on assignment; answers the next offset to read for each partition (D4: the consumer's own position)."""


class Consumer(Protocol):
    """A member of a consumer group."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def fetch(self, *, max_records: int, timeout: float) -> dict[TopicPartition, list[Record]]:
        """Records of the assigned partitions, each list in offset order; empty when ``timeout`` seconds passed."""
        ...

    def seek(self, partition: TopicPartition, offset: int) -> None: ...

    async def end_offsets(self) -> dict[TopicPartition, int]:
        """For each assigned partition, the offset the next event will get: the lag is that less the position."""
        ...


class Bus(Protocol):
    """Makes consumers; services publish through their relay only."""

    @property
    def keeps_hours(self) -> float | None:
        """How long events stay in their outbox once the log has them; None: for ever, since the outbox is the log."""
        ...

    async def start(self) -> None:
        """Reach the broker, if there is one; topics are there, as the contract wants them, when this returns."""
        ...

    async def stop(self) -> None: ...

    def claim(self, service: str, topic: str) -> None:
        """Called before each event of ``service`` for ``topic``, in any thread; raises when it must not go there."""
        ...

    def consumer(self, group: str, topics: Sequence[str], assigned: Assigned) -> Consumer: ...

    async def ends(self, topics: Sequence[str]) -> dict[TopicPartition, int]:
        """For each partition of ``topics``, the offset the next event will get; for who reads none of them himself.

        Raises ``OSError`` (``TimeoutError``, ``ConnectionError``) when the brokers do not say.
        """
        ...


class Relaying(Protocol):
    """Carries the events of one store's outbox to the bus, in order (D2)."""

    @property
    def leading(self) -> bool:
        """Whether this one does the work now; replicas stand by."""
        ...

    @property
    def running(self) -> bool:
        """Started, and still at work or standing by."""
        ...

    async def start(self) -> None: ...

    async def stop(self) -> None:
        """Hand over what is committed up to now, if this one leads, then let others lead."""
        ...
