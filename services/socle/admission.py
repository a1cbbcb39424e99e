"""Admission control (D16): so many acts at once, so many waiting, and beyond that an immediate no."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from types import TracebackType

from prometheus_client import Counter, Gauge

_ADMITTED = Counter("socle_admission_admitted_total", "Acts admitted", ["service"])
_REFUSED = Counter("socle_admission_refused_total", "Acts refused because the queue was full (D16)", ["service"])
_ACTIVE = Gauge("socle_admission_active", "Acts being processed", ["service"])
_WAITING = Gauge("socle_admission_waiting", "Acts waiting to be processed", ["service"])


class Overloaded(Exception):
    """The queue is full: say so in the protocol's own words."""


class Admission:
    """One service's gate. ``async with admission:`` around the processing of an act; raises ``Overloaded`` at once
    when ``active`` acts are under way and ``queue`` more wait. First come, first served; one event loop only."""

    def __init__(
        self, service: str, *, active: int = 64, queue: int = 512, stopping: asyncio.Event | None = None
    ) -> None:
        """``stopping`` is set when the process stops: pauses end then."""
        if active < 1 or queue < 0:
            raise ValueError("at least one act at once, and no negative queue")
        self.service = service
        self._free = active
        self._limit = active
        self._queue = queue
        self.stopping = stopping or asyncio.Event()
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._admitted = _ADMITTED.labels(service)
        self._refused = _REFUSED.labels(service)
        _ACTIVE.labels(service).set_function(lambda: self.active)
        _WAITING.labels(service).set_function(lambda: self.waiting)

    @property
    def active(self) -> int:
        """Acts being processed."""
        return self._limit - self._free

    @property
    def waiting(self) -> int:
        """Acts in the queue."""
        return len(self._waiting)

    async def __aenter__(self) -> None:
        if self._free > 0 and not self._waiting:
            self._free -= 1
        elif len(self._waiting) >= self._queue:
            self._refused.inc()
            raise Overloaded(self.service)
        else:
            await self._wait()
        self._admitted.inc()

    @asynccontextmanager
    async def aside(self) -> AsyncIterator[None]:
        """Within ``async with admission:``, give the place to others for a while; it is waited for again, never
        refused. For waits that are asked for (D10)."""
        self._release()
        try:
            yield
        finally:
            try:
                if self._free > 0 and not self._waiting:
                    self._free -= 1
                else:
                    await self._wait()
            except BaseException:
                self._free -= 1  # what is given back at the end of the act was not taken
                raise

    async def pause(self, seconds: float) -> None:
        """Wait as somebody asked for (D10), but no longer than until the process stops."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)

    async def _wait(self) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # the place was given just as the waiter went away
                self._release()
            else:
                with suppress(ValueError):
                    self._waiting.remove(turn)
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release()

    def _release(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)  # the place passes on; it is never free in between
                return
        self._free += 1
