"""Metrics' own transactions outside the consumer's: posted stays, and what the API reads."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection

from metrics.bulk import Bulk, overwrite
from metrics.consumer import GROUP
from metrics.domain.stay_posts import Effect, Known, event_type, occurred
from metrics.lease import State, begin, read
from metrics.lookups import Lookup, Scope
from metrics.tables import api_stay, live
from socle.clock import Clock
from socle.events.stays import StayEvent
from socle.store.port import Store, UnitOfWork

T = TypeVar("T")

MIGRATIONS = Path(__file__).parent / "migrations"
_POSTED = Lookup.columns(("stay_id", "revision", "content"), api_stay.c.stay_id)
_TOLD = Lookup.columns(("stay_id", "revision", "discharged_at", "cancelled"), live.stay.c.stay_id)
_KEEP = Bulk(api_stay, ("workspace", "epoch"), ("stay_id", "revision", "content"), overwrite)


class PostedStay(NamedTuple):
    """A stay to take in: its content without revision, exchange or event type."""

    stay: StayEvent
    cancelled: bool


class MetricsStore:
    """See :class:`socle.store.port.Store` for what a transaction promises."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def begin(self, fingerprint: str) -> State:
        """What the stored grain is made with, and whether it is being rebuilt; a new one is made with ours."""
        return await self.store.write(lambda uow: begin(uow, GROUP, fingerprint))

    async def state(self) -> State:
        """As it is now."""
        return await self.store.write(lambda uow: read(uow, GROUP))

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run a query on a snapshot."""
        return await self.store.read(work)

    async def post_stays(
        self, scope: Scope, posted: Sequence[PostedStay], exchange_id: str, clock: Clock
    ) -> list[Effect]:
        """Take stays in, all or none, each with its event. The same content again changes nothing.

        One post at a time in each scope: what a post makes of a stay depends on what was posted before.
        """

        def work(uow: UnitOfWork) -> list[Effect]:
            uow.lock(f"stays {scope[0]} {scope[1]}")
            known = _known(uow, scope, [each.stay.stay_id for each in posted])
            effects: list[Effect] = []
            rows: dict[str, tuple[str, int, str]] = {}
            for each in posted:
                stay_id = each.stay.stay_id
                before = known.get(stay_id)
                content = each.stay.model_dump_json(exclude={"revision", "exchange_id"}) + f"|{each.cancelled}"
                if before is not None and before.content == content:
                    effects.append(Effect.UNCHANGED)
                    continue
                revision = before.revision + 1 if before else 1
                discharged = each.stay.discharged_at is not None
                kind = event_type(before, discharged=discharged, cancelled=each.cancelled)
                stated = each.stay.model_dump() | {"revision": revision, "exchange_id": exchange_id}
                event = kind.model_validate(stated)
                uow.emit(event, subject=stay_id, time=occurred(event, clock.now()))
                known[stay_id] = Known(revision, content, discharged, each.cancelled)
                rows[stay_id] = (stay_id, revision, content)
                effects.append(Effect.CREATED if before is None else Effect.CHANGED)
            _KEEP.put(uow, scope, list(rows.values()))
            return effects

        return await self.store.write(work)


def _known(uow: UnitOfWork, scope: Scope, ids: Sequence[str]) -> dict[str, Known]:
    """By what was posted, and by what events from elsewhere told: the newest revision of both."""
    wanted = list(dict.fromkeys(ids))
    told = {row[0]: row for row in _TOLD.rows(uow, scope, wanted)}
    known: dict[str, Known] = {
        stay_id: Known(revision, None, discharged_at is not None, bool(cancelled))
        for stay_id, revision, discharged_at, cancelled in told.values()
    }
    for stay_id, revision, content in _POSTED.rows(uow, scope, wanted):
        elsewhere = known.get(stay_id)
        if elsewhere is None or elsewhere.revision <= revision:
            cancelled = content.endswith("|True")
            discharged = '"discharged_at":null' not in content
            known[stay_id] = Known(revision, content, discharged, cancelled)
    return known
