"""The event bus port (D3): the same shape over the embedded log and over Kafka."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class TopicPartition(NamedTuple):
    """One ordered log."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class Record:
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

    def consumer(self, group: str, topics: Sequence[str], assigned: Assigned) -> Consumer: ...
