"""INSi's database: the outbox alone. A search never stores who was looked for (D11); the journal is apart."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import MetaData

from socle.events import InsiCallCompleted
from socle.store.port import Store, UnitOfWork
from socle.store.tables import common

METADATA = MetaData()
common(METADATA)
MIGRATIONS = Path(__file__).parent / "migrations"


class InsStore:
    """One method, one transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def completed(self, event: InsiCallCompleted, *, time: datetime, delay: float = 0.0) -> str:
        """Keep that a call was answered; returns the event's id after COMMIT. Its subject is the exchange.

        ``delay``: publish it so many seconds later (D10).
        """

        def work(uow: UnitOfWork) -> str:
            return uow.emit(event, subject=event.exchange_id or "", time=time, delay=delay)

        return await self._store.write(work)
