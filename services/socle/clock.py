"""The clock port (D13): code takes the time from here, never from the system."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
"""Days and months of the indicators are local to France (domain/indicators.md §7.2, rule 8)."""


class Clock(Protocol):
    """Gives the present instant, aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """Real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stands still until it is moved; for tests and frozen workspaces."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant

    def advance(self, delta: timedelta) -> None:
        self.instant += delta
