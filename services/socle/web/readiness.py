"""What a process needs before it may be given work, and what of it is missing."""

import asyncio
import time
from collections.abc import Awaitable
from typing import NamedTuple

from sqlalchemy import select

from socle.control.plane import ControlPlane
from socle.events.topics import TOPICS
from socle.ground import Ground
from socle.journal.store import JournalStore
from socle.store.port import Store

_FRESH_SECONDS = 1.0
"""However many ask, and how often: one look a second."""
_PATIENCE_SECONDS = 2.0
"""What takes longer to answer counts as missing."""


class Missing(NamedTuple):
    """A part that does not work now."""

    part: str
    """``control``, ``journal``, ``bus``, ``stopping``, or ``store:`` or ``relay:`` and the service's name."""
    reason: str


class Readiness:
    """Looks at all parts at once; callers who come together share one look."""

    def __init__(self, ground: Ground, control: ControlPlane, journal: JournalStore) -> None:
        self._ground = ground
        self._control = control
        self._journal = journal
        self._one = asyncio.Lock()
        self._looked = float("-inf")
        self._found: list[Missing] = []

    async def missing(self) -> list[Missing]:
        """Empty when all is well. Databases and the broker are asked once a second at most."""
        async with self._one:
            if time.monotonic() - self._looked > _FRESH_SECONDS:
                opened = self._ground.opened()
                checks = [_answers(f"store:{store.service}", _ask(store)) for store, _ in opened]
                found = await asyncio.gather(*checks, _answers("bus", self._ground.bus.ends([next(iter(TOPICS))])))
                self._found = [one for one in found if one is not None]
                self._looked = time.monotonic()
        return [*self._of_this_process(), *self._found]

    def _of_this_process(self) -> list[Missing]:
        found = []
        if self._ground.stopping.is_set():
            found.append(Missing("stopping", "the process finishes what it began"))
        if not self._control.in_touch:
            found.append(Missing("control", "the control database does not answer, or is not loaded yet"))
        if not self._journal.in_touch:
            found.append(Missing("journal", "the journal's database does not answer, or it was not started"))
        for store, relay in self._ground.opened():
            if not relay.running:
                found.append(Missing(f"relay:{store.service}", "its events are not carried to the bus"))
        return found


async def _ask(store: Store) -> None:
    await store.read(lambda connection: connection.execute(select(1)).scalar_one())


async def _answers(part: str, question: Awaitable[object]) -> Missing | None:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await question
    except TimeoutError:
        return Missing(part, f"no answer within {_PATIENCE_SECONDS:.0f} s")
    except Exception as error:  # whatever it is, it is not ready
        return Missing(part, str(error) or type(error).__name__)
    return None
