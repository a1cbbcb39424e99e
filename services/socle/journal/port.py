"""What services ask of the journal: take an exchange, never make it wait (D9)."""

from typing import Protocol

from socle.exchange import Exchange


class Journal(Protocol):
    """Written behind, bounded by count and size per workspace, outside the promise of D2."""

    def record(self, exchange: Exchange) -> None:
        """Queue a finished exchange; never blocks, never raises. What cannot be kept is counted as dropped."""
        ...
