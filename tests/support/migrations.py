"""A check for every service: its migrations make exactly the schema its code declares."""

import tempfile
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, create_engine
from sqlalchemy.pool import NullPool

from socle.store.migrate import upgrade


def assert_migrations_match(migrations: Path, metadata: MetaData) -> None:
    """Migrate an empty database and compare it with ``metadata``: tables, columns, types, indexes, constraints."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fresh.db"
        upgrade(path, migrations, metadata)
        engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            differences = compare_metadata(context, metadata)
    assert differences == []
