"""The workspace's clock: tokens, freshness, indicator windows and dates follow it; TLS and the journal do not."""

from datetime import datetime, timedelta
from typing import Any

from socles.testing.api import Api

_PATH = "/_sandbox/clock"


class Clock:
    """A clock that can be moved."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def now(self) -> datetime:
        """What it shows; aware."""
        return _shown(self._api.get(_PATH))

    def freeze(self, at: datetime | None = None) -> datetime:
        """Stand still, at ``at`` (aware) or where the clock is."""
        return _shown(self._api.post(f"{_PATH}/freeze", {"at": at.isoformat()} if at else None))

    def set(self, at: datetime) -> datetime:
        """Show another moment (aware), frozen or running as before."""
        return _shown(self._api.post(f"{_PATH}/set", {"at": at.isoformat()}))

    def advance(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0, by: timedelta = timedelta()
    ) -> datetime:
        """Move by the sum of these, backwards if negative; a frozen clock stays frozen."""
        whole = by + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        return _shown(self._api.post(f"{_PATH}/advance", {"by": whole.total_seconds()}))

    def resume(self) -> datetime:
        """Run on from where the clock stands."""
        return _shown(self._api.post(f"{_PATH}/resume"))

    def real(self) -> datetime:
        """Real time again."""
        return _shown(self._api.post(f"{_PATH}/real"))


def _shown(clock: Any) -> datetime:
    return datetime.fromisoformat(clock["now"])
