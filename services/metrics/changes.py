"""Changes as they happen: a short memory in the process, and those who listen (server-sent events)."""

import asyncio
import secrets
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from metrics.lookups import Scope
from metrics.told import Cell, Told, oldest


@dataclass(frozen=True, slots=True)
class Change:
    """Indicators that moved in one scope by one transaction."""

    number: int
    scope: Scope
    cells: tuple[Cell, ...]
    """Nothing listed: anything may have moved."""
    freshness_ms: int
    """From the oldest event's commit to this change's commit."""


class Changes:
    """Numbered, the last ones kept. A number means nothing beyond one series of one process, hence the ``boot`` in ids;
    nor in another epoch of the workspace, hence that."""

    def __init__(self, kept: int) -> None:
        self._boot = _new_boot()
        self._kept: deque[Change] = deque(maxlen=kept)
        self._last = 0
        self._waiting: set[asyncio.Event] = set()

    def publish(self, told: Told) -> None:
        """Tell what a transaction changed; from the loop's thread."""
        for scope, cells in told.cells.items():
            self._last += 1
            self._kept.append(Change(self._last, scope, cells, oldest(told.ages)))
        if told.cells:
            self.wake()

    def wake(self) -> None:
        """Have those who listen look again: a workspace was reset or deleted; from the loop's thread."""
        for event in self._waiting:
            event.set()

    def forget(self) -> None:
        """Begin another series: something may have been missed, and everybody needs a snapshot."""
        self._boot = _new_boot()
        self._kept.clear()
        self.wake()

    def now(self, scope: Scope) -> str:
        """The id that stands for having seen all there is."""
        return self.id_of(self._last, scope)

    def id_of(self, number: int, scope: Scope) -> str:
        """The id of a server-sent event."""
        return f"{self._boot}-{scope[1]}-{number}"

    def after(self, event_id: str | None, scope: Scope) -> list[Change] | None:
        """What came in the scope after an event that a client has seen, oldest first; None: it needs a snapshot,
        since not all of that is known."""
        seen = self._number(event_id, scope)
        return None if seen is None else [each for each in self._kept if each.number > seen and each.scope == scope]

    def _number(self, event_id: str | None, scope: Scope) -> int | None:
        parts = (event_id or "").split("-")
        if len(parts) != 3 or parts[:2] != [self._boot, str(scope[1])] or not parts[2].isdigit():
            return None
        seen = int(parts[2])
        oldest_kept = self._kept[0].number if self._kept else self._last + 1
        return seen if oldest_kept - 1 <= seen <= self._last else None

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """An event set at each change, while the block runs."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            yield event
        finally:
            self._waiting.discard(event)


def _new_boot() -> str:
    return secrets.token_hex(8)
