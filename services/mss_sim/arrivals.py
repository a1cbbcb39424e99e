"""Who waits for a message is woken when one is delivered."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Arrivals:
    """Wakes the waiters of a workspace. One event loop only; others' deliveries are found by looking again."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def tell(self, workspace: str) -> None:
        """Something was delivered."""
        for event in self._waiting.get(workspace, ()):
            event.set()

    @contextmanager
    def watch(self, workspace: str) -> Iterator[asyncio.Event]:
        """An event set at each delivery; begin to watch before looking, so that nothing falls in between."""
        event = asyncio.Event()
        self._waiting[workspace].add(event)
        try:
            yield event
        finally:
            waiting = self._waiting[workspace]
            waiting.discard(event)
            if not waiting:
                del self._waiting[workspace]
