"""Publishing on the embedded bus (D3): the outbox itself is the log, so the bus is only told where it ends."""

from collections.abc import Mapping

from sqlalchemy import Connection

from socle.bus import published
from socle.bus.embedded import EmbeddedBus
from socle.bus.log import Pass
from socle.bus.port import TopicPartition
from socle.store.port import Store


class LogPruned(RuntimeError):
    """The outbox was relayed to a broker, and events that the broker had were removed: it is no whole log any more."""


class EmbeddedPublication:
    """See :class:`socle.bus.relaying.Publication`. Replicas that stand by tell their own buses."""

    whole = False

    def __init__(self, store: Store, bus: EmbeddedBus) -> None:
        self._store = store
        self._bus = bus

    async def lead(self, ends: Mapping[TopicPartition, int]) -> None:
        """Raises :class:`LogPruned`."""
        await self._store.read(_check_whole)
        self._bus.grown(self._store.service, self._store, ends)

    async def follow(self, ends: Mapping[TopicPartition, int]) -> None:
        self._bus.grown(self._store.service, self._store, ends)

    def hand_over(self, done: Pass) -> None:
        self._bus.grown(self._store.service, self._store, done.heads)

    async def flush(self) -> None:
        """Nothing waits."""


def _check_whole(connection: Connection) -> None:
    part = published.pruned(connection)
    if part is not None:
        raise LogPruned(
            f"{part.topic}[{part.partition}]: its first events were published to Kafka and removed here. Set "
            "SOCLES_KAFKA_BOOTSTRAP again, or begin with an empty database"
        )
