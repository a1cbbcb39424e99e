"""Publishing on the embedded bus (D3): the outbox itself is the log, so the bus is only told where it ends."""

from collections.abc import Mapping

from socle.bus.embedded import EmbeddedBus
from socle.bus.log import Pass
from socle.bus.port import TopicPartition
from socle.store.port import Store


class EmbeddedPublication:
    """See :class:`socle.bus.relaying.Publication`. Replicas that stand by tell their own buses."""

    whole = False

    def __init__(self, store: Store, bus: EmbeddedBus) -> None:
        self._store = store
        self._bus = bus

    async def lead(self, ends: Mapping[TopicPartition, int]) -> None:
        self._bus.grown(self._store.service, self._store, ends)

    async def follow(self, ends: Mapping[TopicPartition, int]) -> None:
        self._bus.grown(self._store.service, self._store, ends)

    def hand_over(self, done: Pass) -> None:
        self._bus.grown(self._store.service, self._store, done.heads)

    async def flush(self) -> None:
        """Nothing waits."""
