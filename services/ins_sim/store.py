"""INSi's database. A search never stores who was looked for (D11); the journal is apart."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from ins_sim.domain.decision import erreur_of
from ins_sim.tables import METADATA
from socle.events import InsiCallCompleted
from socle.rules import Finding
from socle.store.port import Store, UnitOfWork

__all__ = ["METADATA", "MIGRATIONS", "InsStore", "Keep"]

MIGRATIONS = Path(__file__).parent / "migrations"
Given = TypeVar("Given")
Keep = Callable[[UnitOfWork, Given], tuple[Given, Finding | None]]
"""What a call stores or reads in the transaction of its event: the answer, and what refuses it instead."""


class InsStore:
    """One method, one transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def completed(self, event: InsiCallCompleted, *, time: datetime, delay: float = 0.0) -> str:
        """Keep that a call was answered; returns the event's id after COMMIT. Its subject is the exchange.

        ``delay``: publish it so many seconds later (D10).
        """

        return await self._store.emit(event, subject=event.exchange_id or "", time=time, delay=delay)

    async def kept(
        self,
        keep: Keep[Given],
        given: Given,
        event: InsiCallCompleted,
        *,
        time: datetime,
        delay: float = 0.0,
    ) -> tuple[Given, Finding | None, str]:
        """As :meth:`completed`, with what the call stores or reads, in one transaction: the event tells the outcome."""

        def work(uow: UnitOfWork) -> tuple[Given, Finding | None, str]:
            (answer, refused), told = keep(uow, given), event
            if refused is not None:
                rules = dict.fromkeys((*event.findings, refused.rule.id))
                told = event.model_copy(update={"outcome": erreur_of(refused).code, "findings": tuple(rules)})
            return answer, refused, uow.emit(told, subject=event.exchange_id or "", time=time, delay=delay)

        return await self._store.write(work)
