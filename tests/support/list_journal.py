"""A journal whose newest exchanges a test may look at."""

from collections import deque

from socle.exchange import Exchange
from socle.journal.store import JournalStore
from socle.settings import GroundSettings


class ListJournal(JournalStore):
    """The journal, which also keeps the newest exchanges as they were recorded."""

    def __init__(self, settings: GroundSettings) -> None:
        super().__init__(settings)
        self.exchanges: deque[Exchange] = deque(maxlen=100)

    def record(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)
        super().record(exchange)
