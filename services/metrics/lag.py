"""How far behind the consumers of all processes are: stored positions against the ends of the logs."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from metrics.consumer import GROUP
from metrics.queries import positions
from metrics.store import MetricsStore
from socle.bus.port import Bus, TopicPartition
from socle.events.topics import TOPICS

_KEPT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Seen:
    """At one moment."""

    partitions: Mapping[TopicPartition, tuple[int, int]] = field(default_factory=dict)
    """Partition → (position, end of the log)."""
    known: bool = True
    """False: the bus did not say, the ends are older."""

    @property
    def total(self) -> int:
        """Events that are not yet in the indicators."""
        return sum(max(0, end - position) for position, end in self.partitions.values())


class LagWatch:
    """Asks the bus and the database; needs no consumer in this process."""

    def __init__(self, bus: Bus, store: MetricsStore) -> None:
        self._bus = bus
        self._store = store
        self._ends: Mapping[TopicPartition, int] = {}
        self._last = Seen()
        self._asked = float("-inf")
        self._asking = asyncio.Lock()

    async def ask(self) -> Seen:
        """As of now."""
        known = True
        try:
            self._ends = await self._bus.ends(tuple(TOPICS))
        except OSError:
            known = False
        # after the ends: what is read in between is not shown as a lag below zero, nor hidden
        stand = await self._store.read(lambda connection: positions(connection, GROUP))
        self._last = Seen({part: (stand.get(part, 0), end) for part, end in self._ends.items()}, known)
        self._asked = time.monotonic()
        return self._last

    async def seen(self) -> Seen:
        """Not older than a second: many pages ask."""
        async with self._asking:
            if time.monotonic() - self._asked > _KEPT_SECONDS:
                return await self.ask()
            return self._last
