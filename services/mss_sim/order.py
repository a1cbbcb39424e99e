"""The order of a workspace's mails, in which a reader walks on from one to the next (``after``).

SQLite commits one act after the other, and a mail's position is its place. PostgreSQL gives positions before commits,
which run side by side: there a mail gets its place, the ordinal, after its commit, when somebody reads, and keeps it.
So those who accept mails need not wait for one another.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar
from weakref import WeakValueDictionary

from sqlalchemy import Column, ColumnElement, Connection, Dialect, Integer, Table, Text, bindparam, func, select, update

from mss_sim.tables import DELIVERY, MESSAGE
from socle.store import Store, UnitOfWork

T = TypeVar("T")

AT_ONCE = 2000
"""Mails that one transaction gives a place at most."""
_OURS = (
    MESSAGE.c.workspace == bindparam("of_workspace", type_=Text),
    MESSAGE.c.epoch == bindparam("of_epoch", type_=Integer),
)
_WAITING = select(MESSAGE.c.position).where(*_OURS, MESSAGE.c.ordinal.is_(None))
_ANY_WAITING = select(_WAITING.exists())
_LAST = select(func.coalesce(func.max(MESSAGE.c.ordinal), 0)).where(*_OURS).scalar_subquery()
_NEXT = _WAITING.order_by(MESSAGE.c.position).limit(bindparam("at_once", type_=Integer)).subquery("next")
_GIVEN = select(
    _NEXT.c.position, (_LAST + func.row_number().over(order_by=_NEXT.c.position)).label("ordinal")
).subquery("given")
_GIVE = (
    update(MESSAGE)
    .values(ordinal=_GIVEN.c.ordinal)
    .where(MESSAGE.c.position == _GIVEN.c.position)
    .returning(MESSAGE.c.position, MESSAGE.c.ordinal)
    .cte("placed")
)
_TELL_BOXES = update(DELIVERY).values(ordinal=_GIVE.c.ordinal).where(DELIVERY.c.position == _GIVE.c.position)
_GIVE_ALL = select(func.count()).select_from(_GIVE).add_cte(_TELL_BOXES.cte("told"))


def place(table: Table, dialect: Dialect) -> Column[int]:
    """What mails, or those of a box, are ordered by."""
    return table.c.ordinal if _by_ordinal(dialect) else table.c.position


def has_place(table: Table, dialect: Dialect) -> ColumnElement[bool]:
    """Whether a mail has its place in the order; the partial indexes are of the same words."""
    return table.c.ordinal.is_not(None) if _by_ordinal(dialect) else MESSAGE.c.ordinal.is_(None)


def _by_ordinal(dialect: Dialect) -> bool:
    return dialect.name == "postgresql"


class Order:
    """Gives committed mails their places before they are read."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turns: WeakValueDictionary[tuple[str, int], asyncio.Lock] = WeakValueDictionary()
        """One reader of this process at a time: those who waited for him find that all is done."""

    async def read(self, workspace: str, epoch: int, work: Callable[[Connection], T]) -> T:
        """As ``Store.read``; every mail that was committed before has its place."""
        scope = {"of_workspace": workspace, "of_epoch": epoch}

        def unless_waiting(connection: Connection) -> tuple[T] | None:
            # in one snapshot: what it says of those who wait is true of what is read
            if _by_ordinal(connection.dialect) and connection.execute(_ANY_WAITING, scope).scalar_one():
                return None
            return (work(connection),)

        found = await self._store.read(unless_waiting)
        if found is not None:
            return found[0]
        async with self._turns.setdefault((workspace, epoch), asyncio.Lock()):
            found = await self._store.read(unless_waiting)
            if found is not None:
                return found[0]
            # Once is enough: what is committed from now on comes later in the order, and for a later reader.
            while await self._store.write_first(lambda unit: _give(unit, workspace, epoch)) == AT_ONCE:
                pass
        return await self._store.read(work)


def _give(unit: UnitOfWork, workspace: str, epoch: int) -> int:
    """Give places to mails that have none, those first whose positions are lower; tells how many.

    A mail sent after another's 250 has the higher position, and is seen by nobody who does not see the other: it comes
    after it. Those who give places to one workspace do so one after the other, and each sees what the one before gave.
    """
    unit.lock(f"{workspace} {epoch} order")
    some = {"of_workspace": workspace, "of_epoch": epoch, "at_once": AT_ONCE}
    return int(unit.execute(_GIVE_ALL, some).scalar_one())
