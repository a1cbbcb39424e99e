"""Stores of the test schema on PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from socle.store.migrate_postgres import upgrade_postgres
from socle.store.postgres import PostgresStore
from socle.store.postgres_connect import Address
from support import shelf


def prepared(url: str) -> Address:
    """The shelf's schema, migrated."""
    address = Address(url, "shelf")
    upgrade_postgres(address, shelf.MIGRATIONS, shelf.METADATA)
    return address


@asynccontextmanager
async def opened(address: Address, folder: Path, **options: Any) -> AsyncIterator[PostgresStore]:
    """A started store, stopped at the end; ``folder`` is for its cache."""
    store = PostgresStore(address, service="shelf", cache_folder=folder / "cache", **options)
    await store.start()
    try:
        yield store
    finally:
        await store.stop()
