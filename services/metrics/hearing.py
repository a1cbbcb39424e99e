"""Whether, and how, this process hears what other processes commit."""

from typing import Protocol

from metrics.news import News
from socle.store.port import Store
from socle.store.sqlite import SqliteStore


class Hearing(Protocol):
    """From start to stop."""

    @property
    def connected(self) -> bool:
        """Whether it hears at this moment."""
        ...

    def start(self) -> None: ...

    async def stop(self) -> None: ...


def hearing_of(store: Store, news: News) -> Hearing | None:
    """None for SQLite: what is committed here is told here."""
    if isinstance(store, SqliteStore):
        return None
    from metrics.listener import Listener  # its driver is imported only where it is used
    from socle.store.postgres import PostgresStore

    assert isinstance(store, PostgresStore)
    return Listener(store.dedicated_session("listener"), news.hear, news.missed)
