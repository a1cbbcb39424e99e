"""Which database a process's stores live in: SQLite files by default, PostgreSQL when there is a URL (D5)."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.sql.schema import MetaData

from socle.settings import GroundSettings, Migrate
from socle.store.migrate import upgrade
from socle.store.outbox import Claim
from socle.store.port import Store
from socle.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from socle.store.postgres_connect import Address


def make_store(settings: GroundSettings, service: str, claim: Claim) -> Store:
    """The service's own database; its schema is there once :func:`prepare` has run."""
    if settings.database_url is None:
        return SqliteStore(
            settings.data_dir / f"{service}.db",
            service=service,
            synchronous=settings.synchronous,
            max_waiting=settings.store_queue,
            claim=claim,
        )
    from socle.store.postgres import PostgresStore  # the driver's import would cost every other start

    return PostgresStore(
        address(settings, service),
        service=service,
        cache_folder=settings.data_dir / "cache" / service,
        connections=settings.database_connections,
        readers=max(2, settings.database_connections // 2),
        max_waiting=settings.store_queue,
        claim=claim,
    )


def address(settings: GroundSettings, schema: str) -> "Address":
    """Where a schema lies in the PostgreSQL that the settings name."""
    from socle.store.postgres_connect import Address

    assert settings.database_url is not None
    return Address(
        settings.database_url.get_secret_value(),
        schema,
        statement_seconds=settings.database_statement_seconds,
        lock_seconds=settings.database_lock_seconds,
    )


def prepare(settings: GroundSettings, schema: str, metadata: MetaData, migrations: Path) -> bool:
    """Bring a schema (a service's, ``control``, ``journal``) to the newest revision; gives whether anything was done.

    With ``SOCLES_MIGRATE=check`` it only raises ``SchemaNotReady`` when something is to be done. Raises
    ``SchemaTooNew`` when the schema is newer than the code, ``StoreFailed`` when the database is away. Blocking.
    """
    check_only = settings.migrate is Migrate.CHECK
    if settings.database_url is None:
        return upgrade(settings.data_dir / f"{schema}.db", migrations, metadata, check_only=check_only)
    from socle.store.migrate_postgres import upgrade_postgres

    return upgrade_postgres(address(settings, schema), migrations, metadata, check_only=check_only)
