"""Workspace clocks (D13): frozen, or running at a distance from real time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class ClockState:
    """Either frozen at an instant, or real time plus an offset. Every move gives a new state."""

    frozen_at: datetime | None = None
    offset: timedelta = timedelta(0)

    def at(self, real: datetime) -> datetime:
        """The workspace's instant when real time is ``real``."""
        return self.frozen_at if self.frozen_at is not None else real + self.offset

    def freeze(self, real: datetime, at: datetime | None = None) -> "ClockState":
        """Stand still, at ``at`` or where the clock is."""
        return ClockState(at if at is not None else self.at(real), self.offset)

    def advance(self, delta: timedelta) -> "ClockState":
        """Move by ``delta``, backwards if negative; a frozen clock stays frozen."""
        if self.frozen_at is not None:
            return ClockState(self.frozen_at + delta, self.offset)
        return ClockState(None, self.offset + delta)

    def resume(self, real: datetime) -> "ClockState":
        """Run again, from where the clock stands."""
        return ClockState(None, self.at(real) - real)

    def set(self, real: datetime, instant: datetime) -> "ClockState":
        """Show ``instant`` now, frozen or running as before."""
        if self.frozen_at is not None:
            return ClockState(instant, self.offset)
        return ClockState(None, instant - real)


class WorkspaceClock:
    """Follows its workspace's state, whoever moves it and whenever."""

    __slots__ = ("_state",)

    def __init__(self, state: Callable[[], ClockState]) -> None:
        self._state = state

    def now(self) -> datetime:
        return self._state().at(datetime.now(UTC))
