"""Shelf stores for suites that run on both databases."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from socle.settings import GroundSettings
from socle.store.port import Store
from socle.store.wiring import make_store, prepare
from support import shelf

MakeStore = Callable[[], Store]
"""Another store over the same shelf: as another replica of the service has."""


def settings_for(folder: Path, url: str | None) -> GroundSettings:
    """SQLite in ``folder``, or PostgreSQL."""
    return GroundSettings(data_dir=folder, database_url=None if url is None else SecretStr(url))


async def prepare_shelf(folder: Path, url: str | None) -> MakeStore:
    """Make the shelf's schema; gives what makes stores over it."""
    settings = settings_for(folder, url)
    await asyncio.to_thread(prepare, settings, "shelf", shelf.METADATA, shelf.MIGRATIONS)
    return lambda: make_store(settings, "shelf", lambda service, topic: None)


@asynccontextmanager
async def started(make: MakeStore) -> AsyncIterator[Store]:
    """A running store."""
    store = make()
    await store.start()
    try:
        yield store
    finally:
        await store.stop()
