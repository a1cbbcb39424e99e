"""Acts of one event loop on their way to the writer's thread: handed over together.

Handed over one by one, each would wake that thread, and the interpreter would change hands in the middle of a turn of
the loop. Acts that are ready in the same turn go together.
"""

import asyncio
from collections.abc import Callable

from socle.store.act import Act


class Gathering:
    """For one loop, and to be used in it only."""

    def __init__(self, loop: asyncio.AbstractEventLoop, put: Callable[[list[Act]], None]) -> None:
        self.loop = loop
        self._put = put
        self._acts: list[Act] = []

    @property
    def waiting(self) -> int:
        """Acts that were not handed over yet."""
        return len(self._acts)

    def add(self, act: Act) -> None:
        """Hand it over at the end of this turn of the loop."""
        self._acts.append(act)
        if len(self._acts) == 1:
            self.loop.call_soon(self.flush)

    def flush(self) -> None:
        """Hand over what has come; nothing happens when nothing has."""
        acts, self._acts = self._acts, []
        if acts:
            self._put(acts)
