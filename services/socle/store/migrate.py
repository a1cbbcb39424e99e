"""Schema migrations (D5): Alembic from the first table, run at the start, by code and under a lock.

A service has only ``migrations/versions/*.py``; the environment is shared. Alembic itself is imported only when there
is something to do, since its import would cost each start a good part of a second.
"""

import re
import sqlite3
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, MetaData

from socle.store.connect import Synchronous, open_raw, over

if TYPE_CHECKING:
    from alembic.config import Config

_ENVIRONMENT = Path(__file__).parent / "alembic"
PAGE_SIZE = "sqlite_page_size"
"""Key of a schema's ``info``: bytes of a page of its SQLite file, where SQLite's own 4,096 do not suit it."""
_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps its current context in module variables; databases of one process are opened in several threads."""
_REVISION = re.compile(r"^(down_)?revision\b[^=\n]*=\s*(?:[\"']([^\"']+)[\"']|None)", re.MULTILINE)


class SchemaTooNew(RuntimeError):
    """The database was written by a newer version of the software."""


class SchemaNotReady(RuntimeError):
    """The schema is absent or older than the code, and this process was told not to change it."""


def upgrade(path: Path, migrations: Path, metadata: MetaData, *, check_only: bool = False) -> bool:
    """Bring the database file at ``path`` (made if need be) to the newest revision under ``migrations/versions``.

    Gives whether anything was done. Blocking. All or nothing: DDL runs in one transaction, and a second process waits
    for it. ``check_only`` does nothing but raise :class:`SchemaNotReady` when there is something to do. Raises
    :class:`SchemaTooNew` when the database knows a revision that the code does not.
    """
    head, known = revisions(migrations / "versions")
    if check_only and not path.exists():
        raise _not_ready(path, head)
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = open_raw(path, Synchronous.NORMAL, page_size=metadata.info.get(PAGE_SIZE))
    connection = over(raw)
    try:
        if _is_at(raw, head, known, path):
            return False
        if check_only:
            raise _not_ready(path, head)
        # tables are rebuilt by batch operations: references are checked at the end instead
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("BEGIN IMMEDIATE")
        try:
            done = not _is_at(raw, head, known, path)
            if done:
                run(connection, migrations, metadata)
                broken = raw.execute("PRAGMA foreign_key_check").fetchone()
                if broken is not None:
                    raise RuntimeError(f"{path.name}: the migration leaves a broken reference in {broken[0]}")
            raw.execute("COMMIT")
        except BaseException:
            raw.execute("ROLLBACK")
            raise
        return done
    finally:
        connection.close()
        connection.engine.dispose()


def _not_ready(path: Path, head: str) -> SchemaNotReady:
    return SchemaNotReady(
        f"{path} is not at revision {head}: run `socles migrate` with the same SOCLES_DATA_DIR, or start with "
        "SOCLES_MIGRATE=auto."
    )


def run(connection: Connection, migrations: Path, metadata: MetaData) -> None:
    """Run Alembic within the transaction that ``connection`` is in."""
    from alembic import command

    config = configuration(migrations, metadata)
    config.attributes["connection"] = connection
    with _ONE_AT_A_TIME:
        command.upgrade(config, "head")


def configuration(migrations: Path, metadata: MetaData) -> "Config":
    """Alembic's configuration for one service; add ``attributes["connection"]`` before running a command."""
    from alembic.config import Config

    config = Config()
    for name, value in {
        "script_location": str(_ENVIRONMENT),
        "version_locations": str(migrations / "versions"),
        "path_separator": "os",
    }.items():
        config.set_main_option(name, value.replace("%", "%%"))
    config.attributes["metadata"] = metadata
    return config


def revisions(versions: Path) -> tuple[str, frozenset[str]]:
    """The newest revision and all known ones, read from the files' text without importing them."""
    known: set[str] = set()
    replaced: set[str] = set()
    for file in versions.glob("*.py"):
        for down, name in _REVISION.findall(file.read_text("utf-8")):
            if name:
                (replaced if down else known).add(name)
    heads = known - replaced
    if len(heads) != 1:
        raise RuntimeError(f"{versions}: expected one newest revision, found {sorted(heads)}")
    return heads.pop(), frozenset(known)


def _is_at(raw: sqlite3.Connection, head: str, known: frozenset[str], path: Path) -> bool:
    if not raw.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
        return False
    row = raw.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is not None and row[0] not in known:
        raise SchemaTooNew(
            f"{path} is at revision {row[0]}, which this version of Socles does not know (its newest is {head}): "
            "the file was written by a newer version. Start that one, or move the file away to begin anew."
        )
    return row is not None and row[0] == head
