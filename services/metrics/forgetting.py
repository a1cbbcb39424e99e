"""What metrics forgets of workspaces that nobody can see again, beside the rows that the ground removes."""

from collections.abc import Callable

from sqlalchemy import delete, select

from metrics.tables import high_water, metadata
from socle.store.port import Store, UnitOfWork
from socle.sweep.scopes import Scope, drop, scopes

Dead = Callable[[str, int], bool]
"""Whether nobody will ever see a workspace's epoch again."""
_ROWS = 500


def forget_marks(uow: UnitOfWork, never_again: Callable[[str], bool]) -> bool:
    """Forget up to where the events of sources were read whose workspace can never come again; all of them at once."""
    for source in uow.execute(select(high_water.c.source).distinct()).scalars().all():
        if never_again(source.rpartition("/")[2]):
            uow.execute(delete(high_water).where(high_water.c.source == source))
    return False


async def bury(store: Store, dead: Dead) -> None:
    """Remove all rows of dead scopes, live and shadow."""
    for scope in sorted(await store.read(lambda connection: scopes(connection, metadata))):
        if dead(*scope):
            while await store.write(lambda uow, scope=scope: _drop(uow, scope)):  # type: ignore[misc]
                pass


def _drop(uow: UnitOfWork, scope: Scope) -> bool:
    return drop(uow, metadata, scope, _ROWS) == _ROWS
