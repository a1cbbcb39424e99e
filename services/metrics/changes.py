"""Changes as they happen: a short memory in the process, and those who listen (server-sent events)."""

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from metrics.domain.facts import Entity
from metrics.lookups import Scope
from socle.exchange import new_id


@dataclass(frozen=True, slots=True)
class Change:
    """Indicators that moved in one scope by one transaction."""

    number: int
    scope: Scope
    cells: tuple[tuple[str, Entity], ...]
    """(indicator, whom it counts for)."""
    freshness_ms: int
    """From the oldest event's commit to this change's commit."""


class Changes:
    """Numbered, the last ones kept; a number means nothing beyond this process, hence the ``boot`` in ids."""

    def __init__(self, kept: int) -> None:
        self.boot = new_id()[:13]
        self._kept: deque[Change] = deque(maxlen=kept)
        self._last = 0
        self._waiting: set[asyncio.Event] = set()

    def publish(self, touched: Mapping[Scope, set[tuple[str, Entity]]], freshness_ms: int) -> None:
        """Tell what a transaction changed; from the loop's thread."""
        for scope, cells in touched.items():
            self._last += 1
            self._kept.append(Change(self._last, scope, tuple(sorted(cells)), freshness_ms))
        self.wake()

    def wake(self) -> None:
        """Have those who listen look again: a workspace was reset or deleted; from the loop's thread."""
        for event in self._waiting:
            event.set()

    def id_of(self, number: int) -> str:
        """The id of a server-sent event."""
        return f"{self.boot}-{number}"

    @property
    def last(self) -> int:
        """The newest number."""
        return self._last

    def since(self, event_id: str | None) -> int | None:
        """The number a client has seen, if all that came after it is still known; else it needs a snapshot."""
        boot, _, number = (event_id or "").rpartition("-")
        if boot != self.boot or not number.isdigit():
            return None
        seen = int(number)
        oldest = self._kept[0].number if self._kept else self._last + 1
        return seen if oldest - 1 <= seen <= self._last else None

    def after(self, number: int) -> list[Change]:
        """Changes with a higher number, oldest first."""
        return [change for change in self._kept if change.number > number]

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """An event set at each change, while the block runs."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            yield event
        finally:
            self._waiting.discard(event)
