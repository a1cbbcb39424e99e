"""Which database a process's stores live in: SQLite files by default, PostgreSQL when there is a URL (D5)."""

from pathlib import Path

from sqlalchemy.sql.schema import MetaData

from socle.settings import GroundSettings
from socle.store.migrate import upgrade
from socle.store.port import Store
from socle.store.sqlite import SqliteStore
from socle.store.unit import Claim


def make_store(settings: GroundSettings, service: str, claim: Claim) -> Store:
    """The service's own database; its schema is there once :func:`prepare` has run."""
    return SqliteStore(
        settings.data_dir / f"{service}.db",
        service=service,
        synchronous=settings.synchronous,
        max_waiting=settings.store_queue,
        claim=claim,
    )


def prepare(settings: GroundSettings, service: str, metadata: MetaData, migrations: Path) -> bool:
    """Bring the service's schema to the newest revision; gives whether anything was done. Blocking."""
    return upgrade(settings.data_dir / f"{service}.db", migrations, metadata)
