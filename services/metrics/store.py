"""Metrics' own transactions outside the consumer's: posted stays, and what the API reads."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from metrics.consumer import GROUP
from metrics.domain.stay_posts import Effect, Known, event_type, occurred
from metrics.lookups import Lookup, Scope
from metrics.tables import api_stay, definition_state, live
from socle.clock import Clock
from socle.events.stays import StayEvent
from socle.store.hot import hot
from socle.store.port import Store, UnitOfWork

T = TypeVar("T")

MIGRATIONS = Path(__file__).parent / "migrations"
_POSTED = Lookup.columns(("stay_id", "revision", "content"), api_stay.c.stay_id)
_TOLD = Lookup.columns(("stay_id", "revision", "discharged_at", "cancelled"), live.stay.c.stay_id)
_PUT = insert(api_stay).values({column.name: bindparam(column.name) for column in api_stay.c})
_KEEP = hot(
    _PUT.on_conflict_do_update(
        index_elements=list(api_stay.primary_key),
        set_={"revision": _PUT.excluded.revision, "content": _PUT.excluded.content},
    )
)


class PostedStay(NamedTuple):
    """A stay to take in: its content without revision, exchange or event type."""

    stay: StayEvent
    cancelled: bool


class MetricsStore:
    """See :class:`socle.store.port.Store` for what a transaction promises."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def fingerprint(self) -> str | None:
        """Of the definitions that the stored grain was made with."""
        statement = select(definition_state.c.fingerprint).where(definition_state.c.consumer == GROUP)
        return await self.store.read(lambda connection: connection.execute(statement).scalar_one_or_none())

    async def keep_fingerprint(self, fingerprint: str) -> None:
        """The stored grain is now made with these definitions."""
        statement = insert(definition_state).values(consumer=GROUP, fingerprint=fingerprint)
        newest = statement.on_conflict_do_update(index_elements=["consumer"], set_={"fingerprint": fingerprint})

        def work(uow: UnitOfWork) -> None:
            uow.execute(newest)

        await self.store.write(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run a query on a snapshot."""
        return await self.store.read(work)

    async def post_stays(
        self, scope: Scope, posted: Sequence[PostedStay], exchange_id: str, clock: Clock
    ) -> list[Effect]:
        """Take stays in, all or none, each with its event. The same content again changes nothing."""

        def work(uow: UnitOfWork) -> list[Effect]:
            known = _known(uow, scope, [each.stay.stay_id for each in posted])
            effects, rows = [], []
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
                rows.append(
                    {
                        "workspace": scope[0],
                        "epoch": scope[1],
                        "stay_id": stay_id,
                        "revision": revision,
                        "content": content,
                    }
                )
                effects.append(Effect.CREATED if before is None else Effect.CHANGED)
            if rows:
                uow.hot_many(_KEEP, rows)
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
