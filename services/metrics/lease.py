"""Who may rebuild, and when the consumers of all processes wait for it: one row, on both databases.

A rebuild *holds a lease*: it renews it all the time, and in each of its transactions, so that one that was paused for
too long finds its lease gone and is refused. Whoever was killed leaves nothing but a lease that runs out.

For its last step it *holds the consumers*: it takes the lock ``switch`` alone, once, so that all batches under way are
over, and says in the row that no other may begin. Every batch takes that lock with the others and reads the row first.
The hold ends with the lease: a rebuild that died keeps nobody waiting for longer than :data:`SECONDS`.
"""

import asyncio
import contextlib
import logging
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, bindparam, cast, extract, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from metrics.batch import Held, Superseded
from metrics.lookups import Reads
from metrics.tables import state
from socle.exchange import new_id
from socle.store.hot import Hot, hot
from socle.store.port import Store, StoreBusy, StoreFailed, UnitOfWork

_LOG = logging.getLogger(__name__)

SECONDS = 6.0
"""A rebuild that has given no sign of life for this long is over."""
_BEAT_SECONDS = 1.0
_LOOK_SECONDS = 0.25
_SWITCH = "switch"
_DAY_MS = 86_400_000
_EPOCH_DAY = 2_440_587.5
"""1970-01-01 in SQLite's count of days."""

_NOW: dict[str, ColumnElement[int]] = {
    "postgresql": cast(extract("epoch", func.clock_timestamp()) * 1000, BigInteger),
    "sqlite": cast((func.julianday("now") - _EPOCH_DAY) * _DAY_MS, BigInteger),
}
"""By the database's clock, which all processes share."""


class RebuildUnderWay(RuntimeError):
    """Another rebuild runs, in this process or in another."""


class LeaseLost(RuntimeError):
    """This rebuild was silent for too long: the consumers went on without it, or another one has begun."""


class State(NamedTuple):
    """What the row says now."""

    fingerprint: str | None
    rebuilder: str | None
    held: bool
    left_ms: int
    """Of the lease; not more than zero: nobody rebuilds."""

    @property
    def rebuilding(self) -> bool:
        """Whether somebody does."""
        return self.rebuilder is not None and self.left_ms > 0


def _reading(now: ColumnElement[int]) -> Hot:
    return hot(
        select(state.c.fingerprint, state.c.rebuilder, state.c.held, state.c.lease_until - now).where(
            state.c.consumer == bindparam("consumer")
        )
    )


def _renewing(now: ColumnElement[int], **more: int) -> Hot:
    mine = [state.c.consumer == bindparam("of"), state.c.rebuilder == bindparam("owner"), state.c.lease_until > now]
    values = {"lease_until": now + round(SECONDS * 1000), **more}
    return hot(update(state).where(*mine).values(values).returning(state.c.lease_until))


def _taking(now: ColumnElement[int]) -> Hot:
    return hot(
        update(state)
        .where(state.c.consumer == bindparam("of"), or_(state.c.rebuilder.is_(None), state.c.lease_until <= now))
        .values(rebuilder=bindparam("owner"), lease_until=now + round(SECONDS * 1000), held=literal(0))
        .returning(state.c.lease_until)
    )


_READ = {name: _reading(now) for name, now in _NOW.items()}
_TAKE = {name: _taking(now) for name, now in _NOW.items()}
_RENEW = {name: _renewing(now) for name, now in _NOW.items()}
_HOLD = {name: _renewing(now, held=1) for name, now in _NOW.items()}
_FREE = hot(
    update(state)
    .where(state.c.consumer == bindparam("of"), state.c.rebuilder == bindparam("owner"))
    .values(rebuilder=None, lease_until=0, held=0)
)
_ROW = hot(
    insert(state)
    .values(consumer=bindparam("consumer"), fingerprint=bindparam("fingerprint"), lease_until=0, held=0)
    .on_conflict_do_nothing()
)
_KEEP = hot(update(state).where(state.c.consumer == bindparam("of")).values(fingerprint=bindparam("newest")))


def begin(uow: UnitOfWork, consumer: str, fingerprint: str) -> State:
    """Make the row if there is none: then these definitions are the ones the grain is made with."""
    uow.hot(_ROW, {"consumer": consumer, "fingerprint": fingerprint})
    return read(uow, consumer)


