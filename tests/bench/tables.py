"""An empty database with the tables of metrics, and the statements that put facts into them as plain data."""

from pathlib import Path

from bench.rows import Sql
from metrics.statements import statements_of
from metrics.store import MIGRATIONS
from metrics.tables import live, metadata
from socle.store.migrate import upgrade


def empty_database(file: Path) -> None:
    """A new SQLite file at the newest schema."""
    upgrade(file, MIGRATIONS, metadata)


def sql_of() -> Sql:
    """What the service itself runs to keep a fact, by position for SQLite's driver."""
    statements = statements_of(live)
    named = {
        "call": statements.put_calls,
        "document": statements.put_documents,
        "message": statements.put_messages,
        "carried": statements.put_carried,
        "stay": statements.put_stays,
        "history": statements.put_history,
    }
    return {name: (hot.sql, tuple(hot.names)) for name, hot in named.items()}
