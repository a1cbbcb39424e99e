"""Transactions of PostgreSQL's whose COMMIT nobody has to wait for (decision 0024)."""

from sqlalchemy import func, literal_column, select

from socle.store.hot import hot
from socle.store.port import UnitOfWork

_SOON = hot(select(func.set_config("synchronous_commit", "off", literal_column("true"))))


def commit_soon(uow: UnitOfWork) -> None:
    """Let this transaction's COMMIT return before it is on the disk, where the database offers that.

    Only for what a crash of PostgreSQL in that moment may undo, all of it or none.
    """
    if uow.dialect == "postgresql":
        uow.hot_many(_SOON, [{}])  # its row is not waited for