def read(reads: Reads, consumer: str) -> State:
    """What the row says; of nobody and nothing when there is none."""
    rows = reads.hot(_READ[reads.dialect], {"consumer": consumer})
    if not rows:
        return State(None, None, False, 0)
    fingerprint, rebuilder, held, left = rows[0]
    return State(fingerprint, rebuilder, bool(held) and left > 0, left)


def keep_fingerprint(uow: UnitOfWork, consumer: str, fingerprint: str) -> None:
    """The stored grain is now made with these definitions."""
    uow.hot(_KEEP, {"of": consumer, "newest": fingerprint})


def pass_gate(uow: UnitOfWork, consumer: str, mine: tuple[str, ...]) -> None:
    """First thing in every batch of the live tables. Raises :class:`Held` while a rebuild has its last step, and
    :class:`Superseded` when the grain is made with none of the definitions ``mine``.
    """
    uow.lock(_SWITCH, shared=True)
    now = read(uow, consumer)
    if now.held:
        raise Held
    if now.fingerprint is not None and now.fingerprint not in mine:
        raise Superseded


class Lease:
    """One rebuild's right to the shadow tables."""

    def __init__(self, store: Store, consumer: str) -> None:
        self._store = store
        self._consumer = consumer
        self._mine = {"of": consumer, "owner": new_id()}
        self._beating: asyncio.Task[None] | None = None

    async def take(self, *, unless: str | None = None) -> None:
        """Raises :class:`RebuildUnderWay` when another one is seen to be alive, or to have ended meanwhile; one that
        gives no sign of life is waited out. ``unless``: also when the grain is made with these definitions by now.
        """
        loop = asyncio.get_running_loop()
        other: tuple[str | None, float] | None = None
        """Who has it, and when its lease ends at the latest, by our clock."""
        while True:
            now = await self._store.write(lambda uow: read(uow, self._consumer))
            if now.rebuilding:
                until = loop.time() + now.left_ms / 1000
                if other is None:
                    other = (now.rebuilder, until + _BEAT_SECONDS / 2)
                elif now.rebuilder != other[0] or until > other[1]:
                    raise RebuildUnderWay
            elif other is not None and now.rebuilder != other[0]:
                raise RebuildUnderWay
            elif await self._store.write(lambda uow: self._try(uow, unless)):
                break
            await asyncio.sleep(_LOOK_SECONDS)
        self._beating = asyncio.create_task(self._beat(), name="metrics-rebuild-lease")

    def _try(self, uow: UnitOfWork, unless: str | None) -> bool:
        taken = bool(uow.hot(_TAKE[uow.dialect], self._mine))
        if taken and unless is not None and read(uow, self._consumer).fingerprint == unless:
            raise RebuildUnderWay
        return taken

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(_BEAT_SECONDS)
            try:
                await self._store.write(self.renew)
            except LeaseLost:
                return  # the rebuild's next transaction finds out
            except (StoreBusy, StoreFailed) as error:
                _LOG.warning("metrics: the lease of the rebuild could not be renewed: %s", error)

    def renew(self, uow: UnitOfWork) -> None:
        """First thing in every transaction of a rebuild. Raises :class:`LeaseLost`."""
        if not uow.hot(_RENEW[uow.dialect], self._mine):
            raise LeaseLost

    def hold(self, uow: UnitOfWork) -> None:
        """No batch is under way once this has committed, and none begins while the lease is renewed."""
        uow.lock(_SWITCH)
        if not uow.hot(_HOLD[uow.dialect], self._mine):
            raise LeaseLost

    def last(self, uow: UnitOfWork) -> None:
        """Begin the transaction that ends the rebuild: nobody else is at work until it has committed."""
        uow.lock(_SWITCH)
        self.renew(uow)

    async def free(self) -> None:
        """Give it back, and let the consumers go on; nothing happens when it is lost already."""
        if self._beating is not None:
            self._beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._beating
        try:
            await self._store.write(lambda uow: uow.hot(_FREE, self._mine))
        except Exception as error:  # it runs out by itself
            _LOG.warning("metrics: the lease of the rebuild runs out by itself: %s", error)
